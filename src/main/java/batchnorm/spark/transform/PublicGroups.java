package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.PublicKey;
import batchnorm.spark.fit.PublicKeyReader;
import batchnorm.spark.normalize.UnseenGroup;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The maps of groups for functions of the public API. Keys are rows of Spark's own, so that this is
 * apart from {@link PublicMaps}, which needs none of its classes.
 */
public final class PublicGroups {
  private PublicGroups() {}

  /**
   * Gives every row the map of its group, which is looked up in {@code groups}, however many there
   * are.
   *
   * @param keys the columns that make the groups
   * @param types their types in the groups
   */
  public static PublicMaps lookedUp(
      Dataset<?> rows,
      List<InputColumn> keys,
      StructType types,
      SharedGroups groups,
      UnseenGroup unseen) {
    List<Column> values = new ArrayList<>();
    for (InputColumn key : keys) {
      values.add(PublicKey.of(key.field(), key.asKey()).as("key" + values.size()));
    }
    GroupLookup lookup = new GroupLookup(groups, unseen, GroupName.of(keys, rows.sparkSession()));
    Column number =
        functions
            .udf(new Numbering(types, lookup), DataTypes.IntegerType)
            .withName("batchnorm")
            .apply(functions.struct(values.toArray(Column[]::new)));
    return new PublicMaps(groups, number, lookup.mayBeNull());
  }

  /** Numbers the group of a row, or gives null. */
  private static final class Numbering implements UDF1<Row, Object>, Serializable {
    private static final long serialVersionUID = 1L;

    private final StructType types;
    private final GroupLookup lookup;

    /** Made by each task. */
    private transient PublicKeyReader reader;

    Numbering(StructType types, GroupLookup lookup) {
      this.types = types;
      this.lookup = lookup;
    }

    @Override
    public synchronized Object call(Row keys) {
      if (reader == null) {
        reader = new PublicKeyReader(types, 0);
      }
      int number = lookup.number(reader.key(keys));
      return number < 0 ? null : (Object) number;
    }
  }
}
