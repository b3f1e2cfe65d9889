package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import io.delta.sql.DeltaSparkSessionExtension;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.iceberg.spark.SparkCatalog;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.catalog.DeltaCatalog;
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

  /** A session of its own, since the formats extend Spark's SQL; it shares the Spark context. */
  private static SparkSession session;

  private static Dataset<Row> rows;

  @BeforeAll
  static void start() {
    session =
        SharedSession.beside(
            SparkSession.builder()
                .withExtensions(new DeltaSparkSessionExtension())
                .config("spark.sql.catalog.spark_catalog", DeltaCatalog.class.getName())
                .config("spark.sql.catalog.ice", SparkCatalog.class.getName())
                .config("spark.sql.catalog.ice.type", "hadoop")
                .config("spark.sql.catalog.ice.warehouse", directory.resolve("ice").toString())
                .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
                .config("spark.sql.shuffle.partitions", 2));
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

  @Test
  void icebergTablesWithDeletedRowsAreReadInColumns() {
    String table = "ice.db.deleted";
    createIceberg(
        table, "tblproperties ('format-version' = '2', 'write.delete.mode' = 'merge-on-read')");
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
