package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.NotAPart;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;

/**
 * Merges {@link Records} sorted by number into one record for each key, and one of the faults of
 * rows. Moments that are marked are taken out of the others of their key.
 */
final class MergedRecords implements Iterator<Row> {
  private final Iterator<Row> records;
  private final DatasetMoments faults = DatasetMoments.empty();
  private boolean anyFaults;

  /** Keys with the current number; there is rarely more than one. */
  private final List<Keyed> keyed = new ArrayList<>();

  private long number;
  private final Deque<Row> merged = new ArrayDeque<>();

  /** Records of a key; a single record is returned unchanged. */
  private static final class Keyed {
    private final byte[] key;
    private final byte[] first;
    private Moments merged;

    /** The moments to take out; null if there are none. */
    private Moments takenOut;

    Keyed(byte[] key, byte[] first) {
      this.key = key;
      this.first = first;
    }

    /** Adds a record other than the first. */
    void add(byte[] packed) {
      if (merged == null) {
        merged = Moments.empty();
        merge(first);
      }
      merge(packed);
    }

    private void merge(byte[] packed) {
      // Moments of another size are not added; the faults report them.
      if (!Moments.areTakenOut(packed)) {
        merged.mergePacked(packed);
        return;
      }
      takenOut = takenOut == null ? Moments.empty() : takenOut;
      takenOut.mergePacked(packed);
    }

    /**
     * Returns the moments of the key; none if all its rows were taken out. Moments that are no part
     * of the others stay marked.
     */
    Optional<byte[]> packed() {
      if (takenOut == null) {
        return Optional.of(merged == null ? first : merged.pack());
      }
      try {
        Moments rest = merged.minus(takenOut);
        return rest.rows() == 0 ? Optional.empty() : Optional.of(rest.pack());
      } catch (NotAPart e) {
        byte[] packed = takenOut.pack();
        Moments.markAsTakenOut(packed);
        return Optional.of(packed);
      }
    }
  }

  MergedRecords(Iterator<Row> records) {
    this.records = records;
  }

  @Override
  public boolean hasNext() {
    while (merged.isEmpty() && records.hasNext()) {
      add(records.next());
    }
    if (merged.isEmpty()) {
      end();
    }
    if (merged.isEmpty() && anyFaults) {
      anyFaults = false;
      merged.add(Records.ofFaults(faults));
    }
    return !merged.isEmpty();
  }

  @Override
  public Row next() {
    hasNext();
    return merged.remove();
  }

  private void add(Row record) {
    if (!Records.areMoments(record)) {
      faults.merge(Records.value(record));
      anyFaults = true;
      return;
    }
    if (Records.number(record) != number) {
      end();
      number = Records.number(record);
    }
    add(Records.key(record), Records.value(record));
  }

  private void add(byte[] key, byte[] packed) {
    for (Keyed one : keyed) {
      if (Arrays.equals(one.key, key)) {
        one.add(packed);
        return;
      }
    }
    keyed.add(new Keyed(key, packed));
  }

  private void end() {
    for (Keyed one : keyed) {
      one.packed().ifPresent(packed -> merged.add(Records.of(number, one.key, packed)));
    }
    keyed.clear();
  }
}
