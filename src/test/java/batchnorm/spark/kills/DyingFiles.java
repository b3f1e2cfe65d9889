package batchnorm.spark.kills;

import batchnorm.spark.testing.FailingFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * File system with the local files that can fail at the n-th change: at the creation of a file or
 * folder, a write, a close, a rename or a deletion. After a death nothing is read or written, as if
 * the process were killed there, so no cleaning up happens either. On a full or read-only disk only
 * changes of some kinds fail.
 */
public final class DyingFiles extends FailingFiles {
  static final String SCHEME = "dying";

  /** Exit code of a process that was ended by SIGKILL. */
  static final int KILLED = 128 + 9;

  /** Faults of a disk or a process. */
  enum Fault {
    NONE,
    /** Nothing is read or written from the change on. */
    DEATH,
    /** The process ends at the change, as if it were killed there. */
    HALT,
    /** Nothing is created or written from the change on; renames and deletions succeed. */
    DISK_FULL,
    /** Nothing is changed from the change on. */
    READ_ONLY
  }

  private static Fault fault = Fault.NONE;
  private static int failing;
  private static int changes;

  /** Lets the fault happen at the change of this number, which begins at 0. */
  static synchronized void fail(Fault kind, int change) {
    fault = kind;
    failing = change;
    changes = 0;
  }

  /** Ends the fault; returns the number of changes since {@link #fail}. */
  static synchronized int heal() {
    fault = Fault.NONE;
    return changes;
  }

  /** Makes the file system known to a session. */
  static void register(Configuration configuration) {
    configuration.set("fs." + SCHEME + ".impl", DyingFiles.class.getName());
    configuration.setBoolean("fs." + SCHEME + ".impl.disable.cache", true);
  }

  private static synchronized boolean isNow() {
    return fault != Fault.NONE && changes > failing;
  }

  private static synchronized void change(boolean takesSpace) throws IOException {
    changes++;
    requireHealthy(takesSpace);
  }

  private static synchronized void requireHealthy(boolean takesSpace) throws IOException {
    if (isNow()) {
      switch (fault) {
        case DEATH -> throw new IOException("the process is dead");
        case HALT -> Runtime.getRuntime().halt(KILLED);
        case READ_ONLY -> throw new IOException("Read-only file system");
        case DISK_FULL -> {
          if (takesSpace) {
            throw new IOException("No space left on device");
          }
        }
        default -> throw new IllegalStateException();
      }
    }
  }

  private static synchronized void look() throws IOException {
    if (fault == Fault.DEATH && isNow()) {
      throw new IOException("the process is dead");
    }
  }

  private static synchronized boolean isDead() {
    return fault == Fault.DEATH && isNow();
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    look();
    return super.open(path, bufferSize);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    look();
    return super.getFileStatus(path);
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    look();
    return super.listStatus(folder);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    change(true);
    return breaking(super.create(path, overwrite, buffer, replication, block, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    change(true);
    return breaking(
        super.create(path, permission, overwrite, buffer, replication, block, progress));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change(false);
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    change(false);
    return super.delete(path, recursive);
  }

  @Override
  public boolean mkdirs(Path folder) throws IOException {
    change(true);
    return super.mkdirs(folder);
  }

  @Override
  public boolean mkdirs(Path folder, FsPermission permission) throws IOException {
    change(true);
    return super.mkdirs(folder, permission);
  }

  /** Wraps a file so that the write at which the process dies is cut in the middle. */
  private static FSDataOutputStream breaking(OutputStream file) throws IOException {
    return new FSDataOutputStream(
        new FilterOutputStream(file) {
          private boolean isBegun;

          /** Counts the first write of a file: some writers write single bytes. */
          private void beforeWrite() throws IOException {
            if (!isBegun) {
              isBegun = true;
              change(true);
            }
            requireHealthy(true);
          }

          @Override
          public void write(int value) throws IOException {
            beforeWrite();
            out.write(value);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
              beforeWrite();
            } catch (IOException e) {
              out.write(bytes, offset, isDead() ? 0 : length / 2);
              out.flush();
              throw e;
            }
            out.write(bytes, offset, length);
          }

          @Override
          public void close() throws IOException {
            out.close();
            look();
          }
        },
        null);
  }
}
