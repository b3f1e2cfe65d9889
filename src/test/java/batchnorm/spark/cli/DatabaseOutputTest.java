package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.FailingFiles;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of databases that a command writes: what they are stays, and what is in them is told. */
class DatabaseOutputTest {
  private static final String SCHEME = "told";

  @TempDir Path folder;

  private Path input;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    input = Files.writeString(folder.resolve("in.csv"), "id,x\n1,10\n2,30\n");
    model = folder.resolve("model");
    Configuration failing = FailingFiles.configuration(SCHEME);
    for (String key : new String[] {"", ".disable.cache"}) {
      String name = "fs." + SCHEME + ".impl" + key;
      SharedSession.get().sparkContext().hadoopConfiguration().set(name, failing.get(name));
    }
  }

  @AfterEach
  void reset() {
    FailingFiles.succeed();
  }

  /** Spark knows how to truncate tables of Derby, and does not know DuckDB. */
  @ParameterizedTest
  @ValueSource(strings = {"derby", "duckdb"})
  void tableThatIsOverwrittenKeepsItsDefinition(String database) throws Exception {
    execute(
        database,
        "create table kept (id int primary key, x decimal(9,3), origin varchar(9) default 'always')",
        "insert into kept (id, x) values (7, 8)");
    fitTransform(database, "kept", "--mode", "overwrite");
    assertEquals(
        List.of("1 -1.000 always", "2 1.000 always"),
        rows(database, "select id, x, origin from kept order by id"));
    String again =
        assertThrows(
                SQLException.class, () -> execute(database, "insert into kept (id) values (1)"))
            .getMessage();
    assertTrue(again.toLowerCase(Locale.ROOT).contains("duplicate"), again);
  }

  @ParameterizedTest
  @ValueSource(strings = {"derby", "duckdb"})
  void tableIsMadeAnewIfTheUserSaysSo(String database) throws Exception {
    execute(database, "create table dropped (old int)");
    fitTransform(database, "dropped", "--mode", "overwrite", "--output-option", "truncate=false");
    assertEquals(List.of("1 -1.0", "2 1.0"), rows(database, "select * from dropped order by 1"));
  }

  @ParameterizedTest
  @CsvSource({"derby, overwrite", "duckdb, overwrite", "duckdb, append"})
  void rowsAreKeptWhereTheTableLacksAColumn(String database, String mode) throws Exception {
    execute(database, "create table narrow (id int, y int)", "insert into narrow values (7, 8)");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> fitTransform(database, "narrow", "--mode", mode))
            .getMessage();
    assertTrue(
        message.matches(
            "(?i)Table narrow has the columns 'id', 'y' and would get rows of 'id', 'x'; expected the "
                + "same. Write them with --output-columns or --suffix under the names of the table, "
                + "or make a new table."),
        message);
    assertEquals(List.of("7 8"), rows(database, "select * from narrow"));
  }

  @Test
  void tableThatExistsIsLeftUnlessTheUserSaysSo() throws Exception {
    execute("duckdb", "create table there (id int, x double)");
    assertEquals(
        "Output there already exists. Give another --output, or --mode overwrite to replace it, or "
            + "--mode append to add to it.",
        assertThrows(IllegalArgumentException.class, () -> fitTransform("duckdb", "there"))
            .getMessage());
    assertTrue(Files.notExists(model));
  }

  @Test
  void failureSaysWhatItLeavesInTheTable() throws Exception {
    execute("duckdb", "create table checked (id int, x double check (x < 0))");
    String message =
        assertThrows(
                IllegalStateException.class,
                () -> fitTransform("duckdb", "checked", "--mode", "overwrite"))
            .getMessage();
    assertTrue(
        message.contains("CHECK constraint")
            && message.endsWith(
                " Table checked may hold some of the new rows, and has lost its old ones if it was "
                    + "to be overwritten: a database gets rows as they are computed. Look at the "
                    + "table before the command runs again."),
        message);
  }

  @Test
  void failureBetweenDataAndModelSaysThatTheDataAreThere() throws Exception {
    FailingFiles.fail("new", false);
    model = Path.of(SCHEME + ":" + model);
    assertEquals(
        "The finished result cannot be moved to "
            + model
            + ". Check who may write there. Before that the normalized data in early was written, and "
            + "stays as it is now.",
        assertThrows(IllegalStateException.class, () -> fitTransform("duckdb", "early"))
            .getMessage());
    assertEquals(List.of("2"), rows("duckdb", "select count(*) from early"));
  }

  /** Rows are written to a catalog table before the model, as with a database. */
  @Test
  void failureBetweenATableAndTheModelSaysThatTheTableIsThere() {
    FailingFiles.fail("new", false);
    String failing = SCHEME + ":" + model;
    try {
      assertEquals(
          "The finished result cannot be moved to "
              + failing
              + ". Check who may write there. Before that the normalized data in "
              + "default.written_early was written, and stays as it is now.",
          assertThrows(
                  IllegalStateException.class,
                  () ->
                      run(
                          "--model",
                          failing,
                          "--output",
                          "default.written_early",
                          "--output-format",
                          "table"))
              .getMessage());
      assertEquals(2, SharedSession.get().table("default.written_early").count());
    } finally {
      SharedSession.get().sql("drop table if exists default.written_early");
    }
  }

  @Test
  void failureBetweenModelAndDataSaysThatTheModelIsThere() throws IOException {
    FailingFiles.fail("new", true);
    String output = SCHEME + ":" + folder.resolve("out");
    assertEquals(
        "IOException: the network is gone (add --verbose to see where this comes from) Before that "
            + "model "
            + model
            + " was written, and stays as it is now.",
        assertThrows(
                IllegalStateException.class,
                () -> run("--model", model, "--output", output, "--output-format", "csv"))
            .getMessage());
    assertEquals(2, BatchNormModel.load(model.toString()).count());
    assertTrue(Files.notExists(folder.resolve("out")));
  }

  private void fitTransform(String database, String table, Object... options) throws IOException {
    List<Object> args =
        new ArrayList<>(
            List.of(
                "--model",
                model,
                "--output-format",
                "jdbc",
                "--output-option",
                "url=" + url(database),
                "--output",
                table));
    args.addAll(List.of(options));
    run(args.toArray());
  }

  private void run(Object... options) throws IOException {
    List<Object> args = new ArrayList<>(List.of("--input", input, "--columns", "x", "--eps", 0));
    args.addAll(List.of(options));
    InProcess.run(SharedSession.get(), new FitTransformCommand(), args.toArray());
  }

  private String url(String database) {
    return database.equals("derby")
        ? "jdbc:derby:memory:" + folder.getFileName() + ";create=true"
        : "jdbc:duckdb:" + folder.resolve("duck.db");
  }

  private void execute(String database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database));
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  private List<String> rows(String database, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url(database));
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(query)) {
      while (found.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          row.add(found.getString(i));
        }
        rows.add(String.join(" ", row));
      }
    }
    return rows;
  }
}
