package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.fit.GroupedMoments;
import batchnorm.spark.fit.InternalRecords;
import batchnorm.spark.model.Groups;
import batchnorm.spark.model.SavedGroups;
import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.RowCountOverflow;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.testing.Frames;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** More rows than a long counts are an error, wherever they are added up. */
class RowCountTest {
  private static final String TEXT =
      "There are more than 9223372036854775807 rows, the maximum of a count; expected no "
          + "more. Merge fewer models.";

  private static final Dataset<Row> BATCH = Frames.doubles(new double[][] {{1, 2}, {2, 3}, {4, 5}});

  @Test
  void momentsAddNoMoreRowsThanALongCounts() {
    Moments two = Moments.empty();
    two.addRows(2);
    assertThrows(RowCountOverflow.class, () -> most().merge(two));
    assertThrows(RowCountOverflow.class, () -> two.plus(most()));
    assertThrows(RowCountOverflow.class, () -> most().mergePacked(two.pack()));
    Moments one = Moments.empty();
    one.addRows(1);
    assertEquals(Long.MAX_VALUE, most().merge(one).rows());
  }

  @Test
  void mergedModels() {
    BatchNormModel model = stage().fit(BATCH);
    for (int i = 0; i < 61; i++) {
      model = model.merge(model);
    }
    BatchNormModel many = model;
    assertTrue(many.count() > 1L << 62);
    assertTooManyRows(() -> many.merge(many));
    assertTooManyRows(() -> BatchNormModel.merge(List.of(stage().fit(BATCH), many, many)));
  }

  @Test
  void aModelThatIsUpdated() {
    BatchNormModel many =
        new BatchNormModel("many", Learned.pooled(most()), FeatureNames.UNNAMED)
            .setInputCols("a", "b")
            .setOutputCol("out");
    assertTooManyRows(() -> many.update(BATCH));
    assertTooManyRows(() -> stage().setInitialModel(many).fit(BATCH));
  }

  @Test
  void groupsThatAreUpdated() {
    Dataset<Row> known = BATCH.withColumn("g", functions.lit("known"));
    BatchNormModel fitted = stage().setGroupCols("g").fit(known);
    GroupedMoments few = fitted.state().groups().orElseThrow().moments();
    GroupedMoments most =
        GroupedMoments.of(
            few.session(),
            few.keys(),
            few.groups()
                .map(
                    record ->
                        InternalRecords.of(record.getLong(0), record.getBinary(1), most().pack())));
    SavedGroups place = new SavedGroups("", OptionalLong.empty(), 2, Long.MAX_VALUE - 1);
    BatchNormModel many =
        new BatchNormModel(
                "many",
                params ->
                    new ModelState(
                        params,
                        Learned.pooled(most()),
                        FeatureNames.ofGiven(Optional.of(new String[] {"a", "b"})),
                        Groups.of(place, few.keys(), 1, 1, false, most)))
            .setInputCols("a", "b")
            .setOutputCol("out")
            .setGroupCols("g");
    assertTooManyRows(() -> many.update(known));
    assertTooManyRows(() -> many.update(BATCH.withColumn("g", functions.lit("other"))));
  }

  /** One row less than a long counts. */
  private static Moments most() {
    long rows = Long.MAX_VALUE - 1;
    return Moments.of(2, rows, new Dyadic(BigInteger.valueOf(rows), 0));
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols("a", "b").setOutputCol("out");
  }

  private static void assertTooManyRows(Executable action) {
    assertEquals(TEXT, assertThrows(ArithmeticException.class, action).getMessage());
  }
}
