package batchnorm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Fits of growing data. */
final class CurveCases {
  /** The values of a dense point: fewer rows where they are wider. */
  private static final int VALUES = 20_000_000;

  private static final int SPARSE_ROWS = 20_000;
  private static final int STORED = 100;

  /** With ten times as many its 16 partitions send 4 GB: 24 bytes a feature each. */
  private static final int MOST_FOR_STANDARD_SCALER = 1_000_000;

  private final BenchData data;

  CurveCases(BenchData data) {
    this.data = data;
  }

  List<Curve> all() {
    return List.of(
        new Curve("curve-rows", "Rows: 64 double columns", "rows", rows()),
        new Curve(
            "curve-partitions",
            "Partitions: 16 double columns x 100k, cached",
            "partitions",
            partitions()),
        new Curve(
            "curve-features",
            "Features: 20 million values, of dense vectors in Parquet; 2 million, of sparse vectors"
                + " cached in 16 partitions",
            "features",
            features()));
  }

  private List<Case> rows() {
    return IntStream.of(250_000, 500_000, 1_000_000, 2_000_000)
        .mapToObj(rows -> new Case("curve-rows", String.format("%,d", rows), () -> ofColumns(rows)))
        .toList();
  }

  private List<Contender> ofColumns(int rows) {
    return columns(data.doubles(64, rows).frame(), rows, 64);
  }

  private List<Case> partitions() {
    return IntStream.of(1, 10, 100, 1000, 2000)
        .mapToObj(
            partitions ->
                new Case(
                    "curve-partitions",
                    String.format("%,d", partitions),
                    () -> ofPartitions(partitions)))
        .toList();
  }

  private List<Contender> ofPartitions(int partitions) {
    int rows = 100_000;
    return columns(data.inMemory(data.doubles(16, rows), partitions), rows, 16);
  }

  private List<Contender> columns(Dataset<Row> frame, int rows, int columns) {
    String[] names = BenchData.names(columns);
    return List.of(Fits.ours(frame, names), Fits.assembled(frame, data.rows(rows), names));
  }

  private List<Case> features() {
    List<Case> points = new ArrayList<>();
    for (int size : List.of(10, 100, 1000, 10_000, 100_000, 1_000_000)) {
      points.add(
          new Case("curve-features", String.format("dense, %,d", size), () -> ofDense(size)));
    }
    for (int size : List.of(1000, 10_000, 100_000, 1_000_000, 10_000_000)) {
      points.add(
          new Case("curve-features", String.format("sparse, %,d", size), () -> ofSparse(size)));
    }
    return points;
  }

  private List<Contender> ofDense(int size) {
    int rows = VALUES / size;
    return vectors(data.vectors(size, rows).frame(), rows);
  }

  private List<Contender> ofSparse(int size) {
    Dataset<Row> frame = data.inMemory(data.sparse(size, STORED, SPARSE_ROWS), 16);
    return size <= MOST_FOR_STANDARD_SCALER
        ? vectors(frame, SPARSE_ROWS)
        : List.of(Fits.oursOfVectors(frame));
  }

  private List<Contender> vectors(Dataset<Row> frame, int rows) {
    return List.of(Fits.oursOfVectors(frame), Fits.standardScaler(frame, data.rows(rows)));
  }
}
