package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.testing.Frames;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scala callers need no Java collections, and Java callers write what they wrote. */
class ScalaCallersTest {
  private static final String CALLS =
      """
        import batchnorm.spark.{BatchNorm, BatchNormModel, RunningBatchNorm}
        import org.apache.spark.sql.DataFrame
        val stage =
          new BatchNorm().setInputCols(df.columns).setOutputCols(df.columns).setGamma(Array(1.0, 2.0))
        val model = stage.fit(df)
        val three = model.merge(stage.fit(df), stage.fit(df))
        val two = BatchNormModel.merge(model, stage.fit(df))
        val running = new RunningBatchNorm(stage, "versions")
          .setNormalized("after", (batch: DataFrame, id: Long) => batch.show())
        val names: Seq[String] = Seq("a", "b")
        new BatchNorm().setInputCols(names).setOutputCols(names: _*).setInputCols("a", "b")
        new BatchNorm().setGroupCols(df.columns).setBeta(Array(1.0, 2.0)).setGamma(List(1, 2.5f))
        new BatchNorm().setGamma(1.0, 2.0).setBeta(Array(1.0, 2.0): _*)
        BatchNormModel.merge(java.util.Arrays.asList(model, model)).merge(model)
        BatchNormModel.merge(model, model, model).merge(model, model, model)
        val sink: (DataFrame, Long) => Unit = (batch, id) => ()
        running.setNormalized("before", sink)
        assert(stage.getGamma.toSeq == Seq(1.0, 2.0))
        val refused = scala.util.Try(new BatchNorm().setBeta(Seq(1.0, "a"))).failed.get.getMessage
        assert(refused == "beta[1] is a; expected numbers. Replace it by a finite number.", refused)
        assert(three.count == 9 && two.count == 6)
      """;

  private final Dataset<Row> frame = Frames.doubles(new double[][] {{1, 2}, {3, 4}, {5, 7}});

  /** Compiles by reflection, so that only this test needs the compiler on its class path. */
  @Test
  void whatScalaCallersWriteCompilesAndRuns(@TempDir Path folder) throws Exception {
    Path source = folder.resolve("Snippet.scala");
    Files.writeString(
        source,
        "class Snippet(df: org.apache.spark.sql.Dataset[org.apache.spark.sql.Row]) {\n"
            + CALLS
            + "}\n");
    String[] arguments = {
      "-classpath",
      System.getProperty("java.class.path"),
      "-d",
      folder.toString(),
      source.toString()
    };
    Object done =
        Class.forName("scala.tools.nsc.Main")
            .getMethod("process", String[].class)
            .invoke(null, (Object) arguments);
    assertEquals(true, done);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      loader.loadClass("Snippet").getConstructor(Dataset.class).newInstance(frame);
    }
  }

  @Test
  void javaCallersMergeSeveralModels() {
    BatchNorm stage = new BatchNorm().setInputCols("a", "b").setGamma(1, 2);
    BatchNormModel model = stage.fit(frame);
    assertEquals(9, model.merge(model, model).count());
    assertEquals(12, model.merge(model, model, model).count());
  }

  @Test
  void whatIsNoFunctionIsNoSink(@TempDir Path folder) {
    RunningBatchNorm running = new RunningBatchNorm(new BatchNorm(), folder.toString());
    Exception error =
        assertThrows(
            IllegalArgumentException.class, () -> running.setNormalized("after", (Object) "sink"));
    assertEquals(
        "sink is a java.lang.String; expected a function of a dataset and the number of the batch. "
            + "Give one.",
        error.getMessage());
  }
}
