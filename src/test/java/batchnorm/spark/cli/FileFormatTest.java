package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileFormatTest {
  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "a.parquet, parquet",
    "part-0.snappy.parquet, parquet",
    "a.orc, orc",
    "a.csv, csv",
    "A.CSV, csv",
    "a.b.csv.gz, csv",
    "a.csv.bz2, csv",
    "a.tsv, csv",
    "a.json, json",
    "a.jsonl, json",
    "a.ndjson.zst, json",
    "a.avro, avro",
  })
  void fileNameTellsTheFormat(String name, String source) {
    assertEquals(Optional.of(source), FileFormat.ofName(name).map(FileFormat::source));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "a", "a.txt", "a.gz", "csv.gz", "a.csv.backup", ""})
  void otherNamesDoNot(String name) {
    assertEquals(Optional.empty(), FileFormat.ofName(name));
  }

  @Test
  void csvHasAHeaderAndInferredTypesUnlessTheUserSaysOtherwise() {
    FileFormat csv = FileFormat.of("csv");
    assertEquals(
        Map.of("header", "true", "inferSchema", "true"),
        FileFormat.options(csv.readOptions(), Map.of()));
    assertEquals(
        Map.of("header", "false", "inferSchema", "true", "sep", ";"),
        FileFormat.options(csv.readOptions(), Map.of("HEADER", "false", "sep", ";")));
    assertEquals(Map.of("header", "true"), FileFormat.options(csv.writeOptions(), Map.of()));
  }

  @Test
  void tsvIsCsvWithTabs() {
    FileFormat tsv = FileFormat.ofName("a.tsv").orElseThrow();
    assertEquals("\t", tsv.readOptions().get("sep"));
    assertEquals(Map.of("header", "true", "sep", "\t"), tsv.writeOptions());
  }

  @Test
  void vectorsSurviveInParquetAndDeltaAlone() {
    StructType schema =
        new StructType().add("a", DataTypes.DoubleType).add("v", SQLDataTypes.VectorType());
    for (String format : List.of("csv", "JSON", "orc", "avro", "text", "iceberg", "jdbc")) {
      assertEquals(
          "v", FileFormat.of(format).unsupported(schema).orElseThrow().name(), "format " + format);
    }
    assertTrue(FileFormat.PARQUET.unsupported(schema).isEmpty());
    assertTrue(FileFormat.of("delta").unsupported(schema).isEmpty());
  }

  @Test
  void csvHoldsNoArrays() {
    StructType schema = new StructType().add("v", DataTypes.createArrayType(DataTypes.DoubleType));
    assertEquals("v", FileFormat.of("csv").unsupported(schema).orElseThrow().name());
    assertTrue(FileFormat.of("json").unsupported(schema).isEmpty());
  }

  @Test
  void folderHasTheFormatOfTheFilesInIt() throws IOException {
    touch("table/_SUCCESS", "table/.hidden.csv", "table/README", "table/day=1/part-0.orc");
    assertEquals("orc", format(path("table")).source());
  }

  @Test
  void wildcardsAndSeveralPathsHaveOneFormat() throws IOException {
    touch("a.csv", "b.csv.gz", "c/part-0.csv");
    assertEquals("csv", format(path("?.csv*"), path("c"), path("a.csv")).source());
  }

  /** Some files of a table hold rows that were deleted or replaced. */
  @ParameterizedTest
  @CsvSource({
    "_delta_log/0.json, delta",
    "metadata/v1.metadata.json, iceberg",
    "metadata/v12.gz.metadata.json, iceberg",
    "metadata/00003-59e23bb1-93bd-4f1b-a4d4-1c9e5e0f3a70.metadata.json, iceberg",
    "metadata/00000-59e23bb1-93bd-4f1b-a4d4-1c9e5e0f3a70.gz.metadata.json, iceberg",
    ".hoodie/hoodie.properties, hudi",
  })
  void filesOfATableAreNotReadAsFiles(String record, String format) throws IOException {
    touch("table/" + record, "table/day=1/part-0.parquet");
    for (String input : List.of("table", "table/", "table/*", "table/day=1/part-0.parquet")) {
      assertEquals(format, format(path(input)).source(), input);
    }
  }

  @Test
  void folderWithMetadataOfAnotherKindIsNoTable() throws IOException {
    touch("table/metadata/run.metadata.json", "table/day=1/part-0.parquet");
    assertEquals("parquet", format(path("table")).source());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "data/*.orc", "none.csv"})
  void missingInputIsNamedWhetherItsFormatIsKnownOrNot(String name) throws IOException {
    touch("data/a.csv");
    for (String format : new String[] {null, "csv"}) {
      assertEquals(
          "Path " + path(name) + " does not exist; expected data to read. Check --input.",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Input.of(storage, List.of(path("data"), path(name)), format, Map.of()))
              .getMessage());
    }
  }

  @Test
  void pathThatDoesNotExistHasNoFormat() {
    assertEquals(
        "Path " + path("none") + " does not exist; expected data to read. Check --input.",
        message(path("none")));
  }

  @ParameterizedTest
  @CsvSource({
    "parquet, a, true",
    "CSV, a.csv, true",
    "delta, a, true",
    "iceberg, ice.db.a, false",
    "iceberg, tables/a, true",
    "table, a, false",
    "table, a/b, false",
    "jdbc, a, false",
    "somebodys.source, a, false",
    "somebodys.source, b/a, true",
  })
  void whatIsAPathDependsOnTheFormat(String format, String place, boolean path) {
    assertEquals(path, FileFormat.of(format).isPath(place));
  }

  @Test
  void folderWithoutFilesTellsByItsName() throws IOException {
    Files.createDirectories(folder.resolve("empty.json"));
    assertEquals("json", format(path("empty.json") + "/").source());
  }

  @Test
  void unknownNameIsAnErrorThatSaysWhatToDo() throws IOException {
    touch("notes.txt");
    assertEquals(
        "The format of "
            + path("notes.txt")
            + " cannot be told from its name; expected an ending such as .parquet, .orc, .csv or "
            + ".json. Say it with --format, such as --format parquet.",
        message(path("notes.txt")));
  }

  @Test
  void filesOfSeveralFormatsAreAnErrorThatNamesThem() throws IOException {
    touch("a.csv", "b.json");
    assertEquals(
        "The input has several formats: "
            + path("a.csv")
            + " is csv and "
            + path("b.json")
            + " is json; expected one. Read them one by one, or say the format with --format.",
        message(path("a.csv"), path("b.json")));
  }

  @Test
  void commasAndTabsAreTwoFormats() throws IOException {
    touch("a.csv", "b.tsv");
    assertEquals(
        "The input has several formats: "
            + path("a.csv")
            + " is csv and "
            + path("b.tsv")
            + " is csv separated by tabs; expected one. Read them one by one, or say the format with "
            + "--format.",
        message(path("a.csv"), path("b.tsv")));
  }

  private String message(String... paths) {
    return assertThrows(IllegalArgumentException.class, () -> format(paths)).getMessage();
  }

  private FileFormat format(String... paths) throws IOException {
    return Input.of(storage, List.of(paths), null, Map.of()).format();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void touch(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.createFile(folder.resolve(name));
    }
  }
}
