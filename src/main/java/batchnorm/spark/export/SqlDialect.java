package batchnorm.spark.export;

import batchnorm.spark.normalize.Choice;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** SQL of an engine: its types, quotes, literals and functions. */
public enum SqlDialect implements Choice {
  SPARK(
      new Types(
          "DOUBLE", "BIGINT", "STRING", "BOOLEAN", "DECIMAL(%d, %d)", "TIMESTAMP", "TIMESTAMP_NTZ"),
      new Quotes("`", "``", Escapes.NONE, Escapes.BACKSLASH),
      new Numbers("%sD", "(%s | 0)", "shiftright(%s, 1)"),
      Star.EXCEPT,
      Rows.VALUES,
      "raise_error(%s)",
      "array(%s)",
      new Lists(0, "size(%s)", "transform(%s, (v, i) -> %s)", "size(filter(%s, v -> %s))")),

  DUCKDB(
      new Types(
          "DOUBLE",
          "BIGINT",
          "VARCHAR",
          "BOOLEAN",
          "DECIMAL(%d, %d)",
          "TIMESTAMP WITH TIME ZONE",
          "TIMESTAMP"),
      new Quotes("\"", "\"\"", Escapes.NONE, Escapes.NONE),
      new Numbers("%se0", "(%s | 0)", "(%s >> 1)"),
      Star.REPLACE,
      Rows.VALUES,
      "error(%s)",
      "[%s]",
      new Lists(
          1,
          "len(%s)",
          "list_transform(%s, lambda v, i: %s)",
          "len(list_filter(%s, lambda v: %s))")),

  POSTGRES(
      new Types(
          "DOUBLE PRECISION",
          "BIGINT",
          "TEXT",
          "BOOLEAN",
          "NUMERIC(%d, %d)",
          "TIMESTAMP WITH TIME ZONE",
          "TIMESTAMP"),
      new Quotes("\"", "\"\"", Escapes.NONE, Escapes.NONE),
      new Numbers("'%s'::float8", "(%s | 0)", "(%s >> 1)"),
      Star.NONE,
      Rows.VALUES,
      null,
      "ARRAY[%s]",
      null),

  SNOWFLAKE(
      new Types(
          "FLOAT",
          "NUMBER(38, 0)",
          "VARCHAR",
          "BOOLEAN",
          "NUMBER(%d, %d)",
          "TIMESTAMP_TZ",
          "TIMESTAMP_NTZ"),
      new Quotes("\"", "\"\"", Escapes.NONE, Escapes.BACKSLASH),
      new Numbers("'%s'::FLOAT", "BITOR(%s, 0)", "FLOOR(%s / 2)"),
      Star.REPLACE,
      Rows.VALUES,
      null,
      null,
      null),

  BIGQUERY(
      // Decimals of the columns of a query have no precision.
      new Types("FLOAT64", "INT64", "STRING", "BOOL", "BIGNUMERIC", "TIMESTAMP", "DATETIME"),
      new Quotes("`", "\\`", Escapes.BACKSLASH, Escapes.BACKSLASH),
      new Numbers("%se0", "(%1$s | 0)", "DIV(%1$s - ABS(MOD(%1$s, 2)), 2)"),
      Star.REPLACE,
      Rows.UNNEST,
      "ERROR(%s)",
      "[%s]",
      null);

  /** Names of types; that of decimals is a pattern of precision and scale. */
  private record Types(
      String number,
      String integer,
      String text,
      String bool,
      String decimal,
      String instant,
      String local) {}

  /** Quotes of names, and escapes of names and texts. */
  private record Quotes(String name, String escapedName, Escapes inNames, Escapes inTexts) {}

  private enum Escapes {
    /** Backslashes are characters like others, and quotes are doubled. */
    NONE,
    /** A backslash escapes the next character. */
    BACKSLASH
  }

  /**
   * Patterns of numbers.
   *
   * @param literal a double
   * @param integer a column that must be of integers: an error of the engine otherwise
   * @param half half of an integer, rounded down
   */
  private record Numbers(String literal, String integer, String half) {}

  /** Variant of {@code SELECT *} in which columns are replaced. */
  private enum Star {
    REPLACE,
    EXCEPT,
    NONE
  }

  /** Variant of a table of literals, and of the joins with it. */
  private enum Rows {
    VALUES,
    /** An array of structs; an outer join needs an equality. */
    UNNEST
  }

  /**
   * Patterns of functions of arrays.
   *
   * @param first the index of the first element
   * @param size the number of elements
   * @param map the array of the images of elements {@code v} with index {@code i}
   * @param count the number of elements {@code v} with a property
   */
  private record Lists(int first, String size, String map, String count) {}

  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private final Types types;
  private final Quotes quotes;
  private final Numbers numbers;
  private final Star star;
  private final Rows rows;
  private final String error;
  private final String array;
  private final Lists lists;

  /** Creates a dialect; {@code error}, {@code array} and {@code lists} may be null. */
  SqlDialect(
      Types types,
      Quotes quotes,
      Numbers numbers,
      Star star,
      Rows rows,
      String error,
      String array,
      Lists lists) {
    this.types = types;
    this.quotes = quotes;
    this.numbers = numbers;
    this.star = star;
    this.rows = rows;
    this.error = error;
    this.array = array;
    this.lists = lists;
  }

  /** Returns the quoted name of a column, which may have any characters. */
  String name(String name) {
    String escaped = quotes.inNames == Escapes.BACKSLASH ? backslashed(name) : name;
    return quotes.name + escaped.replace(quotes.name, quotes.escapedName) + quotes.name;
  }

  /** Returns the literal of a text. */
  String text(String text) {
    String escaped =
        quotes.inTexts == Escapes.NONE
            ? text.replace("'", "''")
            : backslashed(text).replace("'", "\\'");
    return "'" + escaped + "'";
  }

  private static String backslashed(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  /** Returns the literal of a double, which the engine reads as the same bits. */
  String number(double x) {
    if (Double.isNaN(x)) {
      return cast("'NaN'", types.number);
    }
    if (Double.isInfinite(x)) {
      return cast(x > 0 ? "'inf'" : "'-inf'", types.number);
    }
    String digits = Double.toString(x);
    // Digits with an exponent need no other.
    return format(
        digits.contains("E") ? numbers.literal.replace("e0", "") : numbers.literal, digits);
  }

  /** Returns the literal of a long. */
  String integer(long x) {
    return cast("'" + x + "'", types.integer);
  }

  /** Returns a number of any type as a double. */
  String asDouble(String x) {
    return cast(x, types.number);
  }

  /** Returns a number that the engine requires to be of a type of integers. */
  String asInteger(String x) {
    return cast(format(numbers.integer, x), types.integer);
  }

  /** Returns half of an integer, rounded down. */
  String half(String x) {
    return format(numbers.half, x);
  }

  /** Returns the literal of a value of a group column; null is a value, too. */
  String key(Object value, SqlGroups.Column column) {
    String name = type(column);
    if (value == null) {
      return cast("NULL", name);
    }
    if (value instanceof Double number) {
      return number(number);
    }
    if (value instanceof String text) {
      return text(text);
    }
    return cast(text(keyText(value)), name);
  }

  private static String keyText(Object value) {
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    return value instanceof LocalDateTime time ? LOCAL.format(time) : value.toString();
  }

  private String type(SqlGroups.Column column) {
    return switch (column.type()) {
      case INTEGER -> types.integer;
      case DOUBLE -> types.number;
      case DECIMAL -> format(types.decimal, column.precision(), column.scale());
      case TEXT -> types.text;
      case LOGICAL -> types.bool;
      case DATE -> "DATE";
      case INSTANT -> types.instant;
      case LOCAL_TIME -> types.local;
    };
  }

  /** Returns the call that fails with a message, if there is such a function. */
  Optional<String> error(String message) {
    return Optional.ofNullable(error).map(function -> format(function, text(message)));
  }

  /** Returns whether expressions can make arrays. */
  boolean hasArrays() {
    return array != null;
  }

  /** Returns whether expressions can map the elements of arrays. */
  boolean mapsArrays() {
    return lists != null;
  }

  /** Returns the array of these elements. */
  String array(List<String> elements) {
    return format(array, String.join(", ", elements));
  }

  /** Returns element {@code i} of an array, counted from 0. */
  String element(String list, int i) {
    return list + "[" + (i + lists.first) + "]";
  }

  /** Returns the element of an array whose index is {@code i} in {@link #map}. */
  static String element(String list) {
    return list + "[i]";
  }

  /** Returns the number of elements of an array. */
  String size(String list) {
    return format(lists.size, list);
  }

  /** Returns the array of the images of elements {@code v}. */
  String map(String list, String image) {
    return format(lists.map, list, image);
  }

  /** Returns the number of elements {@code v} of an array for which a condition is true. */
  String count(String list, String condition) {
    return format(lists.count, list, condition);
  }

  /** Returns whether {@code SELECT *} can have other columns in the place of some. */
  boolean replaces() {
    return star != Star.NONE;
  }

  /**
   * Returns the items of all columns of {@code table}, with others in the place of some.
   *
   * @param replaced expressions by the names of the columns that they replace
   */
  String star(String table, Map<String, String> replaced) {
    if (replaced.isEmpty()) {
      return table + ".*";
    }
    String items =
        replaced.entrySet().stream()
            .map(item -> item.getValue() + " AS " + name(item.getKey()))
            .collect(Collectors.joining(",\n    "));
    return star == Star.REPLACE
        ? table + ".* REPLACE (\n    " + items + ")"
        : table
            + ".* EXCEPT ("
            + replaced.keySet().stream().map(this::name).collect(Collectors.joining(", "))
            + "),\n    "
            + items;
  }

  /** Returns the table of these rows, with an alias. */
  String table(String alias, List<String> columns, List<List<String>> rows) {
    if (this.rows == Rows.VALUES) {
      return format("(VALUES%s\n) AS %s (%s)", tuples(rows), alias, String.join(", ", columns));
    }
    String named =
        IntStream.range(0, columns.size())
            .mapToObj(i -> rows.get(0).get(i) + " AS " + columns.get(i))
            .collect(Collectors.joining(", "));
    String others = rows.size() == 1 ? "" : "," + tuples(rows.subList(1, rows.size()));
    return format("UNNEST([\n  STRUCT(%s)%s\n]) AS %s", named, others, alias);
  }

  private static String tuples(List<List<String>> rows) {
    return rows.stream()
        .map(row -> "\n  (" + String.join(", ", row) + ")")
        .collect(Collectors.joining(","));
  }

  /** Returns the condition that two values are equal or both null. */
  String same(String left, String right) {
    String equality =
        rows == Rows.UNNEST ? format("(%s IS NULL) = (%s IS NULL) AND ", left, right) : "";
    return format("%s%s IS NOT DISTINCT FROM %s", equality, left, right);
  }

  private static String cast(String x, String type) {
    return "CAST(" + x + " AS " + type + ")";
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
