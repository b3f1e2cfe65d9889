package batchnorm.spark.transform;

import batchnorm.spark.normalize.AffineMap;
import org.apache.spark.sql.SparkSession;

/**
 * A map as tasks get it: inside the task where it is small, broadcast once to each executor where
 * it is large.
 */
public final class SharedMap implements Maps {
  private static final long serialVersionUID = 1L;

  /** From this many features on the map, 24 bytes a feature, is broadcast. */
  private static final int BROADCAST_FEATURES = 10_000;

  private final int size;
  private final AffineMap inline;
  private final SharedValue<AffineMap> broadcast;
  private transient AffineMap received;

  private SharedMap(int size, AffineMap inline, SharedValue<AffineMap> broadcast) {
    this.size = size;
    this.inline = inline;
    this.broadcast = broadcast;
  }

  /** Returns {@code map} in the form that suits its size. */
  public static SharedMap of(AffineMap map, SparkSession session) {
    if (map.size() < BROADCAST_FEATURES) {
      return new SharedMap(map.size(), map, null);
    }
    return new SharedMap(map.size(), null, SharedValue.of(map, session));
  }

  @Override
  public int size() {
    return size;
  }

  /** The map; called by generated code. */
  public AffineMap map() {
    if (received == null) {
      received = inline != null ? inline : broadcast.value();
    }
    return received;
  }

  /** The image of {@code x} as feature {@code j}; called by generated code. */
  public double image(double x, int j) {
    return map().apply(j, x);
  }

  /** The same of a long; called by generated code. */
  public double image(long x, int j) {
    return map().apply(j, x);
  }

  @Override
  public AffineMap mapAt(Object place) {
    return map();
  }

  @Override
  public boolean mapsAlike(int feature, Maps other, int otherFeature) {
    return other instanceof SharedMap shared
        && size == shared.size
        && map().feature(feature).equals(shared.map().feature(otherFeature));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SharedMap shared && map().equals(shared.map());
  }

  @Override
  public int hashCode() {
    return map().hashCode();
  }
}
