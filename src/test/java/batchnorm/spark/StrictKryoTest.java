package batchnorm.spark;

import batchnorm.spark.testing.OwnJvm;
import batchnorm.spark.testing.StrictKryo;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tasks exchange is registered with Kryo; a process, since the serializer is of a context. */
class StrictKryoTest {
  @TempDir Path directory;

  @Test
  void nothingNeedsToBeRegistered() throws Exception {
    OwnJvm.run(StrictKryo.class, directory);
  }
}
