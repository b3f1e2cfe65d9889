package batchnorm.spark.transform;

import batchnorm.spark.normalize.Coefficients;
import org.apache.spark.sql.SparkSession;

/**
 * Same coefficients for all rows: sent with the task if they are few, else broadcast. A row has no
 * place.
 */
public final class SameForAll implements Placement {
  private static final long serialVersionUID = 1L;

  /** Number of features from which the coefficients, 24 bytes per feature, are broadcast. */
  private static final int BROADCAST_FEATURES = 10_000;

  private final int size;
  private final Coefficients inline;
  private final SharedValue<Coefficients> broadcast;
  private transient Coefficients received;

  private SameForAll(int size, Coefficients inline, SharedValue<Coefficients> broadcast) {
    this.size = size;
    this.inline = inline;
    this.broadcast = broadcast;
  }

  /** Returns {@code coefficients}, broadcast if they are many. */
  static SameForAll of(Coefficients coefficients, SparkSession session) {
    int size = coefficients.features();
    return size < BROADCAST_FEATURES
        ? new SameForAll(size, coefficients, null)
        : new SameForAll(
            size, null, SharedValue.of(coefficients, coefficients.bytesOfViews(), session));
  }

  @Override
  public int size() {
    return size;
  }

  /** The coefficients of every row; called by generated code. */
  public Coefficients coefficients() {
    if (received == null) {
      received = inline != null ? inline : broadcast.value();
    }
    return received;
  }

  /** The image of {@code x} as feature {@code j}; called by generated code. */
  public double image(double x, int j) {
    return coefficients().image(j, x);
  }

  /** The image of a long; called by generated code. */
  public double image(long x, int j) {
    return coefficients().image(j, x);
  }

  @Override
  public Coefficients at(Object place) {
    return coefficients();
  }

  @Override
  public boolean mapsAlike(int feature, Placement other, int otherFeature) {
    return other instanceof SameForAll same
        && size == same.size
        && coefficients().feature(feature).equals(same.coefficients().feature(otherFeature));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SameForAll same && coefficients().equals(same.coefficients());
  }

  @Override
  public int hashCode() {
    return coefficients().hashCode();
  }
}
