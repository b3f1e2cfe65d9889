package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.Columns;
import batchnorm.spark.moments.Columns.Column;
import batchnorm.spark.moments.ExactLong;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Tables;
import batchnorm.spark.normalize.HandleInvalid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.apache.spark.sql.Row;

/**
 * However rows are split, ordered and bounded, every group has the very sums of its rows alone; a
 * failure reports the seed that repeats it.
 */
@Domain(Columns.class)
@Domain(Columns.OfAnyDoubles.class)
@Domain(DomainContext.Global.class)
class GroupCollectorTest {
  private static final int TRIES = 300;
  private static final long NO_BOUND = Long.MAX_VALUE;

  /** Form in which a row is given. */
  private enum Form {
    DENSE,
    SPARSE,
    /** A sparse row of so many features that it stays sparse. */
    WIDE,
    MIXED
  }

  @Property(tries = TRIES)
  void anySplitOrderAndBoundGivesTheSumsOfEachGroup(
      @ForAll Column whole,
      @ForAll boolean holes,
      @ForAll Form form,
      @ForAll @IntRange(min = 1, max = 20) int groups,
      @ForAll @IntRange(min = 1, max = 4) int parts,
      @ForAll boolean bounded,
      @ForAll long seed) {
    Column ones = new Column(whole.values(), Tables.ones(whole.rows()));
    assertGroups(holes ? holed(ones) : ones, form, groups, parts, bounded ? 0 : NO_BOUND, seed);
  }

  @Property(tries = TRIES)
  void weightsAreCountedInTheirGroups(
      @ForAll Column whole,
      @ForAll boolean fractions,
      @ForAll Form form,
      @ForAll @IntRange(min = 1, max = 5) int groups,
      @ForAll @IntRange(min = 1, max = 4) int parts,
      @ForAll boolean bounded,
      @ForAll long seed) {
    Column weighted = holed(fractions ? whole.withFractions(seed) : whole);
    assertGroups(weighted, form, groups, parts, bounded ? 0 : NO_BOUND, seed);
  }

  /** Windows are placed after a thousand rows; later values are far above them, and far below. */
  @Example
  void valuesThatMissTheWindowsAreExactToo() {
    double[] values = new double[5000];
    Random random = new Random(7);
    Arrays.setAll(
        values,
        i ->
            i < 1500
                ? random.nextGaussian()
                : Math.scalb(random.nextGaussian(), random.nextInt(-1000, 1000)));
    Column column = new Column(values, Tables.ones(values.length));
    assertGroups(column, Form.DENSE, 700, 1, NO_BOUND, 3);
    assertGroups(column, Form.DENSE, 3, 2, NO_BOUND, 3);
    assertGroups(column, Form.DENSE, 700, 1, 100_000, 3);
  }

  /** Groups of one row to five: the values of the first three are sent, and then their sums. */
  @Example
  void groupsOfFewRowsAreSentAsTheirValues() {
    int features = 100;
    Random random = new Random(5);
    for (int rows = 1; rows <= 5; rows++) {
      GroupCollector collector = new GroupCollector(0, HandleInvalid.KEEP, NO_BOUND);
      Moments expected = Moments.empty();
      for (int i = 0; i < rows; i++) {
        double[] row = random.doubles(features).toArray();
        dense(collector, "a", 1, row);
        expected.addDense(features, row, 0, 1);
      }
      byte[] packed = Records.value(collector.drain().orElseThrow());
      int bytes = features * (rows <= 3 ? 2 + rows * Double.BYTES : 57);
      assertTrue(packed.length < bytes + 8, rows + " rows take " + packed.length + " bytes");
      Moments sent = Moments.empty();
      assertTrue(sent.mergePacked(packed));
      assertArrayEquals(
          expected.statistics().extension(), sent.statistics().extension(), "in two parts");
      for (int j = 0; j < features; j++) {
        assertEquals(expected.feature(j), sent.feature(j));
      }
    }
  }

  /** Blocks of columns, and rows one by one in between, some with longs beyond 2^53. */
  @Example
  void columnsGiveTheSumsOfTheirRows() {
    int rows = 5000;
    Random random = new Random(17);
    double[][] columns = new double[2][rows];
    Arrays.setAll(columns[0], i -> i % 50 == 0 ? Double.NaN : random.nextGaussian());
    Arrays.setAll(
        columns[1], i -> Math.scalb(random.nextGaussian(), i % 9 == 0 ? 900 : random.nextInt(20)));
    GroupCollector collector = new GroupCollector(0, HandleInvalid.KEEP, NO_BOUND);
    Map<String, Moments> expected = new HashMap<>();
    for (int row = 0; row < rows; ) {
      int from = row;
      int count = Math.min(random.nextInt(1, 3000), rows - from);
      int added =
          collector.addColumns(columns, 2, from, count, i -> start(collector, group(from + i)));
      assertTrue(added > 0 && added <= count);
      for (; row < from + added; row++) {
        double[] values = {columns[0][row], columns[1][row]};
        moments(expected, group(row)).addDense(2, values, 0, 1);
      }
      long integer = (1L << 53) + 1 + 2 * random.nextInt(1000);
      start(collector, group(from));
      assertTrue(collector.startDense(2, 1));
      collector.set(0, integer);
      collector.set(1, 0.0);
      collector.endDense();
      double[] values = {ExactLong.high(integer), 0};
      moments(expected, group(from)).addDense(2, values, 0, 1);
      moments(expected, group(from)).addRest(2, 0, values[0], ExactLong.rest(integer), 1);
    }
    Map<String, Moments> found = drained(List.of(collector));
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach(
        (group, moments) -> assertEquals(Tables.known(moments), Tables.known(found.get(group))));
  }

  /** Names of groups, the longest of which fill a block by themselves. */
  private static String group(int row) {
    return row < 2500 ? "group " + row % 7 : "x".repeat(3000) + row % 7;
  }

  private static Moments moments(Map<String, Moments> groups, String group) {
    return groups.computeIfAbsent(group, key -> Moments.empty());
  }

  @Example
  void rowsOfColumnsThatMayBeSkippedComeOneByOne() {
    GroupCollector skipping = new GroupCollector(0, HandleInvalid.SKIP, NO_BOUND);
    assertEquals(0, skipping.addColumns(new double[2][9], 2, 0, 9, i -> start(skipping, "a")));
    assertTrue(skipping.drain().isEmpty());
  }

  /** Longs of any size, which doubles cannot hold, among rows with weights and without. */
  @Property(tries = 100)
  void longsAreExactInEveryRow(
      @ForAll @IntRange(min = 1, max = 4) int size,
      @ForAll @IntRange(min = 1, max = 9) int groups,
      @ForAll boolean weighted,
      @ForAll boolean bounded,
      @ForAll long seed) {
    Random random = new Random(seed);
    GroupCollector collector =
        new GroupCollector(0, HandleInvalid.ERROR, bounded ? 10_000 : NO_BOUND);
    Map<String, Moments> expected = new HashMap<>();
    Map<String, Moments> found = new TreeMap<>();
    for (int i = 0; i < 300; i++) {
      String group = "group " + random.nextInt(groups);
      Moments moments = moments(expected, group);
      double weight = weighted && random.nextBoolean() ? random.nextInt(1, 9) / 4.0 : 1;
      double[] values = new double[size];
      start(collector, group);
      assertTrue(collector.startDense(size, weight));
      for (int j = 0; j < size; j++) {
        long whole = random.nextLong() >> random.nextInt(64);
        if (random.nextInt(4) == 0) {
          values[j] = random.nextGaussian();
          collector.set(j, values[j]);
        } else {
          values[j] = ExactLong.high(whole);
          collector.set(j, whole);
          if (!ExactLong.isDouble(whole)) {
            moments.addRest(size, j, values[j], ExactLong.rest(whole), weight);
          }
        }
      }
      collector.endDense();
      moments.addDense(size, values, 0, weight);
      if (collector.isFull()) {
        addDrained(collector, found);
      }
    }
    addDrained(collector, found);
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach(
        (group, moments) -> assertEquals(Tables.known(moments), Tables.known(found.get(group))));
  }

  @Example
  void sparseRowsWithAMissingValueAreSkippedHoweverWide() {
    for (int size : new int[] {2, 1024, 1025, 5000}) {
      GroupCollector collector = new GroupCollector(0, HandleInvalid.SKIP, NO_BOUND);
      int[] both = {0, size - 1};
      for (double second : new double[] {3, Double.NaN, 5}) {
        start(collector, "a");
        collector.sparse(size, both, new double[] {second, second}, 1);
        start(collector, "missing alone");
        collector.sparse(size, both, new double[] {second, Double.NEGATIVE_INFINITY}, 1);
        start(collector, "other size");
        collector.sparse(size + 1, both, new double[] {1, 1}, 1);
        start(collector, "weight of zero");
        collector.sparse(size, both, new double[] {1, 1}, 0);
      }
      Map<String, Moments> groups = drained(List.of(collector));
      assertEquals(List.of("a"), List.copyOf(groups.keySet()));
      assertEquals(2, groups.get("a").rows());
      assertEquals(4, groups.get("a").statistics().mean(size - 1));
      assertEquals(
          Optional.of(new DatasetMoments.SizeSeen(size + 1, 0)), collector.collected().otherSize());
    }
  }

  /** Blocks of rows are used again, with what earlier rows left in them. */
  @Example
  void sparseRowsAreZeroWhereTheyStoreNothing() {
    GroupCollector collector = new GroupCollector(0, HandleInvalid.KEEP, NO_BOUND);
    Moments expected = Moments.empty();
    for (int i = 0; i < 20_000; i++) {
      double[] row = {7, i % 2 == 0 ? 0 : 8, 9};
      if (i % 2 == 0) {
        start(collector, "a");
        collector.sparse(3, new int[] {0, 2}, new double[] {7, 9}, 1);
      } else {
        dense(collector, "a", 1, row);
      }
      expected.addDense(3, row, 0, 1);
    }
    assertEquals(Tables.known(expected), Tables.known(drained(List.of(collector)).get("a")));
    start(collector, "a");
    collector.sparse(3, new int[0], new double[0], 1);
    Moments zeros = Tables.sparse(Tables.ones(1), new double[1], new double[1], new double[1]);
    assertEquals(Tables.known(zeros), Tables.known(drained(List.of(collector)).get("a")));
  }

  @Example
  void malformedVectorsThatCountAreSaidWithTheirPartition() {
    GroupCollector collector = new GroupCollector(4, HandleInvalid.KEEP, NO_BOUND);
    start(collector, "a");
    collector.malformed("of weight zero", 0);
    assertEquals(Optional.empty(), collector.collected().malformed());
    collector.malformed("of another length", 1);
    assertEquals(
        Optional.of(new DatasetMoments.Malformed("of another length", 4)),
        collector.collected().malformed());
    assertTrue(collector.drain().isEmpty());
  }

  /** Weighted rows, wide sparse rows, longs, and values outside of windows all take memory. */
  @Example
  void rowsOfEveryKindFillACollectorAndLeaveItEmpty() {
    double[] row = {1, 2, 3};
    int[] indices = {0, 2000};
    Map<String, BiConsumer<GroupCollector, Integer>> kinds =
        Map.of(
            "weighted", (collector, i) -> dense(collector, "group " + i, 2.5, row),
            "wide",
                (collector, i) -> {
                  start(collector, "group " + i);
                  collector.sparse(2001, indices, new double[] {1, 2}, 1);
                },
            "absent",
                (collector, i) -> {
                  start(collector, "group " + i);
                  collector.absent(1);
                },
            "longs",
                (collector, i) -> {
                  start(collector, "group " + i);
                  assertTrue(collector.startDense(1, 1));
                  collector.set(0, Long.MAX_VALUE - i);
                  collector.endDense();
                });
    kinds.forEach(
        (kind, add) -> {
          GroupCollector collector = new GroupCollector(0, HandleInvalid.KEEP, 1_000_000);
          for (int round = 0; round < 2; round++) {
            int rows = 0;
            while (!collector.isFull()) {
              add.accept(collector, rows);
              rows++;
              assertTrue(rows < 100_000, kind + " take no memory");
            }
            // Of a group, two pages of features take 10 KB, and the others less.
            assertTrue(rows > 90, kind + ": full at " + rows);
            assertEquals(rows, drained(List.of(collector)).size(), kind);
            assertFalse(collector.isFull(), kind);
            assertTrue(collector.drain().isEmpty(), kind);
          }
        });
  }

  /** Windows are placed at the ends of the range of double. */
  @Example
  void theEndsOfTheRangeOfDoubleAreExact() {
    for (double unit : new double[] {Double.MIN_VALUE, 0x1p-1040, 0x1p-1022, 0x1p900, 0x1p971}) {
      double[] values = new double[3000];
      Random random = new Random(11);
      Arrays.setAll(values, i -> random.nextLong(1L << 52, 1L << 53) * unit * (i % 2 * 2 - 1));
      Column column = new Column(values, Tables.ones(values.length));
      assertGroups(column, Form.DENSE, 40, 2, NO_BOUND, 5);
    }
  }

  @Example
  void groupsOfOneHashStayApart() {
    GroupKeys keys = new GroupKeys();
    byte[] many = new byte[3_000_000];
    new Random(1).nextBytes(many);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 300_000; i++) {
        assertEquals(i, keys.number(many, 10 * i, 10));
      }
    }
    assertEquals(300_000, keys.count());
    assertArrayEquals(Arrays.copyOfRange(many, 50, 60), keys.key(5));
    keys.clear();
    assertEquals(0, keys.number(many, 77, 10));
  }

  /** The hash of a key of one word tells all, but not whether the word is null. */
  @Example
  void nullIsNotTheWordOfTheSameHash() {
    byte[] isNull = key(1, 0);
    // The hash mixes the length with the first word, then the result with the second.
    byte[] word = key(0, mixed(2 * Long.BYTES ^ 1) ^ mixed(2 * Long.BYTES));
    assertEquals(hash(isNull), hash(word));
    for (List<byte[]> both : List.of(List.of(isNull, word), List.of(word, isNull))) {
      GroupKeys keys = new GroupKeys();
      for (int round = 0; round < 2; round++) {
        assertEquals(0, keys.number(both.get(0), 0, 16));
        assertEquals(1, keys.number(both.get(1), 0, 16));
      }
      assertArrayEquals(both.get(1), keys.key(1));
      assertEquals(hash(word), keys.hash(1));
    }
  }

  private static long mixed(long word) {
    byte[] bytes = key(word ^ Long.BYTES);
    return GroupKeys.hash(bytes, 0, bytes.length);
  }

  private static byte[] key(long... words) {
    ByteBuffer key = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    key.asLongBuffer().put(words);
    return key.array();
  }

  @Example
  void rowsThatDoNotCountMakeNoGroup() {
    GroupCollector collector = new GroupCollector(3, HandleInvalid.SKIP, NO_BOUND);
    dense(collector, "zero weight", 0, 1, 2);
    dense(collector, "bad weight", -1, 1, 2);
    dense(collector, "skipped", 1, 1, Double.NaN);
    start(collector, "null vector");
    collector.absent(1);
    start(collector, "other size");
    dense(collector, "kept", 1, 1, 2);
    start(collector, "other size");
    assertFalse(collector.startDense(3, 1));
    Map<String, Moments> groups = drained(List.of(collector));
    assertEquals(List.of("kept"), List.copyOf(groups.keySet()));
    DatasetMoments faults = collector.collected();
    assertEquals(1, faults.invalidWeights());
    assertEquals("-1.0", faults.invalidWeight().orElseThrow());
    assertEquals(new DatasetMoments.SizeSeen(2, 3), faults.size().orElseThrow());
    assertEquals(new DatasetMoments.SizeSeen(3, 3), faults.otherSize().orElseThrow());
  }

  @Example
  void rowsWithoutAVectorAreCountedInTheirGroup() {
    GroupCollector collector = new GroupCollector(0, HandleInvalid.KEEP, NO_BOUND);
    start(collector, "a");
    collector.absent(1);
    start(collector, "a");
    collector.absent(2.5);
    dense(collector, "a", 1, 7);
    Moments expected = Tables.dense(new double[] {7});
    expected.addAbsent(1);
    expected.addAbsent(2.5);
    Moments found = drained(List.of(collector)).get("a");
    assertEquals(Tables.known(expected), Tables.known(found));
    assertEquals(3.5, found.statistics().missingWeight(0));
  }

  @Example
  void aCollectorIsFullAtItsBoundAndEmptyAfterwards() {
    GroupCollector collector = new GroupCollector(0, HandleInvalid.ERROR, 1_000_000);
    int rows = 0;
    while (!collector.isFull()) {
      dense(collector, "group " + rows, 1, rows, 1, 2, 3);
      rows++;
    }
    // 25 words of sums a group, and the key.
    assertTrue(rows > 3000 && rows < 6000, "full at " + rows);
    assertEquals(rows, drained(List.of(collector)).size());
    assertFalse(collector.isFull());
    assertTrue(collector.drain().isEmpty());
  }

  @Example
  void totalsAreThoseOfAllGroups() {
    Map<String, Moments> groups = new TreeMap<>();
    groups.put("a", Tables.dense(new double[] {1, 2, 3}));
    groups.put("b", Tables.dense(new double[] {1e300}));
    groups.put("c", Tables.dense(new double[] {5, Double.NaN}));
    GroupTotals left = GroupTotals.empty();
    GroupTotals right = GroupTotals.empty();
    groups.forEach(
        (key, moments) ->
            (key.equals("a") ? left : right)
                .add(key.getBytes(StandardCharsets.UTF_8), moments.pack()));
    GroupTotals totals =
        GroupTotals.of(
            GroupTotals.of(left.toBytes()).merge(GroupTotals.of(right.toBytes())).toBytes());
    assertEquals(3, totals.groups());
    for (int correction = 0; correction < 2; correction++) {
      GroupTotals.CountedGroups small = totals.small(correction);
      assertEquals(1, small.count());
      assertEquals(1, small.weight());
      assertArrayEquals(new byte[] {'b'}, small.key().orElseThrow());
    }
    Moments all = Tables.dense(new double[] {1, 2, 3, 1e300, 5, Double.NaN});
    assertEquals(Tables.known(all), Tables.known(totals.rows().moments()));
  }

  @Example
  void bytesOfStatisticsAreForeseenFromTheHashesOfTheFirstGroups() {
    int all = 20_000;
    byte[] moments = Tables.dense(new double[] {1}).pack();
    List<byte[]> keys =
        IntStream.range(0, all)
            .mapToObj(i -> ByteBuffer.allocate(2 * Long.BYTES).putInt(Long.BYTES, i).array())
            .sorted(Comparator.comparingLong(GroupCollectorTest::hash))
            .toList();
    GroupTotals totals = GroupTotals.empty();
    keys.subList(0, 1000).forEach(key -> totals.add(key, moments));
    double expected = totals.expectedStatisticsBytes(hash(keys.get(999)), 1);
    assertEquals(1, expected / GroupStatistics.bytes(all, all * 2L * Long.BYTES, 1), 0.1);
  }

  @Example
  void bytesOfStatisticsOfFewGroupsAreNotExtrapolated() {
    GroupTotals totals = GroupTotals.empty();
    totals.add(new byte[8], Tables.dense(new double[] {1}).pack());
    assertEquals(GroupStatistics.bytes(1, 8, 1), totals.expectedStatisticsBytes(Long.MIN_VALUE, 1));
  }

  private static long hash(byte[] key) {
    return GroupKeys.hash(key, 0, key.length);
  }

  private static Column holed(Column column) {
    Column holed = new Column(column.withEvery(5, Double.NaN), column.weights());
    return new Column(holed.withEvery(7, Double.NEGATIVE_INFINITY), column.weights());
  }

  /** A second feature. */
  private static double[] reversed(Column column) {
    double[] reversed = new double[column.rows()];
    Arrays.setAll(reversed, i -> column.values()[column.rows() - 1 - i]);
    return reversed;
  }

  private static void assertGroups(
      Column column, Form form, int groups, int parts, long maxBytes, long seed) {
    Random random = new Random(seed);
    double[] second = reversed(column);
    int size = form == Form.WIDE ? 5000 : 2;
    Map<String, Moments> expected = new HashMap<>();
    List<GroupCollector> collectors = new ArrayList<>();
    IntStream.range(0, parts)
        .forEach(part -> collectors.add(new GroupCollector(part, HandleInvalid.KEEP, maxBytes)));
    Map<String, Moments> found = new TreeMap<>();
    List<Integer> rows = new ArrayList<>(IntStream.range(0, column.rows()).boxed().toList());
    Collections.shuffle(rows, random);
    for (int i : rows) {
      String group = "group " + i % groups;
      double weight = column.weights()[i];
      double[] row = {column.values()[i], second[i]};
      int[] both = {0, 1};
      expected.computeIfAbsent(group, key -> Moments.empty()).addSparse(size, both, row, weight);
      GroupCollector collector = collectors.get(random.nextInt(parts));
      start(collector, group);
      if (form == Form.DENSE || form == Form.MIXED && random.nextBoolean()) {
        if (collector.startDense(size, weight)) {
          collector.setAll(row);
          collector.endDense();
        }
      } else {
        collector.sparse(size, both, row, weight);
      }
      if (collector.isFull()) {
        addDrained(collector, found);
      }
    }
    collectors.forEach(collector -> addDrained(collector, found));
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach(
        (group, moments) -> assertEquals(Tables.known(moments), Tables.known(found.get(group))));
  }

  private static void start(GroupCollector collector, String group) {
    byte[] bytes = ("...." + group).getBytes(StandardCharsets.UTF_8);
    collector.startRow(bytes, 4, bytes.length - 4);
  }

  private static void dense(GroupCollector collector, String group, double weight, double... row) {
    start(collector, group);
    if (collector.startDense(row.length, weight)) {
      for (int j = 0; j < row.length; j++) {
        collector.set(j, row[j]);
      }
      collector.endDense();
    }
  }

  private static Map<String, Moments> drained(List<GroupCollector> collectors) {
    Map<String, Moments> groups = new TreeMap<>();
    collectors.forEach(collector -> addDrained(collector, groups));
    return groups;
  }

  private static void addDrained(GroupCollector collector, Map<String, Moments> groups) {
    Optional<Row> record = collector.drain();
    while (record.isPresent()) {
      byte[] key = Records.key(record.get());
      assertEquals(GroupKeys.hash(key, 0, key.length), Records.number(record.get()));
      groups
          .computeIfAbsent(new String(key, StandardCharsets.UTF_8), one -> Moments.empty())
          .mergePacked(Records.value(record.get()));
      record = collector.drain();
    }
  }
}
