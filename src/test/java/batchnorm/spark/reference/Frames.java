package batchnorm.spark.reference;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import batchnorm.spark.testing.SharedSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Tables as datasets and back, rows in order. */
final class Frames {
  static final String FEATURES = "features";
  static final String WEIGHT = "weight";

  private Frames() {}

  /** A vector {@code features} and a {@code weight} of 1 for each row. */
  static Dataset<Row> of(double[][] table) {
    return weighted(table, IntStream.range(0, table.length).mapToDouble(i -> 1).toArray());
  }

  /** A vector {@code features} and a {@code weight} for each row. */
  static Dataset<Row> weighted(double[][] table, double[] weights) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < table.length; i++) {
      rows.add(RowFactory.create(Vectors.dense(table[i]), weights[i]));
    }
    return SharedSession.get()
        .createDataFrame(
            rows,
            new StructType()
                .add(FEATURES, SQLDataTypes.VectorType(), false)
                .add(WEIGHT, DataTypes.DoubleType, false));
  }

  /** A file of the test resources, its columns typed by what is in them. */
  static Dataset<Row> csv(String resource) {
    String path = Objects.requireNonNull(Frames.class.getResource(resource)).getPath();
    return SharedSession.get().read().option("header", true).option("inferSchema", true).csv(path);
  }

  /** Returns the values of a vector column. */
  static double[][] table(Dataset<Row> dataset, String vectorColumn) {
    return dataset.select(vectorColumn).collectAsList().stream()
        .map(row -> ((Vector) row.get(0)).toArray())
        .toArray(double[][]::new);
  }

  /** A number column for each element of a vector column. */
  static Dataset<Row> elements(Dataset<Row> dataset, String vectorColumn, int size) {
    Column array = vector_to_array(col(vectorColumn), "float64");
    return dataset.select(
        IntStream.range(0, size)
            .mapToObj(j -> array.getItem(j).as("element" + j))
            .toArray(Column[]::new));
  }
}
