package batchnorm.spark.testing;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** A file system with the local files, which counts what is asked of it. */
public final class CountingFiles extends FailingFiles {
  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final AtomicInteger ASKED = new AtomicInteger();
  private boolean listing;

  /** Returns a configuration that knows the file system by {@code scheme}. */
  public static Configuration configuration(String scheme) {
    return configuration(scheme, CountingFiles.class);
  }

  /** Returns how many files have been opened to be read since the last call. */
  public static int opened() {
    return OPENED.getAndSet(0);
  }

  /** Returns how often a file was asked for, or a folder listed, since the last call. */
  public static int asked() {
    return ASKED.getAndSet(0);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    OPENED.incrementAndGet();
    return super.open(path, bufferSize);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    if (!listing) {
      ASKED.incrementAndGet();
    }
    return super.getFileStatus(path);
  }

  /** The super class asks for every file in a folder. */
  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    ASKED.incrementAndGet();
    listing = true;
    try {
      return super.listStatus(folder);
    } finally {
      listing = false;
    }
  }
}
