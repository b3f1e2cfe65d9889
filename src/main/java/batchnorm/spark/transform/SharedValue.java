package batchnorm.spark.transform;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

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

  static <T extends Serializable> SharedValue<T> of(T value, SparkSession session) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    boolean asBytes = context.getConf().getBoolean("spark.kryo.registrationRequired", false);
    return new SharedValue<>(context.broadcast(asBytes ? SerializedBytes.of(value) : value));
  }

  @SuppressWarnings("unchecked")
  T value() {
    Object sent = broadcast.value();
    return (T)
        (sent instanceof byte[] bytes
            ? READ.computeIfAbsent(bytes, key -> SerializedBytes.read(bytes))
            : sent);
  }

  /** The number of the broadcast. */
  long id() {
    return broadcast.id();
  }
}
