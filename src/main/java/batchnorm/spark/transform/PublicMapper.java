package batchnorm.spark.transform;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.fit.MalformedVector;
import batchnorm.spark.fit.PublicVector;
import batchnorm.spark.fit.SparseEntries;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import java.util.function.DoubleFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/**
 * Arithmetic of a transform on values of the public API. The {@code place} is that of the row's
 * coefficients, see {@link Placement}.
 */
final class PublicMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  PublicMapper(Placement placement, List<String> columns, boolean failOnInvalid) {
    super(placement, columns, failOnInvalid);
  }

  /** The image of a double or long as feature {@code j}; null is an error or gives null. */
  Double number(Number x, Object place, int j) {
    if (x == null && !failsOnInvalid()) {
      return null;
    }
    return image(x, placement().at(place), j);
  }

  /** The vector of the images of numbers; null becomes NaN. */
  Vector vectorOf(Row numbers, Object place) {
    Coefficients coefficients = placement().at(place);
    double[] images = new double[size()];
    for (int j = 0; j < images.length; j++) {
      images[j] = image(numbers.<Number>getAs(j), coefficients, j);
    }
    return Vectors.dense(images);
  }

  Vector vector(Row struct, Object place) {
    if (struct == null) {
      refuseAbsent();
      return null;
    }
    Coefficients coefficients = placement().at(place);
    PublicVector vector = new PublicVector(struct);
    try {
      return vector.isDense()
          ? dense(vector.doubles(), coefficients)
          : sparse(vector.entries(), coefficients);
    } catch (MalformedVector e) {
      throw e.in(column());
    }
  }

  /** The image of element {@code j} of a vector. */
  Double element(Row struct, Object place, int j) {
    if (struct == null) {
      refuseAbsent();
      return null;
    }
    PublicVector vector = new PublicVector(struct);
    try {
      return image(
          vector.isDense() ? element(vector.doubles(), j) : element(vector.entries(), j),
          placement().at(place),
          j);
    } catch (MalformedVector e) {
      throw e.in(column());
    }
  }

  private double element(double[] values, int j) {
    requireSize(values.length);
    return values[j];
  }

  private double element(SparseEntries entries, int j) {
    requireSize(entries.size());
    return entries.value(j);
  }

  /** The images of an array of doubles; null elements stay null. */
  Object[] doubles(Seq<?> array, Object place) {
    return images(array, place, image -> image);
  }

  /** The images of an array of floats; null elements stay null. */
  Object[] floats(Seq<?> array, Object place) {
    return images(array, place, image -> (float) image);
  }

  private Object[] images(Seq<?> array, Object place, DoubleFunction<Object> element) {
    if (array == null) {
      refuseAbsent();
      return null;
    }
    Coefficients coefficients = placement().at(place);
    List<?> elements = ScalaSeq.list(array);
    requireSize(elements.size());
    Object[] images = new Object[elements.size()];
    for (int j = 0; j < images.length; j++) {
      double image = image((Number) elements.get(j), coefficients, j);
      images[j] = elements.get(j) == null ? null : element.apply(image);
    }
    return images;
  }

  private Vector dense(double[] values, Coefficients coefficients) {
    requireSize(values.length);
    double[] images = new double[values.length];
    for (int j = 0; j < images.length; j++) {
      images[j] = image(values[j], coefficients, j);
    }
    return Vectors.dense(images);
  }

  private Vector sparse(SparseEntries entries, Coefficients coefficients) {
    requireSize(entries.size());
    double[] images = new double[entries.values().length];
    for (int k = 0; k < images.length; k++) {
      images[k] = image(entries.values()[k], coefficients, entries.indices()[k]);
    }
    if (coefficients.keepsZeros()) {
      return Vectors.sparse(entries.size(), entries.indices(), images);
    }
    double[] spread = coefficients.imagesOfZeros().clone();
    for (int k = 0; k < images.length; k++) {
      spread[entries.indices()[k]] = images[k];
    }
    return Vectors.dense(spread);
  }

  /**
   * The image of {@code x}, or an error if it is invalid; null counts as NaN, and a long is not
   * rounded.
   */
  private double image(Number x, Coefficients coefficients, int j) {
    if (x instanceof Long integer) {
      return coefficients.image(j, (long) integer);
    }
    double value = x == null ? Double.NaN : x.doubleValue();
    refuse(j, value);
    return coefficients.image(j, value);
  }
}
