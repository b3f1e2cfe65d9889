package batchnorm.spark.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A format of files or tables, with the options that Spark reads and writes it with.
 *
 * @param source the name of the Spark data source
 * @param readOptions the options for reading, unless the user sets others
 * @param writeOptions the options for writing, likewise
 */
record FileFormat(
    String source, Map<String, String> readOptions, Map<String, String> writeOptions) {
  /** The format that holds every column Spark ML has. */
  static final FileFormat PARQUET = of("parquet");

  /** The tables of a catalog of Spark, by name. */
  private static final String TABLE = "table";

  private static final String JDBC = "jdbc";
  private static final String ICEBERG = "iceberg";

  /**
   * Tables with snapshot isolation: readers keep their snapshot, so the rows can be replaced while
   * they are read.
   */
  private static final Set<String> SNAPSHOTS = Set.of("delta", ICEBERG);

  /** The sources that write a folder of files, which can be moved into place. */
  private static final Set<String> FOLDERS =
      Set.of("parquet", "orc", "csv", "json", "text", "avro", "xml");

  /** The formats among them that need no further option to be read. */
  private static final Set<String> READABLE = Set.of("parquet", "orc", "csv", "json", "avro");

  private static final Set<String> COMPRESSIONS =
      Set.of("gz", "gzip", "bz2", "zst", "zstd", "lz4", "snappy", "deflate", "xz");

  /** Returns the format of the Spark data source {@code source}. */
  static FileFormat of(String source) {
    if (!source.equalsIgnoreCase("csv")) {
      return new FileFormat(source, Map.of(), Map.of());
    }
    return new FileFormat(
        "csv", Map.of("header", "true", "inferSchema", "true"), Map.of("header", "true"));
  }

  /**
   * Returns the format that the extension of a file name stands for, if it is known: {@code
   * a.csv.gz} is CSV.
   */
  static Optional<FileFormat> ofName(String name) {
    String[] parts = name.toLowerCase(Locale.ROOT).split("\\.");
    int last = parts.length - 1;
    if (last > 1 && COMPRESSIONS.contains(parts[last])) {
      last--;
    }
    return switch (last < 1 ? "" : parts[last]) {
      case "parquet", "parq", "pq" -> Optional.of(PARQUET);
      case "orc" -> Optional.of(of("orc"));
      case "csv" -> Optional.of(of("csv"));
      case "tsv" -> Optional.of(of("csv").separatedByTabs());
      case "json", "jsonl", "ndjson" -> Optional.of(of("json"));
      case "avro" -> Optional.of(of("avro"));
      default -> Optional.empty();
    };
  }

  /** Returns {@code defaults} with {@code given} over them; the case of a key does not matter. */
  static Map<String, String> options(Map<String, String> defaults, Map<String, String> given) {
    Map<String, String> options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    options.putAll(defaults);
    options.putAll(given);
    return options;
  }

  /** Returns whether Spark writes this format as a folder of files. */
  boolean isFolder() {
    return FOLDERS.contains(name());
  }

  /**
   * Returns whether rows of {@code schema} that were written in this format are read with the
   * options of writing. Of CSV those are not that have texts, whose line breaks and backslashes
   * Spark does not always read as it writes them.
   */
  boolean readsWhatItWrites(StructType schema) {
    return READABLE.contains(name())
        && !(name().equals("csv")
            && Arrays.stream(schema.fields())
                .anyMatch(field -> !(field.dataType() instanceof NumericType)));
  }

  /**
   * Returns whether {@code place}, the user's name for the data's location, is a path and not the
   * name of a table.
   */
  boolean isPath(String place) {
    boolean named = isJdbc() || isCatalogTable();
    return isFolder() || name().equals("delta") || (!named && place.contains("/"));
  }

  /** Returns whether {@code place} is the name of a table in a catalog of Spark. */
  boolean isInCatalog(String place) {
    return isCatalogTable() || name().equals(ICEBERG) && !isPath(place);
  }

  boolean isIceberg() {
    return name().equals(ICEBERG);
  }

  /** Returns whether a table in this format can be replaced by rows that are computed from it. */
  boolean readsSnapshots() {
    return SNAPSHOTS.contains(name());
  }

  boolean isCatalogTable() {
    return name().equals(TABLE);
  }

  boolean isJdbc() {
    return name().equals(JDBC);
  }

  boolean isSameAs(FileFormat other) {
    return name().equals(other.name());
  }

  private String name() {
    return source.toLowerCase(Locale.ROOT);
  }

  /** Returns the first column of {@code schema} that does not survive in this format. */
  Optional<StructField> unsupported(StructType schema) {
    return Arrays.stream(schema.fields()).filter(field -> !holds(field.dataType())).findFirst();
  }

  @Override
  public String toString() {
    return readOptions.containsKey("sep") ? source + " separated by tabs" : source;
  }

  private boolean holds(DataType type) {
    boolean vector = type.equals(SQLDataTypes.VectorType());
    return switch (name()) {
      case "csv", "text" ->
          !(vector
              || type instanceof ArrayType
              || type instanceof MapType
              || type instanceof StructType);
      case "json", "orc", "avro", "xml", ICEBERG, JDBC -> !vector;
      default -> true;
    };
  }

  private FileFormat separatedByTabs() {
    return new FileFormat(
        source,
        options(readOptions, Map.of("sep", "\t")),
        options(writeOptions, Map.of("sep", "\t")));
  }
}
