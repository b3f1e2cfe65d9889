package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** Merges records that come in the order of their hashes: one record a group, and one of faults. */
final class MergedGroups implements Iterator<InternalRow> {
  private final Iterator<InternalRow> records;
  private final GroupRecords writer = new GroupRecords();
  private final DatasetMoments faults = DatasetMoments.empty();
  private boolean anyFaults;

  /** The groups of one hash, of which there is hardly ever more than one. */
  private final List<Group> groups = new ArrayList<>();

  private long hash;
  private final Deque<InternalRow> merged = new ArrayDeque<>();

  private record Group(byte[] key, Moments moments) {}

  MergedGroups(Iterator<InternalRow> records) {
    this.records = records;
  }

  @Override
  public boolean hasNext() {
    while (merged.isEmpty() && records.hasNext()) {
      InternalRow record = records.next();
      if (!GroupRecords.isGroup(record)) {
        faults.merge(GroupRecords.faults(record));
        anyFaults = true;
        continue;
      }
      if (GroupRecords.hash(record) != hash) {
        end();
        hash = GroupRecords.hash(record);
      }
      // Moments of another size are noted with the faults, and refused.
      moments(GroupRecords.key(record)).mergePacked(GroupRecords.moments(record));
    }
    if (merged.isEmpty()) {
      end();
    }
    if (merged.isEmpty() && anyFaults) {
      anyFaults = false;
      merged.add(writer.faults(faults).copy());
    }
    return !merged.isEmpty();
  }

  @Override
  public InternalRow next() {
    hasNext();
    return merged.remove();
  }

  private Moments moments(byte[] key) {
    for (Group group : groups) {
      if (Arrays.equals(group.key, key)) {
        return group.moments;
      }
    }
    Group group = new Group(key, Moments.empty());
    groups.add(group);
    return group.moments;
  }

  private void end() {
    for (Group group : groups) {
      merged.add(writer.group(hash, group.key, group.moments.pack()).copy());
    }
    groups.clear();
  }
}
