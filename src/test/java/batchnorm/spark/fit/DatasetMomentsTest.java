package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import batchnorm.spark.fit.DatasetMoments.Malformed;
import batchnorm.spark.fit.DatasetMoments.SizeSeen;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatasetMomentsTest {

  @Test
  void emptyIsNeutral() {
    DatasetMoments merged =
        DatasetMoments.empty().merge(ofSize(2, 7)).merge(DatasetMoments.empty());
    assertArrayEquals(Tables.bytes(ofSize(2, 7).moments().statistics()), statistics(merged));
    assertEquals(Optional.of(new SizeSeen(2, 7)), merged.size());
    assertEquals(Optional.empty(), merged.otherSize());
    assertEquals(Optional.empty(), merged.invalidWeight());
  }

  @Test
  void mergeReturnsTheLeftAndLeavesTheRightAsItWas() {
    DatasetMoments left = ofSize(2, 1);
    DatasetMoments right = ofSize(2, 2);
    assertFalse(right.counts(-1));
    byte[] before = right.toBytes();
    assertSame(left, left.merge(right));
    left.merge(ofSize(2, 3));
    assertArrayEquals(before, right.toBytes());
  }

  @Test
  void differingSizesAreKeptWithTheirPartitionsAndNotAdded() {
    DatasetMoments merged = ofSize(2, 1).merge(ofSize(3, 4)).merge(ofSize(5, 6));
    assertEquals(Optional.of(new SizeSeen(2, 1)), merged.size());
    assertEquals(Optional.of(new SizeSeen(3, 4)), merged.otherSize());
    assertEquals(1, merged.moments().statistics().totalWeight());
  }

  @Test
  void aPartitionsOwnFaultsSurviveTheMerge() {
    RowCollector collector = new RowCollector(9, HandleInvalid.KEEP);
    collector.sparse(2, new int[0], new double[0], 1);
    collector.sparse(3, new int[0], new double[0], 1);
    collector.sparse(2, new int[0], new double[0], Double.NaN);
    collector.sparse(2, new int[0], new double[0], -2);
    DatasetMoments right = collector.collected();
    DatasetMoments merged = DatasetMoments.empty().merge(ofSize(2, 1)).merge(right);
    assertEquals(Optional.of(new SizeSeen(3, 9)), merged.otherSize());
    assertEquals(2, merged.invalidWeights());
    assertEquals(Optional.of("null or NaN"), merged.invalidWeight());
    DatasetMoments sent = Tables.sent(merged);
    assertEquals(merged.otherSize(), sent.otherSize());
    assertEquals(merged.invalidWeight(), sent.invalidWeight());
    assertArrayEquals(statistics(merged), statistics(sent));
  }

  @Test
  void eachFaultSurvivesAloneAndWithTheOthers() {
    DatasetMoments invalid = DatasetMoments.empty();
    assertFalse(invalid.counts(-0.5));
    assertFalse(invalid.counts(Double.NaN));
    DatasetMoments malformed = DatasetMoments.empty();
    malformed.addMalformed(new Malformed("index -1 of 'größe'", 300));
    List<DatasetMoments> alone =
        List.of(
            DatasetMoments.empty(),
            ofSize(200, 1_000),
            ofSize(2, 0).merge(ofSize(3, 0)),
            invalid,
            malformed,
            DatasetMoments.unreadable("no such class: Größe"));
    alone.forEach(DatasetMomentsTest::assertSurvives);
    assertSurvives(alone.stream().reduce(DatasetMoments.empty(), DatasetMoments::merge));
  }

  private static void assertSurvives(DatasetMoments sent) {
    DatasetMoments added = DatasetMoments.empty().merge(sent.toBytes());
    for (DatasetMoments received : List.of(Tables.sent(sent), added)) {
      assertEquals(sent.size(), received.size());
      assertEquals(sent.otherSize(), received.otherSize());
      assertEquals(sent.invalidWeights(), received.invalidWeights());
      assertEquals(sent.invalidWeight(), received.invalidWeight());
      assertEquals(sent.malformed(), received.malformed());
      assertEquals(sent.unreadable(), received.unreadable());
      assertEquals(Tables.known(sent.moments()), Tables.known(received.moments()));
      assertArrayEquals(sent.toBytes(), received.toBytes());
    }
  }

  /** Rows without a vector tell no size, so they merge with rows of any. */
  @Test
  void absentRowsFitAnySize() {
    RowCollector absent = new RowCollector(0, HandleInvalid.KEEP);
    absent.absent(2);
    DatasetMoments merged = absent.collected().merge(ofSize(3, 1));
    assertEquals(Optional.of(new SizeSeen(3, 1)), merged.size());
    assertEquals(1, merged.moments().absentRows());
    Statistics statistics = merged.moments().statistics();
    assertEquals(3, statistics.totalWeight());
    for (int j = 0; j < 3; j++) {
      assertEquals(1, statistics.weight(j));
      assertEquals(2, statistics.missingWeight(j));
      assertEquals(1, merged.moments().notANumber(j));
    }
  }

  @Test
  void nothingHasNoFeatures() {
    Statistics statistics = DatasetMoments.empty().moments().statistics();
    assertEquals(0, statistics.size());
    assertEquals(0, statistics.totalWeight());
  }

  private static byte[] statistics(DatasetMoments collected) {
    return Tables.bytes(collected.moments().statistics());
  }

  /** One row of zeros, seen in a partition. */
  private static DatasetMoments ofSize(int size, int partition) {
    RowCollector collector = new RowCollector(partition, HandleInvalid.KEEP);
    collector.sparse(size, new int[0], new double[0], 1);
    return collector.collected();
  }
}
