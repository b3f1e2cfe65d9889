package batchnorm.spark.transform;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.KnownSizeEstimation;
import org.apache.spark.util.SizeEstimator;

/**
 * A value that each executor gets once. Where Kryo requires that classes are registered, which ours
 * are not, the value travels as bytes, of which an executor makes it once.
 */
final class SharedValue<T extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The values of bytes, as long as the executor has those. */
  private static final Map<Object, Object> READ = Collections.synchronizedMap(new WeakHashMap<>());

  private final Broadcast<Object> broadcast;

  SharedValue(Broadcast<Object> broadcast) {
    this.broadcast = broadcast;
  }

  /**
   * Broadcasts a value.
   *
   * @param growth the number of bytes by which it may grow when it is used
   */
  static <T extends Serializable> SharedValue<T> of(T value, long growth, SparkSession session) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    boolean asBytes = context.getConf().getBoolean("spark.kryo.registrationRequired", false);
    return new SharedValue<>(
        context.broadcast(asBytes ? SerializedBytes.of(value) : new Counted(value, growth)));
  }

  /** A value that Spark stores as one of the size that it may grow to. */
  static final class Counted implements KnownSizeEstimation, Serializable {
    private static final long serialVersionUID = 1L;

    private final Serializable value;
    private final long size;

    Counted(Serializable value, long growth) {
      this.value = value;
      size = SizeEstimator.estimate(value) + growth;
    }

    @Override
    public long estimatedSize() {
      return size;
    }
  }

  @SuppressWarnings("unchecked")
  T value() {
    Object sent = broadcast.value();
    return (T)
        (sent instanceof Counted counted
            ? counted.value
            : READ.computeIfAbsent(sent, bytes -> SerializedBytes.read((byte[]) bytes)));
  }

  /** The number of the broadcast. */
  long id() {
    return broadcast.id();
  }
}
