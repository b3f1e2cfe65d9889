package batchnorm.spark.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.apache.spark.util.SizeEstimator;
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
    ByNumber placement = byNumber(0, twoGroups());
    Coefficients first = placement.coefficients(0);
    double[] zeros = first.imagesOfZeros();
    assertArrayEquals(new double[] {-3, -5}, placement.coefficients(1).imagesOfZeros());
    assertArrayEquals(new double[] {-1, -2}, zeros);
    assertSame(first, placement.coefficients(0));
    assertSame(zeros, placement.coefficients(0).imagesOfZeros());
  }

  /** Spark asks for the size when it stores what is broadcast, and never again. */
  @Test
  void whatIsBroadcastIsCountedWithWhatRowsMakeItKeep() {
    GroupTable table = twoGroups();
    Broadcast<Object> sent = new Kept(0, table);
    long size = SizeEstimator.estimate(sent.value());
    ByNumber placement = byNumber(table, sent);
    for (int group = 0; group < 3; group++) {
      assertFalse(placement.coefficients(group).keepsZeros());
      assertEquals(2, placement.coefficients(group).imagesOfZeros().length);
    }
    assertEquals(size, SizeEstimator.estimate(sent.value()));
    long grown = SizeEstimator.estimate(table);
    assertTrue(size >= grown && size < grown + 200, size + " for " + grown);
  }

  private static GroupTable twoGroups() {
    KnownGroups groups =
        new KnownGroups(KEYS)
            .add(9, new double[] {1, 2}, new double[] {1, 1}, 1)
            .add(9, new double[] {3, 5}, new double[] {1, 1}, 2);
    return GroupTable.of(KEYS, groups.statistics(), recipe());
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
    return byNumber(id, GroupTable.of(KEYS, groups.statistics(), recipe()));
  }

  private static ByNumber byNumber(long id, GroupTable table) {
    return byNumber(table, new Kept(id, table));
  }

  private static ByNumber byNumber(GroupTable table, Broadcast<Object> sent) {
    return new ByNumber(2, table.hashCode(), new SharedValue<>(sent), UnseenGroup.ERROR, name());
  }

  /** A value that is broadcast under a number of our choice. */
  private static final class Kept extends Broadcast<Object> {
    private static final long serialVersionUID = 1L;
    private final SharedValue.Counted table;

    Kept(long id, GroupTable table) {
      super(id, ClassTag$.MODULE$.apply(Object.class));
      this.table = new SharedValue.Counted(table, table.coefficients().bytesOfViews());
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
    return new ByJoin(recipe(), UnseenGroup.ERROR, name());
  }

  private static GroupName name() {
    List<InputColumn> keys = Arrays.stream(KEYS.fields()).map(InputColumn::of).toList();
    return GroupName.of(keys, SharedSession.get());
  }

  private static ArrayData numbers(double... numbers) {
    return UnsafeArrayData.fromPrimitiveArray(numbers);
  }
}
