package batchnorm.spark.compat;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.types.StructType;

/**
 * Access to the parts of datasets, sessions and columns that Spark's public API hides. Spark 4 has
 * separate classes for this JVM and for Spark Connect; Spark 3.5 has only one kind.
 */
public final class ClassicSpark {
  private ClassicSpark() {}

  /** Returns the query of a dataset. */
  public static QueryExecution query(Dataset<?> dataset) {
    return dataset.queryExecution();
  }

  /** Returns the dataset of {@code rows}, without conversion. */
  public static Dataset<Row> dataset(
      SparkSession session, JavaRDD<InternalRow> rows, StructType schema) {
    boolean isStreaming = false;
    return session.internalCreateDataFrame(rows.rdd(), schema, isStreaming);
  }

  /** Returns the dataset of local rows. */
  public static Dataset<Row> dataset(
      SparkSession session, List<InternalRow> rows, List<Attribute> columns) {
    boolean isStreaming = false;
    return Dataset.ofRows(
        session, new LocalRelation(ScalaSeq.of(columns), ScalaSeq.of(rows), isStreaming));
  }

  /** Returns the dataset of {@code plan}, which must be resolved. */
  public static Dataset<Row> dataset(SparkSession session, LogicalPlan plan) {
    plan.setAnalyzed();
    return Dataset.ofRows(session, plan);
  }

  /** Returns a session with a copy of the settings of {@code session}. */
  public static SparkSession copyOf(SparkSession session) {
    return session.cloneSession();
  }

  /** Returns the functions of a session. */
  public static FunctionRegistry functions(SparkSession session) {
    return session.sessionState().functionRegistry();
  }

  /** Returns the same files, read with the settings of another session. */
  public static HadoopFsRelation relation(SparkSession session, HadoopFsRelation relation) {
    return new HadoopFsRelation(
        relation.location(),
        relation.partitionSchema(),
        relation.dataSchema(),
        relation.bucketSpec(),
        relation.fileFormat(),
        relation.options(),
        session);
  }

  public static Column column(Expression expression) {
    return new Column(expression);
  }

  public static Expression expression(Column column) {
    return column.expr();
  }
}
