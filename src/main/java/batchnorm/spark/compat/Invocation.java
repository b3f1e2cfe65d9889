package batchnorm.spark.compat;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.objects.Invoke;
import org.apache.spark.sql.types.DataType;

/** Expressions that call a method of an object. */
public final class Invocation {
  private Invocation() {}

  /** Returns the call of a method that returns null only for null. */
  public static Expression of(
      Object target,
      String method,
      DataType type,
      boolean propagateNull,
      List<Expression> arguments) {
    boolean returnsNull = false;
    boolean deterministic = true;
    return new Invoke(
        Literal.fromObject(target),
        method,
        type,
        ScalaSeq.of(arguments),
        ScalaSeq.of(),
        propagateNull,
        returnsNull,
        deterministic);
  }
}
