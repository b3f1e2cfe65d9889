package batchnorm.spark.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.model.FittedGroups;
import batchnorm.spark.model.GroupSummary;
import batchnorm.spark.model.Groups;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.Jobs;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every group has the bits of a fit on its rows alone, however the rows come. */
class GroupFitTest {
  private static final long LARGE = 64L << 20;

  /** A task sends what it has after every row. */
  private static final long TINY = 0;

  private static final int ROWS = 230;

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  private enum Form {
    DOUBLES,
    INTEGERS,
    DENSE,
    SPARSE,
    DOUBLE_ARRAYS,
    FLOAT_ARRAYS
  }

  /** Parameters of a fit: the features, the groups and the treatment of rows. */
  private record Setting(
      boolean columns,
      Optional<String> weightCol,
      HandleInvalid handleInvalid,
      SmallGroup smallGroup,
      long taskBytes,
      String... groupCols) {
    static Setting of(Dataset<Row> frame, String... groupCols) {
      boolean columns = !List.of(frame.columns()).contains("v");
      return new Setting(
          columns, Optional.empty(), HandleInvalid.ERROR, SmallGroup.GLOBAL, LARGE, groupCols);
    }

    Setting weighted(String weight) {
      return new Setting(
          columns, Optional.of(weight), handleInvalid, smallGroup, taskBytes, groupCols);
    }

    Setting handling(HandleInvalid choice) {
      return new Setting(columns, weightCol, choice, smallGroup, taskBytes, groupCols);
    }

    Setting refusingSmallGroups() {
      return new Setting(columns, weightCol, handleInvalid, SmallGroup.ERROR, taskBytes, groupCols);
    }

    Setting bounded(long bytes) {
      return new Setting(columns, weightCol, handleInvalid, smallGroup, bytes, groupCols);
    }

    private ColumnNames names() {
      return ColumnNames.of(
          columns ? Optional.empty() : Optional.of("v"),
          columns ? Optional.of(new String[] {"a", "b"}) : Optional.empty(),
          Optional.of("out"),
          Optional.empty(),
          "out");
    }

    Fit fit(Dataset<Row> frame) {
      GroupColumns groups = GroupColumns.of(frame.schema(), groupCols, names(), weightCol);
      return new Fit(
          new FitChecks(FeatureColumns.of(frame.schema(), names()), weightCol, handleInvalid),
          new Reduction.Plan(2, 16 << 20),
          Optional.of(new Fit.Grouping(groups, smallGroup, 0, taskBytes)));
    }

    FittedGroups on(Dataset<Row> frame) {
      return FittedGroups.of(fit(frame).fit(frame));
    }

    /** The stage that a group's rows are given to alone. */
    BatchNorm alone() {
      BatchNorm stage = new BatchNorm().setHandleInvalid(handleInvalid.text());
      weightCol.ifPresent(stage::setWeightCol);
      return columns ? stage.setInputCols("a", "b") : stage.setInputCol("v");
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void everyGroupHasTheBitsOfAFitOnItsRowsAlone(Form form) {
    Dataset<Row> frame = withKeys(frame(form, numbers(ROWS))).repartition(5);
    assertLikeAlone(frame, Setting.of(frame, "k", "s"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Form.class,
      names = {"DOUBLES", "DENSE", "DOUBLE_ARRAYS"})
  void weightsCountInTheirGroups(Form form) {
    Dataset<Row> frame =
        withKeys(frame(form, numbers(ROWS)))
            .withColumn("w", pmod(col("id"), lit(4)).multiply(0.75));
    assertLikeAlone(frame, Setting.of(frame, "s").weighted("w"));
  }

  @ParameterizedTest
  @EnumSource(
      value = HandleInvalid.class,
      names = {"SKIP", "KEEP"})
  void missingValuesAreTreatedInTheirGroups(HandleInvalid choice) {
    for (Form form : List.of(Form.DOUBLES, Form.DENSE, Form.DOUBLE_ARRAYS)) {
      double[][] table = numbers(ROWS);
      for (int i = 0; i < ROWS; i += 3) {
        table[i][i % 2] = i % 4 == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      }
      Dataset<Row> frame = withKeys(frame(form, table)).repartition(3);
      assertLikeAlone(frame, Setting.of(frame, "s").handling(choice));
    }
  }

  @Test
  void nullVectorsAreMissingInTheirGroup() {
    Dataset<Row> frame =
        Frames.column(
                "v",
                org.apache.spark.ml.linalg.SQLDataTypes.VectorType(),
                Arrays.asList(
                    null,
                    Vectors.dense(1, 2),
                    Vectors.dense(3, 5),
                    null,
                    Vectors.dense(4, 4),
                    null))
            .withColumn(
                "k", expr("array(1, 1, 1, 1, 2, 3)[cast(monotonically_increasing_id() as int)]"));
    List<Row> rows = rows(Setting.of(frame, "k").handling(HandleInvalid.KEEP).on(frame).groups());
    assertEquals(List.of(2L, 2L), rows.get(0).getList(6));
    assertEquals(List.of(2.0, 3.5), rows.get(0).getList(2));
    assertEquals(4.0, rows.get(0).getDouble(1));
    assertEquals(List.of(4.0, 4.0), rows.get(1).getList(2));
    assertEquals(List.of(1L, 1L), rows.get(2).getList(6));
    assertEquals(List.of(Double.NaN, Double.NaN), rows.get(2).getList(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "string",
        "boolean",
        "tinyint",
        "smallint",
        "int",
        "bigint",
        "float",
        "double",
        "decimal(10,2)",
        "decimal(30,3)",
        "date",
        "timestamp",
        "timestamp_ntz"
      })
  void groupsAreThoseOfSparkWhateverTheTypeOfTheColumn(String type) {
    Column number = pmod(col("id"), lit(5));
    Column key =
        switch (type) {
          case "date" -> expr("date_add(date '2026-01-30', cast(pmod(id, 5) as int))");
          case "timestamp", "timestamp_ntz" ->
              expr("timestamp '2026-01-30 01:02:03.000004'").cast(type);
          default -> number.cast(type);
        };
    Dataset<Row> frame =
        session
            .range(0, 100, 1, 4)
            .withColumn("a", col("id").cast("double"))
            .withColumn("b", lit(1))
            .withColumn("k", when(col("id").mod(10).equalTo(0), null).otherwise(key));
    Groups groups = Setting.of(frame, "k").on(frame).groups();
    List<String> expected = counts(frame.groupBy("k").count());
    assertEquals(
        expected, counts(groups.statistics().selectExpr("group.k", "cast(weight as bigint)")));
    assertEquals(expected.size(), groups.size());
    Groups ofPublic =
        ForcedSource.with(session, "public", () -> Setting.of(frame, "k").on(frame)).groups();
    assertEquals(rows(groups), rows(ofPublic));
    assertEquals(frame.schema().apply("k").dataType(), groups.keys().apply("k").dataType());
  }

  /** Keys and numbers of every type from the batches of a scan, and the same from rows. */
  @Test
  void columnsAndRowsGiveTheSameBits() throws Exception {
    Dataset<Row> made =
        session
            .range(0, 5000, 1, 3)
            .select(
                Frames.numbersOfEveryTypeAnd(
                    col("id"),
                    expr("if(id % 9 = 0, null, concat('group ', id % 4))").as("s"),
                    expr("cast(id % 3 as decimal(25, 2))").as("d"),
                    expr("date_add(date '2026-01-01', cast(id % 2 as int))").as("day"),
                    expr("if(id % 500 = 0, double('nan'), -0.0 * (id % 2))").as("x"),
                    expr("if(id % 100 = 0, 0, 1 + id % 3)").as("w")));
    made.write().parquet(directory.resolve("data").toString());
    Dataset<Row> read = session.read().parquet(directory.resolve("data").toString());
    Dataset<Row> stored = read.withColumnRenamed("double", "a").withColumnRenamed("decimal", "b");
    Dataset<Row> asRows = stored.filter("id >= 0");
    for (HandleInvalid choice : List.of(HandleInvalid.KEEP, HandleInvalid.SKIP)) {
      Setting setting = Setting.of(stored, "s", "d", "day", "x").handling(choice);
      for (Setting one : List.of(setting, setting.weighted("w"), setting.bounded(100_000))) {
        FittedGroups columns = one.on(stored);
        FittedGroups rows = one.on(asRows);
        assertEquals(FitSummary.Path.COLUMNS, columns.summary().path());
        assertEquals(FitSummary.Path.ROWS, rows.summary().path());
        assertEquals(rows(rows.groups()), rows(columns.groups()));
        assertSameStatistics(rows.moments().statistics(), columns.moments().statistics());
        FittedGroups ofPublic = ForcedSource.with(session, "public", () -> one.on(stored));
        assertEquals(FitSummary.Path.PUBLIC, ofPublic.summary().path());
        assertEquals(rows(rows.groups()), rows(ofPublic.groups()));
      }
    }
  }

  @Test
  void theSummaryTellsWhatIsMadeOfEveryGroup() {
    Dataset<Row> frame =
        Frames.doubles(new double[][] {{1, 5}, {3, 5}, {7, Double.NaN}, {9, 1e-9}, {9, 0}})
            .withColumn("id", monotonically_increasing_id())
            .withColumn("k", expr("if(id < 2, 'x', if(id = 2, null, 'y'))"));
    Setting setting = Setting.of(frame, "k").handling(HandleInvalid.KEEP);
    Groups groups = setting.on(frame).groups();
    GroupSummary summary =
        new GroupSummary(
            List.of("a", "b"),
            new Recipe(true, true, 1e-5, 1, Optional.empty(), Optional.empty()),
            SmallGroup.UNIT);
    Dataset<Row> found = summary.of(groups);
    assertArrayEquals(
        new String[] {
          "k",
          "name",
          "count",
          "missing",
          "mean",
          "variance",
          "std",
          "min",
          "max",
          "constant",
          "smallerThanEps",
          "stdAfter",
          "uses"
        },
        found.columns());
    double variance = 1e-9 * 1e-9 / 2;
    assertEquals(
        List.of(
            "[null,a,1,0,7.0,0.0,0.0,7.0,7.0,true,false,0.0,unit]",
            "[null,b,0,1,NaN,NaN,NaN,null,null,false,false,NaN,unit]",
            "[x,a,2,0,2.0,2.0,1.4142135623730951,1.0,3.0,false,false,0.9999975000093749,group]",
            "[x,b,2,0,5.0,0.0,0.0,5.0,5.0,true,false,0.0,group]",
            "[y,a,2,0,9.0,0.0,0.0,9.0,9.0,true,false,0.0,group]",
            "[y,b,2,0,5.0E-10,"
                + variance
                + ","
                + Math.sqrt(variance)
                + ",0.0,1.0E-9,false,true,"
                // sqrt(5e-19 / 1e-5)
                + "2.2360679774997338E-7,group]"),
        found.orderBy("k", "name").collectAsList().stream().map(Row::toString).toList());
  }

  @Test
  void allNansAreOneGroupAndSoAreTheZeros() {
    double otherNan = Double.longBitsToDouble(0x7ff8_0000_0000_1234L);
    Dataset<Row> frame =
        Frames.column(
                "k",
                DataTypes.DoubleType,
                Arrays.asList(0.0, -0.0, Double.NaN, otherNan, null, 1.5, null))
            .withColumn("f", col("k").cast("float"))
            .withColumn("a", lit(1.0))
            .withColumn("b", lit(2.0));
    List<Row> rows = rows(Setting.of(frame, "k", "f").on(frame).groups());
    assertEquals(
        List.of("[0.0,0.0] 2.0", "[1.5,1.5] 1.0", "[NaN,NaN] 2.0", "[null,null] 2.0"),
        rows.stream().map(row -> row.getStruct(0) + " " + row.getDouble(1)).toList());
  }

  @Test
  void neitherPartitionsNorMemoryLeaveATrace() {
    Dataset<Row> frame = withKeys(frame(Form.DOUBLES, numbers(ROWS)));
    Setting setting = Setting.of(frame, "k", "s");
    FittedGroups expected = setting.on(frame.coalesce(1));
    for (long bytes : new long[] {TINY, 10_000, LARGE}) {
      for (int partitions : new int[] {1, 7, 64}) {
        FittedGroups found = setting.bounded(bytes).on(frame.repartition(partitions));
        assertEquals(rows(expected.groups()), rows(found.groups()));
        assertSameStatistics(expected.moments().statistics(), found.moments().statistics());
      }
    }
  }

  @Test
  void allRowsTogetherHaveTheBitsOfAFitWithoutGroups() {
    double[][] table = numbers(ROWS);
    table[17][0] = Double.NaN;
    Dataset<Row> frame = withKeys(frame(Form.DOUBLES, table)).repartition(3);
    Setting setting = Setting.of(frame, "k").handling(HandleInvalid.KEEP);
    Statistics found = setting.on(frame).moments().statistics();
    BatchNormModel model = setting.alone().fit(frame);
    assertArrayEquals(model.mean().toArray(), means(found));
    assertEquals(model.variance(1)[0], found.variance(0, 1));
    assertEquals(1, found.missingWeight(0));
  }

  @Test
  void oneGroupIsAllRowsAndEveryRowMayBeItsOwn() {
    Dataset<Row> frame = withKeys(frame(Form.DENSE, numbers(ROWS))).withColumn("one", lit("x"));
    FittedGroups one = Setting.of(frame, "one").on(frame);
    assertEquals(1, one.groups().size());
    assertLikeAlone(frame, Setting.of(frame, "one"));
    FittedGroups own = Setting.of(frame, "id").on(frame.repartition(4));
    assertEquals(ROWS, own.groups().size());
    List<Row> rows = own.groups().statistics().collectAsList();
    assertTrue(rows.stream().allMatch(row -> row.getDouble(1) == 1));
    assertTrue(rows.stream().allMatch(row -> row.getList(3).equals(List.of(0.0, 0.0))));
    assertSameStatistics(one.moments().statistics(), own.moments().statistics());
  }

  @Tag("anySpark")
  @Test
  void veryManyGroups() {
    int many = 150_000;
    Dataset<Row> frame =
        session
            .range(0, 2 * many, 1, 4)
            .withColumn("a", col("id").cast("double"))
            .withColumn("b", col("id").mod(2))
            .withColumn("k", col("id").mod(many))
            .withColumn("s", lit("x".repeat(600)));
    Groups groups = Setting.of(frame, "k", "s").bounded(4L << 20).on(frame).groups();
    assertEquals(many, groups.size());
    assertFalse(groups.isFew());
    // The values of group k are k and k + 150,000.
    Row counted =
        groups
            .statistics()
            .selectExpr(
                "count(*)",
                "count(distinct group.k)",
                "count_if(mean[0] = group.k + 75e3 and variance[0] = 5.625e9 and weight = 2)",
                "count_if(mean[1] = group.k % 2 and sampleVariance[1] = 0 and count[1] = 2)")
            .first();
    for (int i = 0; i < 4; i++) {
      assertEquals(many, counted.getLong(i));
    }
    groups.release();
  }

  @Test
  void mergedGroupsAreThoseOfAllRows() {
    Dataset<Row> frame = withKeys(frame(Form.DOUBLES, numbers(ROWS)));
    Setting setting = Setting.of(frame, "k", "s");
    Groups left = setting.on(frame.filter("id < 100")).groups();
    Groups right = setting.on(frame.filter("id >= 100")).groups();
    List<Row> before = rows(left);
    List<Row> all = rows(setting.on(frame).groups());
    assertEquals(all, rows(Groups.merge(List.of(left, right))));
    assertEquals(all, rows(Groups.merge(List.of(right, left))));
    assertEquals(before, rows(left));
    Groups third = setting.on(frame.filter("id % 3 = 0")).groups();
    Groups thirds = setting.on(frame.filter("id % 3 > 0")).groups();
    assertEquals(
        rows(Groups.merge(List.of(Groups.merge(List.of(left, right)), left))),
        rows(Groups.merge(List.of(third, thirds, left))));
  }

  @Test
  void updateAddsABatchToTheGroups() {
    Dataset<Row> frame = withKeys(frame(Form.DOUBLES, numbers(ROWS)));
    Setting setting = Setting.of(frame, "k", "s");
    Dataset<Row> batch = frame.filter("id >= 60");
    FittedGroups first = setting.on(frame.filter("id < 60"));
    List<Row> before = rows(first.groups());
    FittedGroups updated =
        FittedGroups.of(
            setting.fit(batch).update(batch, first.moments(), first.groups().moments()));
    FittedGroups all = setting.on(frame);
    assertEquals(rows(all.groups()), rows(updated.groups()));
    assertSameStatistics(all.moments().statistics(), updated.moments().statistics());
    assertEquals(before, rows(first.groups()));
    Dataset<Row> none = frame.filter("false");
    FittedGroups same =
        FittedGroups.of(setting.fit(none).update(none, first.moments(), first.groups().moments()));
    assertEquals(before, rows(same.groups()));
  }

  /** Missing values of earlier data, kept under keep, do not count against a batch without any. */
  @Test
  void updateRefusesTheMissingValuesOfTheBatchAlone() {
    double[][] table = numbers(ROWS);
    table[3][1] = Double.NaN;
    table[100][1] = Double.NaN;
    Dataset<Row> frame = withKeys(frame(Form.DOUBLES, table));
    Setting setting = Setting.of(frame, "k");
    FittedGroups first = setting.handling(HandleInvalid.KEEP).on(frame.filter("id < 60"));
    Dataset<Row> whole = frame.filter("id > 100");
    FittedGroups updated =
        FittedGroups.of(
            setting.fit(whole).update(whole, first.moments(), first.groups().moments()));
    assertEquals(1, updated.moments().notANumber(1));
    Dataset<Row> holed = frame.filter("id > 60");
    assertRefused(
        "Column 'b' has 1 missing (null or NaN) and 0 infinite values; handleInvalid is 'error'. Set "
            + "handleInvalid to 'skip' to drop such rows or to 'keep' to ignore such values, or clean "
            + "the data.",
        () -> setting.fit(holed).update(holed, first.moments(), first.groups().moments()));
  }

  @Test
  void updateRefusesOtherTypesAndOtherSizes() {
    Dataset<Row> frame = withKeys(frame(Form.DENSE, numbers(ROWS)));
    Setting setting = Setting.of(frame, "k");
    FittedGroups first = setting.on(frame);
    Dataset<Row> strings = frame.withColumn("k", col("k").cast("string"));
    assertRefused(
        "Group column 'k' has type string; the model was fitted on groups of type bigint. Cast it.",
        () -> setting.fit(strings).update(strings, first.moments(), first.groups().moments()));
    Dataset<Row> wide = withKeys(Frames.dense(new double[][] {{1, 2, 3}}));
    assertRefused(
        "Column 'v' has vectors of size 3; the model was fitted on 2 features. Apply it to vectors "
            + "of size 2, or fit a model on this data.",
        () -> setting.fit(wide).update(wide, first.moments(), first.groups().moments()));
  }

  @Test
  void smallGroupsAreRefusedIfAsked() {
    Dataset<Row> frame =
        frame(Form.DOUBLES, numbers(10))
            .withColumn("id", monotonically_increasing_id())
            .withColumn("k", expr("if(id < 3, id, 7)"))
            .withColumn("s", expr("if(id = 2, null, 'x')"));
    Setting setting = Setting.of(frame, "k", "s").refusingSmallGroups();
    assertRefused(
        "Expected more than 1 value per channel when training, got input size [1, 2] in group k=2, "
            + "s=null; smallGroup is 'error'. Groups of fewer than two rows: 1 of 2. Set smallGroup "
            + "to 'global' to use the statistics of all rows for them or to 'unit' to leave them as "
            + "they are, or filter their rows.",
        () -> setting.on(frame.filter("id > 1")));
    String three =
        assertThrows(IllegalArgumentException.class, () -> setting.on(frame)).getMessage();
    assertTrue(three.contains("Groups of fewer than two rows: 3 of 4."), three);
    assertEquals(1, setting.on(frame.filter("id > 2")).groups().size());
  }

  @Test
  void whatIsWrongWithRowsIsSaidAsWithoutGroups() {
    Dataset<Row> frame = withKeys(frame(Form.DOUBLES, numbers(20))).withColumn("w", lit(-1));
    assertLikeWithoutGroups(frame, Setting.of(frame, "k").weighted("w"));
    assertLikeWithoutGroups(frame.filter("false"), Setting.of(frame, "k"));
    assertLikeWithoutGroups(frame.filter("id = 0"), Setting.of(frame, "k"));
    double[][] holed = numbers(20);
    holed[7][1] = Double.NaN;
    holed[9][0] = Double.POSITIVE_INFINITY;
    Dataset<Row> missing = withKeys(frame(Form.DOUBLES, holed));
    assertLikeWithoutGroups(missing, Setting.of(missing, "k"));
    Dataset<Row> sizes =
        withKeys(
            Frames.column(
                "v",
                org.apache.spark.ml.linalg.SQLDataTypes.VectorType(),
                List.of(Vectors.dense(1, 2), Vectors.dense(1, 2, 3), Vectors.dense(4, 4))));
    assertLikeWithoutGroups(sizes, Setting.of(sizes, "k"));
    assertLikeWithoutGroups(sizes, Setting.of(sizes, "id"));
  }

  /** Different sizes in different tasks are detected after the shuffle. */
  @Test
  void partitionsOfDifferentSizesAreRefused() {
    Dataset<Row> two = withKeys(Frames.dense(numbers(20)));
    Dataset<Row> three = withKeys(Frames.dense(new double[][] {{1, 2, 3}, {4, 5, 6}}));
    String text =
        assertThrows(
                IllegalArgumentException.class, () -> Setting.of(two, "id").on(two.union(three)))
            .getMessage();
    assertTrue(text.startsWith("Column 'v' has vectors of different sizes: "), text);
  }

  @Test
  void jobsSayWhatTheyAreForAndFewGroupsAreReadWithoutOne() {
    Dataset<Row> frame = withKeys(frame(Form.DOUBLES, numbers(ROWS)));
    List<FittedGroups> results = new ArrayList<>();
    List<String> jobs =
        Jobs.descriptions(session, () -> results.add(Setting.of(frame, "k", "s").on(frame)));
    String fit = "BatchNorm fit: mean and variance of 2 columns in groups of k, s";
    // That of the shuffle, and one that merges the groups and brings their statistics.
    assertEquals(List.of(fit, fit), jobs);
    Groups groups = results.get(0).groups();
    assertEquals(
        List.of("BatchNorm merge: groups of k, s"),
        Jobs.descriptions(session, () -> Groups.merge(List.of(groups, groups))).stream()
            .distinct()
            .toList());
    assertTrue(groups.isFew());
    assertEquals(
        groups.size(), Jobs.none(session, () -> groups.statistics().collectAsList()).size());
  }

  @Test
  void columnsThatCannotMakeGroupsAreRefused() {
    Dataset<Row> frame =
        withKeys(frame(Form.DOUBLES, numbers(3)))
            .withColumn("w", lit(1))
            .withColumn("array", expr("array(1)"));
    assertRefused(
        "Column 'x' does not exist; the dataset has 'a', 'b', 'id', 'k', 's', 'w', 'array'. Set the "
            + "name of an existing column.",
        () -> Setting.of(frame, "x").on(frame));
    assertRefused(
        "groupCols names column 'K' more than once; expected each once. Remove the repetition.",
        () -> Setting.of(frame, "k", "K").on(frame));
    assertRefused(
        "groupCols is empty; expected at least one column. Name the columns.",
        () -> Setting.of(frame).on(frame));
    assertRefused(
        "Column 'b' is in groupCols and is a feature, too; expected columns that tell the groups "
            + "apart and are not normalized. Remove it from one of them, or copy the column.",
        () -> Setting.of(frame, "k", "b").on(frame));
    assertRefused(
        "Column 'w' is in groupCols and is weightCol, too; expected two columns. Remove it from one "
            + "of them, or copy the column.",
        () -> Setting.of(frame, "w").weighted("w").on(frame));
    assertRefused(
        "Column 'out' is in groupCols and would be written over; expected output columns that are "
            + "no group columns. Rename the output.",
        () -> Setting.of(frame, "out").on(frame.withColumn("out", lit(1))));
    assertRefused(
        "Group column 'array' has type array<int>; groupCols takes columns of numbers, strings, "
            + "booleans, dates and timestamps. Cast it first, or take its parts as columns.",
        () -> Setting.of(frame, "array").on(frame));
  }

  private static void assertLikeAlone(Dataset<Row> frame, Setting setting) {
    Dataset<Row> cached = frame.cache();
    List<Row> rows = rows(setting.on(cached).groups());
    assertFalse(rows.isEmpty());
    for (Row row : rows) {
      Row group = row.getStruct(0);
      Column same = lit(true);
      for (int i = 0; i < group.size(); i++) {
        same = same.and(col(group.schema().fieldNames()[i]).eqNullSafe(group.get(i)));
      }
      if (row.getDouble(1) > 1) {
        BatchNormModel alone = setting.alone().fit(cached.filter(same));
        assertEquals(boxed(alone.mean().toArray()), row.getList(2), group::toString);
        assertEquals(boxed(alone.variance(0)), row.getList(3), group::toString);
        assertEquals(boxed(alone.variance(1)), row.getList(4), group::toString);
        List<Row> features = alone.summary().select("count", "missing").collectAsList();
        assertEquals(features.stream().map(one -> one.getLong(0)).toList(), row.getList(5));
        assertEquals(features.stream().map(one -> one.getLong(1)).toList(), row.getList(6));
      }
    }
    cached.unpersist();
  }

  private static void assertLikeWithoutGroups(Dataset<Row> frame, Setting setting) {
    String expected =
        assertThrows(IllegalArgumentException.class, () -> setting.alone().fit(frame)).getMessage();
    assertRefused(expected, () -> setting.alone().setGroupCols(setting.groupCols()).fit(frame));
  }

  private static void assertRefused(
      String expected, org.junit.jupiter.api.function.Executable fit) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, fit).getMessage());
  }

  private static void assertSameStatistics(Statistics expected, Statistics found) {
    assertArrayEquals(means(expected), means(found));
    for (int j = 0; j < expected.size(); j++) {
      assertEquals(expected.variance(j, 0), found.variance(j, 0));
      assertEquals(expected.variance(j, 1), found.variance(j, 1));
      assertEquals(expected.weight(j), found.weight(j));
    }
  }

  private static double[] means(Statistics statistics) {
    return IntStream.range(0, statistics.size()).mapToDouble(statistics::mean).toArray();
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** The statistics of all groups in the order of their names. */
  private static List<Row> rows(Groups groups) {
    List<Row> rows = new ArrayList<>(groups.statistics().collectAsList());
    rows.sort(Comparator.comparing(row -> row.getStruct(0).toString()));
    assertEquals(groups.size(), rows.size());
    return rows;
  }

  private static List<String> counts(Dataset<Row> keyAndCount) {
    return keyAndCount.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  /** A column {@code id} that numbers the rows, and the keys {@code k} and {@code s}. */
  private static Dataset<Row> withKeys(Dataset<Row> frame) {
    return frame
        .withColumn("id", monotonically_increasing_id())
        .withColumn("k", when(col("id").mod(7).equalTo(0), null).otherwise(col("id").mod(5)))
        .withColumn(
            "s", when(col("id").mod(11).equalTo(0), null).otherwise(expr("char(97 + id % 3)")));
  }

  private static double[][] numbers(int rows) {
    SplittableRandom random = new SplittableRandom(5);
    double[][] table = new double[rows][2];
    for (double[] row : table) {
      row[0] = Math.rint(random.nextDouble(-100, 100));
      row[1] = random.nextInt(3) == 0 ? 0 : random.nextDouble();
    }
    return table;
  }

  private static Dataset<Row> frame(Form form, double[][] table) {
    return switch (form) {
      case DOUBLES -> Frames.doubles(table);
      case INTEGERS -> Frames.doubles(table).withColumn("a", col("a").cast("int"));
      case DENSE -> Frames.dense(table);
      case SPARSE -> Frames.sparse(table);
      case DOUBLE_ARRAYS -> Frames.doubleArrays(table);
      case FLOAT_ARRAYS -> Frames.floatArrays(table);
    };
  }
}
