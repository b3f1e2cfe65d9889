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
 * Broadcast value. If Kryo requires registered classes, which this project's are not, the value is
 * sent as bytes, which an executor deserializes once.
 */
final class SharedValue<T extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Deserialized values, by their bytes, while the executor holds these. */
  private static final Map<Object, Object> READ = Collections.synchronizedMap(new WeakHashMap<>());

  private final Broadcast<Object> broadcast;

  SharedValue(Broadcast<Object> broadcast) {
    this.broadcast = broadcast;
  }

  /**
   * Broadcasts a value.
   *
   * @param growth the number of bytes by which the value may grow in use
   */
  static <T extends Serializable> SharedValue<T> of(T value, long growth, SparkSession session) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    boolean asBytes = context.getConf().getBoolean("spark.kryo.registrationRequired", false);
    return new SharedValue<>(
        context.broadcast(asBytes ? SerializedBytes.of(value) : new Counted(value, growth)));
  }

  /** Value for which Spark reserves the size to which it may grow. */
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

  /** The id of the broadcast. */
  long id() {
    return broadcast.id();
  }
}
