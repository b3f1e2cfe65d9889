package batchnorm.spark.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.UnseenGroup;
import batchnorm.spark.testing.SharedSession;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag$;

/** The rows of a group share coefficients, which compute the images of zeros once. */
class PlacementTest {
  private static final StructType KEYS = new StructType().add("store", DataTypes.IntegerType);
  private static final Statistics GLOBAL =
      Statistics.known(new double[] {100, 200}, new double[] {4, 4});

  private static GroupRecipe recipe() {
    Recipe recipe = new Recipe(true, true, 0, 0, Optional.empty(), Optional.empty());
    return new GroupRecipe(recipe, Direction.NORMALIZING, SmallGroup.GLOBAL, GLOBAL);
  }

  @Test
  void rowsShareTheCoefficientsThatAreLookedUp() {
    KnownGroups groups =
        new KnownGroups(KEYS)
            .add(9, new double[] {1, 2}, new double[] {1, 1}, 1)
            .add(9, new double[] {3, 5}, new double[] {1, 1}, 2);
    ByNumber placement = ByNumber.of(KEYS, groups.statistics(), recipe(), SharedSession.get());
    Coefficients first = placement.coefficients(0);
    double[] zeros = first.imagesOfZeros();
    assertArrayEquals(new double[] {-3, -5}, placement.coefficients(1).imagesOfZeros());
    assertArrayEquals(new double[] {-1, -2}, zeros);
    assertSame(first, placement.coefficients(0));
    assertSame(zeros, placement.coefficients(0).imagesOfZeros());
  }

  @Test
  void rowsShareTheCoefficientsThatAJoinBringsUntilTheGroupChanges() {
    ByJoin placement = joined();
    Coefficients first = placement.coefficients(numbers(1, 2, 3, 4, 5, 6));
    assertSame(first, placement.coefficients(numbers(1, 2, 3, 4, 5, 6)));
    Coefficients second = placement.coefficients(numbers(1, 2, 3, 4, 5, 7));
    assertNotSame(first, second);
    assertEquals(6, first.numbers()[5]);
    assertEquals(7, second.numbers()[5]);
    assertEquals(first, placement.coefficients(numbers(1, 2, 3, 4, 5, 6)));
  }

  /** The numbers of a row are gone when the next one is read. */
  @Test
  void rowsShareNoMemoryWithTheirCoefficients() {
    ByJoin placement = joined();
    ArrayData row = numbers(1, 2, 3, 4, 5, 6);
    Coefficients first = placement.coefficients(row);
    row.setDouble(0, 9);
    assertEquals(9, placement.coefficients(row).numbers()[0]);
    assertEquals(1, first.numbers()[0]);
  }

  /** Broadcasts are numbered from 0 on, as fields are that nobody set. */
  @Test
  void tablesOfEqualHashAreComparedAfterTheyWereSent() {
    double mean = Double.longBitsToDouble(0x4000000040080000L);
    double swapped = Double.longBitsToDouble(0x4008000040000000L);
    ByNumber one = byNumber(5, mean);
    ByNumber other = byNumber(0, swapped);
    assertEquals(one.hashCode(), other.hashCode());
    ByNumber sent = (ByNumber) SerializedBytes.read(SerializedBytes.of(one));
    assertNotEquals(sent, other);
    assertEquals(sent, byNumber(0, mean));
  }

  private static ByNumber byNumber(long id, double mean) {
    KnownGroups groups =
        new KnownGroups(KEYS).add(9, new double[] {mean, 0}, new double[] {1, 1}, 1);
    GroupTable table = GroupTable.of(KEYS, groups.statistics(), recipe());
    return new ByNumber(2, table.hashCode(), new SharedValue<>(new Kept(id, table)));
  }

  /** A value that is broadcast under a number of our choice. */
  private static final class Kept extends Broadcast<Object> {
    private static final long serialVersionUID = 1L;
    private final GroupTable table;

    Kept(long id, GroupTable table) {
      super(id, ClassTag$.MODULE$.apply(Object.class));
      this.table = table;
    }

    @Override
    public Object getValue() {
      return table;
    }

    @Override
    public void doUnpersist(boolean blocking) {}

    @Override
    public void doDestroy(boolean blocking) {}
  }

  private static ByJoin joined() {
    List<InputColumn> keys = Arrays.stream(KEYS.fields()).map(InputColumn::of).toList();
    return new ByJoin(recipe(), UnseenGroup.ERROR, GroupName.of(keys, SharedSession.get()));
  }

  private static ArrayData numbers(double... numbers) {
    return UnsafeArrayData.fromPrimitiveArray(numbers);
  }
}
