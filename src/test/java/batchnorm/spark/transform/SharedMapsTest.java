package batchnorm.spark.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.AffineMap;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.UnseenGroup;
import batchnorm.spark.testing.SharedSession;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** The rows of a group share one map, which computes the images of zeros once. */
class SharedMapsTest {
  private static final StructType KEYS = new StructType().add("store", DataTypes.IntegerType);
  private static final Statistics GLOBAL =
      Statistics.known(new double[] {100, 200}, new double[] {4, 4});

  private static GroupRecipe recipe() {
    Recipe recipe = new Recipe(true, true, 0, 0, Optional.empty(), Optional.empty());
    return new GroupRecipe(recipe, Direction.NORMALIZING, SmallGroup.GLOBAL, GLOBAL);
  }

  @Test
  void rowsShareTheMapThatIsLookedUp() {
    KnownGroups groups =
        new KnownGroups(KEYS)
            .add(9, new double[] {1, 2}, new double[] {1, 1}, 1)
            .add(9, new double[] {3, 5}, new double[] {1, 1}, 2);
    SharedGroups maps = SharedGroups.of(KEYS, groups.statistics(), recipe(), SharedSession.get());
    AffineMap first = maps.map(0);
    double[] zeros = first.imagesOfZeros();
    assertArrayEquals(new double[] {-3, -5}, maps.map(1).imagesOfZeros());
    assertArrayEquals(new double[] {-1, -2}, zeros);
    assertSame(first, maps.map(0));
    assertSame(zeros, maps.map(0).imagesOfZeros());
  }

  @Test
  void rowsShareTheMapThatAJoinBringsUntilTheGroupChanges() {
    JoinedGroups maps = joined();
    AffineMap first = maps.map(numbers(1, 2, 3, 4, 5, 6));
    assertSame(first, maps.map(numbers(1, 2, 3, 4, 5, 6)));
    AffineMap second = maps.map(numbers(1, 2, 3, 4, 5, 7));
    assertNotSame(first, second);
    assertEquals(6, first.coefficients()[5]);
    assertEquals(7, second.coefficients()[5]);
    assertEquals(first, maps.map(numbers(1, 2, 3, 4, 5, 6)));
  }

  /** The numbers of a row are gone when the next one is read. */
  @Test
  void rowsShareNoMemoryWithTheirMap() {
    JoinedGroups maps = joined();
    ArrayData row = numbers(1, 2, 3, 4, 5, 6);
    AffineMap first = maps.map(row);
    row.setDouble(0, 9);
    assertEquals(9, maps.map(row).coefficients()[0]);
    assertEquals(1, first.coefficients()[0]);
  }

  private static JoinedGroups joined() {
    List<InputColumn> keys = Arrays.stream(KEYS.fields()).map(InputColumn::of).toList();
    return new JoinedGroups(recipe(), UnseenGroup.ERROR, GroupName.of(keys, SharedSession.get()));
  }

  private static ArrayData numbers(double... numbers) {
    return UnsafeArrayData.fromPrimitiveArray(numbers);
  }
}
