package batchnorm.spark.testing;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Another file system than the local one, with the same files, whose moves of what is put aside
 * ({@code .old-}) or of what is new ({@code .new-}) can be made to fail.
 */
public final class FailingFiles extends RawLocalFileSystem {
  private static String failing = "";
  private static boolean throwing;

  private URI root;

  /** Returns a configuration that knows the file system by {@code scheme}. */
  public static Configuration configuration(String scheme) {
    Configuration configuration = new Configuration();
    configuration.set("fs." + scheme + ".impl", FailingFiles.class.getName());
    configuration.setBoolean("fs." + scheme + ".impl.disable.cache", true);
    return configuration;
  }

  /** Lets the moves of {@code old} or {@code new} files fail, by a word or by an exception. */
  public static void fail(String moves, boolean byException) {
    failing = moves;
    throwing = byException;
  }

  /** Lets no move fail. */
  public static void succeed() {
    fail("", false);
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

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (failing.equals("old") && to.getName().contains(".old-")
        || failing.equals("new") && from.getName().contains(".new-")) {
      if (throwing) {
        throw new IOException("the network is gone");
      }
      return false;
    }
    return super.rename(from, to);
  }
}
