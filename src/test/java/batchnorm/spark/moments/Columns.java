package batchnorm.spark.moments;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Domain of the properties: columns of every kind, as {@code x = offset + spread * z}. */
public final class Columns extends DomainContextBase {
  private static final int MAX_ROWS = 60;

  /**
   * One column with a weight for every row.
   *
   * @param values finite numbers
   * @param weights whole numbers from 1 to 5
   */
  public record Column(double[] values, double[] weights) {

    public int rows() {
      return values.length;
    }

    /** The values, with each row repeated by its weight. */
    double[] repeated() {
      double[] repeated = new double[(int) Arrays.stream(weights).sum()];
      int next = 0;
      for (int i = 0; i < values.length; i++) {
        for (int k = 0; k < weights[i]; k++) {
          repeated[next++] = values[i];
        }
      }
      return repeated;
    }

    /**
     * The column with weights that are no whole numbers: fractions, and what is at the ends of the
     * range of double.
     */
    public Column withFractions(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] fractions = new double[rows()];
      Arrays.setAll(
          fractions,
          i ->
              switch (random.nextInt(10)) {
                case 0 -> 1;
                case 1 -> 0.1;
                case 2 -> 1e-300;
                case 3 -> 1e300;
                case 4 -> Double.MIN_VALUE * random.nextInt(1, 1000);
                case 5 -> Double.MAX_VALUE;
                default -> random.nextDouble(0x1p-20, 3);
              });
      return new Column(values, fractions);
    }

    /** The values with {@code value} in the place of every {@code step}th. */
    public double[] withEvery(int step, double value) {
      double[] changed = values.clone();
      for (int i = 0; i < changed.length; i += step) {
        changed[i] = value;
      }
      return changed;
    }

    @Override
    public String toString() {
      return "Column(values = "
          + Arrays.toString(values)
          + ", weights = "
          + Arrays.toString(weights)
          + ")";
    }
  }

  private record Row(double z, int weight) {}

  @Provide
  Arbitrary<Column> columns() {
    Arbitrary<Double> offsets =
        Arbitraries.of(0.0, 0.3, -1e6, 1e9, 1e-12, 1e100).withoutEdgeCases();
    Arbitrary<Double> spreads = Arbitraries.of(0.0, 1e-15, 1e-3, 1.0, 1e6).withoutEdgeCases();
    Arbitrary<Row> row =
        Combinators.combine(
                Arbitraries.oneOf(
                    Arbitraries.doubles().between(-1, 1).ofScale(15), Arbitraries.just(0.0)),
                Arbitraries.integers().between(1, 5))
            .as(Row::new);
    return Combinators.combine(offsets, spreads, row.list().ofMinSize(1).ofMaxSize(MAX_ROWS))
        .as(Columns::column);
  }

  /** Columns of any finite doubles, whose sums span the range of double and beyond. */
  public static final class OfAnyDoubles extends DomainContextBase {

    @Provide
    Arbitrary<Column> columns() {
      Arbitrary<Row> row =
          Combinators.combine(
                  Arbitraries.longs().map(Columns::finite), Arbitraries.integers().between(1, 5))
              .as(Row::new);
      return row.list().ofMinSize(1).ofMaxSize(MAX_ROWS).map(rows -> column(0, 1, rows));
    }
  }

  /** The double of these bits; where it is none, one of another exponent. */
  private static double finite(long bits) {
    double x = Double.longBitsToDouble(bits);
    return Double.isFinite(x) ? x : Double.longBitsToDouble(bits ^ 1L << 62);
  }

  private static Column column(double offset, double spread, List<Row> rows) {
    return new Column(
        rows.stream().mapToDouble(row -> offset + spread * row.z()).toArray(),
        rows.stream().mapToDouble(Row::weight).toArray());
  }
}
