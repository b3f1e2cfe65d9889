package batchnorm.spark;

import batchnorm.spark.testing.OwnJvm;
import batchnorm.spark.testing.StrictKryo;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that tasks exchange is registered with Kryo; tested in a process, since the serializer
 * belongs to a context.
 */
class StrictKryoTest {
  @TempDir Path directory;

  @Test
  void nothingNeedsToBeRegistered() throws Exception {
    OwnJvm.run(StrictKryo.class, directory);
  }
}
