package batchnorm.spark.sql;

import batchnorm.spark.compat.ScalaSeq;
import java.util.List;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.NamedArgumentExpression;
import org.apache.spark.sql.errors.QueryCompilationErrors;
import scala.Function1;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;

/** Entry of a function in Spark's registry: its name, its text and the expression of a call. */
final class FunctionBuilder extends AbstractFunction1<Seq<Expression>, Expression> {
  /** Kind of function, one of a list of Spark. */
  static final String SOURCE = "scala_udf";

  private static final String GROUP = "agg_funcs";
  private static final String SINCE = "0.1.0";

  private final ExactFunction function;

  FunctionBuilder(ExactFunction function) {
    this.function = function;
  }

  FunctionIdentifier identifier() {
    return new FunctionIdentifier(function.sqlName());
  }

  /** Returns the text of {@code DESCRIBE FUNCTION} for functions of an extension. */
  ExpressionInfo info() {
    return new ExpressionInfo(
        ExactAggregate.class.getName(),
        null,
        function.sqlName(),
        function.usage(),
        "",
        "",
        "",
        GROUP,
        SINCE,
        "",
        SOURCE);
  }

  /** Returns this: the type of the sequence is another one in Scala 2.12 than in 2.13. */
  @SuppressWarnings("rawtypes")
  Function1 forRegistry() {
    return this;
  }

  @Override
  public Expression apply(Seq<Expression> arguments) {
    List<Expression> given = ScalaSeq.list(arguments);
    if (given.stream().anyMatch(NamedArgumentExpression.class::isInstance)) {
      throw FunctionBuilder.<RuntimeException>raise(
          QueryCompilationErrors.namedArgumentsNotSupported(function.sqlName()));
    }
    if (given.size() != 1) {
      throw FunctionBuilder.<RuntimeException>raise(
          QueryCompilationErrors.wrongNumArgsError(
              function.sqlName(), ScalaSeq.of(1), given.size(), "", "", ""));
    }
    return new ExactAggregate(FunctionCall.of(function), given.get(0), 0, 0);
  }

  /** Throws an error of Spark, which Java alone takes for a checked exception. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E raise(Throwable error) throws E {
    throw (E) error;
  }
}
