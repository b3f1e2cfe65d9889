package batchnorm.spark.model;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * Window of a version: the rows that its statistics are of, in parts. Each part is a model of some
 * of the rows, saved in the folder of the version that added it.
 *
 * @param kind the way in which rows are divided into parts; empty without a window
 * @param parts the parts in the order in which they were added
 */
public record VersionWindow(String kind, List<Part> parts) {
  /** The window of a version of all rows. */
  public static final VersionWindow NONE = new VersionWindow("", List.of());

  /**
   * Part of a window.
   *
   * @param version the number of the version that added it
   * @param time the time of its rows, in milliseconds since 1970-01-01 UTC: that of their
   *     micro-batch, or the start of their interval of event time; no two parts of a version have
   *     the same
   */
  public record Part(long version, long time) {
    /** Returns the folder of the model in that of its version. */
    Path in(Path folder) {
      return new Path(folder, "part-" + time);
    }
  }

  /** Copies the parts. */
  public VersionWindow {
    parts = List.copyOf(parts);
  }

  /** Returns whether there is a window. */
  public boolean exists() {
    return !kind.isEmpty();
  }

  /** Returns the numbers of the versions that have parts of it. */
  Set<Long> versions() {
    return parts.stream().map(Part::version).collect(Collectors.toSet());
  }
}
