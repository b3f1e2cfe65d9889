package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.PublicKey;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.fit.PublicKeyReader;
import batchnorm.spark.normalize.Coefficients;
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
 * Places of rows for functions of the public API: none where all have the same coefficients, else a
 * column beside the dataset's own. Keys of groups are rows of Spark's own, of which nothing else
 * here knows.
 */
final class PublicPlaces {
  private PublicPlaces() {}

  /** Gives every row {@code coefficients}. */
  static PlacedRows same(Dataset<?> rows, Coefficients coefficients) {
    return of(rows, rows, SameForAll.of(coefficients, rows.sparkSession()), null, false);
  }

  /**
   * Gives every row the coefficients of its group, which is looked up in {@code groups}, however
   * many there are.
   *
   * @param keys the columns that make the groups
   * @param types their types in the groups
   */
  static PlacedRows lookedUp(
      Dataset<?> rows,
      List<InputColumn> keys,
      StructType types,
      ByNumber groups,
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
    String name = PlacedRows.nameOfPlace(List.of(rows.columns()));
    Column place = SchemaLookup.reference(name);
    return of(rows, rows.withColumn(name, number), groups, place, lookup.mayBeNull());
  }

  private static PlacedRows of(
      Dataset<?> rows, Dataset<?> placed, Placement placement, Column place, boolean mayLackPlace) {
    List<String> names = List.of(rows.columns());
    return new PlacedRows(
        placed,
        names.stream().map(SchemaLookup::reference).toList(),
        names,
        placement,
        place,
        mayLackPlace);
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
