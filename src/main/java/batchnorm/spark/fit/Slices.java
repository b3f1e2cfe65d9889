package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.sql.Row;

/** Removes the moments of very wide rows from a collector, a slice of features at a time. */
final class Slices implements Supplier<Optional<Row>> {
  private static final byte[] KEY = {};

  private final RowCollector collector;
  private final int features;

  /** Moments being sliced, from feature {@link #from} on; null if there are none. */
  private Moments moments;

  private long from;

  /**
   * Returns the slices of the moments of {@code collector}.
   *
   * @param features the number of features of a slice
   */
  Slices(RowCollector collector, int features) {
    this.collector = collector;
    this.features = features;
  }

  /**
   * Returns the record of the next slice with touched features. The first slice is always returned:
   * it has the number of rows.
   */
  @Override
  public Optional<Row> get() {
    if (moments == null) {
      moments = collector.takeMoments();
      from = 0;
      if (moments.rows() > 0) {
        return Optional.of(slice());
      }
    }
    while (from < moments.size()) {
      if (moments.touches((int) from, to())) {
        return Optional.of(slice());
      }
      from += features;
    }
    moments = null;
    return Optional.empty();
  }

  private Row slice() {
    Moments slice = moments.size() == 0 ? moments : moments.slice((int) from, to());
    Row record = Records.of(from / features, KEY, slice.pack());
    from += features;
    return record;
  }

  private int to() {
    return (int) Math.min(from + features, moments.size());
  }

  /** Joins merged slices to the moments of all features. */
  static DatasetMoments joined(Iterator<Row> merged) {
    DatasetMoments all = DatasetMoments.empty();
    SortedMap<Long, Moments> slices = new TreeMap<>();
    merged.forEachRemaining(
        record -> {
          if (Records.areMoments(record)) {
            slices.put(
                Records.number(record), Moments.unpack(ByteBuffer.wrap(Records.value(record))));
          } else {
            all.merge(Records.value(record));
          }
        });
    if (!all.areRefused()) {
      slices.values().stream().reduce(Moments::join).ifPresent(all.moments()::merge);
    }
    return all;
  }
}
