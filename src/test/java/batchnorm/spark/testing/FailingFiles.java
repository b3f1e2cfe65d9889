package batchnorm.spark.testing;

import java.io.IOException;
import java.net.URI;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * File system with the local files whose moves of old outputs ({@code .old-}) or of new ones
 * ({@code .new-}) can be made to fail, to happen after another action, or to be a copy that stops
 * after one file.
 */
public class FailingFiles extends RawLocalFileSystem {
  private static String failing = "";
  private static boolean throwing;
  private static boolean copying;
  private static Meanwhile meanwhile = () -> {};

  private URI root;

  /** Returns a configuration that knows the file system by {@code scheme}. */
  public static Configuration configuration(String scheme) {
    return configuration(scheme, FailingFiles.class);
  }

  static Configuration configuration(String scheme, Class<? extends FailingFiles> files) {
    Configuration configuration = new Configuration();
    configuration.set("fs." + scheme + ".impl", files.getName());
    configuration.setBoolean("fs." + scheme + ".impl.disable.cache", true);
    return configuration;
  }

  /** Lets the moves of {@code old} or {@code new} files fail, by a word or by an exception. */
  public static void fail(String moves, boolean byException) {
    failing = moves;
    throwing = byException;
  }

  /** Lets the moves of {@code old} or {@code new} folders fail when one of its files is copied. */
  public static void failHalfWay(String moves, boolean byException) {
    fail(moves, byException);
    copying = true;
  }

  /** An action of another process. */
  public interface Meanwhile {
    void run() throws IOException;
  }

  /** Lets something happen between the look at the place and the move of what is new. */
  public static void meanwhile(Meanwhile action) {
    meanwhile = action;
  }

  /** Lets that happen now. */
  public static void happen() throws IOException {
    Meanwhile action = meanwhile;
    meanwhile = () -> {};
    action.run();
  }

  /** Lets no move fail. */
  public static void succeed() {
    fail("", false);
    copying = false;
    meanwhile = () -> {};
  }

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    root = URI.create(uri.getScheme() + ":///");
    super.initialize(uri, configuration);
  }

  /** Asked for by the constructor of the super class, too. */
  @Override
  public URI getUri() {
    return root == null ? super.getUri() : root;
  }

  /** The super class knows the permissions of files whose scheme is file. */
  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return withoutPermission(super.getFileStatus(path));
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    return Stream.of(super.listStatus(folder))
        .map(FailingFiles::withoutPermission)
        .toArray(FileStatus[]::new);
  }

  private static FileStatus withoutPermission(FileStatus found) {
    return new FileStatus(
        found.getLen(),
        found.isDirectory(),
        found.getReplication(),
        found.getBlockSize(),
        found.getModificationTime(),
        found.getPath());
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (from.getName().contains(".new-")) {
      happen();
    }
    if (failing.equals("old") && to.getName().contains(".old-")
        || failing.equals("new") && from.getName().contains(".new-")) {
      if (copying) {
        Path file = listFiles(from, true).next().getPath();
        String name = file.toString().substring(from.toString().length());
        FileUtil.copy(this, file, this, new Path(to + name), false, getConf());
      }
      if (throwing) {
        throw new IOException("the network is gone");
      }
      return false;
    }
    return super.rename(from, to);
  }
}
