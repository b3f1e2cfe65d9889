package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.BatchNormParams;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.UnseenGroup;
import batchnorm.spark.report.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Content of a report about data that a model is applied to: their statistics and some of their
 * rows. Missing and infinite values are never refused, as the report is to show them.
 */
record ReportedData(BatchNormModel model, Dataset<Row> data) {
  private static final int MOST_ROWS = 1_000;
  private static final int FEWEST_ROWS = 5;

  /** The driver holds so many values of the sample, and as many normalized ones. */
  private static final int MOST_VALUES = 5_000_000;

  /** The same rows are shown each time the same data is read. */
  private static final long SEED = 1;

  private static final String KEEP = "keep";

  /** Returns a model of the data's own statistics. */
  BatchNormModel fitted() {
    return reading(Measurement.like(model).setHandleInvalid(KEEP)).fit(data);
  }

  /** Returns some rows, before and after. */
  Sample sample() {
    BatchNormModel normalizing = writingBeside(model.copy(ParamMap.empty()));
    normalizing.setUnseenGroup(UnseenGroup.NULL.text());
    if (Choice.of(SmallGroup.class, model.getSmallGroup()) == SmallGroup.ERROR) {
      normalizing.setSmallGroup(SmallGroup.GLOBAL.text());
    }
    // It maps every value to itself, and so makes numbers of whatever columns there are.
    int features = model.numFeatures();
    double[] ones = new double[features];
    Arrays.fill(ones, 1);
    BatchNormModel reading =
        writingBeside(
            reading(
                BatchNormModel.of(Vectors.dense(new double[features]), Vectors.dense(ones))
                    .setEps(0)));

    int rows = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, MOST_VALUES / features));
    Dataset<Row> some = data.orderBy(functions.rand(SEED)).limit(rows);
    List<Row> sampled =
        normalizing
            .transform(reading.transform(some))
            .select(reading.getOutputCol(), normalizing.getOutputCol())
            .collectAsList();
    double[][] before = new double[sampled.size()][];
    double[][] after = new double[sampled.size()][];
    for (int i = 0; i < before.length; i++) {
      before[i] = numbers(sampled.get(i), 0);
      after[i] = numbers(sampled.get(i), 1);
    }
    return Sample.of(before, after, isStandard());
  }

  /** Lets {@code stage} read the columns that the model reads. */
  private <S extends BatchNormParams<S>> S reading(S stage) {
    return model.isSet(model.inputCol())
        ? stage.setInputCol(model.getInputCol())
        : stage.setInputCols(model.getInputCols());
  }

  /** Lets {@code changed} write one column of a name that the data does not have. */
  private static BatchNormModel writingBeside(BatchNormModel changed) {
    changed.clear(changed.outputCol());
    changed.clear(changed.outputCols());
    return changed.setHandleInvalid(KEEP);
  }

  private boolean isStandard() {
    return model.getWithMean()
        && model.getWithStd()
        && !model.isSet(model.gamma())
        && !model.isSet(model.beta());
  }

  private double[] numbers(Row row, int i) {
    double[] numbers = new double[model.numFeatures()];
    Arrays.fill(numbers, Double.NaN);
    if (row.isNullAt(i)) {
      return numbers;
    }
    if (row.get(i) instanceof Vector vector) {
      return vector.toArray();
    }
    List<Object> values =
        row.get(i) instanceof Number number ? List.of(number) : new ArrayList<>(row.getList(i));
    for (int j = 0; j < numbers.length; j++) {
      numbers[j] = values.get(j) == null ? Double.NaN : ((Number) values.get(j)).doubleValue();
    }
    return numbers;
  }
}
