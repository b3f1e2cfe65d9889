package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.tables.Tables;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.TableSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fit that follows a table has the bits of a fit on the table after each of its changes, and
 * reads no file twice.
 */
class FollowedTableTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir static Path directory;

  private static SparkSession session;

  @BeforeAll
  static void start() {
    session = TableSession.create(directory);
    InterpretedExpressions.in(session);
    SparkSession.setActiveSession(session);
    session.sql("create database if not exists ice.db");
  }

  @AfterAll
  static void restore() {
    session.catalog().clearCache();
    SparkSession.clearActiveSession();
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols("a", "b").setOutputCol("out").setHandleInvalid("keep");
  }

  private static BatchNorm grouped() {
    return stage().setGroupCols("g", "s").setWeightCol("w");
  }

  /** Rows of two files. */
  private static Dataset<Row> rows(long from, long to) {
    return session
        .range(from, to, 1, 2)
        .selectExpr(
            "id",
            "id * 0.1D as a",
            "if(id % 7 = 0, null, 1000000000 + int(id * 31 % 101)) as b",
            "id % 3 as g",
            "if(id % 2 = 0, 'even', null) as s",
            "1 + id % 4 as w");
  }

  /** A table that is followed, and its models. */
  private record Followed(BatchNorm stage, String table, String models) {
    static Followed of(BatchNorm stage, String table) {
      return new Followed(stage, table, path("models"));
    }

    TableFit fit() throws IOException {
      return stage.followTable(Tables.read(session, table), models);
    }

    /** Requires the bits of a fit, and that so many files were read and taken out. */
    void assertFollows(int read, int takenOut) throws IOException {
      TableFit fit = assertSame();
      assertEquals(List.of(read, takenOut), List.of(fit.read(), fit.takenOut()));
      assertEquals(Optional.empty(), fit.anew());
    }

    void assertSameAfter(String sql) throws IOException {
      session.sql(sql);
      assertEquals(Optional.empty(), assertSame().anew(), sql);
    }

    TableFit assertSame() throws IOException {
      TableFit fit = fit();
      SameFit.assertSameBitsOfTheRest(stage.fit(Tables.read(session, table)), fit.model());
      SameFit.assertSameBits(BatchNormModel.load(models), fit.model());
      return fit;
    }
  }

  private static String path(String name) {
    return directory.resolve(name + "-" + NAMES.incrementAndGet()).toString();
  }

  private static Followed folder() {
    String table = path("folder");
    rows(0, 20).write().parquet(table);
    return Followed.of(stage(), table);
  }

  private static Followed delta(BatchNorm stage) {
    String table = path("delta [x] % y");
    rows(0, 100)
        .write()
        .format("delta")
        .option("delta.enableDeletionVectors", "true")
        .partitionBy("g")
        .save(table);
    return Followed.of(stage, table);
  }

  private static Followed iceberg(BatchNorm stage) {
    String table = "ice.db.t" + NAMES.incrementAndGet();
    rows(0, 100).createOrReplaceTempView("first");
    session.sql(
        "create table "
            + table
            + " using iceberg partitioned by (g) tblproperties ('format-version' = '2',"
            + " 'write.delete.mode' = 'merge-on-read') as select * from first");
    return Followed.of(stage, table);
  }

  @Test
  void deltaTablesAreFollowed() throws Exception {
    Followed followed = delta(grouped());
    String table = "delta.`" + followed.table() + "`";
    followed.assertFollows(6, 0);
    followed.assertFollows(0, 0);
    append(followed, rows(100, 150));
    followed.assertFollows(6, 0);
    // Three files, which stay, have deletion vectors.
    session.sql("delete from " + table + " where id in (3, 4, 5)");
    followed.assertFollows(3, 3);
    followed.assertSameAfter(merge(table));
    followed.assertSameAfter("optimize " + table);
    followed.assertSameAfter("delete from " + table + " where g = 2");
    followed.assertSameAfter("restore table " + table + " to version as of 1");
    rows(0, 30).write().format("delta").mode("overwrite").save(followed.table());
    assertEquals(Optional.empty(), followed.assertSame().anew());
    session.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", false);
    session.sql("vacuum " + table + " retain 0 hours");
    followed.assertFollows(0, 0);
    append(followed, rows(200, 210).withColumn("more", lit(1)));
    followed.assertFollows(6, 0);
  }

  /** Returns a command that changes some rows and adds others. */
  private static String merge(String table) {
    rows(90, 110).withColumn("a", lit(7.5)).createOrReplaceTempView("news");
    return "merge into "
        + table
        + " t using news on t.id = news.id when matched then update set *"
        + " when not matched then insert *";
  }

  private static void append(Followed followed, Dataset<Row> rows) {
    rows.write().format("delta").option("mergeSchema", true).mode("append").save(followed.table());
  }

  @Test
  void icebergTablesAreFollowed() throws Exception {
    Followed followed = iceberg(grouped());
    String table = followed.table();
    TableFit first = followed.assertSame();
    assertEquals(first.files(), first.read());
    followed.assertFollows(0, 0);
    rows(100, 150).writeTo(table).append();
    TableFit second = followed.assertSame();
    assertEquals(second.files() - first.files(), second.read());
    assertEquals(0, second.takenOut());
    // One file of each partition, which stays, has deleted rows.
    session.sql("delete from " + table + " where id in (3, 4, 5)");
    followed.assertFollows(3, 3);
    followed.assertSameAfter(merge(table));
    followed.assertSameAfter("call ice.system.rewrite_data_files('" + table.substring(4) + "')");
    followed.assertSameAfter("delete from " + table + " where g = 2");
    rows(0, 30).writeTo(table).overwritePartitions();
    assertEquals(Optional.empty(), followed.assertSame().anew());
    session.sql(
        "call ice.system.expire_snapshots(table => '"
            + table.substring(4)
            + "', older_than => timestamp '2100-01-01 00:00:00')");
    followed.assertFollows(0, 0);
    followed.assertSameAfter("alter table " + table + " add column more int");
  }

  @Test
  void foldersOfParquetAreFollowed() throws Exception {
    assertFolderIsFollowed(stage());
  }

  @Tag("anySpark")
  @Test
  void foldersOfParquetAreFollowedInGroups() throws Exception {
    assertFolderIsFollowed(grouped());
  }

  private static void assertFolderIsFollowed(BatchNorm stage) throws Exception {
    Followed followed = Followed.of(stage, path("parquet [x] {y} % z é"));
    rows(0, 100).write().partitionBy("g").parquet(followed.table());
    followed.assertFollows(6, 0);
    followed.assertFollows(0, 0);
    rows(100, 150).write().mode("append").partitionBy("g").parquet(followed.table());
    followed.assertFollows(6, 0);
    Path file = files(followed).get(0);
    Path other = files(followed).get(1);
    Files.delete(file);
    followed.assertFollows(0, 1);
    // Other rows under the name of a file, which is then as new as its time tells.
    Files.copy(other, file);
    Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
    followed.assertFollows(1, 0);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_001_000L));
    followed.assertFollows(1, 1);
    rows(0, 30).write().mode("overwrite").partitionBy("g").parquet(followed.table());
    assertEquals(Optional.empty(), followed.assertSame().anew());
  }

  private static List<Path> files(Followed followed) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(followed.table()))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  /** Files that are not read again may be gone, or unreadable. */
  @Tag("anySpark")
  @Test
  void filesAreReadOnce() throws Exception {
    Followed followed = delta(stage());
    followed.assertFollows(6, 0);
    BatchNormModel before = followed.fit().model();
    for (Path file : files(followed)) {
      Files.writeString(file, "no Parquet");
    }
    append(followed, rows(100, 150));
    TableFit fit = followed.fit();
    assertEquals(6, fit.read());
    SameFit.assertSameBits(before.update(rows(100, 150)), fit.model());
  }

  @Tag("anySpark")
  @Test
  void vectorsAreFollowed() throws Exception {
    assertVectorsAreFollowed(vectors());
  }

  @Tag("anySpark")
  @Test
  void vectorsAreFollowedInGroups() throws Exception {
    assertVectorsAreFollowed(vectors().setGroupCols("g"));
  }

  private static BatchNorm vectors() {
    return new BatchNorm().setInputCol("v").setOutputCol("out").setHandleInvalid("keep");
  }

  private static Dataset<Row> vectors(long from, long to) {
    return new VectorAssembler()
        .setInputCols(new String[] {"a", "b"})
        .setOutputCol("v")
        .setHandleInvalid("keep")
        .transform(rows(from, to));
  }

  private static void assertVectorsAreFollowed(BatchNorm stage) throws Exception {
    Followed followed = Followed.of(stage, path("vectors"));
    vectors(0, 50).write().parquet(followed.table());
    followed.assertFollows(2, 0);
    vectors(50, 90).write().mode("append").parquet(followed.table());
    followed.assertFollows(2, 0);
    Files.delete(files(followed).get(0));
    followed.assertFollows(0, 1);
  }

  @Test
  void tablesOfACatalogHaveNames() throws Exception {
    rows(0, 20).write().format("delta").saveAsTable("named");
    Followed followed = Followed.of(stage(), "named");
    followed.assertFollows(2, 0);
    session.sql("insert into named select * from named");
    assertTrue(followed.assertSame().read() > 0);
    session.sql("drop table named");
  }

  @Tag("anySpark")
  @Test
  void filesWithoutRowsComeAndGo() throws Exception {
    Followed followed = folder();
    followed.assertFollows(2, 0);
    rows(0, 0).coalesce(1).write().mode("append").parquet(followed.table());
    Path empty =
        files(followed).stream().max(Comparator.comparing(FollowedTableTest::time)).orElseThrow();
    followed.assertFollows(1, 0);
    Files.delete(empty);
    followed.assertSame();
    rows(0, 0).coalesce(1).write().mode("append").parquet(followed.table());
    rows(20, 30).write().mode("append").parquet(followed.table());
    followed.assertFollows(3, 0);
    for (Path file : files(followed)) {
      if (session.read().parquet("file:" + file).isEmpty()) {
        Files.delete(file);
      }
    }
    followed.assertFollows(0, 0);
    session.sql("create table ice.db.none (a double, b int, w int, g int, s string) using iceberg");
    assertThrows(IllegalArgumentException.class, () -> Followed.of(stage(), "ice.db.none").fit());
  }

  /** The rest has no rows, as if the table were new. */
  @Tag("anySpark")
  @Test
  void aTableWithoutRowsIsRefusedAsByAFit() throws Exception {
    Followed followed = folder();
    rows(0, 0).coalesce(1).write().mode("append").parquet(followed.table());
    followed.assertFollows(3, 0);
    for (Path file : files(followed)) {
      if (!session.read().parquet("file:" + file).isEmpty()) {
        Files.delete(file);
      }
    }
    assertEquals(
        SameFit.message(followed.stage(), Tables.read(session, followed.table())),
        assertThrows(IllegalArgumentException.class, followed::fit).getMessage());
    rows(20, 40).write().mode("append").parquet(followed.table());
    followed.assertFollows(2, 2);
  }

  /** To Spark each of several names that look like patterns stands for all of them. */
  @Tag("anySpark")
  @Test
  void someFilesOfAFolderThatLooksLikeAPatternAreReadOnceEach() throws Exception {
    Followed followed = Followed.of(stage(), path("parquet [x] {y} % *"));
    rows(0, 20).write().parquet(followed.table());
    followed.assertFollows(2, 0);
    rows(20, 40).write().mode("append").parquet(followed.table());
    followed.assertFollows(2, 0);
  }

  /** Such vectors do not tell how many features they have. */
  @Tag("anySpark")
  @Test
  void filesOfNullVectorsComeAndGo() throws Exception {
    for (BatchNorm stage : List.of(vectors(), vectors().setGroupCols("g", "s"))) {
      Followed followed = Followed.of(stage, path("vectors"));
      vectors(0, 20).write().parquet(followed.table());
      followed.assertFollows(2, 0);
      List<Path> before = files(followed);
      Dataset<Row> more = vectors(20, 30);
      more.withColumn(
              "v", when(col("id").lt(0), col("v")).as("v", more.schema().apply("v").metadata()))
          .write()
          .mode("append")
          .parquet(followed.table());
      followed.assertFollows(2, 0);
      vectors(30, 40).write().mode("append").parquet(followed.table());
      followed.assertFollows(2, 0);
      for (Path file : files(followed)) {
        boolean isNull = session.read().parquet("file:" + file).filter("v is not null").isEmpty();
        if (isNull || file.equals(before.get(0))) {
          Files.delete(file);
        }
      }
      followed.assertFollows(0, 3);
    }
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The other versions know another of the files that are removed. */
  @Tag("anySpark")
  @Test
  void sumsOfOtherFilesAreRefused() throws Exception {
    Followed followed = folder();
    Path last = files(followed).get(1);
    Followed other = new Followed(followed.stage(), followed.table(), path("models"));
    followed.fit();
    Path aside = directory.resolve("aside");
    Files.move(last, aside);
    other.fit();
    Files.move(aside, last);
    rows(20, 30).write().mode("append").parquet(followed.table());
    followed.fit();
    Path first = Path.of(followed.models(), "version=1");
    FileUtils.deleteDirectory(first.toFile());
    FileUtils.copyDirectory(Path.of(other.models(), "version=1").toFile(), first.toFile());
    Files.delete(last);
    assertEquals(
        "Path file:"
            + first
            + "/part-0 is not a saved BatchNormModel: it has no sums of the file file:"
            + last
            + ". Give the path that BatchNormModel.save wrote.",
        assertThrows(IllegalArgumentException.class, followed::fit).getMessage());
    assertEquals(List.of("version=1", "version=2"), names(Path.of(followed.models())));
  }

  /** Many runs leave a bounded number of models with sums of files. */
  @Tag("anySpark")
  @Test
  void sumsOfManyRunsAreMerged() throws Exception {
    Followed followed = Followed.of(stage(), path("runs"));
    for (int run = 0; run < 17; run++) {
      rows(10 * run, 10 * run + 10).write().mode("append").parquet(followed.table());
      TableFit fit = followed.fit();
      assertEquals(2, fit.read());
      assertEquals(2 * run + 2, fit.files());
    }
    List<String> versions = names(Path.of(followed.models()));
    assertTrue(versions.size() <= 17, versions::toString);
    Files.delete(files(followed).get(0));
    followed.assertFollows(0, 1);
  }

  @Tag("anySpark")
  @Test
  void aStreamDoesNotGoOnWhereATableIsFollowed() throws Exception {
    Followed followed = folder();
    followed.assertFollows(2, 0);
    RunningBatchNorm running = new RunningBatchNorm(stage(), followed.models());
    assertEquals(
        "Model directory "
            + followed.models()
            + " has versions of a table that is followed; expected none, or those of a stream."
            + " Choose another directory.",
        assertThrows(IllegalArgumentException.class, () -> running.onBatch(rows(0, 10), 0))
            .getMessage());
    followed.assertFollows(0, 0);
  }

  /** The second to save is refused, and has the rows of both when it is repeated. */
  @Tag("anySpark")
  @Test
  void oneOfTwoFitsAtATimeSaves() throws Exception {
    Followed followed = folder();
    followed.assertFollows(2, 0);
    rows(20, 40).write().mode("append").parquet(followed.table());
    BatchNormModel params = followed.fit().model();
    rows(40, 60).write().mode("append").parquet(followed.table());
    Dataset<Row> table = Tables.read(session, followed.table());
    try (TableTraining slow = new TableTraining(params, table, "The table", followed.models())) {
      rows(60, 80).write().mode("append").parquet(followed.table());
      followed.assertFollows(4, 0);
      List<String> before = names(Path.of(followed.models()));
      assertEquals(
          "Model directory "
              + followed.models()
              + " has version=3 from another writer, written while this one was writing; expected"
              + " one writer at a time. Nothing is lost: that version stays, and nothing of this one"
              + " is in it. Stop one of the two, and start the other again: a query from its"
              + " checkpoint, the fit of a table as it was.",
          assertThrows(IllegalStateException.class, slow::fit).getMessage());
      assertEquals(before, names(Path.of(followed.models())));
    }
    followed.assertFollows(0, 0);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Tag("anySpark")
  @Test
  void otherParamsAreSavedWithoutReading() throws Exception {
    Followed followed = folder();
    followed.assertFollows(2, 0);
    Followed other =
        new Followed(stage().setEps(0.5).setCorrection(1), followed.table(), followed.models());
    other.assertFollows(0, 0);
    assertEquals(0.5, BatchNormModel.load(followed.models()).getEps());
  }

  /** Stages and tables for which the sums of files are of no use. */
  @Tag("anySpark")
  @Test
  void whatCannotGoOnIsFittedAnewAndSaid() throws Exception {
    Followed followed = folder();
    followed.assertFollows(2, 0);
    Map<String, BatchNorm> others =
        Map.of(
            "it was fitted on a double, b int; handleInvalid keep, which is now"
                + " a double, b int; weight w bigint; handleInvalid keep",
            stage().setWeightCol("w"),
            "it was fitted on a double, b int; handleInvalid keep, which is now"
                + " a double; handleInvalid keep",
            stage().setInputCols("a"));
    for (Map.Entry<String, BatchNorm> other : others.entrySet()) {
      String models = path("models");
      new Followed(stage(), followed.table(), models).fit();
      try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
        TableFit fit = new Followed(other.getValue(), followed.table(), models).assertSame();
        assertEquals(Optional.of(other.getKey()), fit.anew());
        assertEquals(2, fit.read());
        assertEquals(
            List.of("WARN The model in " + models + " is fitted anew: " + other.getKey()),
            log.messages().stream().filter(line -> line.startsWith("WARN")).toList());
      }
    }
    String other = folder().table();
    TableFit fit = new Followed(stage(), other, followed.models()).assertSame();
    assertTrue(
        fit.anew().orElseThrow().startsWith("it is of another table, parquet "), fit::toString);
  }

  @Tag("anySpark")
  @Test
  void theTypeOfAColumnMayChange() throws Exception {
    Followed followed = iceberg(stage());
    followed.assertSame();
    session.sql("alter table " + followed.table() + " alter column b type bigint");
    assertTrue(
        followed
            .assertSame()
            .anew()
            .orElseThrow()
            .endsWith("b bigint (field 3); handleInvalid keep"));
  }

  /** Files have values of the old column, which the new one has not. */
  @Tag("anySpark")
  @Test
  void aNewColumnMayHaveAnOldName() throws Exception {
    for (Followed followed : List.of(delta(stage()), iceberg(stage()))) {
      boolean isDelta = followed.table().startsWith("/");
      String table = isDelta ? "delta.`" + followed.table() + "`" : followed.table();
      if (isDelta) {
        session.sql(
            "alter table " + table + " set tblproperties ('delta.columnMapping.mode' = 'name')");
      }
      followed.assertSame();
      session.sql("alter table " + table + " drop column b");
      session.sql("alter table " + table + " add column b int");
      rows(100, 120).createOrReplaceTempView("news");
      session.sql("insert into " + table + " select id, a, g, s, w, b from news");
      assertTrue(followed.assertSame().anew().isPresent(), table);
      followed.assertFollows(0, 0);
    }
  }

  @Tag("anySpark")
  @Test
  void whatIsNoTableIsRefused() throws Exception {
    Followed followed = delta(stage());
    String models = path("models");
    session.table("delta.`" + followed.table() + "`").createOrReplaceTempView("filtered");
    assertEquals(
        "There is no table or folder /no/such; expected the name of a table or the path of its"
            + " folder. Check the name.",
        refused(stage(), "/no/such", models));
    session.sql(
        "create or replace temp view filtered as select * from delta.`"
            + followed.table()
            + "` where id > 3");
    assertEquals(
        "filtered cannot be followed: its files are not known; expected a table or folder of"
            + " delta, iceberg, parquet, not a view or a query. Name one, or use fit.",
        refused(stage(), "filtered", models));
    assertEquals(
        "runningStatistics is 'exponential'; expected 'pooled' where a table is followed, as files have"
            + " no order. Set 'pooled'.",
        refused(stage().setRunningStatistics("exponential"), followed.table(), models));
    assertEquals(
        "An initial model is set; expected none where a table is followed, since the model is of"
            + " its files. Set none.",
        refused(stage().setInitialModel("x"), followed.table(), models));
    String reserved = path("reserved");
    rows(0, 10).withColumn("_batchnorm_FILE", lit("x")).write().parquet(reserved);
    assertEquals(
        reserved
            + " has a column _batchnorm_file; expected none of this name where a table is followed,"
            + " as it is that of the files. Rename it, or use fit.",
        refused(stage(), reserved, models));
    String inside = followed.table() + "/models/x";
    assertEquals(
        "Model directory "
            + inside
            + " is in the folder of the table file:"
            + followed.table()
            + "; expected one outside of it, as the files of the model would be taken for its own."
            + " Choose another directory.",
        refused(stage(), followed.table(), inside));
    assertFalse(Files.exists(Path.of(models)));
    new RunningBatchNorm(stage(), models).onBatch(rows(0, 10), 0);
    assertEquals(
        "Model directory "
            + models
            + " has versions of a stream; expected none, or those of a"
            + " table that is followed. Choose another directory.",
        refused(stage(), followed.table(), models));
  }

  @Tag("anySpark")
  @Test
  void whatAFitRefusesChangesNothing() throws Exception {
    Followed followed = delta(stage().setHandleInvalid("error").setInputCols("a"));
    followed.assertFollows(6, 0);
    List<String> before = names(Path.of(followed.models()));
    append(followed, rows(100, 110).withColumn("a", lit(Double.NaN)));
    assertThrows(IllegalArgumentException.class, followed::fit);
    assertEquals(before, names(Path.of(followed.models())));
    session.sql("delete from delta.`" + followed.table() + "` where id >= 100");
    followed.assertSame();
    session.sql("delete from delta.`" + followed.table() + "` where id > 0");
    assertThrows(IllegalArgumentException.class, followed::fit);
    session.sql("delete from delta.`" + followed.table() + "`");
    assertThrows(IllegalArgumentException.class, followed::fit);
    append(followed, rows(0, 100));
    followed.assertSame();
  }

  private static String refused(BatchNorm stage, String table, String models) {
    return assertThrows(IllegalArgumentException.class, () -> stage.fitIncrementally(table, models))
        .getMessage();
  }
}
