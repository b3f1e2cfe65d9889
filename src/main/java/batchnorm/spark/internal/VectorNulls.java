package batchnorm.spark.internal;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.ColumnarToRowTransition;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec;

/**
 * Keeps the nulls that files hold inside of vectors.
 *
 * <p>{@code VectorUDT} declares that a vector has no null type, index or value. The code that Spark
 * generates to copy a vector from columns to rows relies on it, and copies whatever memory a null
 * leaves unset. What is called before that copy marks the nulls in the vector itself.
 */
public final class VectorNulls implements Serializable {
  private static final long serialVersionUID = 1L;

  private VectorNulls() {}

  /** Returns whether the rows of {@code dataset} are copied from columns, or may be. */
  public static boolean mayBeLost(Dataset<?> dataset) {
    try {
      SparkPlan plan = ClassicSpark.query(dataset).executedPlan();
      SparkPlan initial =
          plan instanceof AdaptiveSparkPlanExec adaptive ? adaptive.initialPlan() : plan;
      return initial.find(node -> node instanceof ColumnarToRowTransition).isDefined();
    } catch (LinkageError e) {
      // A Spark with other plans does not tell.
      return true;
    }
  }

  /** Returns the vectors of {@code vector} with their nulls marked. */
  public static Column marked(Column vector) {
    boolean nullGivesNull = true;
    return ClassicSpark.column(
        MappedColumns.invoke(
            new VectorNulls(),
            "mark",
            SQLDataTypes.VectorType(),
            nullGivesNull,
            List.of(ClassicSpark.expression(vector))));
  }

  /** Called by generated code, which types a user-defined type's value as Object. */
  public InternalRow mark(Object struct) {
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    return vector.hasNull() ? vector.marked() : vector.struct();
  }

  /** All are equal: equal expressions make equal plans. */
  @Override
  public boolean equals(Object other) {
    return other instanceof VectorNulls;
  }

  @Override
  public int hashCode() {
    return VectorNulls.class.hashCode();
  }
}
