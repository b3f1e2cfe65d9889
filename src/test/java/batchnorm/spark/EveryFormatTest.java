package batchnorm.spark;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.StoredTable.Format;
import batchnorm.spark.StoredTable.Kind;
import batchnorm.spark.testing.Documentation;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.TableSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One list of columns, stored in every format that holds them: fitted and transformed with the bits
 * that the same rows have in memory.
 */
class EveryFormatTest {
  private static final int ROWS = 600;

  @TempDir static Path directory;

  private static final Map<Format, StoredTable> TABLES = new EnumMap<>(Format.class);

  private static final Map<List<Object>, InMemory> IN_MEMORY = new HashMap<>();

  private static SparkSession session;
  private static Dataset<Row> rows;

  /** A fit of the rows in memory and the bits of their images, which all formats share. */
  private record InMemory(BatchNormModel model, List<String> images) {
    static InMemory of(Case stored, String handling) {
      return IN_MEMORY.computeIfAbsent(
          List.of(stored, handling),
          unused -> {
            BatchNormModel model = stored.stage().setHandleInvalid(handling).fit(rows);
            return new InMemory(model, bits(model.transform(rows), "out"));
          });
    }
  }

  private enum Case {
    DOUBLES(Kind.NUMBERS, "double", "magnitudes"),
    NOT_NUMBERS(Kind.NUMBERS, "notNumbers", "double"),
    FLOATS(Kind.NUMBERS, "float"),
    INTEGERS(Kind.NUMBERS, "byte", "short", "int", "long", "large"),
    DECIMALS(Kind.NUMBERS, "decimal", "small"),
    BOOLEANS(Kind.NUMBERS, "boolean"),
    PARTITION_COLUMN(Kind.NUMBERS, "part", "int"),
    ARRAYS_OF_DOUBLES(Kind.ARRAYS, "doubles"),
    ARRAYS_OF_FLOATS(Kind.ARRAYS, "floats"),
    VECTORS(Kind.VECTORS, "vector");

    private final Kind kind;
    private final String[] columns;

    Case(Kind kind, String... columns) {
      this.kind = kind;
      this.columns = columns;
    }

    BatchNorm stage() {
      BatchNorm stage = new BatchNorm().setOutputCol("out").setWeightCol("weight");
      return kind == Kind.NUMBERS ? stage.setInputCols(columns) : stage.setInputCol(columns[0]);
    }
  }

  @BeforeAll
  static void makeTheRows() {
    session = TableSession.create(directory);
    rows =
        session
            .range(0, ROWS, 1, 3)
            .select(
                Frames.numbersOfEveryTypeAnd(
                    col("id"),
                    col("id").mod(4).cast("int").as("weight"),
                    col("id").mod(3).cast("int").as("part"),
                    expr("array(-0.0D, 4.9E-324D, 1E15D + id, 3E100D * id)[int(id % 4)]")
                        .as("magnitudes"),
                    expr("array(id / 3D, double('NaN'), double('Infinity'), null,"
                            + " -double('Infinity'))[int(id % 5)]")
                        .as("notNumbers"),
                    expr("id * 9007199254740993L").as("large"),
                    expr("cast(id / 7D as decimal(9, 4))").as("small")))
            .withColumns(
                Map.of(
                    "doubles", expr("if(id % 11 = 0, null, array(double, id / 3D))"),
                    "floats", expr("if(id % 11 = 0, null, array(float, float(id)))"),
                    "vector",
                        array_to_vector(
                            expr(
                                "array(id / 3D, if(id % 13 = 0, double('NaN'), 1e9D * id), id % 5)"))))
            .localCheckpoint();
  }

  static Stream<Arguments> cases() {
    return Arrays.stream(Format.values())
        .flatMap(
            format ->
                Arrays.stream(Case.values())
                    .filter(stored -> format.path(stored.kind) != null)
                    .map(stored -> Arguments.of(format, stored)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fitsAndTransformsHaveTheBitsOfTheRowsInMemory(Format format, Case stored) {
    Dataset<Row> found = TABLES.computeIfAbsent(format, EveryFormatTest::store).read();
    String path = format.path(stored.kind);
    // What is read as rows is treated like the rows in memory.
    for (String handling : path.equals("ROWS") ? List.of("keep") : List.of("keep", "skip")) {
      BatchNorm stage = stored.stage().setHandleInvalid(handling);
      BatchNormModel model = stage.fit(found);
      assertEquals(path, SameFit.path(model));
      InMemory expected = InMemory.of(stored, handling);
      SameFit.assertSameBits(expected.model(), model);
      assertEquals(expected.images(), bits(model.transform(found), "out"));
    }
    if (stored != Case.BOOLEANS) {
      BatchNorm refusing = stored.stage();
      assertEquals(SameFit.message(refusing, rows), SameFit.message(refusing, found));
    }
  }

  @Tag("anySpark")
  @ParameterizedTest
  @EnumSource(Format.class)
  void filesWithoutRowsChangeNothing(Format format) {
    Dataset<Row> few = rows.select("id", "double", "magnitudes", "weight").where("id % 97 = 5");
    StoredTable table = table(format, "few", few);
    table.append(few.where("false"));
    table.append(few);
    table.append(few.where("false"));
    BatchNorm stage = Case.DOUBLES.stage().setHandleInvalid("keep");
    SameFit.assertSameBits(stage.fit(few), stage.fit(table.read()));
  }

  @Tag("anySpark")
  @ParameterizedTest
  @EnumSource(Format.class)
  void tablesWithoutRowsAreRefusedInTheSameWords(Format format) {
    Dataset<Row> none = rows.select("double", "magnitudes", "weight").where("false");
    StoredTable table = table(format, "none", none);
    table.append(none);
    BatchNorm stage = Case.DOUBLES.stage();
    assertEquals(SameFit.message(stage, none), SameFit.message(stage, table.read()));
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void normalizedRowsAreAddedToATable(Format format) {
    StoredTable table = TABLES.computeIfAbsent(format, EveryFormatTest::store);
    BatchNorm stage =
        new BatchNorm()
            .setInputCols("decimal", "small")
            .setOutputCols("out", "small")
            .setHandleInvalid("keep");
    BatchNormModel model = stage.fit(table.read());
    Dataset<Row> expected = model.transform(rows).select("id", "out", "small");
    StoredTable normalized = table(format, "normalized", expected);
    Dataset<Row> found = model.transform(table.read()).select("id", "out", "small");
    normalized.append(found.where("id < 100"));
    normalized.append(found.where("id >= 100"));
    for (String column : List.of("out", "small")) {
      assertEquals(bits(expected, column), bits(normalized.read(), column));
    }
    SameFit.assertSameBits(
        stage.setInputCols("out", "small").setOutputCols("a", "b").fit(expected),
        stage.fit(normalized.read()));
  }

  /**
   * Users choose a format by whether it is read by columns, so the documentation says it for each.
   */
  @Test
  void theDocumentationSaysHowEachFormatIsRead() {
    String page = Documentation.text(Documentation.PAGES.resolve("sources.md"));
    List<String> missing = new ArrayList<>();
    for (Format format : Format.values()) {
      String read =
          Arrays.stream(Kind.values())
              .map(format::path)
              .map(path -> path == null ? "-" : path.toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(" | "));
      String line = "| `" + format.source() + "` | " + read + " |";
      if (page.lines().noneMatch(found -> found.startsWith(line))) {
        missing.add(line);
      }
    }
    assertEquals(List.of(), missing);
  }

  /** One table of all the columns that the format holds. */
  private static StoredTable store(Format format) {
    Dataset<Row> held = rows;
    for (Case stored : Case.values()) {
      held = format.path(stored.kind) == null ? held.drop(stored.columns) : held;
    }
    StoredTable table = table(format, "every", held);
    table.append(held, "part");
    return table;
  }

  private static StoredTable table(Format format, String name, Dataset<Row> rows) {
    return new StoredTable(
        session, directory, format, name.toLowerCase(Locale.ROOT), rows.schema());
  }

  /** The bits of the numbers in {@code column}, by id. */
  private static List<String> bits(Dataset<Row> frame, String column) {
    return frame.select("id", column).collectAsList().stream()
        .sorted(Comparator.comparingLong(row -> row.getLong(0)))
        .map(row -> row.get(0) + ": " + bits(row))
        .toList();
  }

  private static String bits(Row row) {
    if (row.get(1) instanceof Vector vector) {
      return bits(Arrays.stream(vector.toArray()).boxed());
    }
    boolean array = row.schema().apply(1).dataType() instanceof ArrayType;
    return bits(
        array && !row.isNullAt(1) ? row.getList(1).stream() : Stream.of(row).map(r -> r.get(1)));
  }

  private static String bits(Stream<?> values) {
    return values
        .map(
            value ->
                value instanceof Double number
                    ? Long.toHexString(Double.doubleToLongBits(number))
                    : String.valueOf(value))
        .collect(Collectors.joining(" "));
  }
}
