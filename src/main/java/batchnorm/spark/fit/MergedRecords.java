package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Merges {@link Records} sorted by number into one record for each key, and one of the faults of
 * rows.
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

    Keyed(byte[] key, byte[] first) {
      this.key = key;
      this.first = first;
    }

    void add(byte[] packed) {
      if (merged == null) {
        merged = Moments.empty();
        merged.mergePacked(first);
      }
      // Moments of another size are not added; the faults report them.
      merged.mergePacked(packed);
    }

    byte[] packed() {
      return merged == null ? first : merged.pack();
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
      merged.add(Records.of(number, one.key, one.packed()));
    }
    keyed.clear();
  }
}
