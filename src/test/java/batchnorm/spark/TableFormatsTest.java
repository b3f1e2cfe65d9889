package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.TableSession;
import batchnorm.spark.testing.WiderTypes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real Delta and Iceberg tables: read in columns where their scans give any, and always with the
 * bits that the same rows have in memory.
 */
class TableFormatsTest {
  private static final String[] NUMBERS = {
    "double", "float", "int", "long", "short", "byte", "boolean", "decimal", "part"
  };

  /** Iceberg has no integers below 32 bits. */
  private static final String[] ICEBERG_NUMBERS = {
    "double", "float", "int", "long", "boolean", "decimal", "part"
  };

  private static final String DELTA_SCAN = "fitted on columns: columns of 'Scan parquet'";
  private static final String ICEBERG_SCAN = "fitted on columns: columns of 'BatchScan %s'";
  private static final int WIDE = 130;

  @TempDir static Path directory;

  private static SparkSession session;

  private static Dataset<Row> rows;

  @BeforeAll
  static void start() {
    session = TableSession.create(directory);
    rows =
        session
            .range(0, 3000, 1, 3)
            .select(
                Frames.numbersOfEveryTypeAnd(
                    col("id"),
                    col("id").mod(4).cast("int").as("weight"),
                    col("id").mod(3).cast("int").as("part")))
            .localCheckpoint();
  }

  @AfterAll
  static void forget() {
    session.catalog().clearCache();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep", "skip"})
  void deltaTablesAreReadInColumns(String handling) {
    String path = path("delta-" + handling);
    rows.write().format("delta").partitionBy("part").save(path);
    assertSame(DELTA_SCAN, rows, delta(path), stage(NUMBERS).setHandleInvalid(handling));
  }

  @Test
  void deltaTablesWithMappedColumnsAreReadInColumns() {
    String path = path("mapped");
    rows.write()
        .format("delta")
        .option("delta.columnMapping.mode", "name")
        .partitionBy("part")
        .save(path);
    session.sql("alter table delta.`" + path + "` rename column double to renamed");
    session.sql("alter table delta.`" + path + "` add column added double");
    rows.withColumn("added", col("id").divide(3))
        .withColumnRenamed("double", "renamed")
        .write()
        .format("delta")
        .mode("append")
        .save(path);
    Dataset<Row> expected =
        rows.selectExpr("*", "cast(null as double) as added")
            .union(rows.withColumn("added", col("id").divide(3)))
            .withColumnRenamed("double", "renamed");
    assertSame(DELTA_SCAN, expected, delta(path), stage("renamed", "int", "added", "part"));
  }

  /** Spark filters the rows that a deletion vector marks, above the scan. */
  @Test
  void deltaTablesWithDeletionVectorsLeaveOutWhatWasDeleted() {
    String path = path("deleted");
    rows.write().format("delta").option("delta.enableDeletionVectors", true).save(path);
    session.sql("delete from delta.`" + path + "` where id % 10 = 3");
    assertEquals(
        1,
        session
            .sql("describe detail delta.`" + path + "`")
            .where("array_contains(tableFeatures, 'deletionVectors')")
            .count());
    assertSame(
        "fitted on rows: 'Filter' gives rows",
        rows.where("id % 10 <> 3"),
        delta(path),
        stage(NUMBERS));
  }

  /** Files that were written before the column got its wider type keep the narrower one. */
  @Test
  void deltaTablesWithWidenedColumnsAreReadInColumns() throws Exception {
    String table = "delta.`" + path("widened") + "`";
    session.sql(
        "create table "
            + table
            + " (int int, float float, short smallint, weight int) using delta"
            + " tblproperties ('delta.enableTypeWidening' = true)");
    rows.select("int", "float", "short", "weight").writeTo(table).append();
    String alter = "alter table " + table + " alter column ";
    session.sql(alter + "int type " + WiderTypes.OF_INT);
    session.sql(alter + "float type " + WiderTypes.OF_FLOAT);
    session.sql(alter + "short type " + WiderTypes.OF_SHORT);
    Dataset<Row> wider =
        rows.selectExpr(
            widened("id * 1000003", WiderTypes.OF_INT, "int"),
            widened("double", WiderTypes.OF_FLOAT, "float"),
            widened("1.5D * id", WiderTypes.OF_SHORT, "short"),
            "weight");
    wider.writeTo(table).append();
    assertSame(
        DELTA_SCAN,
        rows.selectExpr(
                widened("int", WiderTypes.OF_INT, "int"),
                widened("float", WiderTypes.OF_FLOAT, "float"),
                widened("short", WiderTypes.OF_SHORT, "short"),
                "weight")
            .union(wider),
        session.table(table),
        stage("int", "float", "short"));
  }

  private static String widened(String expression, String type, String name) {
    return "cast(" + expression + " as " + type + ") as " + name;
  }

  @Test
  void deltaTablesAreReadAsTheyWere() {
    String path = path("versions");
    rows.where("id < 1000").write().format("delta").save(path);
    rows.where("id >= 1000").write().format("delta").mode("append").save(path);
    session.sql("delete from delta.`" + path + "` where id % 2 = 0");
    assertSame(
        DELTA_SCAN,
        rows.where("id < 1000"),
        session.read().format("delta").option("versionAsOf", 0).load(path),
        stage(NUMBERS));
    assertSame(
        DELTA_SCAN,
        rows,
        session.read().format("delta").option("versionAsOf", 1).load(path),
        stage(NUMBERS));
  }

  @Test
  void tablesAreReplacedByWhatIsComputedFromThem() throws Exception {
    String path = path("replaced");
    Dataset<Row> plain = rows.select("id", "double", "decimal");
    plain.write().format("delta").save(path);
    plain.writeTo("ice.db.replaced").create();
    BatchNorm stage =
        new BatchNorm()
            .setInputCols("double", "decimal")
            .setOutputCols("double", "normalized")
            .setHandleInvalid("keep");
    BatchNormModel model = stage.fit(plain);
    model
        .transform(delta(path))
        .write()
        .format("delta")
        .mode("overwrite")
        .option("mergeSchema", true)
        .save(path);
    model.transform(session.table("ice.db.replaced")).writeTo("ice.db.replaced").replace();
    BatchNorm again = new BatchNorm().setInputCols("double", "normalized").setHandleInvalid("keep");
    Dataset<Row> expected = model.transform(plain);
    assertSame(DELTA_SCAN, expected, delta(path), again);
    assertSame(
        ICEBERG_SCAN.formatted("ice.db.replaced"),
        expected,
        session.table("ice.db.replaced"),
        again);
  }

  @Test
  void deltaTablesAreStreams() throws Exception {
    String path = path("stream");
    Dataset<Row> some = rows.select("short", "weight");
    some.where("short < 4").write().format("delta").save(path);
    some.where("short >= 4").write().format("delta").mode("append").save(path);
    BatchNorm stage = new BatchNorm().setInputCols("short").setWeightCol("weight");
    StreamingQuery query =
        new RunningBatchNorm(stage, path("stream-models"))
            .start(session.readStream().format("delta").load(path));
    query.processAllAvailable();
    query.stop();
    SameFit.assertSameBits(stage.fit(some), BatchNormModel.load(path("stream-models")));
  }

  @Test
  void vectorsInDeltaTablesAreReadInColumns() {
    Dataset<Row> vectors =
        new VectorAssembler()
            .setInputCols(new String[] {"short", "byte", "weight"})
            .setOutputCol("vector")
            .transform(rows);
    String path = path("vectors");
    vectors.write().format("delta").save(path);
    BatchNorm stage = new BatchNorm().setInputCol("vector").setWeightCol("weight");
    assertSame(DELTA_SCAN, vectors, delta(path), stage);
    SameFit.assertSameBits(
        stage.fit(vectors), ForcedSource.with(session, "rows", () -> stage.fit(delta(path))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep", "skip"})
  void icebergTablesAreReadInColumns(String handling) {
    String table = "ice.db.plain_" + handling;
    createIceberg(table, "");
    assertSame(
        ICEBERG_SCAN.formatted(table),
        rows,
        session.table(table),
        stage(ICEBERG_NUMBERS).setHandleInvalid(handling));
  }

  /** Files of positions in version 2 of the format, deletion vectors in version 3. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void icebergTablesWithDeletedRowsAreReadInColumns(int version) {
    String table = "ice.db.deleted_" + version;
    createIceberg(
        table,
        "tblproperties ('format-version' = '"
            + version
            + "', 'write.delete.mode' = 'merge-on-read')");
    session.sql("delete from " + table + " where id % 10 = 3");
    assertEquals(
        3, session.sql("select * from " + table + ".delete_files").count(), "files of deletes");
    assertSame(
        ICEBERG_SCAN.formatted(table),
        rows.where("id % 10 <> 3"),
        session.table(table),
        stage(ICEBERG_NUMBERS));
  }

  @Test
  void icebergTablesThatHaveChangedAreReadInColumns() throws Exception {
    String table = "ice.db.changed";
    createIceberg(table, "");
    session.sql("alter table " + table + " rename column double to renamed");
    session.sql("alter table " + table + " alter column int type bigint");
    session.sql("alter table " + table + " alter column float type double");
    session.sql("alter table " + table + " alter column decimal type decimal(30, 3)");
    session.sql("alter table " + table + " drop column long");
    session.sql("alter table " + table + " add column long bigint");
    session.sql("alter table " + table + " drop partition field part");
    Dataset<Row> added =
        rows.selectExpr(
            "id",
            "-double as renamed",
            "double(float) / 3 as float",
            "id * 4294967296 as int",
            "boolean",
            "cast(decimal * 1000000 as decimal(30, 3)) as decimal",
            "weight",
            "part",
            "id as long");
    added.writeTo(table).append();
    Dataset<Row> expected =
        rows.selectExpr(
                "id",
                "double as renamed",
                "double(float) as float",
                "bigint(int) as int",
                "boolean",
                "cast(decimal as decimal(30, 3)) as decimal",
                "weight",
                "part",
                "cast(null as bigint) as long")
            .union(added);
    assertSame(
        ICEBERG_SCAN.formatted(table),
        expected,
        session.table(table),
        stage("renamed", "float", "int", "boolean", "decimal", "part", "long"));
  }

  @Test
  void icebergTablesAreReadAsTheyWere() {
    String table = "ice.db.versions";
    createIceberg(table, "");
    long first = session.sql("select snapshot_id from " + table + ".snapshots").first().getLong(0);
    session.sql("delete from " + table + " where id >= 100");
    assertSame(
        ICEBERG_SCAN.formatted(table),
        rows,
        session.sql("select * from " + table + " version as of " + first),
        stage(ICEBERG_NUMBERS));
  }

  /** A file that was written before the table got the column. */
  @ParameterizedTest
  @ValueSource(strings = {"orc", "avro", "json"})
  void filesWithoutAColumnHaveNullsOfIt(String format) {
    String path = path("without-" + format);
    StructType schema = rows.select("id", "double", "weight").schema();
    rows.select("id", "weight").where("id < 100").write().format(format).save(path);
    rows.select("id", "double", "weight")
        .where("id >= 100")
        .write()
        .format(format)
        .mode("append")
        .save(path);
    Dataset<Row> stored = session.read().format(format).schema(schema).load(path);
    Dataset<Row> expected = rows.selectExpr("id", "if(id < 100, null, double) as double", "weight");
    SameFit.assertSameBits(stage("id", "double").fit(expected), stage("id", "double").fit(stored));
  }

  @Test
  void tablesOfDatabasesAreReadInSeveralPartitions() {
    Dataset<Row> some = rows.select("id", "double", "weight").where("id < 500");
    StoredTable table =
        new StoredTable(session, directory, StoredTable.Format.JDBC, "parts", some.schema());
    table.append(some);
    Dataset<Row> stored =
        session
            .read()
            .format("jdbc")
            .option("url", "jdbc:duckdb:" + directory.resolve("duck.db"))
            .option("dbtable", "parts")
            .option("partitionColumn", "id")
            .option("lowerBound", 0)
            .option("upperBound", 500)
            .option("numPartitions", 3)
            .load();
    assertEquals(3, stored.rdd().getNumPartitions());
    SameFit.assertSameBits(stage("double").fit(some), stage("double").fit(stored));
  }

  @Test
  void arraysInIcebergTablesAreReadInRows() {
    String table = "ice.db.arrays";
    Dataset<Row> arrays = rows.selectExpr("array(double, cast(id as double)) as v");
    arrays.writeTo(table).createOrReplace();
    assertSame(
        "fitted on rows: 'BatchScan %s' gives rows".formatted(table),
        arrays,
        session.table(table),
        new BatchNorm().setInputCol("v").setHandleInvalid("keep"));
  }

  @Test
  void wideTablesAreReadInColumns() {
    String[] names = new String[WIDE];
    Arrays.setAll(names, j -> "c" + j);
    Dataset<Row> wide =
        session
            .range(0, 2000, 1, 2)
            .select(Stream.of(names).map(name -> rand(5).as(name)).toArray(Column[]::new))
            .localCheckpoint();
    wide.write().format("delta").save(path("wide"));
    wide.writeTo("ice.db.wide").createOrReplace();
    BatchNorm stage = new BatchNorm().setInputCols(names);
    assertSame(DELTA_SCAN, wide, delta(path("wide")), stage);
    assertSame(ICEBERG_SCAN.formatted("ice.db.wide"), wide, session.table("ice.db.wide"), stage);
  }

  private static void createIceberg(String table, String properties) {
    rows.createOrReplaceTempView("rows");
    session.sql(
        "create table "
            + table
            + " using iceberg partitioned by (part) "
            + properties
            + " as select id, double, float, int, long, boolean, decimal, weight, part from rows");
  }

  private static BatchNorm stage(String... columns) {
    return new BatchNorm()
        .setInputCols(columns)
        .setOutputCol("out")
        .setWeightCol("weight")
        .setHandleInvalid("keep");
  }

  private static Dataset<Row> delta(String path) {
    return session.read().format("delta").load(path);
  }

  private static void assertSame(
      String summary, Dataset<Row> expected, Dataset<Row> stored, BatchNorm stage) {
    BatchNormModel inMemory = stage.fit(expected);
    BatchNormModel found = stage.fit(stored);
    assertEquals(summary, found.fitSummary().orElseThrow().toString());
    SameFit.assertSameBits(inMemory, found);
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }
}
