package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.DatasetMoments;
import batchnorm.spark.moments.HandleInvalid;
import batchnorm.spark.moments.RowCollector;
import batchnorm.spark.moments.Statistics;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** What tasks send each other survives whichever serializer the user has chosen. */
class SerializationTest {
  private static final ClassTag<DatasetMoments> TAG = ClassTag$.MODULE$.apply(DatasetMoments.class);

  static Stream<Serializer> serializers() {
    return Stream.of(new JavaSerializer(new SparkConf()), new KryoSerializer(new SparkConf()));
  }

  @ParameterizedTest
  @MethodSource("serializers")
  void momentsAndFaultsSurvive(Serializer serializer) {
    DatasetMoments sent = collected(0, 1, 2, Double.NaN, -3).merge(DatasetMoments.empty());
    DatasetMoments received = roundTrip(sent, serializer.newInstance());

    Statistics expected = sent.merge(collected(1, 9)).moments().statistics();
    Statistics found = received.merge(collected(1, 9)).moments().statistics();
    assertEquals(expected.mean(0), found.mean(0));
    assertEquals(expected.m2(1), found.m2(1));
    assertEquals(1, found.notANumber(0));
    assertEquals(1, received.invalidWeights());
    assertEquals(3, received.otherSize().orElseThrow().size());
    assertEquals(0, received.otherSize().orElseThrow().partition());
  }

  private static DatasetMoments roundTrip(DatasetMoments sent, SerializerInstance serializer) {
    return serializer.deserialize(serializer.serialize(sent, TAG), TAG);
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
