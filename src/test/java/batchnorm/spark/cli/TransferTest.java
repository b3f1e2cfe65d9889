package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.TableSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Tables of catalogs that a command reads and writes: none loses a row by a failure. */
@ExtendWith(InterpretedExpressions.class)
class TransferTest {
  private static final List<Double> OLD = List.of(5.0);

  /** The column 1, 3 by its mean 2 and variance 1, with eps = 0. */
  private static final List<Double> NORMALIZED = List.of(-1.0, 1.0);

  @TempDir static Path directory;

  private static SparkSession session;

  @BeforeAll
  static void writeDataAndModel() throws IOException {
    session = TableSession.create(directory);
    session.sql("select double(1) as x union all select 3").write().json(data());
    known("x", 2).save(model());
  }

  @AfterEach
  void dropTables() {
    for (String table : List.of("default.rules_of_tables", "ice.db.rules_of_tables")) {
      session.sql("drop table if exists " + table);
    }
  }

  @ParameterizedTest
  @CsvSource({"default.rules_of_tables, delta", "ice.db.rules_of_tables, iceberg"})
  void tableWithVersionsIsReplacedAndKeepsItsFormat(String table, String format)
      throws IOException {
    create(table, format);
    transform(table, "--mode", "overwrite");
    assertEquals(NORMALIZED, rows(table));
    assertEquals(Optional.of(format), CatalogTable.find(session, table).orElseThrow().provider());
  }

  @ParameterizedTest
  @ValueSource(strings = {"orc", "parquet"})
  void tableThatSparkWouldDropFirstIsNotReplaced(String format) {
    String table = "default.rules_of_tables";
    create(table, format);
    assertRefused(
        "Table default.rules_of_tables has the format "
            + format
            + ", of which Spark may drop the old rows before it writes the new; expected delta or "
            + "iceberg. Write a new table and rename it, or give --mode append to add to this one.",
        () -> transform(table, "--mode", "overwrite"));
    assertEquals(OLD, rows(table));
  }

  @ParameterizedTest
  @CsvSource({
    "default.rules_of_tables, orc",
    "default.rules_of_tables, delta",
    "ice.db.rules_of_tables, iceberg",
  })
  void rowsAreAddedInTheFormatOfTheTable(String table, String format) throws IOException {
    create(table, format);
    transform(table, "--mode", "append");
    assertEquals(List.of(-1.0, 1.0, 5.0), rows(table));
    assertEquals(Optional.of(format), CatalogTable.find(session, table).orElseThrow().provider());
  }

  @Test
  void newTableIsMade() throws IOException {
    transform("ice.db.rules_of_tables");
    assertEquals(NORMALIZED, rows("ice.db.rules_of_tables"));
  }

  @Test
  void tableThatExistsIsLeftUnlessTheUserSaysSo() {
    create("ice.db.rules_of_tables", "iceberg");
    assertRefused(
        "Output ice.db.rules_of_tables already exists. Give another --output, or --mode overwrite to "
            + "replace it, or --mode append to add to it.",
        () -> transform("ice.db.rules_of_tables"));
    assertEquals(OLD, rows("ice.db.rules_of_tables"));
  }

  @Test
  void tableThatSomebodyElseMadeMeanwhileIsLeft() throws IOException {
    OutputOptions output = new OutputOptions();
    new CommandLine(output).parseArgs("--output", "ice.db.rules_of_tables");
    try (DataTarget target =
        new DataTarget(new Storage(new Configuration()), output, FileFormat.of("table"))) {
      create("ice.db.rules_of_tables", "iceberg");
      assertRefused(
          "Output ice.db.rules_of_tables was made by somebody else while this ran; expected a new "
              + "one. It stays as it is. Give another --output, or --mode overwrite to replace it.",
          () -> target.write(session.read().json(data())));
    }
    assertEquals(OLD, rows("ice.db.rules_of_tables"));
  }

  @ParameterizedTest
  @CsvSource({"default.rules_of_tables, delta", "ice.db.rules_of_tables, iceberg"})
  void tableWithVersionsIsReplacedByWhatIsComputedFromIt(String table, String format)
      throws IOException {
    create(table, format);
    session.sql("insert into " + table + " values (9)");
    run(
        "--format",
        "table",
        "--input",
        table,
        "--output-format",
        "table",
        "--output",
        table,
        "--mode",
        "overwrite");
    assertEquals(List.of(3.0, 7.0), rows(table), "5 - 2 and 9 - 2");
  }

  @ParameterizedTest
  @CsvSource({
    "default.rules_of_tables, delta, overwrite",
    "ice.db.rules_of_tables, iceberg, overwrite",
    "ice.db.rules_of_tables, iceberg, append",
    "default.rules_of_tables, parquet, append",
  })
  void tableStaysPartitioned(String table, String format, String mode) throws IOException {
    session.sql(
        "create table "
            + table
            + " (x double, day bigint) using "
            + format
            + " partitioned by (day)");
    String days = directory.resolve("days.json").toString();
    session
        .sql("select 7 as day, double(1) as x union all select 8, 3")
        .write()
        .mode("overwrite")
        .json(days);
    run("--input", days, "--output-format", "table", "--output", table, "--mode", mode);
    assertEquals(NORMALIZED, rows(table));
    assertEquals(
        1, session.sql("describe table " + table).where("col_name like '# Partition%'").count());
  }

  @Test
  void columnsOfATableAreFilledByTheirNames() {
    session.sql("create table default.rules_of_tables (y double, x double) using parquet");
    assertRefused(
        "Table default.rules_of_tables has the columns 'y', 'x' and would get rows of 'x'; expected "
            + "the same. Write them with --output-columns or --suffix under the names of the table, "
            + "or make a new table.",
        () -> transform("default.rules_of_tables", "--mode", "append"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"overwrite", "append"})
  void viewsAreNotWritten(String mode) {
    session.sql("create or replace temporary view rules_of_views as select 1 as x");
    assertRefused(
        "Output rules_of_views is a view; expected a table. Give the name of a table.",
        () -> transform("rules_of_views", "--mode", mode));
    session.catalog().dropTempView("rules_of_views");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overwrite", "append"})
  void icebergTableThatDoesNotExistYetIsMade(String mode) throws IOException {
    run(
        "--input",
        data(),
        "--output-format",
        "iceberg",
        "--output",
        "ice.db.rules_of_tables",
        "--mode",
        mode);
    assertEquals(NORMALIZED, rows("ice.db.rules_of_tables"));
  }

  @Test
  void folderOfAnIcebergTableIsWrittenAndNoNewOneIsMade() throws IOException {
    create("ice.db.rules_of_tables", "iceberg");
    String table = directory.resolve("ice/db/rules_of_tables").toString();
    run("--input", data(), "--output-format", "iceberg", "--output", table, "--mode", "append");
    assertEquals(
        List.of(-1.0, 1.0, 5.0),
        values(session.read().format("iceberg").load(table).collectAsList()));
    String other = directory.resolve("new").toString();
    assertRefused(
        "Output "
            + other
            + " is no Iceberg table yet, and Iceberg makes new ones in catalogs alone; expected the "
            + "name of a table. Set up a catalog, and give CATALOG.NAMESPACE.TABLE.",
        () -> run("--input", data(), "--output-format", "iceberg", "--output", other));
  }

  @Test
  void namesInOtherSourcesAreNotAskedOfTheCatalog() throws IOException {
    String model = directory.resolve("model-of-lengths").toString();
    known("length", 0).save(model);
    String output = directory.resolve("read-by-name").toString();
    runWith(
        model,
        "--format",
        "binaryFile",
        "--input",
        "pom.xml",
        "--output",
        output,
        "--output-format",
        "parquet");
    assertEquals(1, session.read().parquet(output).count());
  }

  @Test
  void filesOfAnotherFormatAreNoPartOfATable() {
    String table = directory.resolve("delta").toString();
    session.sql("select double(5) as x").write().format("delta").mode("overwrite").save(table);
    assertRefused(
        "Output "
            + table
            + " is a table of format delta and would get files of format parquet, which are no part "
            + "of it. Give another --output, or --output-format delta.",
        () ->
            run(
                "--input",
                data(),
                "--output-format",
                "parquet",
                "--output",
                table,
                "--mode",
                "append"));
  }

  @Test
  void severalTablesAreNotOne() {
    assertRefused(
        "--input names 2 tables; expected one table of a catalog or a database. Read them one by "
            + "one, or make a view.",
        () -> run("--format", "table", "--input", "a", "b", "--output", directory.resolve("new")));
  }

  @Test
  void factsOfATableAreNotItsColumns() {
    session.sql(
        "create table ice.db.rules_of_tables (Provider string, Location int, x double) using"
            + " iceberg");
    CatalogTable table = CatalogTable.find(session, "ice.db.rules_of_tables").orElseThrow();
    assertEquals(Optional.of("iceberg"), table.provider());
    assertEquals(
        Optional.of(directory.resolve("ice/db/rules_of_tables").toString()), table.location());
    assertEquals(Optional.empty(), CatalogTable.find(session, "ice.db.none"));
  }

  @Test
  void modelThatWasSavedToTellItsSummaryWritesData() throws IOException {
    String model = directory.resolve("model-that-tells").toString();
    known("x", 2).setOutput("summary").save(model);
    String output = directory.resolve("normalized.json").toString();
    runWith(model, "--input", data(), "--output", output, "--mode", "overwrite");
    assertEquals(NORMALIZED, values(session.read().json(output).collectAsList()));
  }

  private static BatchNormModel known(String column, double mean) {
    return BatchNormModel.of(Vectors.dense(mean), Vectors.dense(1))
        .setInputCols(column)
        .setOutputCols(column)
        .setEps(0);
  }

  private static void create(String table, String format) {
    session.sql("create table " + table + " (x double) using " + format);
    session.sql("insert into " + table + " values (5)");
  }

  private void transform(String table, Object... options) throws IOException {
    List<Object> args =
        new ArrayList<>(List.of("--input", data(), "--output-format", "table", "--output", table));
    args.addAll(List.of(options));
    run(args.toArray());
  }

  private void run(Object... options) throws IOException {
    runWith(model(), options);
  }

  private static void runWith(String model, Object... options) throws IOException {
    List<Object> args = new ArrayList<>(List.of("--model", model));
    args.addAll(List.of(options));
    InProcess.run(session, new TransformCommand(), args.toArray());
  }

  private static List<Double> rows(String table) {
    return values(session.table(table).collectAsList());
  }

  private static List<Double> values(List<Row> rows) {
    return rows.stream().map(row -> row.getDouble(0)).sorted().toList();
  }

  private static String data() {
    return directory.resolve("data.json").toString();
  }

  private static String model() {
    return directory.resolve("model").toString();
  }

  private static void assertRefused(String message, Executable run) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, run).getMessage());
  }
}
