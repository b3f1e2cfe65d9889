package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.Invocation;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.normalize.AffineMap;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 * The rows of a dataset, and which map each of them gets: one for all, or that of the row's group,
 * whose place is a column beside the dataset's own.
 */
public final class RowMaps {
  private static final String PLACE = "group";
  private static final DataType NUMBERS = DataTypes.createArrayType(DataTypes.DoubleType, false);

  private final List<Attribute> columns;
  private final Dataset<?> dataset;
  private final Maps maps;
  private final Expression place;

  private RowMaps(List<Attribute> columns, Dataset<?> dataset, Maps maps, Expression place) {
    this.columns = columns;
    this.dataset = dataset;
    this.maps = maps;
    this.place = place;
  }

  /** Gives every row {@code map}. */
  public static RowMaps one(Dataset<?> rows, AffineMap map) {
    return new RowMaps(output(rows), rows, SharedMap.of(map, rows.sparkSession()), null);
  }

  /**
   * Gives every row the map of its group, which is looked up in {@code groups}: no join, no
   * shuffle. The place is the number of the group, found once a row in a projection of its own.
   *
   * @param keys the columns that make the groups
   */
  public static RowMaps lookedUp(
      Dataset<?> rows, List<InputColumn> keys, SharedGroups groups, UnseenGroup unseen) {
    List<Attribute> columns = output(rows);
    GroupName name = GroupName.of(keys, rows.sparkSession());
    Expression number =
        new GroupNumber(
            ScalaSeq.of(GroupKey.normalized(keyColumns(keys, columns))),
            new GroupLookup(groups, unseen, name));
    return placed(columns, rows, groups, number);
  }

  /**
   * Gives every row the map of its group, which a left outer join with {@code groups} brings to it.
   *
   * @param keys the columns that make the groups
   * @param groups a row of statistics for each group, in the layout of {@link GroupStatistics}
   */
  public static RowMaps joined(
      Dataset<?> rows,
      List<InputColumn> keys,
      Dataset<Row> groups,
      GroupRecipe recipe,
      UnseenGroup unseen) {
    List<Attribute> columns = output(rows);
    List<Expression> keyColumns = keyColumns(keys, columns);
    JoinedGroups maps = new JoinedGroups(recipe, unseen, GroupName.of(keys, rows.sparkSession()));
    Dataset<Row> numbers = numbersOf(groups, keys.size(), maps);
    List<Attribute> right = output(numbers);
    Column same = null;
    for (int i = 0; i < keys.size(); i++) {
      Column equal = ClassicSpark.column(new EqualNullSafe(keyColumns.get(i), right.get(i)));
      same = same == null ? equal : same.and(equal);
    }
    Dataset<Row> joined = rows.join(numbers, same, "left_outer");
    List<Attribute> output = output(joined);
    Expression place = output.get(output.size() - 1);
    if (!maps.mayLackPlace()) {
      Expression key = CreateStruct.create(ScalaSeq.of(keyColumns));
      place =
          new Coalesce(
              ScalaSeq.of(place, Invocation.of(maps, "unseen", NUMBERS, false, List.of(key))));
    }
    return placed(columns, joined, maps, place);
  }

  /** The keys of each group, then the numbers of its map. */
  private static Dataset<Row> numbersOf(Dataset<Row> groups, int keys, JoinedGroups maps) {
    List<Attribute> columns = output(groups);
    Expression group = columns.get(GroupStatistics.GROUP);
    List<Column> all = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      all.add(ClassicSpark.column(new GetStructField(group, i, Option.empty())).as("key" + i));
    }
    Expression numbers =
        Invocation.of(
            maps,
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
  public static boolean mayBroadcast(SparkSession session) {
    return session.sessionState().conf().autoBroadcastJoinThreshold() >= 0;
  }

  private static RowMaps placed(
      List<Attribute> columns, Dataset<?> rows, Maps maps, Expression place) {
    List<Column> all = new ArrayList<>();
    columns.forEach(column -> all.add(ClassicSpark.column(column)));
    all.add(ClassicSpark.column(place).as(unusedName(columns)));
    Dataset<Row> placed = rows.select(all.toArray(Column[]::new));
    List<Attribute> output = output(placed);
    return new RowMaps(columns, placed, maps, output.get(output.size() - 1));
  }

  /** The dataset's own columns. */
  List<Attribute> columns() {
    return columns;
  }

  /** The dataset, with the place where there is one. */
  Dataset<?> dataset() {
    return dataset;
  }

  Maps maps() {
    return maps;
  }

  /** The column that says which map a row gets; null where all have one. */
  Expression place() {
    return place;
  }

  /** Whether rows may get no map, and null instead of numbers. */
  boolean mayLackPlace() {
    return place != null && place.nullable();
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

  /** A name that features and other columns can be told from. */
  private static String unusedName(List<Attribute> columns) {
    Set<String> used = new HashSet<>();
    columns.forEach(column -> used.add(SchemaLookup.key(column.name())));
    String name = PLACE;
    while (used.contains(SchemaLookup.key(name))) {
      name = "_" + name;
    }
    return name;
  }

  private static List<Attribute> output(Dataset<?> dataset) {
    return ScalaSeq.list(ClassicSpark.query(dataset).analyzed().output());
  }
}
