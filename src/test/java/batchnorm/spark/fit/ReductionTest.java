package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.testing.SharedSession;
import java.util.Arrays;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReductionTest {
  private static final int SLICE = 4096;
  private static final int SLICE_BYTES = SLICE * 256;
  private static final int SLICES = 8;

  /** The first slice is sent every time, since it has the number of the rows. */
  @ParameterizedTest(name = "{0} slices")
  @CsvSource({"0, 4", "1, 4", "2, 3", "7, 1", "100, 1"})
  void aTaskOfVeryWideRowsSendsItsSumsWhenTheyTakeItsShareOfTheHeap(int allowed, int times)
      throws Exception {
    SharedSession.get();
    SparkConf conf = SparkEnv.get().conf();
    String master = conf.get("spark.master");
    long heap = Runtime.getRuntime().maxMemory();
    long tasks = heap / 8 / (allowed * (long) SLICE_BYTES + 1);
    conf.set("spark.master", "local[" + Math.min(tasks, Integer.MAX_VALUE) + "]");
    SortedMap<Long, Integer> sent = new TreeMap<>();
    try {
      Iterator<Row> records =
          Reduction.slices(ReductionTest::rowsOfOneSlice, HandleInvalid.ERROR, SLICE)
              .call(IntStream.range(0, SLICES).boxed().iterator());
      records.forEachRemaining(
          record -> {
            if (Records.areMoments(record)) {
              sent.merge(Records.number(record), 1, Integer::sum);
            }
          });
    } finally {
      conf.set("spark.master", master);
    }
    SortedMap<Long, Integer> expected = new TreeMap<>();
    IntStream.range(0, SLICES).forEach(slice -> expected.put((long) slice, slice == 0 ? times : 1));
    assertEquals(expected, sent);
  }

  /** Sparse rows, each of which touches all features of a slice of its own. */
  private static PartitionReader<RowCollector> rowsOfOneSlice(Iterator<Integer> slices) {
    return PartitionReader.of(
        slices,
        (slice, collector) -> {
          double[] values = new double[SLICE];
          Arrays.fill(values, 1);
          int[] indices = IntStream.range(slice * SLICE, (slice + 1) * SLICE).toArray();
          collector.sparse(SLICES * SLICE, indices, values, 1);
        });
  }
}
