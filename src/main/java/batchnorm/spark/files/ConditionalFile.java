package batchnorm.spark.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * File that is created complete, and only if it does not exist, by one operation of the store.
 *
 * <p>S3A supports it since Hadoop 3.4.2, by a PUT with {@code If-None-Match}, unless {@code
 * fs.s3a.create.conditional.enabled} is false. Stores declare the support by a path capability with
 * the option's name. It is tested with a test file system that has the capability, not on S3.
 */
public final class ConditionalFile {
  /** Constant of Hadoop's {@code Options.CreateFileOptionKeys}, which older versions lack. */
  private static final String OPTION = "fs.option.create.conditional.overwrite";

  private ConditionalFile() {}

  /** Returns whether the store of {@code path} supports such files. */
  public static boolean isSupported(FileSystem files, Path path) throws IOException {
    return files.hasPathCapability(path, OPTION);
  }

  /**
   * Creates a file with content unique to this writer.
   *
   * @return true if this file exists, even if the response of the store was lost; false if another
   *     writer's file does
   */
  public static boolean create(FileSystem files, Path path, byte[] content) throws IOException {
    FSDataOutputStreamBuilder<?, ?> file = files.createFile(path);
    try (OutputStream out =
        file.create().overwrite(true).recursive().must(OPTION, "true").build()) {
      out.write(content);
    } catch (IOException e) {
      if (!files.exists(path)) {
        throw e;
      }
      try (InputStream in = files.open(path)) {
        return Arrays.equals(content, in.readAllBytes());
      }
    }
    return true;
  }
}
