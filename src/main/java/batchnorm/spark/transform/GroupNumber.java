package batchnorm.spark.transform;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkExpression;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.Block;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.JavaCode;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import scala.collection.immutable.Seq;

/**
 * Number of a row's group. The values of the group columns are written as an {@code UnsafeRow},
 * whose bytes are looked up. It is part of whole-stage code, in the projection whose rows the
 * features are read from.
 */
final class GroupNumber extends SparkExpression {
  private static final long serialVersionUID = 1L;

  /** Initial size of the buffer for values of variable length, as in Spark's own projections. */
  private static final int VARIABLE_BYTES = 32;

  private final Seq<Expression> keys;
  private final ByNumber groups;

  /** Writes the key if no code is generated. */
  private transient UnsafeProjection projection;

  private GroupNumber(Seq<Expression> keys, ByNumber groups) {
    this.keys = keys;
    this.groups = groups;
  }

  /**
   * Returns the number of the group of {@code keys}, whose floating-point values are normalized.
   */
  static Expression of(List<Expression> keys, ByNumber groups) {
    return new GroupNumber(ScalaSeq.of(keys), groups);
  }

  @Override
  public Object eval(InternalRow row) {
    if (projection == null) {
      projection = UnsafeProjection.create(keys);
    }
    int number = groups.number(projection.apply(row));
    return number < 0 ? null : (Object) number;
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode result) {
    String writer = writer(context);
    Block code =
        block(String.format(Locale.ROOT, "%s.reset();\n%s.zeroOutNullBytes();\n", writer, writer));
    List<Expression> columns = ScalaSeq.list(keys);
    for (int i = 0; i < columns.size(); i++) {
      ExprCode key = columns.get(i).genCode(context);
      code = code.$plus(key.code()).$plus(block(written(writer, i, columns.get(i), key)));
    }
    String target = context.addReferenceObj("groups", groups, ByNumber.class.getName());
    String found =
        String.format(
            Locale.ROOT,
            "int %s = %s.number(%s.getRow());\nboolean %s = %1$s < 0;\n",
            result.value(),
            target,
            writer,
            result.isNull());
    return result.copy(code.$plus(block(found)), result.isNull(), result.value());
  }

  private String writer(CodegenContext context) {
    String type = UnsafeRowWriter.class.getName();
    long variable =
        ScalaSeq.list(keys).stream()
            .filter(key -> !UnsafeRow.isFixedLength(key.dataType()))
            .count();
    String made =
        String.format(Locale.ROOT, "new %s(%d, %d)", type, keys.size(), variable * VARIABLE_BYTES);
    boolean inline = false;
    boolean freshName = true;
    return context.addMutableState(
        type, "groupKey", name -> name + " = " + made + ";", inline, freshName);
  }

  /**
   * Returns the code that writes a key as Spark's projections do; a null decimal may take space.
   */
  private static String written(String writer, int i, Expression column, ExprCode key) {
    if (column.dataType() instanceof DecimalType decimal) {
      return String.format(
          Locale.ROOT,
          "%s.write(%d, %s ? null : %s, %d, %d);\n",
          writer,
          i,
          key.isNull(),
          key.value(),
          decimal.precision(),
          decimal.scale());
    }
    return String.format(
        Locale.ROOT,
        "if (%s) {\n  %s.setNullAt(%d);\n} else {\n  %s.write(%d, %s);\n}\n",
        key.isNull(),
        writer,
        i,
        writer,
        i,
        key.value());
  }

  private static Block block(String code) {
    return new CodeBlock(ScalaSeq.of(code), ScalaSeq.<JavaCode>of());
  }

  @Override
  public DataType dataType() {
    return DataTypes.IntegerType;
  }

  @Override
  public boolean nullable() {
    return groups.mayLackPlace();
  }

  @Override
  public Seq<Expression> children() {
    return keys;
  }

  @Override
  protected Expression withChildren(List<Expression> children) {
    return new GroupNumber(ScalaSeq.of(children), groups);
  }

  @Override
  protected boolean nullGivesNull() {
    return false;
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int n) {
    return n == 0 ? keys : groups;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof GroupNumber;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupNumber that
        && keys.equals(that.keys)
        && groups.equals(that.groups);
  }

  @Override
  public int hashCode() {
    return 31 * keys.hashCode() + groups.hashCode();
  }

  @Override
  public String toString() {
    return "group" + keys.mkString("(", ", ", ")");
  }
}
