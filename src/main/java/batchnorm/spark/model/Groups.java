package batchnorm.spark.model;

import static org.apache.spark.sql.functions.col;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.errors.MergeErrors;
import batchnorm.spark.fit.Fitted;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.fit.GroupTotals;
import batchnorm.spark.fit.GroupedMoments;
import batchnorm.spark.fit.JobDescription;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.transform.GroupCoefficients;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Groups of a model: the exact moments of each, and the statistics computed from them. Moments stay
 * on the executors; those of a small saved model are on the driver. Instances are immutable. The
 * groups are lost when the session stops.
 */
public final class Groups {
  /** Approximate ratio of the memory of exact sums to that of the statistics computed from them. */
  private static final int SUMS_TO_STATISTICS = 2;

  private static final int DEPTH = 2;

  private final StructType keys;
  private final int features;
  private final long size;
  private final long keyBytes;
  private final long bytes;
  private final boolean integers;
  private final GroupedMoments moments;

  /** Saved groups from which these were read; empty for fitted groups. */
  private final Optional<SavedGroups> saved;

  private final Dataset<Row> statistics;
  private final GroupCoefficients coefficients;

  /** Number of groups that are too small, by correction; empty if unknown. */
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
    this.keyBytes = keyBytes;
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
   * Returns the sums, kept on the driver if they are few, else on executors: their files may be
   * deleted later.
   */
  private GroupedMoments kept(GroupedMoments read) {
    return SUMS_TO_STATISTICS * bytes <= GroupStatistics.FEW_BYTES ? read.collected() : read.kept();
  }

  /** Returns the groups of a fitted model. */
  public static Groups of(Fitted fitted) {
    GroupedMoments.Merged merged = fitted.groups().orElseThrow();
    return fitted.job().of(merged.moments().session().sparkContext(), () -> of(merged, 0));
  }

  /**
   * Returns merged groups.
   *
   * @param features the number of features if all vectors are null
   */
  private static Groups of(GroupedMoments.Merged merged, int features) {
    GroupTotals totals = merged.totals();
    Moments all = totals.rows().moments();
    boolean done = false;
    try {
      requirePart(totals, merged.moments().keys());
      Groups groups =
          new Groups(
              Optional.empty(),
              merged.moments().keys(),
              all.size() == 0 ? features : all.size(),
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

  private static void requirePart(GroupTotals totals, StructType keys) {
    GroupTotals.CountedGroups foreign = totals.foreign();
    if (foreign.count() > 0) {
      Row key = GroupKey.row(foreign.key().orElseThrow(), keys);
      throw MergeErrors.groupsAreNoPart(foreign.count(), GroupColumns.described(key));
    }
  }

  /** Returns the groups of a loaded model; {@code read} has one record for each group. */
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

  /** Returns whether the session that holds the groups is running. */
  public boolean areAvailable() {
    return DataSession.isRunning(statistics.sparkSession());
  }

  /**
   * Reads the groups again, in the session of this thread; empty for groups that were not loaded.
   */
  public Optional<Groups> readAgain() {
    return saved.map(place -> place.read(DataSession.required()));
  }

  /**
   * Returns the same groups with another number of features; their vectors are all null and do not
   * tell it.
   */
  public Groups sizedTo(int known) {
    Groups sized = new Groups(saved, keys, known, size, keyBytes, integers, moments);
    sized.small = small;
    return sized;
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
   * The number of groups with too few rows for a variance; empty for loaded groups.
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
   * One row for each group, in no order:
   *
   * <pre>
   *   group           struct           the values of the group columns, by name
   *   weight          double           total weight of its rows; without weights, their number
   *   mean            array of double  a value for each feature, like all below
   *   variance        array of double  with the divisor n
   *   sampleVariance  array of double  with the divisor n - 1
   *   count           array of long    the rounded weight of the values
   *   missing         array of long    the rounded weight of the rows without a value
   *   rows            long             the number of the group's rows
   *   extension       array of long    digits that doubles lack: {@link Statistics#extension}
   *   min             array of double  the smallest value; NaN if it is not known or there is none
   *   max             array of double  the greatest value, likewise
   * </pre>
   */
  public Dataset<Row> statistics() {
    return statistics;
  }

  /** Returns the coefficients of the groups, for the rows of a dataset. */
  public GroupCoefficients coefficients() {
    return coefficients;
  }

  /** Returns the groups of all rows of {@code parts}, of the same keys, merged by one shuffle. */
  public static Groups merge(List<Groups> parts) {
    return parts.get(0).combined("merge", parts, moments -> GroupedMoments.merge(moments, DEPTH));
  }

  /**
   * Returns the groups of these rows without those of {@code part}, by one shuffle. Groups without
   * rows are left out.
   */
  public Groups minus(Groups part) {
    return combined(
        "subtract",
        List.of(this, part),
        moments -> GroupedMoments.difference(moments.get(0), moments.get(1), DEPTH));
  }

  private Groups combined(
      String name,
      List<Groups> parts,
      Function<List<GroupedMoments>, GroupedMoments.Merged> combination) {
    List<GroupedMoments> moments =
        parts.stream().map(part -> part.moments.withoutFaults()).toList();
    return new JobDescription(
            "BatchNorm " + name + ": groups of " + String.join(", ", keys.fieldNames()))
        .of(
            statistics.sparkSession().sparkContext(),
            () -> of(combination.apply(moments), features));
  }

  /**
   * Some groups, and the moments of all their rows.
   *
   * @param groups empty without a column that tells them apart
   */
  public record Selected(Moments rows, Optional<Groups> groups) {}

  /** Returns the values of the first key, a string; if the groups are few, without a job. */
  public Set<String> firsts() {
    if (!isFew()) {
      return ofFiles(moments::firsts);
    }
    return statistics.select(col("group").getField(keys.fieldNames()[0])).collectAsList().stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  /**
   * Returns the groups whose first key, a string, is one of these.
   *
   * @param firsts empty for all groups
   * @param byOthers true to group them by the other columns alone
   */
  public Selected select(Optional<Set<String>> firsts, boolean byOthers) {
    return ofFiles(
        () -> {
          GroupedMoments some = firsts.map(moments::having).orElseGet(moments::withoutFaults);
          return selected(byOthers ? some.byOtherKeys() : some);
        });
  }

  private <T> T ofFiles(Supplier<T> jobs) {
    return new JobDescription("BatchNorm: sums of files")
        .of(statistics.sparkSession().sparkContext(), jobs);
  }

  private Selected selected(GroupedMoments some) {
    GroupedMoments.Merged merged = GroupedMoments.merge(List.of(some), DEPTH);
    Moments rows = merged.totals().rows().moments();
    if (some.keys().isEmpty()) {
      merged.moments().unpersist();
      return new Selected(rows, Optional.empty());
    }
    return new Selected(rows, Optional.of(of(merged, features)));
  }

  /** Releases the memory of executors without waiting for the garbage collector. */
  public void release() {
    moments.unpersist();
  }

  public GroupedMoments moments() {
    return moments;
  }
}
