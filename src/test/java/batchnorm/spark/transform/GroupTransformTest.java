package batchnorm.spark.transform;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import batchnorm.spark.transform.KnownGroups.Group;
import batchnorm.spark.transform.KnownGroups.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows are mapped as a model of their group's statistics maps them, to the last bit, whichever way
 * they come to their group's map.
 */
class GroupTransformTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String[] FEATURES = {"a", "b", "c"};
  private static final int SIZE = FEATURES.length;
  private static final double[] MEAN = {3, -1, 0.5};
  private static final double[] VARIANCE = {4, 9, 0.25};
  private static final StructType KEYS =
      new StructType()
          .add("store.id", DataTypes.IntegerType)
          .add("day`s", DataTypes.StringType)
          .add("rate", DataTypes.DoubleType);

  /** Every third row has a missing or infinite feature. */
  private static Dataset<Row> dirty;

  private static Dataset<Row> clean;
  private static KnownGroups groups;

  @BeforeAll
  static void makeRowsAndGroups() {
    groups = new KnownGroups(KEYS);
    SplittableRandom random = new SplittableRandom(4);
    Object[][] keys = {
      {1, "monday", 0.0},
      {1, "monday", Double.NaN},
      {1, null, 0.0},
      {2, "x".repeat(40), 2.5},
      {null, "monday", 2.5},
      {null, null, Double.NaN},
      {null, null, null}
    };
    for (Object[] key : keys) {
      double[] mean = random.doubles(SIZE, -5, 5).toArray();
      double[] variance = random.doubles(SIZE, 0, 5).toArray();
      groups.add(7, mean, variance, key);
    }
    groups.add(7, new double[SIZE], VARIANCE, 2, "zero means keep zeros", 1.0);
    groups.add(7, MEAN, new double[SIZE], 2, "constant", 1.0);
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType, false)
            .add("store.id", DataTypes.IntegerType)
            .add("day`s", DataTypes.StringType)
            .add("rate", DataTypes.DoubleType)
            .add("a", DataTypes.DoubleType)
            .add("b", DataTypes.FloatType)
            .add("c", DataTypes.IntegerType)
            .add("vector", SQLDataTypes.VectorType());
    clean = features(Frames.of(schema, rows(random, false)));
    dirty = features(Frames.of(schema, rows(random, true)));
  }

  private static List<Row> rows(SplittableRandom random, boolean faults) {
    List<Row> rows = new ArrayList<>();
    for (Group group : groups.all()) {
      for (int i = 0; i < 6; i++) {
        double[] x = random.doubles(SIZE, -9, 9).map(Math::rint).toArray();
        int fault = faults && i % 3 == 1 ? random.nextInt(SIZE + 2) : -1;
        if (fault >= 0 && fault < SIZE) {
          x[fault] = i == 1 ? Double.NaN : Double.POSITIVE_INFINITY;
        }
        Double rate = (Double) group.key()[2];
        boolean noRow = fault == SIZE;
        rows.add(
            RowFactory.create(
                (long) rows.size(),
                group.key()[0],
                group.key()[1],
                rate != null && rate == 0 && i % 2 == 0 ? (Double) (-0.0) : rate,
                noRow ? null : (Double) x[0],
                noRow ? null : (Float) (float) x[1],
                fault == 2 || noRow ? null : (Integer) (int) x[2],
                noRow ? null : i % 2 == 0 ? Vectors.dense(x) : Vectors.dense(x).toSparse()));
      }
    }
    return rows;
  }

  private static Dataset<Row> features(Dataset<Row> rows) {
    return rows.withColumn(
            "doubles", when(col("vector").isNotNull(), array(col("a"), col("b"), col("c"))))
        .withColumn(
            "floats",
            when(
                col("vector").isNotNull(),
                array(col("a").cast("float"), col("b"), col("c").cast("float"))))
        .localCheckpoint();
  }

  private enum Kind {
    IN_PLACE,
    BESIDE,
    ONE_NUMBER,
    TO_VECTOR,
    VECTOR,
    DOUBLES,
    FLOATS;

    BatchNormModel on(BatchNormModel model) {
      return switch (this) {
        case IN_PLACE -> model.setInputCols(FEATURES).setOutputCols(FEATURES);
        case BESIDE -> model.setInputCols(FEATURES).setOutputCols("x", "y", "z");
        case ONE_NUMBER -> model.setInputCol("a").setOutputCol("out");
        case TO_VECTOR -> model.setInputCols(FEATURES).setOutputCol("out");
        case VECTOR -> model.setInputCol("vector").setOutputCol("out");
        case DOUBLES -> model.setInputCol("doubles").setOutputCol("out");
        case FLOATS -> model.setInputCol("floats").setOutputCol("floats");
      };
    }

    /** The number of features that are read. */
    int size() {
      return this == ONE_NUMBER ? 1 : SIZE;
    }
  }

  static Stream<Arguments> everyKind() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of("error", "skip", "keep").map(handling -> Arguments.of(kind, handling)));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void everyGroupIsMappedAsByAModelOfItsOwn(Kind kind, String handling) {
    Dataset<Row> rows = handling.equals("error") ? clean : dirty;
    UnaryOperator<BatchNormModel> params =
        model ->
            switch (handling) {
              case "error" -> kind.on(model).setHandleInvalid(handling);
              case "skip" -> kind.on(model).setHandleInvalid(handling).setWithMean(false);
              default ->
                  kind.on(model)
                      .setHandleInvalid(handling)
                      .setEps(0)
                      .setCorrection(1)
                      .setGamma(gamma(kind))
                      .setBeta(beta(kind));
            };
    List<String> expected = texts(byModelsOfGroups(groups, kind.size(), params, rows));
    for (Way way : Way.values()) {
      Dataset<Row> found = transform(groups, kind.size(), way, params).transform(rows);
      assertEquals(expected, texts(found), way.name());
    }
  }

  @ParameterizedTest
  @EnumSource
  void inverseRestoresAsByAModelOfItsOwn(Kind kind) {
    UnaryOperator<BatchNormModel> params = model -> kind.on(model).setHandleInvalid("keep");
    GroupTransform lookup = transform(groups, kind.size(), Way.LOOKUP, params);
    Dataset<Row> normalized = lookup.transform(dirty).localCheckpoint();
    List<String> expected =
        texts(
            byModelsOfGroups(
                groups, kind.size(), model -> params.apply(model).inverse(), normalized));
    for (Way way : Way.values()) {
      GroupTransform inverse = transform(groups, kind.size(), way, params).inverse();
      assertEquals(expected, texts(inverse.transform(normalized)), way.name());
    }
  }

  private static double[] gamma(Kind kind) {
    return Arrays.copyOf(new double[] {2, -3, 0.5}, kind.size());
  }

  private static double[] beta(Kind kind) {
    return Arrays.copyOf(new double[] {0.25, 0, -7}, kind.size());
  }

  private static GroupTransform transform(
      KnownGroups groups, int size, Way way, UnaryOperator<BatchNormModel> params) {
    double[] mean = Arrays.copyOf(MEAN, size);
    double[] variance = Arrays.copyOf(VARIANCE, size);
    return new GroupTransform(
        firstFeatures(groups, size).maps(way),
        params.apply(model(mean, variance).setGroupCols(groups.keys().fieldNames())),
        Statistics.known(mean, variance),
        Direction.NORMALIZING);
  }

  private static KnownGroups firstFeatures(KnownGroups groups, int size) {
    KnownGroups narrow = new KnownGroups(groups.keys());
    for (Group group : groups.all()) {
      narrow.add(
          new Group(
              group.key(),
              group.weight(),
              Arrays.copyOf(group.mean(), size),
              Arrays.copyOf(group.variance(), size),
              Arrays.copyOf(group.sample(), size)));
    }
    return narrow;
  }

  private static BatchNormModel model(double[] mean, double[] variance) {
    return BatchNormModel.of(Vectors.dense(mean), Vectors.dense(variance));
  }

  /** The rows of each group, transformed by a model of its statistics. */
  private static Dataset<Row> byModelsOfGroups(
      KnownGroups groups, int size, UnaryOperator<BatchNormModel> params, Dataset<Row> rows) {
    return firstFeatures(groups, size).all().stream()
        .map(
            group ->
                params
                    .apply(model(group.mean(), group.variance()))
                    .transform(rows.filter(groups.has(group))))
        .reduce(Dataset::unionAll)
        .orElseThrow();
  }

  /** The rows in the order of their ids, as texts that differ where bits do. */
  private static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream()
        .sorted(Comparator.comparingLong(row -> row.getAs("id")))
        .map(row -> Arrays.toString(row.schema().fieldNames()) + row)
        .toList();
  }
}
