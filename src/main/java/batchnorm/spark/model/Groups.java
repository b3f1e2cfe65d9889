package batchnorm.spark.model;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.fit.Fitted;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.fit.GroupTotals;
import batchnorm.spark.fit.GroupedMoments;
import batchnorm.spark.fit.JobDescription;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.transform.GroupCoefficients;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The groups of a model: the exact moments of each, and the statistics computed from them. Moments
 * stay on the executors; few that were read from a saved model are on the driver. An object is
 * immutable, and its groups are lost when the session is stopped.
 */
public final class Groups {
  /** Approximate ratio of the memory of exact sums and of the statistics computed from them. */
  private static final int SUMS_TO_STATISTICS = 4;

  private static final int DEPTH = 2;

  private final StructType keys;
  private final int features;
  private final long size;
  private final long bytes;
  private final boolean integers;
  private final GroupedMoments moments;

  /** The saved groups that these were read from; empty for groups that were fitted. */
  private final Optional<SavedGroups> saved;

  private final Dataset<Row> statistics;
  private final GroupCoefficients coefficients;

  /** Number of groups that are too small, by correction; empty if they were not counted. */
  private long[] small = {};

  private Groups(
      Optional<SavedGroups> saved,
      StructType keys,
      int features,
      long size,
      long keyBytes,
      boolean integers,
      GroupedMoments moments) {
    this.saved = saved;
    this.integers = integers;
    bytes = GroupStatistics.bytes(size, keyBytes, features);
    this.keys = keys;
    this.features = features;
    this.size = size;
    this.moments = saved.isEmpty() ? moments : kept(moments);
    statistics =
        isFew() ? this.moments.localStatistics(features) : this.moments.statistics(features);
    coefficients = new GroupCoefficients(keys, statistics, isFew());
  }

  /**
   * Returns sums in a place where they outlive the files that they were read from: few on the
   * driver.
   */
  private GroupedMoments kept(GroupedMoments read) {
    return SUMS_TO_STATISTICS * bytes <= GroupStatistics.FEW_BYTES ? read.collected() : read.kept();
  }

  /** Returns the groups of a model that was fitted. */
  public static Groups of(Fitted fitted) {
    GroupedMoments.Merged merged = fitted.groups().orElseThrow();
    return fitted.job().of(merged.moments().session().sparkContext(), () -> of(merged));
  }

  private static Groups of(GroupedMoments.Merged merged) {
    GroupTotals totals = merged.totals();
    Moments all = totals.rows().moments();
    boolean done = false;
    try {
      Groups groups =
          new Groups(
              Optional.empty(),
              merged.moments().keys(),
              all.size(),
              totals.groups(),
              totals.keyBytes(),
              all.hasIntegers(),
              merged.moments());
      groups.small = new long[] {totals.small(0).count(), totals.small(1).count()};
      done = true;
      return groups;
    } finally {
      if (!done) {
        merged.moments().unpersist();
      }
    }
  }

  /** Returns the groups of a model whose moments were read, one record per group. */
  public static Groups of(
      SavedGroups saved,
      StructType keys,
      long size,
      long keyBytes,
      boolean integers,
      GroupedMoments moments) {
    return new Groups(
        Optional.of(saved), keys, saved.features(), size, keyBytes, integers, moments);
  }

  /** Returns whether the session that keeps the groups runs. */
  public boolean areAvailable() {
    return DataSession.isRunning(statistics.sparkSession());
  }

  /** Returns the groups in the session of this thread; none where they were not read. */
  public Optional<Groups> readAgain() {
    return saved.map(place -> place.read(DataSession.required()));
  }

  /** Returns whether some values were longs beyond 2^53. */
  boolean hasIntegers() {
    return integers;
  }

  /** The group columns, by name and type. */
  public StructType keys() {
    return keys;
  }

  /** The number of features. */
  public int features() {
    return features;
  }

  /** The number of groups. */
  public long size() {
    return size;
  }

  /**
   * The number of groups whose rows are not enough for a variance; empty for groups that were
   * loaded.
   *
   * @param correction subtracted from n in the variance's divisor: 0 or 1
   */
  public OptionalLong small(int correction) {
    return small.length == 0 ? OptionalLong.empty() : OptionalLong.of(small[correction]);
  }

  /** Returns whether the statistics are on the driver, so that reading them runs no job. */
  public boolean isFew() {
    return bytes <= GroupStatistics.FEW_BYTES;
  }

  /** Approximate memory of the groups' statistics, in bytes. */
  public long bytes() {
    return bytes;
  }

  /**
   * A row a group, in no order:
   *
   * <pre>
   *   group           struct         the values of the group columns, by name
   *   weight          double         total weight of the group's rows; their number without weights
   *   mean            array of double, as all below a value a feature
   *   variance        array of double  with the divisor n
   *   sampleVariance  array of double  with the divisor n - 1
   *   count           array of long    the rounded weight of the values
   *   missing         array of long    the rounded weight of the rows without a value
   *   rows            long             the number of the group's rows
   *   extension       array of long    what the doubles do not tell, see {@link Statistics#extension}
   * </pre>
   */
  public Dataset<Row> statistics() {
    return statistics;
  }

  /** Returns the coefficients of the groups, for the rows of a dataset. */
  public GroupCoefficients coefficients() {
    return coefficients;
  }

  /** Returns the groups of the rows of all of {@code parts}; one shuffle. */
  public static Groups merge(List<Groups> parts) {
    Groups first = parts.get(0);
    List<GroupedMoments> moments = new ArrayList<>();
    for (Groups part : parts) {
      GroupColumns.of(part.keys).requireTypesOf(first.keys);
      moments.add(part.moments.withoutFaults());
    }
    return new JobDescription(
            "BatchNorm merge: groups of " + String.join(", ", first.keys.fieldNames()))
        .of(
            first.statistics.sparkSession().sparkContext(),
            () -> {
              return of(GroupedMoments.merge(moments, DEPTH));
            });
  }

  /** Releases the memory of executors, before the garbage collector does. */
  public void release() {
    moments.unpersist();
  }

  public GroupedMoments moments() {
    return moments;
  }
}
