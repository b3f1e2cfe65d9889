package batchnorm.spark.testing;

import java.util.function.Supplier;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.execution.ColumnarRule;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.ColumnarToRowTransition;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.sql.vectorized.ColumnarMap;
import org.apache.spark.unsafe.types.UTF8String;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * A Spark whose scans are taken over as native engines take them over: their vectors stand for
 * memory that a JVM cannot read.
 */
public final class NativeEngine {
  private NativeEngine() {}

  /** The exceptions that vectors of such engines throw. */
  public enum Failure {
    /** Gluten's. */
    UNSUPPORTED(() -> new UnsupportedOperationException("not on the heap")),
    /** RAPIDS'. */
    ILLEGAL_STATE(() -> new IllegalStateException("data access must be on a host vector"));

    private final Supplier<RuntimeException> made;

    Failure(Supplier<RuntimeException> made) {
      this.made = made;
    }
  }

  /** Returns a session whose plans make rows of such columns by a transition of their own. */
  public static SparkSession withTransition() {
    return session(Failure.UNSUPPORTED, true);
  }

  /** Returns a session whose vectors give Spark's own transition single values, and no blocks. */
  public static SparkSession withVectors(Failure failure) {
    return session(failure, false);
  }

  private static SparkSession session(Failure failure, boolean transition) {
    return SharedSession.beside(
        SparkSession.builder()
            .withExtensions(
                extensions -> {
                  inject(extensions, failure, transition);
                  return scala.runtime.BoxedUnit.UNIT;
                })
            .config("spark.sql.shuffle.partitions", 2));
  }

  private static void inject(
      SparkSessionExtensions extensions, Failure failure, boolean transition) {
    extensions.injectColumnar(
        session ->
            new ColumnarRule() {
              @Override
              public Rule<SparkPlan> preColumnarTransitions() {
                return rule(plan -> scans(plan, failure, transition));
              }

              @Override
              public Rule<SparkPlan> postColumnarTransitions() {
                return rule(plan -> transition ? transitions(plan) : plan);
              }
            });
  }

  private interface Change {
    SparkPlan of(SparkPlan plan);
  }

  private static Rule<SparkPlan> rule(Change change) {
    return new Rule<>() {
      @Override
      public SparkPlan apply(SparkPlan plan) {
        return change.of(plan);
      }
    };
  }

  private static SparkPlan scans(SparkPlan plan, Failure failure, boolean all) {
    return plan instanceof FileSourceScanExec scan && scan.supportsColumnar()
        ? new NativeScan(scan, failure, all)
        : plan.mapChildren(child -> scans(child, failure, all));
  }

  private static SparkPlan transitions(SparkPlan plan) {
    return plan instanceof ColumnarToRowExec toRows && toRows.child() instanceof NativeScan scan
        ? new NativeToRow(scan)
        : plan.mapChildren(NativeEngine::transitions);
  }

  /** Takes the place of a scan. */
  public static final class NativeScan extends SparkPlan {
    private static final long serialVersionUID = 1L;

    private final FileSourceScanExec scan;
    private final Failure failure;

    /** True if single values cannot be read either. */
    private final boolean all;

    /** Takes the place of {@code scan}. */
    public NativeScan(FileSourceScanExec scan, Failure failure, Boolean all) {
      this.scan = scan;
      this.failure = failure;
      this.all = all;
    }

    @Override
    public boolean supportsColumnar() {
      return true;
    }

    @Override
    public RDD<ColumnarBatch> doExecuteColumnar() {
      Failure thrown = failure;
      boolean everywhere = all;
      return scan.executeColumnar()
          .toJavaRDD()
          .map(batch -> wrapped(batch, thrown, everywhere))
          .rdd();
    }

    private static ColumnarBatch wrapped(ColumnarBatch batch, Failure failure, boolean all) {
      ColumnVector[] columns = new ColumnVector[batch.numCols()];
      for (int j = 0; j < columns.length; j++) {
        columns[j] = new NativeVector(batch.column(j), failure, all);
      }
      return new ColumnarBatch(columns, batch.numRows());
    }

    @Override
    public RDD<InternalRow> doExecute() {
      throw new UnsupportedOperationException("columns only");
    }

    @Override
    public Seq<Attribute> output() {
      return scan.output();
    }

    @Override
    public Seq<SparkPlan> children() {
      return scan.children();
    }

    @Override
    public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
      return this;
    }

    @Override
    public int productArity() {
      return 3;
    }

    @Override
    public Object productElement(int n) {
      return switch (n) {
        case 0 -> scan;
        case 1 -> failure;
        default -> all;
      };
    }

    @Override
    public boolean canEqual(Object other) {
      return other instanceof NativeScan;
    }
  }

  /** Makes rows of what it alone can read. */
  public static final class NativeToRow extends SparkPlan implements ColumnarToRowTransition {
    private static final long serialVersionUID = 1L;

    private final NativeScan scan;

    /** Makes rows of {@code scan}. */
    public NativeToRow(NativeScan scan) {
      this.scan = scan;
    }

    @Override
    public SparkPlan child() {
      return scan;
    }

    @Override
    public RDD<InternalRow> doExecute() {
      return new ColumnarToRowExec(scan.scan).execute();
    }

    @Override
    public Seq<Attribute> output() {
      return scan.output();
    }

    @Override
    public Seq<SparkPlan> children() {
      return ColumnarToRowTransition.super.children();
    }

    @Override
    public SparkPlan withNewChildInternal(SparkPlan child) {
      return new NativeToRow((NativeScan) child);
    }

    @Override
    public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
      return withNewChildInternal(children.head());
    }

    @Override
    public int productArity() {
      return 1;
    }

    @Override
    public Object productElement(int n) {
      return scan;
    }

    @Override
    public boolean canEqual(Object other) {
      return other instanceof NativeToRow;
    }
  }

  /** A vector of which blocks of values, or all values, are out of reach. */
  private static final class NativeVector extends ColumnVector {
    private final ColumnVector values;
    private final Failure failure;
    private final boolean all;

    NativeVector(ColumnVector values, Failure failure, boolean all) {
      super(values.dataType());
      this.values = values;
      this.failure = failure;
      this.all = all;
    }

    private ColumnVector single() {
      if (all) {
        throw failure.made.get();
      }
      return values;
    }

    @Override
    public double[] getDoubles(int row, int count) {
      throw failure.made.get();
    }

    @Override
    public int[] getInts(int row, int count) {
      throw failure.made.get();
    }

    @Override
    public void close() {
      values.close();
    }

    @Override
    public boolean hasNull() {
      return values.hasNull();
    }

    @Override
    public int numNulls() {
      return values.numNulls();
    }

    @Override
    public boolean isNullAt(int row) {
      return single().isNullAt(row);
    }

    @Override
    public boolean getBoolean(int row) {
      return single().getBoolean(row);
    }

    @Override
    public byte getByte(int row) {
      return single().getByte(row);
    }

    @Override
    public short getShort(int row) {
      return single().getShort(row);
    }

    @Override
    public int getInt(int row) {
      return single().getInt(row);
    }

    @Override
    public long getLong(int row) {
      return single().getLong(row);
    }

    @Override
    public float getFloat(int row) {
      return single().getFloat(row);
    }

    @Override
    public double getDouble(int row) {
      return single().getDouble(row);
    }

    @Override
    public ColumnarArray getArray(int row) {
      return single().getArray(row);
    }

    @Override
    public ColumnarMap getMap(int row) {
      return single().getMap(row);
    }

    @Override
    public Decimal getDecimal(int row, int precision, int scale) {
      return single().getDecimal(row, precision, scale);
    }

    @Override
    public UTF8String getUTF8String(int row) {
      return single().getUTF8String(row);
    }

    @Override
    public byte[] getBinary(int row) {
      return single().getBinary(row);
    }

    @Override
    public ColumnVector getChild(int ordinal) {
      throw failure.made.get();
    }
  }
}
