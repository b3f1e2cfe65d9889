package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables, from the command line, with the jars of the packages that users name. */
class TablesIT {
  private static final String COLUMNS = "bill_*,body_mass_g";

  @TempDir Path folder;

  @Test
  void deltaTablesAreKnownByTheirFolderAndReplacedInPlace() throws IOException {
    // By default Delta reads the log of a table in 50 tasks.
    List<String> delta =
        List.of("--jars", jars("delta-"), "--conf", "spark.databricks.delta.snapshotPartitions=1");
    Path table = folder.resolve("table");
    Path model = folder.resolve("model");
    done(
        Job.process(
            delta,
            "fit-transform",
            "--input",
            Job.PENGUINS,
            "--columns",
            COLUMNS,
            "--handle-invalid",
            "keep",
            "--output-column",
            "features",
            "--model",
            model,
            "--output-format",
            "delta",
            "--output",
            table));
    done(
        Job.process(
            delta,
            "transform",
            "--model",
            model,
            "--input",
            table,
            "--output",
            table,
            "--mode",
            "overwrite",
            "--suffix",
            "_n",
            "--output-option",
            "mergeSchema=true"));
    Job described = done(Job.process(delta, "describe", "--input", table, "--columns", "*_mm,*_n"));
    assertTrue(described.out().contains("\nbill_length_mm_n "), described.out());
    assertTrue(
        Job.names(table.resolve("_delta_log"))
            .containsAll(List.of("00000000000000000000.json", "00000000000000000001.json")));
    assertMistake(
        "Format delta is not on the class path; expected the package that brings it. Add it at the "
            + "end: -- --packages io.delta:"
            + coordinates("delta-spark"),
        Job.process(List.of(), "describe", "--input", table));
  }

  @Test
  void icebergTablesAreReadAndWrittenByName() {
    Map<String, String> iceberg =
        Map.of(
            "spark.sql.catalog.ice",
            "org.apache.iceberg.spark.SparkCatalog",
            "spark.sql.catalog.ice.type",
            "hadoop",
            "spark.sql.catalog.ice.warehouse",
            folder.toString());
    Object[] write = {
      "fit-transform",
      "--input",
      Job.PENGUINS,
      "--columns",
      COLUMNS,
      "--handle-invalid",
      "keep",
      "--output-format",
      "table",
      "--output",
      "ice.db.penguins"
    };
    done(Job.with(iceberg, write));
    Job described =
        done(Job.with(iceberg, "describe", "--format", "iceberg", "--input", "ice.db.penguins"));
    assertTrue(described.out().contains("\nbody_mass_g "), described.out());
    assertMistake(
        "Output ice.db.penguins already exists. Give another --output, or --mode overwrite to "
            + "replace it, or --mode append to add to it.",
        Job.with(iceberg, write));
    Path table = folder.resolve("db/penguins");
    assertMistake(
        "Output "
            + folder
            + "/db would be written over "
            + table
            + ", which is read. Give another path, and move the result afterwards if you want.",
        Job.with(
            iceberg,
            "fit-transform",
            "--format",
            "iceberg",
            "--input",
            "ice.db.penguins",
            "--columns",
            "body_mass_g",
            "--handle-invalid",
            "keep",
            "--output-format",
            "parquet",
            "--mode",
            "overwrite",
            "--output",
            folder.resolve("db")));
    Job missing = Job.with(iceberg, "describe", "--format", "iceberg", "--input", "ice.db.none");
    assertEquals(1, missing.exitCode());
    assertTrue(missing.err().matches("batchnorm: .*none.*\n"), missing.err());
  }

  @Test
  void tablesOfDatabasesAreReadAndWritten() {
    String url = "url=jdbc:duckdb:" + folder.resolve("duck.db");
    done(
        Job.run(
            "fit-transform",
            "--input",
            Job.PENGUINS,
            "--columns",
            COLUMNS,
            "--handle-invalid",
            "keep",
            "--model",
            folder.resolve("model"),
            "--output-format",
            "jdbc",
            "--output-option",
            url,
            "--output",
            "penguins"));
    Job described =
        done(
            Job.run(
                "describe", "--format", "jdbc", "--option", url, "--option", "dbtable=penguins"));
    assertTrue(described.out().contains("\nbody_mass_g "), described.out());
    assertMistake(
        "Output penguins would be written over penguins, which is read. Give another path, and move "
            + "the result afterwards if you want.",
        Job.run(
            "transform",
            "--model",
            folder.resolve("model"),
            "--format",
            "jdbc",
            "--option",
            url,
            "--input",
            "penguins",
            "--output-option",
            url,
            "--output",
            "penguins",
            "--mode",
            "overwrite"));
  }

  private static Job done(Job job) {
    assertEquals(0, job.exitCode(), job.err());
    return job;
  }

  private static void assertMistake(String message, Job job) {
    assertEquals("batchnorm: " + message + "\n", job.err());
    assertEquals(1, job.exitCode());
  }

  /** The jars of the tests whose names start so, as spark-submit wants them. */
  private static String jars(String prefix) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(jar -> Path.of(jar).getFileName().toString().startsWith(prefix))
        .collect(Collectors.joining(","));
  }

  /** The name and the version of a jar of the tests. */
  private static String coordinates(String prefix) {
    return Path.of(jars(prefix)).getFileName().toString().replaceFirst("-(\\d[^-]*)\\.jar$", ":$1");
  }
}
