package batchnorm.spark.fit;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.JavaSerializer;
import scala.Function1;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * The partitions of an RDD.
 *
 * @param rdd what is read
 */
record RddPartitions<T>(JavaRDD<T> rdd) implements Aggregation.Partitions<T> {

  @Override
  public DatasetMoments inTree(MapPartitionsFunction<T, byte[]> task, int depth) {
    JavaRDD<byte[]> last = narrowed(rdd.mapPartitions(task::call), depth);
    DatasetMoments merged = DatasetMoments.empty();
    // Not collected, so that no more than one at a time is in memory beside what is merged.
    last.context()
        .runJob(
            last.rdd(),
            (Function1<scala.collection.Iterator<byte[]>, byte[]> & Serializable)
                RddPartitions::only,
            (partition, sent) -> {
              if (sent.length > 0) {
                merged.merge(sent);
              }
              return BoxedUnit.UNIT;
            },
            ClassTag$.MODULE$.apply(byte[].class));
    return merged;
  }

  /** Returns the moments of so few partitions that the driver can merge them, as Spark's trees. */
  private static JavaRDD<byte[]> narrowed(JavaRDD<byte[]> sent, int depth) {
    JavaRDD<byte[]> level = sent;
    int partitions = level.getNumPartitions();
    int scale = Math.max((int) Math.ceil(Math.pow(partitions, 1.0 / depth)), 2);
    while (partitions > scale + Math.ceil((double) partitions / scale)) {
      partitions /= scale;
      int fewer = partitions;
      level =
          level
              .mapToPair(bytes -> new Tuple2<>(TaskContext.getPartitionId() % fewer, bytes))
              .partitionBy(new HashPartitioner(fewer))
              .values()
              .mapPartitions(DatasetMoments::merged);
    }
    return level;
  }

  /** The bytes that a partition has sent; none if it has nothing to say. */
  private static byte[] only(scala.collection.Iterator<byte[]> partition) {
    return partition.hasNext() ? partition.next() : new byte[0];
  }

  @Override
  public DatasetMoments inSlices(
      MapPartitionsFunction<T, Tuple2<Integer, byte[]>> task, int slices) {
    JavaPairRDD<Integer, Once> sent =
        rdd.mapPartitionsToPair(partition -> Once.of(task.call(partition)));
    ClassTag<Integer> number = ClassTag$.MODULE$.apply(Integer.class);
    ClassTag<Once> once = ClassTag$.MODULE$.apply(Once.class);
    ShuffledRDD<Integer, Once, Once> shuffled =
        new ShuffledRDD<>(sent.rdd(), new HashPartitioner(slices), number, once, once);
    // Java's, which every class goes through, also where the user has chosen another serializer.
    shuffled.setSerializer(new JavaSerializer(rdd.context().getConf()));
    List<byte[]> merged =
        JavaPairRDD.fromRDD(shuffled, number, once).values().mapPartitions(Once::merged).collect();
    return merged.stream()
        .map(bytes -> DatasetMoments.of(ByteBuffer.wrap(bytes)))
        .reduce(DatasetMoments::join)
        .orElseGet(DatasetMoments::empty);
  }

  /**
   * Bytes that are let go of once they are written: Java's serializer holds on to what it has
   * written, up to a hundred values.
   */
  public static final class Once implements Externalizable {
    private static final long serialVersionUID = 1L;

    private transient byte[] bytes;

    /** Bytes that a serializer fills in. */
    public Once() {}

    private Once(byte[] bytes) {
      this.bytes = bytes;
    }

    private static Iterator<Tuple2<Integer, Once>> of(Iterator<Tuple2<Integer, byte[]>> slices) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return slices.hasNext();
        }

        @Override
        public Tuple2<Integer, Once> next() {
          Tuple2<Integer, byte[]> slice = slices.next();
          return new Tuple2<>(slice._1(), new Once(slice._2()));
        }
      };
    }

    private static Iterator<byte[]> merged(Iterator<Once> sent) {
      return DatasetMoments.merged(
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return sent.hasNext();
            }

            @Override
            public byte[] next() {
              return sent.next().bytes;
            }
          });
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
      out.writeInt(bytes.length);
      out.write(bytes);
      bytes = null;
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException {
      bytes = new byte[in.readInt()];
      in.readFully(bytes);
    }
  }
}
