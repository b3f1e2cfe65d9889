package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Options of Spark's source {@code jdbc}. */
final class JdbcOptions {
  /** The option that makes Spark truncate a table that it overwrites, instead of dropping it. */
  static final String TRUNCATE = "truncate";

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
      throw InputErrors.jdbcOptionMissing(option + " " + URL + "=URL");
    }
    if (!options.containsKey(TABLE) && !options.containsKey(QUERY)) {
      throw InputErrors.jdbcOptionMissing(option + " " + TABLE + "=NAME");
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

  /**
   * Returns whether the table or query of {@code read} may depend on the table of {@code written}.
   */
  static boolean overlap(Map<String, String> read, Map<String, String> written) {
    return database(read.get(URL)).equals(database(written.get(URL)))
        && (read.containsKey(TABLE) && isName(read.get(TABLE))
            ? mayBeOne(read.get(TABLE), written.get(TABLE))
            : names(read.getOrDefault(TABLE, read.get(QUERY)), written.get(TABLE)));
  }

  /**
   * The URL without connection properties and credentials: {@code jdbc:kind://user:password@} and
   * the properties behind {@code ?} or {@code ;}, but for the name of the database.
   */
  private static String database(String url) {
    String[] parts = url.toLowerCase(Locale.ROOT).split("[?;&]");
    String place = parts[0].replaceFirst("(://|:thin:)[^@]*@/*", "$1");
    return Arrays.stream(parts)
        .skip(1)
        .filter(part -> part.matches("database(name)?=.*"))
        .map(part -> part.replaceFirst(".*?=", ""))
        .reduce(place, (start, name) -> start + ";" + name);
  }

  private static boolean isName(String source) {
    return !source.contains("(") && !source.strip().matches("(?s).*\\s.*");
  }

  /** A table is another one if its schema is said to be another one. */
  private static boolean mayBeOne(String one, String other) {
    String[] first = parts(one);
    String[] second = parts(other);
    for (int i = 1; i <= Math.min(first.length, second.length); i++) {
      if (!first[first.length - i].equalsIgnoreCase(second[second.length - i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a query contains the name of a table, in whatever role. */
  private static boolean names(String query, String table) {
    String[] parts = parts(table);
    return Pattern.compile(
            "(?<!\\w)" + Pattern.quote(parts[parts.length - 1]) + "(?!\\w)",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS)
        .matcher(query)
        .find();
  }

  /** The names of database, schema and table, as far as they are given, without quotes. */
  private static String[] parts(String table) {
    return table.replaceAll("[\"`\\[\\]]", "").strip().split("\\.");
  }

  private static String driver(String option, String url) {
    try {
      return DriverManager.getDriver(url).getClass().getName();
    } catch (SQLException e) {
      throw InputErrors.noJdbcDriver(url, option + " " + DRIVER + "=CLASS");
    }
  }
}
