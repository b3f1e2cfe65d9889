package batchnorm.spark.model;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.fit.Fit;
import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.fit.Reduction;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.Jobs;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.commons.io.FileUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Saved groups come back as they were, and what is not all of them does not load. */
@ExtendWith(InterpretedExpressions.class)
class SavedGroupsTest {
  private static final ColumnNames NAMES =
      ColumnNames.of(
          Optional.empty(),
          Optional.of(new String[] {"a", "b"}),
          Optional.of("out"),
          Optional.empty(),
          "out");

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  /** Checksum of the groups that were saved last. */
  private OptionalLong checksum = OptionalLong.empty();

  /** Keys of several types, some null; missing values, weights and numbers of many digits. */
  private final Dataset<Row> frame =
      session
          .range(0, 200, 1, 3)
          .withColumn("a", when(col("id").mod(9).equalTo(0), null).otherwise(expr("id / 7")))
          .withColumn("b", expr("pow(10, id - 100) * (id % 3 - 1)"))
          .withColumn("w", expr("0.5 + id % 3"))
          .withColumn("k", when(col("id").mod(5).equalTo(0), null).otherwise(col("id").mod(6)))
          .withColumn(
              "day", expr("if(id % 4 = 0, null, date_add(date '2026-01-01', cast(id % 4 as int)))"))
          .withColumn("oldDay", expr("date_add(date '0001-01-01', cast(id % 3 as int))"))
          .withColumn("oldTime", expr("timestamp '1700-01-01 00:00:00' + make_dt_interval(id % 2)"))
          .withColumn("time", expr("timestamp_micros(1000000000000000 + id % 5)"))
          .withColumn("price", expr("cast(id % 2 as decimal(30, 5))"));

  @Test
  void sumsComeBackToTheLastBit() {
    for (String[] groupCols : List.of(new String[] {"k", "day", "price"}, new String[] {"id"})) {
      FittedGroups fitted = fit(Optional.of("w"), groupCols);
      Groups loaded = savedAndLoaded(fitted, "weighted by " + groupCols[0]);
      assertEquals(rows(fitted.groups()), rows(loaded));
      assertEquals(fitted.groups().keys().simpleString(), loaded.keys().simpleString());
      // A sum that lost a bit would show when it is added to.
      assertEquals(
          rows(Groups.merge(List.of(fitted.groups(), fitted.groups()))),
          rows(Groups.merge(List.of(loaded, fitted.groups()))));
    }
  }

  /** Spark 3.5 refuses to write old dates unless told how; users may choose fewer digits. */
  @Test
  void oldDatesAndAllDigitsOfTimesComeBackWhateverTheSettings() {
    Map<String, String> settings =
        Map.of(
            "spark.sql.parquet.datetimeRebaseModeInWrite", "EXCEPTION",
            "spark.sql.parquet.int96RebaseModeInWrite", "EXCEPTION",
            "spark.sql.parquet.outputTimestampType", "TIMESTAMP_MILLIS");
    FittedGroups fitted = fit(Optional.empty(), "oldDay", "oldTime", "time");
    Groups loaded;
    try {
      settings.forEach(session.conf()::set);
      loaded = savedAndLoaded(fitted, "old");
    } finally {
      settings.keySet().forEach(session.conf()::unset);
    }
    assertEquals(rows(fitted.groups()), rows(loaded));
    assertTrue(rows(loaded).get(0).startsWith("[[0001-01-0"), rows(loaded).get(0));
  }

  @Test
  void whatIsSavedMayBeSavedAgain() {
    FittedGroups fitted = fit(Optional.empty(), "k");
    Groups loaded = savedAndLoaded(fitted, "first");
    String again = path("again");
    OptionalLong sum = OptionalLong.of(SavedGroups.write(loaded, again));
    assertEquals(checksum, sum);
    assertEquals(
        rows(loaded), rows(new SavedGroups(again, sum, 2, fitted.moments().rows()).read(session)));
  }

  @Test
  void columnsAreThoseOfThePublicFormat() {
    savedAndLoaded(fit(Optional.empty(), "k", "day"), "format");
    Dataset<Row> saved = session.read().parquet(path("format/groups"));
    String exact = "struct<significand:binary,exponent:int>";
    assertEquals(
        "struct<formatVersion:int,group:struct<k:bigint,day:date>,rows:bigint,weight:"
            + exact
            + ",mean:array<double>,variance:array<double>,sum:array<"
            + exact
            + ">,squares:array<"
            + exact
            + ">,notANumber:array<bigint>,infinite:array<bigint>,missingWeight:array<"
            + exact
            + ">,min:array<double>,max:array<double>,checksum:bigint>",
        saved.schema().simpleString());
    assertEquals(1, saved.select("formatVersion").distinct().count());
    assertEquals(3, saved.first().getInt(0));
    assertTrue(
        saved.filter("exists(notANumber, n -> n > 0) <> isnotnull(missingWeight)").isEmpty());
  }

  @Test
  void whatIsNotThereIsSaid() throws Exception {
    FittedGroups fitted = fit(Optional.empty(), "k");
    savedAndLoaded(fitted, "whole");
    assertRefused("none", fitted, "it has no folder 'groups'");
    damage("missing", saved().filter("group.k is not null"));
    long left = saved().filter("group.k is not null").selectExpr("sum(rows)").first().getLong(0);
    assertRefused("missing", fitted, "its groups have " + left + " of 200 rows");
    damage("doubled", saved().union(saved()));
    assertRefused("doubled", fitted, "its groups have 400 of 200 rows");
    damage("empty", saved().filter("false"));
    assertRefused("empty", fitted, "its groups have 0 of 200 rows");
  }

  @Test
  void foreignColumnsAreRefused() {
    FittedGroups fitted = fit(Optional.empty(), "k");
    savedAndLoaded(fitted, "whole");
    damage("foreign", frame.select("k"));
    assertRefused("foreign", fitted, "its groups have no column 'formatVersion' of type int");
    damage("without key", saved().drop("group"));
    assertRefused("without key", fitted, "its groups have no struct 'group'");
    damage("without checksums", saved().drop("checksum"));
    assertRefused("without checksums", fitted, "its groups have no column 'checksum'");
    damage("without rows", saved().drop("rows"));
    assertRefused("without rows", fitted, "its groups have no column 'rows' of type bigint");
    damage("other type", saved().withColumn("infinite", col("mean")));
    assertRefused(
        "other type", fitted, "its groups have no column 'infinite' of type array<bigint>");
  }

  @Test
  void groupsOfOtherFeaturesAreRefused() {
    FittedGroups fitted = fit(Optional.empty(), "k");
    savedAndLoaded(fitted, "whole");
    String text = assertThrows(Exception.class, () -> read("whole", 3, 200)).getMessage();
    assertTrue(text.contains("a group has 2 of 3 features"), text);
  }

  @Test
  void aNewerFormatIsRefused() {
    FittedGroups fitted = fit(Optional.empty(), "k");
    savedAndLoaded(fitted, "whole");
    Column newer = when(col("group.k").equalTo(3), lit(4)).otherwise(col("formatVersion"));
    damage("newer", saved().withColumn("formatVersion", newer).drop("squares"));
    String path = path("newer");
    assertEquals(
        "The model at "
            + path
            + " has format version 4; this library reads versions up to 3. Update batchnorm-spark, "
            + "or save the model with an older one.",
        assertThrows(
                IllegalArgumentException.class, () -> read("newer", 2, fitted.moments().rows()))
            .getMessage());
  }

  /** Few groups are all here: the folder they were read from may be written over. */
  @Test
  void fewGroupsOutliveTheirFolder() throws IOException {
    FittedGroups fitted = fit(Optional.empty(), "k");
    Groups loaded = savedAndLoaded(fitted, "gone");
    FileUtils.deleteDirectory(directory.resolve("gone").toFile());
    assertEquals(
        rows(Groups.merge(List.of(fitted.groups(), fitted.groups()))),
        rows(Groups.merge(List.of(loaded, loaded))));
  }

  /** A model that holds few groups takes no memory of executors, even before it is garbage. */
  @Test
  void executorsKeepNothingOfFewGroupsThatWereRead() {
    FittedGroups fitted = fit(Optional.empty(), "k");
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    Set<Integer> before = context.getPersistentRDDs().keySet();
    Groups loaded = savedAndLoaded(fitted, "few");
    assertEquals(rows(fitted.groups()), rows(loaded));
    Set<Integer> after = new HashSet<>(context.getPersistentRDDs().keySet());
    after.removeAll(before);
    assertEquals(Set.of(), after);
    loaded.release();
    assertEquals(rows(fitted.groups()), rows(Groups.merge(List.of(loaded))));
  }

  @Test
  void groupsAreCountedByOneJobAndReadByAnother() {
    FittedGroups fitted = fit(Optional.empty(), "k", "day");
    savedAndLoaded(fitted, "jobs");
    long rows = fitted.moments().rows();
    assertEquals(2, Jobs.descriptions(session, () -> read("jobs", 2, rows)).size());
  }

  @Test
  void integersBeyondDoublesComeBack() {
    Dataset<Row> longs = frame.withColumn("a", expr("9007199254740993 + id"));
    FittedGroups fitted = fit(longs, Optional.empty(), "k");
    Groups loaded = savedAndLoaded(fitted, "longs");
    assertEquals(rows(fitted.groups()), rows(loaded));
    assertTrue(rows(loaded).get(0).contains("9.007199254741"), rows(loaded).get(0));
    assertEquals(
        Set.of("true,false"),
        Set.copyOf(
            session
                .read()
                .parquet(path("longs/groups"))
                .select(expr("concat_ws(',', transform(integers, i -> string(i)))"))
                .as(Encoders.STRING())
                .collectAsList()));
    SavedGroups.write(loaded, path("again"));
    assertTrue(
        List.of(session.read().parquet(path("again/groups")).columns()).contains("integers"));
    assertFalse(List.of(saved(fit(Optional.empty(), "k")).columns()).contains("integers"));
  }

  /** The group 2 has vectors of nothing but nulls, so the number of features is not its own. */
  @Test
  void missingAndInfiniteValuesComeBackWithTheirWeights() {
    Dataset<Row> some =
        frame
            .limit(20)
            .withColumn("k", expr("id % 3"))
            .withColumn("a", expr("case id % 3 when 0 then double(id) when 2 then null end"))
            .withColumn("a", expr("if(id = 0, null, if(id = 3, double('-inf'), a))"))
            .withColumn("b", expr("if(id % 3 = 2, null, b)"));
    FittedGroups fitted = fit(some, Optional.of("w"), "k");
    Groups loaded = savedAndLoaded(fitted, "missing");
    assertEquals(rows(fitted.groups()), rows(loaded));
    assertEquals(
        List.of("0 1,0 1,0 1.0,0.0", "1 7,0 0,0 10.5,0.0", "2 6,6 0,0 15.0,15.0"),
        session
            .read()
            .parquet(path("missing/groups"))
            .orderBy("group.k")
            .select(
                expr(
                    "concat_ws(' ', group.k, concat_ws(',', notANumber), concat_ws(',', infinite),"
                        + " concat_ws(',', transform(missingWeight, m -> double(conv(hex("
                        + "m.significand), 16, 10)) * pow(2, m.exponent))))"))
            .as(Encoders.STRING())
            .collectAsList());
  }

  @Test
  void savedMeansAndVariancesAreThoseOfTheStatistics() {
    Groups groups = fit(Optional.empty(), "k").groups();
    SavedGroups.write(groups, path("statistics"));
    String columns = "group, mean, variance, min, max, rows";
    assertEquals(
        texts(groups.statistics().selectExpr(columns.split(", "))),
        texts(session.read().parquet(path("statistics/groups")).selectExpr(columns.split(", "))));
  }

  @Test
  void unknownExtremesAreSavedAsNull() {
    FittedGroups all = fit(Optional.empty(), "k");
    Groups rest = all.groups().minus(fit(frame.filter("id < 7"), Optional.empty(), "k").groups());
    SavedGroups.write(rest, path("rest"));
    assertEquals(
        rest.statistics().filter("not exists(min, m -> not isnan(m))").count(),
        session.read().parquet(path("rest/groups")).filter("min is null and max is null").count());
    assertEquals(4, rest.statistics().filter("not exists(min, m -> not isnan(m))").count());
  }

  @Test
  void theSizeOfGroupsCountsTheirTexts() {
    String text = "concat(repeat('x', 10000), id % 3)";
    FittedGroups fitted = fit(frame.withColumn("text", expr(text)), Optional.empty(), "text");
    Groups loaded = savedAndLoaded(fitted, "texts");
    assertTrue(loaded.bytes() > 30_000 && loaded.bytes() < 33_000, loaded.bytes() + " bytes");
    assertTrue(fitted.groups().bytes() > 30_000, fitted.groups().bytes() + " bytes");
  }

  @Test
  void groupsAreSelectedByTheirFirstKey() {
    Dataset<Row> files = frame.withColumn("file", expr("concat('f', id % 3)"));
    Dataset<Row> two = files.filter("file <> 'f1'");
    Groups all = fit(files, Optional.of("w"), "file", "k").groups();
    FittedGroups someByAll = fit(two, Optional.of("w"), "file", "k");
    FittedGroups allByOthers = fit(files, Optional.of("w"), "k");
    assertSelected(someByAll, all.select(Optional.of(Set.of("f0", "f2", "none")), false));
    assertSelected(
        fit(two, Optional.of("w"), "k"), all.select(Optional.of(Set.of("f0", "f2")), true));
    assertSelected(allByOthers, all.select(Optional.empty(), true));
    assertEquals(Set.of("f0", "f1", "f2"), Jobs.none(session, all::firsts));
    assertEquals(Set.of("f0", "f1", "f2"), all.moments().firsts());
    Groups.Selected rows =
        fit(files, Optional.of("w"), "file").groups().select(Optional.of(Set.of("f0", "f2")), true);
    assertEquals(Optional.empty(), rows.groups());
    assertArrayEquals(someByAll.moments().pack(), rows.rows().pack());
  }

  private static void assertSelected(FittedGroups expected, Groups.Selected found) {
    assertArrayEquals(expected.moments().pack(), found.rows().pack());
    Groups groups = found.groups().orElseThrow();
    assertEquals(expected.groups().keys(), groups.keys());
    assertEquals(rows(expected.groups()), rows(groups));
  }

  @Test
  void smallGroupsAreCountedByAFit() {
    FittedGroups fitted = fit(frame.filter("id < 20 or id = 31"), Optional.empty(), "day");
    FittedGroups single = fit(frame.filter("id < 8"), Optional.empty(), "k");
    assertEquals(OptionalLong.of(0), fitted.groups().small(1));
    assertEquals(OptionalLong.of(4), single.groups().small(1));
    assertEquals(OptionalLong.empty(), savedAndLoaded(single, "small").small(1));
  }

  private Dataset<Row> saved(FittedGroups fitted) {
    savedAndLoaded(fitted, "whole");
    return saved();
  }

  private FittedGroups fit(Optional<String> weight, String... groupCols) {
    return fit(frame, weight, groupCols);
  }

  private static FittedGroups fit(
      Dataset<Row> frame, Optional<String> weight, String... groupCols) {
    return FittedGroups.of(
        new Fit(
                new FitChecks(FeatureColumns.of(frame.schema(), NAMES), weight, HandleInvalid.KEEP),
                new Reduction.Plan(2, 16 << 20),
                Optional.of(
                    new Fit.Grouping(
                        GroupColumns.of(frame.schema(), groupCols, NAMES, weight),
                        SmallGroup.GLOBAL,
                        0)))
            .fit(frame));
  }

  private Groups savedAndLoaded(FittedGroups fitted, String name) {
    checksum = OptionalLong.of(SavedGroups.write(fitted.groups(), path(name)));
    assertTrue(SavedGroups.exist(path(name), session.sessionState().newHadoopConf()));
    return read(name, 2, fitted.moments().rows());
  }

  /** Returns the saved groups at the path "whole". */
  private Dataset<Row> saved() {
    return session.read().parquet(path("whole/groups"));
  }

  private Groups read(String name, int features, long rows) {
    return new SavedGroups(path(name), checksum, features, rows).read(session);
  }

  private void damage(String name, Dataset<Row> groups) {
    groups.write().parquet(path(name + "/groups"));
  }

  private void assertRefused(String name, FittedGroups fitted, String found) {
    assertEquals(
        "Path "
            + path(name)
            + " is not a saved BatchNormModel: "
            + found
            + ". Give the path that BatchNormModel.save wrote.",
        assertThrows(IllegalArgumentException.class, () -> read(name, 2, fitted.moments().rows()))
            .getMessage());
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** The statistics of all groups, as texts since a NaN is not equal to itself. */
  private static List<String> rows(Groups groups) {
    return texts(groups.statistics());
  }

  private static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }
}
