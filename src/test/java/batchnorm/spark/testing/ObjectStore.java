package batchnorm.spark.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;

/** Stand-in for S3: renames copy, file by file, and a file can be created if it is new. */
public final class ObjectStore extends FailingFiles {
  private static final String CONDITIONAL = "fs.option.create.conditional.overwrite";

  private static Meanwhile beforeCreation = () -> {};

  /** Returns a configuration that knows the file system by {@code scheme}. */
  public static Configuration configuration(String scheme) {
    return configuration(scheme, ObjectStore.class);
  }

  /** Lets something happen before the next file is created that has to be new. */
  public static void beforeCreation(Meanwhile action) {
    beforeCreation = action;
  }

  @Override
  public boolean hasPathCapability(org.apache.hadoop.fs.Path path, String capability)
      throws IOException {
    return capability.equals(CONDITIONAL) || super.hasPathCapability(path, capability);
  }

  @Override
  public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
      throws IOException {
    happen();
    return FileUtil.copy(this, from, this, to, true, getConf());
  }

  @Override
  public FSDataOutputStreamBuilder<?, ?> createFile(org.apache.hadoop.fs.Path path) {
    return new Builder(this, path);
  }

  private static final class Builder
      extends FSDataOutputStreamBuilder<FSDataOutputStream, Builder> {
    Builder(FileSystem files, org.apache.hadoop.fs.Path path) {
      super(files, path);
    }

    @Override
    public Builder getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      rejectUnknownMandatoryKeys(java.util.Set.of(CONDITIONAL), "");
      Path place = Path.of(getPath().toUri().getPath());
      return new FSDataOutputStream(new NewFile(place), null);
    }
  }

  /** A file that appears when it is closed, unless there is one. */
  private static final class NewFile extends ByteArrayOutputStream {
    private final Path place;

    NewFile(Path place) {
      this.place = place;
    }

    @Override
    public void close() throws IOException {
      Meanwhile action = beforeCreation;
      beforeCreation = () -> {};
      action.run();
      Files.createDirectories(place.getParent());
      Path written = place.resolveSibling("." + UUID.randomUUID());
      try {
        Files.write(written, toByteArray());
        Files.createLink(place, written);
      } finally {
        Files.deleteIfExists(written);
      }
    }
  }
}
