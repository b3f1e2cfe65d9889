package batchnorm.spark.model;

import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.FeatureSums;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The format that keeps the exact sums, so that models can be merged without a trace.
 *
 * <pre>
 *   name           string  null for the features of a vector without names
 *   mean           double  for readers of the file; the sums below say it exactly
 *   variance       double  with the divisor n; of known statistics the variance
 *   rows           long    the number of rows fitted on; null, as all below, for known statistics
 *   weight         exact   what those rows weigh
 *   sum            exact   of the feature's values, weighted
 *   squares        exact   of their squares, weighted
 *   notANumber     long    how many rows were null or NaN
 *   infinite       long    how many rows were infinite
 *   missingWeight  exact   what those rows weigh
 * </pre>
 *
 * <p>An {@code exact} number is a struct: {@code significand}, the bytes of an integer in two's
 * complement, highest first, times two to the power of {@code exponent}, an int.
 */
final class Format2 {
  static final int VERSION = 2;

  private static final StructType EXACT =
      new StructType()
          .add("significand", DataTypes.BinaryType, false)
          .add("exponent", DataTypes.IntegerType, false);

  static final StructType SCHEMA =
      new StructType()
          .add(SavedModel.VERSION_COLUMN, DataTypes.IntegerType, false)
          .add("features", DataTypes.IntegerType, false)
          .add("index", DataTypes.IntegerType, false)
          .add("name", DataTypes.StringType, true)
          .add("mean", DataTypes.DoubleType, false)
          .add("variance", DataTypes.DoubleType, false)
          .add("rows", DataTypes.LongType, true)
          .add("weight", EXACT, true)
          .add("sum", EXACT, true)
          .add("squares", EXACT, true)
          .add("notANumber", DataTypes.LongType, true)
          .add("infinite", DataTypes.LongType, true)
          .add("missingWeight", EXACT, true);

  static final Set<String> COLUMNS = Set.of(SCHEMA.fieldNames());

  private Format2() {}

  static List<Row> rows(SavedModel model) {
    List<Row> rows = new ArrayList<>();
    String[] names = model.names().given().orElse(null);
    for (int j = 0; j < model.statistics().size(); j++) {
      rows.add(row(model, j, names == null ? null : names[j]));
    }
    return rows;
  }

  private static Row row(SavedModel model, int j, String name) {
    Statistics statistics = model.statistics();
    Object[] cells = new Object[SCHEMA.size()];
    cells[0] = VERSION;
    cells[1] = statistics.size();
    cells[2] = j;
    cells[3] = name;
    cells[4] = statistics.mean(j);
    cells[5] = statistics.variance(j, 0);
    if (model.moments().isPresent()) {
      Moments moments = model.moments().get();
      FeatureSums sums = moments.feature(j);
      cells[6] = moments.rows();
      cells[7] = row(moments.rowWeight());
      cells[8] = row(sums.sum());
      cells[9] = row(sums.squares());
      cells[10] = sums.notANumber();
      cells[11] = sums.infinite();
      cells[12] = row(sums.missingWeight());
    }
    return RowFactory.create(cells);
  }

  static SavedModel model(List<Row> rows) {
    Row first = rows.get(0);
    if (first.getAs("rows") == null) {
      Statistics known =
          Statistics.known(Format1.doubles(rows, "mean"), Format1.doubles(rows, "variance"));
      return new SavedModel(known, Optional.empty(), Format1.names(rows));
    }
    List<FeatureSums> features = rows.stream().map(Format2::sums).toList();
    Moments moments =
        Moments.of(rows.size(), first.<Long>getAs("rows"), dyadic(first, "weight"), 0, features);
    return new SavedModel(moments, Format1.names(rows));
  }

  private static FeatureSums sums(Row row) {
    return new FeatureSums(
        dyadic(row, "sum"),
        dyadic(row, "squares"),
        row.<Long>getAs("notANumber"),
        row.<Long>getAs("infinite"),
        dyadic(row, "missingWeight"));
  }

  private static Row row(Dyadic exact) {
    return RowFactory.create(exact.significand().toByteArray(), exact.exponent());
  }

  private static Dyadic dyadic(Row row, String column) {
    Row exact = row.getAs(column);
    return new Dyadic(
        new BigInteger(exact.<byte[]>getAs("significand")), exact.<Integer>getAs("exponent"));
  }
}
