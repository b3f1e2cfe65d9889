package batchnorm.spark.moments;

import java.util.OptionalInt;

/** Rows were to be taken out of sums that they are not part of. */
public final class NotAPart extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private static final int ROWS = -1;

  private final int feature;

  private NotAPart(int feature, String quantity) {
    super("Negative: " + quantity + (feature == ROWS ? "" : " of feature " + feature));
    this.feature = feature;
  }

  /** Returns the error of a number or a weight of rows that would be negative. */
  static NotAPart ofRows() {
    return new NotAPart(ROWS, "rows");
  }

  /** Returns the error of sums of feature {@code j} that no values have. */
  static NotAPart ofFeature(int j) {
    return new NotAPart(j, "sums");
  }

  /**
   * The feature whose sums no values have; empty if there are too many rows, or too much weight.
   */
  public OptionalInt feature() {
    return feature == ROWS ? OptionalInt.empty() : OptionalInt.of(feature);
  }
}
