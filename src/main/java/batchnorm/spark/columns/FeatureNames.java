package batchnorm.spark.columns;

import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.sql.types.Metadata;

/**
 * Names of the features. Features of a vector without names are named by its column and their
 * index, {@code features_0}. These names are created on demand, so that millions of them take no
 * memory.
 */
public final class FeatureNames implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Features without given names. */
  public static final FeatureNames UNNAMED = new FeatureNames(null);

  private final String[] names;

  private FeatureNames(String[] names) {
    this.names = names;
  }

  /** Returns the given names, one for each feature. */
  public static FeatureNames of(String[] names) {
    return new FeatureNames(names.clone());
  }

  /** Returns {@code names}, or else {@link #UNNAMED}. */
  public static FeatureNames ofGiven(Optional<String[]> names) {
    return names.map(FeatureNames::of).orElse(UNNAMED);
  }

  /** The name of feature {@code j} of a column whose features have no names. */
  static String numbered(String column, int j) {
    return column + "_" + j;
  }

  /** The given names, if there are any. */
  public Optional<String[]> given() {
    return Optional.ofNullable(names).map(String[]::clone);
  }

  /** The name of feature {@code j}; {@code column} is the vector that contains it. */
  public String name(int j, String column) {
    return names == null ? numbered(column, j) : names[j];
  }

  /** The metadata of a vector column that holds {@code size} features of these names. */
  public Metadata vectorMetadata(String column, int size) {
    if (names == null) {
      return new AttributeGroup(column, size).toMetadata();
    }
    Attribute[] attributes = new Attribute[size];
    for (int j = 0; j < size; j++) {
      attributes[j] = NumericAttribute.defaultAttr().withName(names[j]).withIndex(j);
    }
    return new AttributeGroup(column, attributes).toMetadata();
  }

  /** The metadata of a numeric column that holds one feature. */
  public static Metadata numberMetadata(String column) {
    return NumericAttribute.defaultAttr().withName(column).toMetadata();
  }
}
