package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.Invocation;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.normalize.Coefficients;
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

/**
 * Places of rows as expressions of Spark's own: none where all have the same coefficients, else a
 * column beside the dataset's own.
 */
final class ExpressionPlaces {
  private static final DataType NUMBERS = DataTypes.createArrayType(DataTypes.DoubleType, false);

  private ExpressionPlaces() {}

  /** Gives every row {@code coefficients}. */
  static PlacedRows same(Dataset<?> rows, Coefficients coefficients) {
    return of(output(rows), rows, SameForAll.of(coefficients, rows.sparkSession()), null, false);
  }

  /**
   * Gives every row the coefficients of its group, which is looked up in {@code groups}: no join,
   * no shuffle. The place is the number of the group, found once a row in a projection of its own.
   *
   * @param keys the columns that make the groups
   */
  static PlacedRows lookedUp(
      Dataset<?> rows, List<InputColumn> keys, ByNumber groups, UnseenGroup unseen) {
    List<Attribute> columns = output(rows);
    GroupName name = GroupName.of(keys, rows.sparkSession());
    Expression number =
        GroupNumber.of(
            GroupKey.normalized(keyColumns(keys, columns)), new GroupLookup(groups, unseen, name));
    return placed(columns, rows, groups, number);
  }

  /**
   * Gives every row the coefficients of its group, which a left outer join with {@code groups}
   * brings to it.
   *
   * @param keys the columns that make the groups
   * @param groups a row of statistics for each group, in the layout of {@link GroupStatistics}
   */
  static PlacedRows joined(
      Dataset<?> rows,
      List<InputColumn> keys,
      Dataset<Row> groups,
      GroupRecipe recipe,
      UnseenGroup unseen) {
    List<Attribute> columns = output(rows);
    List<Expression> keyColumns = keyColumns(keys, columns);
    ByJoin placement = new ByJoin(recipe, unseen, GroupName.of(keys, rows.sparkSession()));
    Dataset<Row> numbers = numbersOf(groups, keys.size(), placement);
    List<Attribute> right = output(numbers);
    Column same = null;
    for (int i = 0; i < keys.size(); i++) {
      Column equal = ClassicSpark.column(new EqualNullSafe(keyColumns.get(i), right.get(i)));
      same = same == null ? equal : same.and(equal);
    }
    Dataset<Row> joined = rows.join(numbers, same, "left_outer");
    List<Attribute> output = output(joined);
    Expression place = output.get(output.size() - 1);
    if (!placement.mayLackPlace()) {
      Expression key = CreateStruct.create(ScalaSeq.of(keyColumns));
      place =
          new Coalesce(
              ScalaSeq.of(place, Invocation.of(placement, "unseen", NUMBERS, false, List.of(key))));
    }
    return placed(columns, joined, placement, place);
  }

  /** The keys of each group, then its coefficients. */
  private static Dataset<Row> numbersOf(Dataset<Row> groups, int keys, ByJoin placement) {
    List<Attribute> columns = output(groups);
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
            List.of(
                group,
                columns.get(GroupStatistics.ROWS),
                columns.get(GroupStatistics.WEIGHT),
                columns.get(GroupStatistics.MEAN),
                columns.get(GroupStatistics.VARIANCE),
                columns.get(GroupStatistics.SAMPLE_VARIANCE),
                columns.get(GroupStatistics.EXTENSION)));
    all.add(ClassicSpark.column(numbers).as("numbers"));
    return groups.select(all.toArray(Column[]::new));
  }

  /** Whether Spark may send tables to all executors. */
  static boolean mayBroadcast(SparkSession session) {
    return session.sessionState().conf().autoBroadcastJoinThreshold() >= 0;
  }

  private static PlacedRows placed(
      List<Attribute> columns, Dataset<?> rows, Placement placement, Expression place) {
    List<Column> all = new ArrayList<>();
    columns.forEach(column -> all.add(ClassicSpark.column(column)));
    String name = PlacedRows.nameOfPlace(columns.stream().map(Attribute::name).toList());
    all.add(ClassicSpark.column(place).as(name));
    Dataset<Row> placed = rows.select(all.toArray(Column[]::new));
    List<Attribute> output = output(placed);
    Attribute column = output.get(output.size() - 1);
    return of(columns, placed, placement, ClassicSpark.column(column), column.nullable());
  }

  private static PlacedRows of(
      List<Attribute> columns,
      Dataset<?> rows,
      Placement placement,
      Column place,
      boolean mayLackPlace) {
    return new PlacedRows(
        rows,
        columns.stream().map(ClassicSpark::column).toList(),
        columns.stream().map(Attribute::name).toList(),
        placement,
        place,
        mayLackPlace);
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

  /** Returns the key of an attribute, as {@link InputColumn#asKey} does of a column. */
  private static Expression key(InputColumn key, Attribute column) {
    Expression value = column;
    for (String name : key.path().subList(1, key.path().size())) {
      StructType struct = (StructType) value.dataType();
      value = new GetStructField(value, struct.fieldIndex(name), Option.apply(name));
    }
    return key.isPadded() ? new StringTrimRight(value) : value;
  }

  private static List<Attribute> output(Dataset<?> dataset) {
    return ScalaSeq.list(ClassicSpark.query(dataset).analyzed().output());
  }
}
