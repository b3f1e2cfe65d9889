package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ScalaSeq;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.execution.ColumnarToRowTransition;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Source of column batches: the scan below a query that only selects columns, in any order. The
 * scan may have more columns than are selected.
 *
 * <p>Spark plans such a query as whole-stage code that turns batches into rows. The scan is found
 * below that code, also inside an adaptive plan. Any plan with columnar output counts as a scan,
 * such as Comet's filter.
 */
final class ColumnarScan implements Source<ColumnarBatch> {
  private final SparkSession session;
  private final QueryExecution query;
  private final SparkPlan scan;
  private final int[] ordinals;

  private ColumnarScan(SparkSession session, QueryExecution query, SparkPlan scan, int[] ordinals) {
    this.session = session;
    this.query = query;
    this.scan = scan;
    this.ordinals = ordinals;
  }

  /** Looks for the scan below {@code selected}, which only selects columns of the scan. */
  static Sources.Found under(Dataset<Row> selected) {
    QueryExecution query = ClassicSpark.query(selected);
    SparkPlan plan = query.executedPlan();
    List<ExprId> wanted = ids(ScalaSeq.list(plan.output()));
    boolean isAdaptive = false;
    boolean isRead = false;
    while (true) {
      if (plan instanceof AdaptiveSparkPlanExec adaptive) {
        isAdaptive = true;
        plan = adaptive.initialPlan();
      } else if (plan instanceof WholeStageCodegenExec stage) {
        plan = stage.child();
      } else if (plan instanceof InputAdapter adapter) {
        plan = adapter.child();
      } else if (plan instanceof ColumnarToRowTransition toRows) {
        if (!HostVectors.areReadBy(plan)) {
          return Sources.Found.none(
              named(plan) + " reads columns that are not known to be in memory");
        }
        isRead = true;
        plan = toRows.child();
      } else if (plan instanceof ProjectExec project) {
        Optional<List<ExprId>> sources = sources(project, wanted);
        if (sources.isEmpty()) {
          return Sources.Found.none("the query computes columns");
        }
        wanted = sources.get();
        plan = project.child();
      } else {
        break;
      }
    }
    SparkPlan scan =
        plan.supportsColumnar()
            ? plan
            : UnlimitedFieldScan.columnar(plan, selected.sparkSession()).orElse(plan);
    if (!scan.supportsColumnar()) {
      return Sources.Found.none(named(plan) + " gives rows");
    }
    // An adaptive plan is incomplete until its stages run; only a plain scan is complete.
    if (isAdaptive && !scan.children().isEmpty()) {
      return Sources.Found.none(named(scan) + " is planned while the query runs");
    }
    if (!isRead && !HostVectors.areGivenBy(scan)) {
      return Sources.Found.none(named(scan) + " gives columns that are not known to be in memory");
    }
    OptionalInt[] found = positions(scan, wanted);
    int[] ordinals = new int[found.length];
    for (int j = 0; j < found.length; j++) {
      if (found[j].isEmpty()) {
        return Sources.Found.none("the scan has other columns");
      }
      ordinals[j] = found[j].getAsInt();
    }
    return new Sources.Found(
        Optional.of(new ColumnarScan(selected.sparkSession(), query, scan, ordinals)),
        "columns of " + named(scan));
  }

  @Override
  public long expectedFeatures() {
    return ExpectedFeatures.of(scan, ScalaSeq.list(scan.output()).get(ordinals[0]).name(), session);
  }

  private static String named(SparkPlan plan) {
    return "'" + plan.nodeName().strip() + "'";
  }

  @Override
  public <R> R execute(Function<Partitions<ColumnarBatch>, R> jobs) {
    return Execution.of(
        query, () -> jobs.apply(new RddPartitions<>(session, scan.executeColumnar().toJavaRDD())));
  }

  @Override
  public Reading<ColumnarBatch, RowCollector> rows(RowLayout layout) {
    int[] read = ordinals;
    if (layout.kind() != ColumnKind.NUMBER) {
      return batches -> new ElementReader(batches, layout, read);
    }
    return batches ->
        PartitionReader.of(
            batches,
            (batch, collector) ->
                collector
                    .columns(layout.columns(), layout.weighted())
                    .add(new NumberColumns(NumberColumns.selected(batch, read)), batch.numRows()));
  }

  /** Returns a reading; the feature columns must be numeric. */
  @Override
  public Reading<ColumnarBatch, GroupCollector> keyedRows(RowLayout layout, StructType keys) {
    int[] read = ordinals;
    return batches -> new BatchedNumbers(batches, layout, read, keys);
  }

  /** Returns the attributes below {@code project} that {@code wanted} are aliases of. */
  private static Optional<List<ExprId>> sources(ProjectExec project, List<ExprId> wanted) {
    List<ExprId> sources = new ArrayList<>();
    for (ExprId id : wanted) {
      NamedExpression named =
          ScalaSeq.list(project.projectList()).stream()
              .filter(expression -> expression.exprId().equals(id))
              .findFirst()
              .orElseThrow();
      if (named instanceof Attribute attribute) {
        sources.add(attribute.exprId());
      } else if (named instanceof Alias alias && alias.child() instanceof Attribute attribute) {
        sources.add(attribute.exprId());
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(sources);
  }

  private static OptionalInt[] positions(SparkPlan scan, List<ExprId> wanted) {
    List<ExprId> output = ids(ScalaSeq.list(scan.output()));
    return wanted.stream()
        .map(id -> output.indexOf(id))
        .map(at -> at < 0 ? OptionalInt.empty() : OptionalInt.of(at))
        .toArray(OptionalInt[]::new);
  }

  private static List<ExprId> ids(List<Attribute> attributes) {
    return attributes.stream().map(Attribute::exprId).toList();
  }
}
