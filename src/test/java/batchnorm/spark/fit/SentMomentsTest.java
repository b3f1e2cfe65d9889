package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.HandleInvalid;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Moments that tasks exchange survive every serializer, and are small. */
class SentMomentsTest {
  private static final ClassTag<byte[]> TAG = ClassTag$.MODULE$.apply(byte[].class);
  private static final long SEED = 20150614;

  /** Maximum size of a column of ordinary data. */
  private static final int BYTES_A_COLUMN = 64;

  /** Kryo as strict as it can be set. */
  static Stream<Serializer> serializers() {
    return Stream.of(
        new JavaSerializer(new SparkConf()),
        new KryoSerializer(new SparkConf().set("spark.kryo.registrationRequired", "true")));
  }

  @ParameterizedTest
  @MethodSource("serializers")
  void momentsAndFaultsSurvive(Serializer serializer) {
    DatasetMoments sent =
        DatasetMoments.unreadable("why").merge(collected(0, 1, 2, Double.NaN, -3));
    DatasetMoments received =
        DatasetMoments.of(
            ByteBuffer.wrap(serializer.newInstance().deserialize(bytes(serializer, sent), TAG)));

    Moments expected = sent.merge(collected(1, 9)).moments();
    Moments found = received.merge(collected(1, 9)).moments();
    assertEquals(5, found.rows());
    assertEquals(1, found.notANumber(0));
    assertEquals(expected.rowWeight(), found.rowWeight());
    for (int j = 0; j < 2; j++) {
      assertEquals(expected.feature(j), found.feature(j));
      assertEquals(expected.statistics().mean(j), found.statistics().mean(j));
      assertEquals(expected.statistics().variance(j, 1), found.statistics().variance(j, 1));
    }
    assertEquals(1, received.invalidWeights());
    assertEquals(3, received.otherSize().orElseThrow().size());
    assertEquals(0, received.otherSize().orElseThrow().partition());
    assertEquals("why", received.unreadable().orElseThrow());
  }

  static Stream<Arguments> ordinaryColumns() {
    return Stream.of(
        column("uniform", SplittableRandom::nextDouble),
        column("normal", SplittableRandom::nextGaussian),
        column("floats", random -> (float) random.nextGaussian()),
        column("integers", random -> random.nextInt()),
        column("prices", random -> random.nextInt(1, 1_000_000) / 100.0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ordinaryColumns")
  void aColumnOfOrdinaryDataTakesFewBytes(String name, ToDoubleFunction<SplittableRandom> value) {
    for (Serializer serializer : serializers().toList()) {
      for (int rows : new int[] {1_024, 32_768, 1_000_000}) {
        SplittableRandom random = new SplittableRandom(SEED);
        RowCollector column = new RowCollector(0, HandleInvalid.ERROR);
        RowCollector none = new RowCollector(0, HandleInvalid.ERROR);
        for (int i = 0; i < rows; i++) {
          column.startDense(1, 1);
          column.set(0, value.applyAsDouble(random));
          column.endDense();
          none.startDense(0, 1);
          none.endDense();
        }
        int bytes = size(serializer, column) - size(serializer, none);
        assertTrue(
            bytes <= BYTES_A_COLUMN, () -> bytes + " bytes of " + rows + " rows, " + serializer);
      }
    }
  }

  private static Arguments column(String name, ToDoubleFunction<SplittableRandom> value) {
    return arguments(name + ", seed " + SEED, value);
  }

  private static int size(Serializer serializer, RowCollector rows) {
    return bytes(serializer, rows.collected()).remaining();
  }

  private static ByteBuffer bytes(Serializer serializer, DatasetMoments sent) {
    return serializer.newInstance().serialize(sent.toBytes(), TAG);
  }

  /** Rows of two features with these values first, then a fault of each kind. */
  private static DatasetMoments collected(int partition, double... values) {
    RowCollector rows = new RowCollector(partition, HandleInvalid.KEEP);
    for (double value : values) {
      rows.startDense(2, 1);
      rows.set(0, value);
      rows.set(1, 0.5);
      rows.endDense();
    }
    if (partition == 0) {
      rows.startDense(2, -1);
      rows.startDense(3, 1);
    }
    return rows.collected();
  }
}
