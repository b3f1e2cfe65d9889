package batchnorm.spark.testing;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** A file system with the local files, which counts how often files are opened to be read. */
public final class CountingFiles extends FailingFiles {
  private static final AtomicInteger OPENED = new AtomicInteger();

  /** Returns a configuration that knows the file system by {@code scheme}. */
  public static Configuration configuration(String scheme) {
    return configuration(scheme, CountingFiles.class);
  }

  /** Returns how many files have been opened since the last call. */
  public static int opened() {
    return OPENED.getAndSet(0);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    OPENED.incrementAndGet();
    return super.open(path, bufferSize);
  }
}
