package batchnorm.spark;

import batchnorm.spark.testing.OwnJvm;
import batchnorm.spark.testing.StoppedSessions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models outlive the session they were made in; a process, since it stops its Spark context. */
class StoppedSessionTest {
  @TempDir Path directory;

  @Test
  void modelsAreUsedWithoutASessionAndInTheNextOne() throws Exception {
    OwnJvm.run(StoppedSessions.class, directory);
  }
}
