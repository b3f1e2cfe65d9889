package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.Columns.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** Sums of many groups are those of each group's rows alone. */
@Domain(Columns.class)
@Domain(Columns.OfAnyDoubles.class)
@Domain(DomainContext.Global.class)
class GroupWindowsTest {
  private static final int TRIES = 100;
  private static final int BATCHES = 3;

  /** More than a page of the windows has. */
  private static final int MANY = 2000;

  @Property(tries = TRIES)
  void everyGroupHasTheSumsOfItsRows(
      @ForAll Column column,
      @ForAll @IntRange(min = 1, max = 5) int features,
      @ForAll @IntRange(min = 1, max = 4) int groups,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    GroupWindows windows = new GroupWindows(features);
    // What was cleared leaves nothing.
    for (int round = 0; round < 2; round++) {
      Map<Integer, List<double[]>> rows = new TreeMap<>();
      Map<Integer, Moments> outside = new TreeMap<>();
      for (int batch = 0; batch < BATCHES; batch++) {
        add(windows, column, features, groups, random, rows, outside);
      }
      assertSums(windows, features, rows, outside);
      windows.clear();
      assertEquals(0, windows.heldBytes());
      assertEquals(0, windows.rows(0));
    }
  }

  /** Adds as many rows as the column has, of its values, zeros and missing ones. */
  private static void add(
      GroupWindows windows,
      Column column,
      int features,
      int groups,
      SplittableRandom random,
      Map<Integer, List<double[]>> rows,
      Map<Integer, Moments> outside) {
    int count = column.rows();
    double[] values = new double[count * features];
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(groups) * (MANY / groups);
      double[] row = new double[features];
      for (int j = 0; j < features; j++) {
        row[j] =
            switch (random.nextInt(12)) {
              case 0 -> Double.NaN;
              case 1 -> Double.NEGATIVE_INFINITY;
              case 2 -> -0.0;
              default -> column.values()[random.nextInt(count)];
            };
        values[i * features + j] = row[j];
      }
      rows.computeIfAbsent(numbers[i], group -> new ArrayList<>()).add(row);
    }
    windows.add(
        values,
        numbers,
        count,
        (group, j, value) ->
            outside.computeIfAbsent(group, any -> Moments.empty()).addValue(features, j, value));
  }

  private static void assertSums(
      GroupWindows windows,
      int features,
      Map<Integer, List<double[]>> rows,
      Map<Integer, Moments> outside) {
    rows.forEach(
        (group, own) -> {
          assertEquals(own.size(), windows.rows(group), "rows of group " + group);
          Moments expected = Moments.empty();
          own.forEach(row -> expected.addDense(features, row, 0, 1));
          Moments found = Moments.empty();
          found.mergePacked(windows.pack(group, new ByteWriter()));
          found.merge(outside.getOrDefault(group, Moments.empty()));
          assertEquals(Tables.known(expected), Tables.known(found), "group " + group);
        });
  }

  @Example
  void memoryIsThatOfThePages() {
    GroupWindows windows = new GroupWindows(3);
    windows.add(new double[3], new int[] {0}, 1, (group, j, value) -> {});
    long page = windows.heldBytes();
    assertTrue(page > 64 << 10 && page <= 128 << 10, page + " bytes");
    windows.add(new double[3], new int[] {MANY}, 1, (group, j, value) -> {});
    assertEquals(0, windows.heldBytes() % page);
    assertTrue(windows.heldBytes() > page, windows.heldBytes() + " bytes");
    long aGroup = Long.BYTES * (1 + 3L * Window.WORDS);
    assertTrue(windows.heldBytes() >= MANY * aGroup, windows.heldBytes() + " bytes");
  }
}
