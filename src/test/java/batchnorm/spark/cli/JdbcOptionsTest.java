package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdbcOptionsTest {
  private static final String URL = "jdbc:duckdb:/data/sales.db";

  @Test
  void theTableAndTheDriverAreAdded() {
    assertEquals(
        Map.of("url", URL, "dbtable", "sales", "driver", "org.duckdb.DuckDBDriver"),
        JdbcOptions.complete("--option", Map.of("URL", URL), Optional.of("sales")));
  }

  @Test
  void theUsersDriverIsLeft() {
    Map<String, String> given = Map.of("url", "jdbc:none:", "query", "q", "driver", "a.Driver");
    assertEquals(given, JdbcOptions.complete("--option", given, Optional.empty()));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertMessage(
        "Format jdbc needs to know the database and the table; expected --option url=URL. Add it.",
        () -> JdbcOptions.complete("--option", Map.of(), Optional.of("sales")));
    assertMessage(
        "Format jdbc needs to know the database and the table; expected --output-option "
            + "dbtable=NAME. Add it.",
        () -> JdbcOptions.complete("--output-option", Map.of("url", URL), Optional.empty()));
  }

  @Test
  void aDriverThatIsMissingIsToldWithTheWayToAddIt() {
    assertMessage(
        "No JDBC driver takes jdbc:none:x; expected one on the class path. Check the url, and add "
            + "the driver at the end: -- --packages GROUP:ARTIFACT:VERSION or -- --jars FILE. Name "
            + "its class with --option driver=CLASS if it does not register itself.",
        () -> JdbcOptions.complete("--option", Map.of("url", "jdbc:none:x"), Optional.of("a")));
  }

  /** Spark empties the table first, and what is read would be gone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sales                        | sales      | true",
        "SALES                        | sales      | true",
        "main.\"sales\"               | sales      | true",
        "raw.sales                    | sales      | true",
        "(select 1 from raw.sales) t  | main.sales | true",
        "sales                        | main.sales | true",
        "(select * from sales) as t   | sales      | true",
        "sales_2026                   | sales      | false",
        "sales                        | normalized | false",
      })
  void aTableThatIsReadIsKnown(String read, String written, boolean overlap) {
    Map<String, String> target = Map.of("url", URL, "dbtable", written);
    assertEquals(overlap, JdbcOptions.overlap(Map.of("url", URL, "dbtable", read), target));
    assertEquals(overlap, JdbcOptions.overlap(Map.of("url", URL, "query", read), target));
    assertEquals(false, JdbcOptions.overlap(Map.of("url", "jdbc:b", "dbtable", read), target));
  }

  @Test
  void tablesOfTwoSchemasAreTwo() {
    assertEquals(
        false,
        JdbcOptions.overlap(
            Map.of("url", URL, "dbtable", "raw.sales"),
            Map.of("url", URL, "dbtable", "clean.sales")));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h/sales, jdbc:postgresql://h/sales?user=me, true",
    "jdbc:postgresql://h/sales?a=1, jdbc:postgresql://H/sales?b=2, true",
    "jdbc:postgresql://h/sales, jdbc:postgresql://h/stock, false",
    "jdbc:mysql://me:secret@h/sales, jdbc:mysql://h/sales, true",
    "jdbc:sqlserver://h;databaseName=s;user=me, jdbc:sqlserver://h;databaseName=S, true",
    "jdbc:sqlserver://h;databaseName=s, jdbc:sqlserver://h;databaseName=other, false",
    "jdbc:oracle:thin:me/secret@//h:1521/s, jdbc:oracle:thin:@h:1521/s, true",
    "jdbc:postgresql://h/sales, jdbc:postgresql://other/sales, false",
  })
  void aDatabaseIsKnownHoweverItIsConnectedTo(String read, String written, boolean same) {
    assertEquals(
        same,
        JdbcOptions.overlap(
            Map.of("url", read, "dbtable", "t"), Map.of("url", written, "dbtable", "t")));
  }

  private static void assertMessage(String message, Executable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
  }
}
