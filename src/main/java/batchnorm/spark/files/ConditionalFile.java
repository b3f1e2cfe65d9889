package batchnorm.spark.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that appears complete, and only if no other is there; the store decides in one step.
 *
 * <p>S3A does so since Hadoop 3.4.2, by a PUT with {@code If-None-Match}, unless {@code
 * fs.s3a.create.conditional.enabled} is false. Stores that do say so by a path capability of the
 * option's name. Tested with a file system of the tests that has the capability, not on S3.
 */
public final class ConditionalFile {
  /** The constant of Hadoop's {@code Options.CreateFileOptionKeys}, which older ones lack. */
  private static final String OPTION = "fs.option.create.conditional.overwrite";

  private ConditionalFile() {}

  /** Returns whether the store of {@code path} has such files. */
  public static boolean isSupported(FileSystem files, Path path) throws IOException {
    return files.hasPathCapability(path, OPTION);
  }

  /**
   * Creates a file with content that no other writer has.
   *
   * @return true if it is there, even if the answer to the request was lost; false if another
   *     writer's file is
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
