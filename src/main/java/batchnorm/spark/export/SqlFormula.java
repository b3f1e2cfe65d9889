package batchnorm.spark.export;

import batchnorm.spark.normalize.FeatureFormula;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Expression of a feature's image, with the operations of {@link FeatureFormula} in their order:
 * {@code (x - center) * scale + shift} and, if some of the formulas need them, more factors and
 * summands. Those are 1 and -0.0 for formulas that do not, and change no result then.
 *
 * @param sql the dialect
 * @param formulas the formulas of a feature in all groups, or of all elements of an array
 */
record SqlFormula(SqlDialect sql, List<FeatureFormula> formulas) {
  /** Number of a formula; its name in lower case is that of a column. */
  enum Number {
    BEFORE((sql, formula) -> sql.number(formula.before())),
    CENTER((sql, formula) -> sql.number(formula.center())),
    IS_INTEGER((sql, formula) -> sql.integer(formula.isOfIntegers() ? 1 : 0)),
    WHOLE((sql, formula) -> sql.integer(formula.whole())),
    FRACTION((sql, formula) -> sql.number(formula.fraction())),
    LEAST((sql, formula) -> sql.integer(Long.MIN_VALUE + Math.max(formula.whole(), 0))),
    GREATEST((sql, formula) -> sql.integer(Long.MAX_VALUE + Math.min(formula.whole(), 0))),
    HALF((sql, formula) -> sql.integer(formula.whole() >> 1)),
    SCALE((sql, formula) -> sql.number(formula.scale())),
    SECOND_SHIFT((sql, formula) -> sql.number(formula.secondShift())),
    SHIFT((sql, formula) -> sql.number(formula.shift())),
    AFTER((sql, formula) -> sql.number(formula.after()));

    private final BiFunction<SqlDialect, FeatureFormula, String> literal;

    Number(BiFunction<SqlDialect, FeatureFormula, String> literal) {
      this.literal = literal;
    }

    String of(SqlDialect sql, FeatureFormula formula) {
      return literal.apply(sql, formula);
    }
  }

  /** Returns whether longs beyond 2^53 are subtracted as integers in some of the formulas. */
  boolean hasIntegers() {
    return formulas.stream().anyMatch(FeatureFormula::isOfIntegers);
  }

  /**
   * Returns the image of {@code x}.
   *
   * @param x a number of any type; if there are integers, of a type of integers
   * @param numbers the expressions of the numbers that the image uses
   */
  String image(String x, Function<Number, String> numbers) {
    String image = "(" + difference(x, numbers) + ") * " + numbers.apply(Number.SCALE);
    if (any(formula -> Double.doubleToRawLongBits(formula.secondShift()) != Long.MIN_VALUE)) {
      image = "(" + image + " + " + numbers.apply(Number.SECOND_SHIFT) + ")";
    }
    image = image + " + " + numbers.apply(Number.SHIFT);
    return any(formula -> formula.after() != 1)
        ? "(" + image + ") * " + numbers.apply(Number.AFTER)
        : image;
  }

  private String difference(String x, Function<Number, String> numbers) {
    if (!hasIntegers()) {
      return plainDifference(x, numbers);
    }
    String integer = sql.asInteger(x);
    String plain =
        any(formula -> !formula.isOfIntegers())
            ? String.format(
                Locale.ROOT,
                "WHEN %s = 0 THEN %s ",
                numbers.apply(Number.IS_INTEGER),
                plainDifference(x, numbers))
            : "";
    // Differences beyond the range of long are those of halves, as in IntegerMean.
    return String.format(
        Locale.ROOT,
        "CASE %sWHEN %s BETWEEN %s AND %s THEN %s - %s ELSE %s * %s END",
        plain,
        integer,
        numbers.apply(Number.LEAST),
        numbers.apply(Number.GREATEST),
        sql.asDouble(integer + " - " + numbers.apply(Number.WHOLE)),
        numbers.apply(Number.FRACTION),
        sql.number(2),
        sql.asDouble(sql.half(integer) + " - " + numbers.apply(Number.HALF)));
  }

  private String plainDifference(String x, Function<Number, String> numbers) {
    String factor =
        any(formula -> formula.before() != 1) ? " * " + numbers.apply(Number.BEFORE) : "";
    return sql.asDouble(x) + factor + " - " + numbers.apply(Number.CENTER);
  }

  private boolean any(Predicate<FeatureFormula> property) {
    return formulas.stream().anyMatch(property);
  }
}
