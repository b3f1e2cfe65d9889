package batchnorm.spark.moments;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** What the properties draw from: columns of every kind, as {@code x = offset + spread * z}. */
final class Columns extends DomainContextBase {
  private static final int MAX_ROWS = 60;

  /**
   * One column with a weight for every row.
   *
   * @param values finite numbers
   * @param weights whole numbers from 1 to 5
   */
  record Column(double[] values, double[] weights) {

    int rows() {
      return values.length;
    }

    /** The values with each row as often as it weighs. */
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

    /** The values with {@code value} in the place of every {@code step}th. */
    double[] withEvery(int step, double value) {
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

  private static Column column(double offset, double spread, List<Row> rows) {
    return new Column(
        rows.stream().mapToDouble(row -> offset + spread * row.z()).toArray(),
        rows.stream().mapToDouble(Row::weight).toArray());
  }
}
