package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.fit.PublicKeyReader;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Places of rows by group, for functions of the public API. Only the keys of groups are internal
 * rows of Spark.
 */
final class PublicPlaces {
  private PublicPlaces() {}

  /**
   * Looks up the group of every row in {@code groups}, for any number of groups.
   *
   * @param keys the group columns
   * @param types their types in the groups
   */
  static PlacedRows lookedUp(
      Dataset<?> rows, List<InputColumn> keys, StructType types, ByNumber groups) {
    List<Column> values = new ArrayList<>();
    for (InputColumn key : keys) {
      values.add(key.asPublicKey().as("key" + values.size()));
    }
    UserDefinedFunction number =
        functions.udf(new Numbering(types, groups), DataTypes.IntegerType).withName("batchnorm");
    return PlacedRows.of(
        rows,
        PublicColumns.columns(rows),
        groups,
        (groups.mayLackPlace() ? number : number.asNonNullable())
            .apply(functions.struct(values.toArray(Column[]::new))));
  }

  /** Returns the number of a row's group, or null. */
  private static final class Numbering implements UDF1<Row, Object>, Serializable {
    private static final long serialVersionUID = 1L;

    private final StructType types;
    private final ByNumber groups;

    /** Created by each task. */
    private transient PublicKeyReader reader;

    Numbering(StructType types, ByNumber groups) {
      this.types = types;
      this.groups = groups;
    }

    @Override
    public synchronized Object call(Row keys) {
      if (reader == null) {
        reader = new PublicKeyReader(types, 0);
      }
      int number = groups.number(reader.key(keys));
      return number < 0 ? null : (Object) number;
    }
  }
}
