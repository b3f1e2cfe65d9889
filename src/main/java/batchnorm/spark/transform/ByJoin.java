package batchnorm.spark.transform;

import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.UnseenGroup;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;

/**
 * Coefficients of many groups, which a join adds to the rows. A row's place is the array of its
 * coefficients.
 */
public final class ByJoin implements Placement {
  private static final long serialVersionUID = 1L;

  private final GroupRecipe recipe;
  private final UnseenGroup unseen;
  private final GroupName name;
  private transient ArrayData global;

  /** Coefficients of the previous row, which often has the same group. */
  private transient Last last;

  /** A place and its coefficients. */
  private record Last(ArrayData numbers, Coefficients coefficients) {}

  ByJoin(GroupRecipe recipe, UnseenGroup unseen, GroupName name) {
    this.recipe = recipe;
    this.unseen = unseen;
    this.name = name;
  }

  @Override
  public int size() {
    return recipe.features();
  }

  /**
   * Returns the place of the rows of a group; called by generated code.
   *
   * @param statistics a row in the layout of {@link GroupStatistics}
   * @param keys its group
   */
  public ArrayData numbers(InternalRow statistics, InternalRow keys) {
    return array(GroupCoefficients.ofGroup(recipe, statistics, () -> name.of(keys)));
  }

  /** Returns the place of rows of an unseen group; called by generated code. */
  public ArrayData unseen(InternalRow keys) {
    if (unseen == UnseenGroup.ERROR) {
      throw TransformErrors.unseenGroup(name.of(keys));
    }
    if (global == null) {
      global = array(recipe.global());
    }
    return global;
  }

  /** Returns whether rows of unseen groups have no place. */
  boolean mayLackPlace() {
    return unseen == UnseenGroup.NULL;
  }

  /** Returns the coefficients with these numbers; called by generated code. */
  public Coefficients coefficients(ArrayData numbers) {
    Last before = last;
    if (before == null || !numbers.equals(before.numbers)) {
      before = new Last(numbers.copy(), Coefficients.of(numbers.toDoubleArray(), size()));
      last = before;
    }
    return before.coefficients;
  }

  /** The image of {@code x} as feature {@code j}; called by generated code. */
  public double image(double x, ArrayData numbers, int j) {
    if (Coefficients.arePlain(numbers.numElements(), size())) {
      int size = size();
      return Coefficients.image(
          x, numbers.getDouble(j), numbers.getDouble(size + j), numbers.getDouble(2 * size + j));
    }
    return feature(numbers, j).image(0, x);
  }

  /** The image of a long; called by generated code. */
  public double image(long x, ArrayData numbers, int j) {
    return feature(numbers, j).image(0, x);
  }

  private Coefficients feature(ArrayData numbers, int j) {
    double[] own = new double[numbers.numElements() / size()];
    for (int block = 0; block < own.length; block++) {
      own[block] = numbers.getDouble(j + block * size());
    }
    return Coefficients.of(own, 1);
  }

  @Override
  public Coefficients at(Object place) {
    return coefficients((ArrayData) place);
  }

  private static ArrayData array(Coefficients coefficients) {
    return UnsafeArrayData.fromPrimitiveArray(coefficients.numbers());
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof ByJoin groups
            && recipe.equals(groups.recipe)
            && unseen == groups.unseen
            && name.equals(groups.name);
  }

  @Override
  public int hashCode() {
    return 31 * recipe.hashCode() + unseen.hashCode();
  }

  /** Text of the plan in {@code explain}. */
  @Override
  public String toString() {
    return "groups(" + size() + ")";
  }
}
