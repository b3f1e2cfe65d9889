package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What Spark's source {@code jdbc} needs to know. */
final class JdbcOptions {
  private static final String URL = "url";
  private static final String TABLE = "dbtable";
  private static final String QUERY = "query";
  private static final String DRIVER = "driver";

  private JdbcOptions() {}

  /**
   * Returns {@code given} with the table and with the class of the driver, which Spark does not
   * find by itself where the jar came with spark-submit.
   *
   * @param option the option of the command that {@code given} comes from
   */
  static Map<String, String> complete(
      String option, Map<String, String> given, Optional<String> table) {
    Map<String, String> options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    options.putAll(given);
    table.ifPresent(name -> options.put(TABLE, name));
    if (!options.containsKey(URL)) {
      throw Errors.jdbcOptionMissing(option + " " + URL + "=URL");
    }
    if (!options.containsKey(TABLE) && !options.containsKey(QUERY)) {
      throw Errors.jdbcOptionMissing(option + " " + TABLE + "=NAME");
    }
    if (!options.containsKey(DRIVER)) {
      options.put(DRIVER, driver(option, options.get(URL)));
    }
    return options;
  }

  /** The table that {@code options} name, if they do. */
  static Optional<String> table(Map<String, String> options) {
    return options.entrySet().stream()
        .filter(option -> option.getKey().equalsIgnoreCase(TABLE))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Whether what {@code read} reads has to do with the table that {@code written} writes. */
  static boolean overlap(Map<String, String> read, Map<String, String> written) {
    String source = read.getOrDefault(TABLE, read.get(QUERY));
    return read.get(URL).equals(written.get(URL))
        && Pattern.compile(
                "(?<!\\w)" + Pattern.quote(lastName(written.get(TABLE))) + "(?!\\w)",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS)
            .matcher(source)
            .find();
  }

  /** The table's name without those of its schema and database, and without quotes. */
  private static String lastName(String table) {
    return table.replaceAll("[\"`\\[\\]]", "").replaceFirst(".*\\.", "").strip();
  }

  private static String driver(String option, String url) {
    try {
      return DriverManager.getDriver(url).getClass().getName();
    } catch (SQLException e) {
      throw Errors.noJdbcDriver(url, option + " " + DRIVER + "=CLASS");
    }
  }
}
