package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Transform of a model as a query, without a Spark session:
 *
 * <pre>
 *   SELECT source.*, (CAST(source."a" AS DOUBLE) - mean) * scale + shift AS "b"
 *   FROM source
 *   LEFT JOIN (VALUES ...) AS batchnorm_groups (...) ON ...    with groups
 *   WHERE ...                                                  if rows with missing values are dropped
 * </pre>
 *
 * <p>Names of columns are quoted. Rows on which a transform fails make the query fail if the
 * dialect has a function for that; otherwise their missing values stay and infinite ones are
 * mapped, and rows of unseen groups become null.
 */
public final class SqlQuery {
  /**
   * Maximum number of features of all groups together; a longer text is refused by most engines.
   */
  private static final long MOST_FEATURES = 100_000;

  /** Name of the table that is read, also if it has another. */
  private static final String SOURCE = "source";

  private static final String GROUPS = "batchnorm_groups";

  /** Column that is null in rows of unseen groups. */
  private static final String SEEN = "seen";

  /**
   * Columns of a model.
   *
   * @param inputs the names of the columns that are read
   * @param outputs the names of the columns that are written
   * @param fromArray true if the input is an array of all features
   * @param toArray true if the output is an array of all features
   */
  public record Columns(
      List<String> inputs, List<String> outputs, boolean fromArray, boolean toArray) {}

  /**
   * Table that is read.
   *
   * @param name the parts of its name; empty for a table called {@code source}
   * @param kept the columns that the query returns beside those of the model; empty for all
   */
  public record Table(List<String> name, Optional<List<String>> kept) {}

  private final SqlDialect sql;
  private final Columns columns;
  private final Coefficients all;
  private final HandleInvalid handleInvalid;
  private final Optional<SqlGroups> groups;

  /**
   * Returns the query of a model.
   *
   * @param all the coefficients of all rows
   */
  public SqlQuery(
      SqlDialect sql,
      Columns columns,
      Coefficients all,
      HandleInvalid handleInvalid,
      Optional<SqlGroups> groups) {
    this.sql = sql;
    this.columns = columns;
    this.all = all;
    this.handleInvalid = handleInvalid;
    this.groups = groups;
  }

  /**
   * Requires that the text is not too long.
   *
   * @throws IllegalArgumentException if there are more than 100,000 features in all groups together
   */
  public static void requireShort(long groups, int features) {
    if (groups * features > MOST_FEATURES) {
      throw ExportErrors.tooLongForSql(groups, features, MOST_FEATURES);
    }
  }

  /**
   * Returns the query of {@code table}.
   *
   * @throws IllegalArgumentException if the dialect cannot express it
   */
  public String of(Table table) {
    requireExpressible();
    Expressions expressions = new Expressions();
    Map<String, String> outputs = expressions.outputs();
    StringBuilder text = new StringBuilder(comment());
    text.append("SELECT\n  ").append(items(table, outputs)).append("\nFROM ").append(source(table));
    groups.ifPresent(some -> text.append(expressions.join(some)));
    if (handleInvalid == HandleInvalid.SKIP) {
      text.append("\nWHERE ").append(String.join("\n  AND ", expressions.areFinite()));
    }
    return text.append('\n').toString();
  }

  private void requireExpressible() {
    if (columns.fromArray && !sql.mapsArrays()) {
      throw ExportErrors.arraysInSql(columns.inputs.get(0), sql.text());
    }
    if (columns.toArray && !sql.hasArrays()) {
      throw ExportErrors.arraysInSql(columns.outputs.get(0), sql.text());
    }
  }

  /** Returns what the query does where a transform fails, if it does not fail. */
  private String comment() {
    List<String> lines = new ArrayList<>();
    boolean fails = sql.error("").isPresent();
    if (!fails && handleInvalid == HandleInvalid.ERROR) {
      lines.add("Null and NaN stay as they are, and infinite values are mapped.");
    }
    if (!fails && groups.filter(some -> some.unseen() == UnseenGroup.ERROR).isPresent()) {
      lines.add("Rows of groups that the model does not know become null.");
    }
    return lines.isEmpty()
        ? ""
        : "-- BatchNormModel.transform fails here; this dialect has no function that does.\n"
            + lines.stream().map(line -> "-- " + line + "\n").collect(Collectors.joining());
  }

  private String source(Table table) {
    return table.name.isEmpty()
        ? SOURCE
        : table.name.stream().map(sql::name).collect(Collectors.joining(".")) + " AS " + SOURCE;
  }

  private String items(Table table, Map<String, String> outputs) {
    if (table.kept.isPresent()) {
      Map<String, String> items = new LinkedHashMap<>();
      table.kept.get().forEach(name -> items.put(name, column(name)));
      items.putAll(outputs);
      return items(items);
    }
    Set<String> inputs =
        columns.inputs.stream()
            .map(SqlQuery::key)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Map<String, String> replacing = new LinkedHashMap<>();
    Map<String, String> added = new LinkedHashMap<>();
    outputs.forEach(
        (name, value) -> (inputs.contains(key(name)) ? replacing : added).put(name, value));
    if (!replacing.isEmpty() && !sql.replaces()) {
      throw ExportErrors.columnsReplacedInSql(replacing.keySet().iterator().next(), sql.text());
    }
    String star = sql.star(SOURCE, replacing);
    return added.isEmpty() ? star : star + ",\n  " + items(added);
  }

  private String items(Map<String, String> items) {
    return items.entrySet().stream()
        .map(item -> item.getValue() + " AS " + sql.name(item.getKey()))
        .collect(Collectors.joining(",\n  "));
  }

  /** Returns a key that is equal for names that most engines consider equal. */
  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private String column(String name) {
    return SOURCE + "." + sql.name(name);
  }

  private String isFinite(String x) {
    return "ABS(" + sql.asDouble(x) + ") <= " + sql.number(Double.MAX_VALUE);
  }

  private Optional<String> invalid(String name) {
    return handleInvalid == HandleInvalid.ERROR
        ? sql.error("Column '" + name + "' has a null, NaN or infinite value")
        : Optional.empty();
  }

  /** Expressions of the outputs; they collect the numbers that the table of groups must have. */
  private final class Expressions {
    private final int features = all.features();
    private final List<Coefficients> maps = new ArrayList<>(List.of(all));

    /** Columns of the table of groups: the literal for each map. */
    private final Map<String, Function<Coefficients, String>> numbers = new LinkedHashMap<>();

    Expressions() {
      groups.ifPresent(some -> some.groups().forEach(group -> maps.add(group.coefficients())));
    }

    /** Returns the expressions by the names of the columns that are written. */
    Map<String, String> outputs() {
      if (columns.fromArray && columns.toArray) {
        return Map.of(columns.outputs.get(0), mappedArray());
      }
      if (columns.toArray) {
        List<String> elements =
            IntStream.range(0, features).mapToObj(j -> element(feature(j))).toList();
        return Map.of(columns.outputs.get(0), guarded(unseen(true), sql.array(elements)));
      }
      Map<String, String> outputs = new LinkedHashMap<>();
      for (int j = 0; j < features; j++) {
        Optional<String> invalid = invalid(columns.inputs.get(columns.fromArray ? 0 : j));
        List<String> before = new ArrayList<>(unseen(invalid.isPresent()));
        if (columns.fromArray) {
          before.add(wrongSize());
        }
        outputs.put(columns.outputs.get(j), guarded(before, feature(j)));
      }
      return outputs;
    }

    /** Returns the image of feature {@code j}; an invalid value is an error if the dialect can. */
    private String feature(int j) {
      String column = column(columns.inputs.get(columns.fromArray ? 0 : j));
      String x = columns.fromArray ? sql.element(column, j) : column;
      String name = columns.inputs.get(columns.fromArray ? 0 : j);
      return checked(name, x, image(x, "_" + j, List.of(j)));
    }

    /** Returns an image as an element of an array of numbers, in which null becomes NaN. */
    private String element(String image) {
      return invalid("").isPresent()
          ? image
          : "COALESCE(" + image + ", " + sql.number(Double.NaN) + ")";
    }

    private String checked(String name, String x, String image) {
      return invalid(name)
          .map(error -> "CASE WHEN " + isFinite(x) + " THEN " + image + " ELSE " + error + " END")
          .orElse(image);
    }

    private String mappedArray() {
      String name = columns.inputs.get(0);
      String x = column(name);
      List<Integer> elements = IntStream.range(0, features).boxed().toList();
      List<String> before = new ArrayList<>(unseen(true));
      invalid(name).ifPresent(error -> before.add("WHEN " + x + " IS NULL THEN " + error));
      before.add(wrongSize());
      return guarded(before, sql.map(x, checked(name, "v", image("v", "s", elements))));
    }

    /** Returns the branch of a case for arrays that do not have the features of the model. */
    private String wrongSize() {
      String name = columns.inputs.get(0);
      String x = column(name);
      String error =
          sql.error("Column '" + name + "' has an array of another size than " + features)
              .orElseThrow();
      return "WHEN " + x + " IS NOT NULL AND " + sql.size(x) + " <> " + features + " THEN " + error;
    }

    /**
     * Returns the branch of a case for rows of unseen groups, if there is one.
     *
     * @param hidesNull true if the expression is not null for a row whose coefficients are
     */
    private List<String> unseen(boolean hidesNull) {
      if (groups.isEmpty() || groups.get().unseen() == UnseenGroup.GLOBAL) {
        return List.of();
      }
      String isUnseen = "WHEN " + GROUPS + "." + SEEN + " IS NULL THEN ";
      Optional<String> error =
          groups.get().unseen() == UnseenGroup.ERROR
              ? sql.error(
                  "The model does not know the group of a row ("
                      + groups.get().columns().stream()
                          .map(SqlGroups.Column::name)
                          .collect(Collectors.joining(", "))
                      + ")")
              : Optional.empty();
      return error.isPresent() || hidesNull ? List.of(isUnseen + error.orElse("NULL")) : List.of();
    }

    private String guarded(List<String> branches, String value) {
      return branches.isEmpty()
          ? value
          : "CASE " + String.join(" ", branches) + " ELSE " + value + " END";
    }

    /**
     * Returns the image of {@code x}.
     *
     * @param suffix the end of the names of its numbers in the table of groups
     * @param elements the feature; several for all elements of an array
     */
    private String image(String x, String suffix, List<Integer> elements) {
      boolean isArray = columns.fromArray && columns.toArray;
      SqlFormula formula =
          new SqlFormula(
              sql, maps.stream().flatMap(map -> elements.stream().map(map::formula)).toList());
      if (columns.fromArray && formula.hasIntegers()) {
        throw ExportErrors.integersInArrays(columns.inputs.get(0));
      }
      return formula.image(
          x,
          number -> {
            Function<Coefficients, String> literal =
                map -> {
                  List<String> all =
                      elements.stream().map(j -> number.of(sql, map.formula(j))).toList();
                  return isArray ? sql.array(all) : all.get(0);
                };
            String term = term(number.name().toLowerCase(Locale.ROOT) + suffix, literal);
            return isArray ? SqlDialect.element(term) : term;
          });
    }

    private String term(String name, Function<Coefficients, String> literal) {
      if (groups.isEmpty()) {
        return literal.apply(all);
      }
      numbers.put(name, literal);
      String term = GROUPS + "." + name;
      return groups.get().unseen() == UnseenGroup.GLOBAL
          ? "COALESCE(" + term + ", " + literal.apply(all) + ")"
          : term;
    }

    /** Returns the conditions that all values of a row are finite. */
    List<String> areFinite() {
      return columns.fromArray
          ? List.of(
              sql.count(column(columns.inputs.get(0)), "NOT COALESCE(" + isFinite("v") + ", FALSE)")
                  + " = 0")
          : columns.inputs.stream().map(name -> isFinite(column(name))).toList();
    }

    /** Returns the join with the table of the groups' numbers. */
    String join(SqlGroups some) {
      int keys = some.columns().size();
      List<String> names =
          new ArrayList<>(IntStream.range(0, keys).mapToObj(i -> "key_" + i).toList());
      String condition =
          IntStream.range(0, keys)
              .mapToObj(
                  i -> sql.same(column(some.columns().get(i).name()), GROUPS + "." + names.get(i)))
              .collect(Collectors.joining("\n  AND "));
      names.add(SEEN);
      names.addAll(numbers.keySet());
      List<List<String>> rows = new ArrayList<>();
      for (SqlGroups.Group group : some.groups()) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
          row.add(sql.key(group.key().get(i), some.columns().get(i)));
        }
        row.add(sql.integer(1));
        numbers.values().forEach(number -> row.add(number.apply(group.coefficients())));
        rows.add(row);
      }
      // The groups have no order; the same model gives the same text.
      rows.sort((one, other) -> String.join("", one).compareTo(String.join("", other)));
      return "\nLEFT JOIN " + sql.table(GROUPS, names, rows) + "\n  ON " + condition;
    }
  }
}
