package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.launcher.JavaModuleOptions;

/** A Spark as it is installed, of the jars that the build has copied. */
final class InstalledSpark {
  private InstalledSpark() {}

  /** Makes {@code home} the folder of a Spark, with its spark-submit, and returns it. */
  static Path in(Path home) throws IOException {
    Files.createDirectories(home);
    Files.createSymbolicLink(home.resolve("jars"), Job.SPARK.resolve("jars"));
    Path submit = submit(home);
    Files.createDirectories(submit.getParent());
    Files.writeString(
        submit,
        "#!/bin/bash\neval \"options=($SPARK_SUBMIT_OPTS)\"\nexec java "
            + JavaModuleOptions.defaultModuleOptions()
            + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \"${options[@]}\""
            + " -cp \"$SPARK_HOME/jars/*\" org.apache.spark.deploy.SparkSubmit \"$@\"\n");
    assertTrue(submit.toFile().setExecutable(true));
    return home;
  }

  /** Returns the spark-submit of a Spark. */
  static Path submit(Path home) {
    return home.resolve("bin").resolve("spark-submit");
  }
}
