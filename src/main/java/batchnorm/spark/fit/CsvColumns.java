package batchnorm.spark.fit;

import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.substring;

import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.errors.CsvErrors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.csv.CSVFileFormat;
import org.apache.spark.sql.types.DataTypes;

/**
 * Columns of CSV files, whose types Spark infers. One value that is not a number makes a column of
 * strings, and a wrong separator makes a single column. Errors about columns explain this; values
 * are read only for such an error.
 */
final class CsvColumns {
  private static final String DIGITS = "([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?";
  private static final String NUMBER = "[+-]?(" + DIGITS + "|NaN|Inf|Infinity)";
  private static final String BLANK = "[\\x00-\\x20]*";
  private static final Pattern DECIMAL_COMMA =
      Pattern.compile(BLANK + "[+-]?([0-9]+|[0-9]{1,3}(\\.[0-9]{3})+),[0-9]+" + BLANK);
  private static final List<String> SEPARATORS = List.of(";", "\t", "|", ",", ":", " ");

  /** Separators that rarely occur in a name. */
  private static final List<String> CERTAIN = SEPARATORS.subList(0, 3);

  /** Maximum number of values examined for an error message, and of characters of a value. */
  private static final int VALUES = 1000;

  private static final int CHARACTERS = 40;

  private CsvColumns() {}

  /**
   * Returns the reason why {@code data} has no numeric column {@code name}, if its files show it.
   */
  static Optional<IllegalArgumentException> explanation(Dataset<?> data, String name) {
    List<Attribute> columns = columns(data);
    return columns.size() == 1 && !isCalled(columns.get(0), name)
        ? separator(columns.get(0).name(), name)
            .map(found -> CsvErrors.separatorOfCsv(columns.get(0).name(), found))
        : string(data, columns, name).flatMap(column -> ofValues(data, column));
  }

  /** Returns the columns of the CSV files in the query. */
  private static List<Attribute> columns(Dataset<?> data) {
    List<LogicalPlan> leaves = ScalaSeq.list(ClassicSpark.query(data).analyzed().collectLeaves());
    return leaves.stream()
        .filter(LogicalRelation.class::isInstance)
        .map(LogicalRelation.class::cast)
        .filter(
            leaf ->
                leaf.relation() instanceof HadoopFsRelation files
                    && files.fileFormat() instanceof CSVFileFormat)
        .flatMap(leaf -> ScalaSeq.list(leaf.output()).stream())
        .map(Attribute.class::cast)
        .toList();
  }

  private static boolean isCalled(Attribute column, String name) {
    return SchemaLookup.key(column.name()).equals(SchemaLookup.key(name));
  }

  /** Returns the separator in a column name that consists of several names. */
  private static Optional<String> separator(String column, String asked) {
    return SEPARATORS.stream()
        .filter(
            each ->
                CERTAIN.contains(each) && column.contains(each)
                    || Arrays.asList(column.split(Pattern.quote(each))).contains(asked))
        .findFirst();
  }

  /** Returns the file's column {@code name}, if it has strings. */
  private static Optional<Attribute> string(Dataset<?> data, List<Attribute> columns, String name) {
    List<Attribute> output = ScalaSeq.list(ClassicSpark.query(data).analyzed().output());
    return output.stream()
        .filter(column -> isCalled(column, name))
        .filter(column -> column.dataType().equals(DataTypes.StringType))
        .filter(column -> columns.stream().anyMatch(file -> file.exprId().equals(column.exprId())))
        .findFirst();
  }

  private static Optional<IllegalArgumentException> ofValues(Dataset<?> data, Attribute column) {
    String name = column.name();
    Column values = ClassicSpark.column(column);
    Column isNumber = values.rlike("^" + BLANK + NUMBER + BLANK + "$");
    List<String> others = some(data, values, not(isNumber), VALUES);
    if (others.isEmpty()) {
      return Optional.of(CsvErrors.csvWithoutTypes(name));
    }
    Optional<String> comma =
        others.stream().filter(value -> DECIMAL_COMMA.matcher(value).matches()).findFirst();
    if (comma.isPresent()) {
      return Optional.of(CsvErrors.decimalCommasInCsv(name, comma.get()));
    }
    Optional<String> separator =
        SEPARATORS.stream().filter(each -> separates(each, others)).findFirst();
    if (separator.isPresent()) {
      return Optional.of(CsvErrors.severalNumbersInCsv(name, others.get(0), separator.get()));
    }
    return some(data, values, isNumber, 1).isEmpty()
        ? Optional.empty()
        : Optional.of(CsvErrors.textInCsv(name, counted(others), others.size() == VALUES));
  }

  private static boolean separates(String separator, List<String> values) {
    String between = Pattern.quote(separator) + (separator.equals(" ") ? "+" : "");
    Pattern several = Pattern.compile(BLANK + NUMBER + "(" + between + NUMBER + ")+" + BLANK);
    return values.stream().allMatch(value -> several.matcher(value).matches());
  }

  private static List<String> some(Dataset<?> data, Column values, Column accepted, int count) {
    return data.filter(accepted)
        .select(substring(values, 1, CHARACTERS))
        .as(Encoders.STRING())
        .takeAsList(count);
  }

  /** Returns the values, in the order of the file, with the number of times each occurs. */
  private static Map<String, Integer> counted(List<String> values) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    values.forEach(value -> counts.merge(value, 1, Integer::sum));
    return counts;
  }
}
