package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.Invocation;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Coalesce;
import org.apache.spark.sql.catalyst.expressions.CreateStruct;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.StringTrimRight;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** Places of rows by group, as Spark expressions. */
final class ExpressionPlaces {
  private static final DataType NUMBERS = DataTypes.createArrayType(DataTypes.DoubleType, false);

  private ExpressionPlaces() {}

  /**
   * Looks up the group of every row in {@code groups}, without join or shuffle. The place is the
   * number of the group, found once a row in a separate projection.
   *
   * @param keys the group columns
   */
  static PlacedRows lookedUp(Dataset<?> rows, List<InputColumn> keys, ByNumber groups) {
    Expression number =
        GroupNumber.of(
            GroupKey.normalized(keyColumns(keys, MappedColumns.attributes(rows))), groups);
    return PlacedRows.of(rows, MappedColumns.columns(rows), groups, ClassicSpark.column(number));
  }

  /**
   * Adds the coefficients of its group to every row by a left outer join with {@code groups}.
   *
   * @param keys the group columns
   * @param groups a row of statistics for each group, in the layout of {@link GroupStatistics}
   */
  static PlacedRows joined(
      Dataset<?> rows,
      List<InputColumn> keys,
      Dataset<Row> groups,
      GroupRecipe recipe,
      UnseenGroup unseen) {
    List<Expression> keyColumns = keyColumns(keys, MappedColumns.attributes(rows));
    ByJoin placement = new ByJoin(recipe, unseen, GroupName.of(keys, rows.sparkSession()));
    Dataset<Row> numbers = numbersOf(groups, keys.size(), placement);
    List<Attribute> right = MappedColumns.attributes(numbers);
    Column same = null;
    for (int i = 0; i < keys.size(); i++) {
      Column equal = ClassicSpark.column(new EqualNullSafe(keyColumns.get(i), right.get(i)));
      same = same == null ? equal : same.and(equal);
    }
    Dataset<Row> joined = rows.join(numbers, same, "left_outer");
    List<Attribute> output = MappedColumns.attributes(joined);
    Expression place = output.get(output.size() - 1);
    if (!placement.mayLackPlace()) {
      Expression key = CreateStruct.create(ScalaSeq.of(keyColumns));
      place =
          new Coalesce(
              ScalaSeq.of(place, Invocation.of(placement, "unseen", NUMBERS, false, List.of(key))));
    }
    return PlacedRows.of(
        joined, MappedColumns.columns(rows), placement, ClassicSpark.column(place));
  }

  /** Returns the keys of each group, then its coefficients. */
  private static Dataset<Row> numbersOf(Dataset<Row> groups, int keys, ByJoin placement) {
    List<Expression> columns = List.copyOf(MappedColumns.attributes(groups));
    Expression group = columns.get(GroupStatistics.GROUP);
    List<Column> all = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      all.add(ClassicSpark.column(new GetStructField(group, i, Option.empty())).as("key" + i));
    }
    Expression numbers =
        Invocation.of(
            placement,
            "numbers",
            NUMBERS,
            false,
            List.of(CreateStruct.create(ScalaSeq.of(columns)), group));
    all.add(ClassicSpark.column(numbers).as("numbers"));
    return groups.select(all.toArray(Column[]::new));
  }

  /** Returns whether Spark may broadcast tables to all executors. */
  static boolean mayBroadcast(SparkSession session) {
    return session.sessionState().conf().autoBroadcastJoinThreshold() >= 0;
  }

  private static List<Expression> keyColumns(List<InputColumn> keys, List<Attribute> columns) {
    List<Expression> found = new ArrayList<>();
    for (InputColumn key : keys) {
      String name = SchemaLookup.key(key.path().get(0));
      columns.stream()
          .filter(column -> SchemaLookup.key(column.name()).equals(name))
          .forEach(column -> found.add(key(key, column)));
    }
    return found;
  }

  /** Returns the key of an attribute, as {@link InputColumn#asKey} does for a column. */
  private static Expression key(InputColumn key, Attribute column) {
    Expression value = column;
    for (String name : key.path().subList(1, key.path().size())) {
      StructType struct = (StructType) value.dataType();
      value = new GetStructField(value, struct.fieldIndex(name), Option.apply(name));
    }
    return key.isPadded() ? new StringTrimRight(value) : value;
  }
}
