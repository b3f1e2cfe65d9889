package batchnorm.spark.testing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.rand;
import static org.apache.spark.sql.functions.when;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Datasets made of a table of numbers, in each form that features come in. */
public final class Frames {
  /** The layout of VectorUDT, with every part nullable. */
  public static final StructType VECTOR_STRUCT =
      new StructType()
          .add("type", DataTypes.ByteType)
          .add("size", DataTypes.IntegerType)
          .add("indices", DataTypes.createArrayType(DataTypes.IntegerType))
          .add("values", DataTypes.createArrayType(DataTypes.DoubleType));

  private Frames() {}

  /** Columns {@code a}, {@code b}, ... of doubles; NaN stays NaN. */
  public static Dataset<Row> doubles(double[][] table) {
    return of(columns(table[0].length, DataTypes.DoubleType), rows(table, x -> x));
  }

  /** Columns {@code a}, {@code b}, ... of {@code type}; NaN becomes null. */
  public static Dataset<Row> numbers(double[][] table, DataType type) {
    return of(columns(table[0].length, type), rows(table, x -> cell(x, type)));
  }

  /** A column {@code v} of dense vectors. */
  public static Dataset<Row> dense(double[][] table) {
    return column("v", SQLDataTypes.VectorType(), map(table, Vectors::dense));
  }

  /** A column {@code v} of sparse vectors, which store what is not 0. */
  public static Dataset<Row> sparse(double[][] table) {
    return column("v", SQLDataTypes.VectorType(), map(table, row -> Vectors.dense(row).toSparse()));
  }

  /** A column {@code v} of arrays of doubles; NaN becomes null. */
  public static Dataset<Row> doubleArrays(double[][] table) {
    return column(
        "v",
        DataTypes.createArrayType(DataTypes.DoubleType),
        map(table, row -> cells(row, DataTypes.DoubleType)));
  }

  /** A column {@code v} of arrays of floats; NaN becomes null. */
  public static Dataset<Row> floatArrays(double[][] table) {
    return column(
        "v",
        DataTypes.createArrayType(DataTypes.FloatType),
        map(table, row -> cells(row, DataTypes.FloatType)));
  }

  /**
   * Columns of each numeric type, computed from a column {@code id} and called as their type, then
   * {@code others}. Every seventh row is null in some.
   */
  public static Column[] numbersOfEveryTypeAnd(Column... others) {
    Column seventh = col("id").mod(7).equalTo(0);
    return Stream.concat(
            Stream.of(
                when(seventh, null).otherwise(rand(1).multiply(10)).as("double"),
                when(seventh, null).otherwise(rand(2).cast("float")).as("float"),
                when(seventh, null).otherwise(col("id").mod(13).cast("int")).as("int"),
                when(seventh, null).otherwise(col("id")).as("long"),
                col("id").mod(11).cast("short").as("short"),
                col("id").mod(5).cast("byte").as("byte"),
                col("id").mod(2).equalTo(0).as("boolean"),
                when(seventh, null).otherwise(col("id").cast("decimal(22,3)")).as("decimal")),
            Stream.of(others))
        .toArray(Column[]::new);
  }

  /** One column. */
  public static Dataset<Row> column(String name, DataType type, List<?> values) {
    List<Row> rows = new ArrayList<>();
    values.forEach(value -> rows.add(RowFactory.create(value)));
    return of(new StructType().add(name, type), rows);
  }

  /** A dataset of the given rows, in one partition. */
  public static Dataset<Row> of(StructType schema, List<Row> rows) {
    SparkSession session = SharedSession.get();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    return session.createDataFrame(context.parallelize(rows, 1), schema);
  }

  /** The names {@code a}, {@code b}, ... */
  public static String[] names(int columns) {
    return IntStream.range(0, columns)
        .mapToObj(j -> String.valueOf((char) ('a' + j)))
        .toArray(String[]::new);
  }

  private static StructType columns(int columns, DataType type) {
    StructField[] fields = new StructField[columns];
    for (int j = 0; j < columns; j++) {
      fields[j] = DataTypes.createStructField(names(columns)[j], type, true);
    }
    return DataTypes.createStructType(fields);
  }

  private interface Cell {
    Object of(double x);
  }

  private interface Cells {
    Object of(double[] row);
  }

  private static List<Row> rows(double[][] table, Cell cell) {
    List<Row> rows = new ArrayList<>();
    for (double[] row : table) {
      Object[] cells = new Object[row.length];
      for (int j = 0; j < row.length; j++) {
        cells[j] = cell.of(row[j]);
      }
      rows.add(RowFactory.create(cells));
    }
    return rows;
  }

  private static List<Object> map(double[][] table, Cells cells) {
    List<Object> mapped = new ArrayList<>();
    for (double[] row : table) {
      mapped.add(cells.of(row));
    }
    return mapped;
  }

  private static Object[] cells(double[] row, DataType type) {
    Object[] cells = new Object[row.length];
    for (int j = 0; j < row.length; j++) {
      cells[j] = cell(row[j], type);
    }
    return cells;
  }

  private static Object cell(double x, DataType type) {
    if (Double.isNaN(x)) {
      return null;
    }
    return switch (type.typeName()) {
      case "double" -> x;
      case "float" -> (float) x;
      case "byte" -> (byte) x;
      case "short" -> (short) x;
      case "integer" -> (int) x;
      case "long" -> (long) x;
      case "boolean" -> x != 0;
      default -> BigDecimal.valueOf(x);
    };
  }
}
