package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.Invocation;
import batchnorm.spark.compat.ScalaSeq;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarRow;
import scala.Option;

/**
 * Keeps the nulls inside the vectors of files.
 *
 * <p>{@code VectorUDT} declares that a vector has no null type, index or value. Spark relies on
 * this when it copies a vector, for instance before a shuffle or a join, or when it reads Parquet
 * by rows: a null becomes 0 or an arbitrary value. Therefore the query is rewritten to read the
 * vectors of files as structs with nullable fields and to convert these to vectors at once. Rows
 * keep their null bits; in columns, a null becomes a value that is read as null.
 */
public final class VectorNulls implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Package of Spark's file formats, which read the requested types. */
  private static final String FORMATS = "org.apache.spark.sql.execution.datasources.";

  private static final StructType STRUCT =
      new StructType()
          .add("type", DataTypes.ByteType)
          .add("size", DataTypes.IntegerType)
          .add("indices", DataTypes.createArrayType(DataTypes.IntegerType))
          .add("values", DataTypes.createArrayType(DataTypes.DoubleType));

  /** Type of a struct that contains vectors; null for a vector. */
  private final StructType type;

  private transient UnsafeProjection projection;

  private VectorNulls(StructType type) {
    this.type = type;
  }

  /**
   * Returns {@code dataset} with the nulls in its files' vectors kept; cached data is read
   * unchanged.
   */
  public static Dataset<?> kept(Dataset<?> dataset) {
    LogicalPlan plan = ClassicSpark.query(dataset).analyzed();
    if (ScalaSeq.list(plan.collectLeaves()).stream().noneMatch(VectorNulls::hasVectors)) {
      return dataset;
    }
    LogicalPlan kept = kept(plan, uncached(dataset));
    return kept == plan ? dataset : ClassicSpark.dataset(dataset.sparkSession(), kept);
  }

  /** Returns the columns of the files that {@code dataset} reads. */
  private static Set<ExprId> uncached(Dataset<?> dataset) {
    // A separate query, since each looks up caches only once.
    LogicalPlan plan = ClassicSpark.query(dataset.select("*")).withCachedData();
    Set<ExprId> columns = new HashSet<>();
    for (LogicalPlan leaf : ScalaSeq.list(plan.collectLeaves())) {
      if (leaf instanceof LogicalRelation relation) {
        ScalaSeq.list(relation.output()).forEach(column -> columns.add(column.exprId()));
      }
    }
    return columns;
  }

  private static LogicalPlan kept(LogicalPlan plan, Set<ExprId> uncached) {
    if (hasVectors(plan)) {
      LogicalRelation relation = (LogicalRelation) plan;
      return uncached.contains(relation.output().head().exprId()) ? kept(relation) : plan;
    }
    return plan.mapChildren(child -> kept(child, uncached));
  }

  private static boolean hasVectors(LogicalPlan plan) {
    return plan instanceof LogicalRelation relation
        && relation.relation() instanceof HadoopFsRelation
        && ScalaSeq.list(relation.output()).stream().anyMatch(VectorNulls::hasVectors);
  }

  private static boolean hasVectors(AttributeReference column) {
    return nullable(column.dataType()) != column.dataType();
  }

  /**
   * Returns a projection to the columns of {@code relation} over a relation with nullable structs.
   */
  private static LogicalPlan kept(LogicalRelation relation) {
    HadoopFsRelation files = (HadoopFsRelation) relation.relation();
    boolean takesTypes = files.fileFormat().getClass().getName().startsWith(FORMATS);
    List<AttributeReference> read = new ArrayList<>();
    List<NamedExpression> projected = new ArrayList<>();
    for (AttributeReference column : ScalaSeq.list(relation.output())) {
      if (!hasVectors(column)) {
        read.add(column);
        projected.add(column);
        continue;
      }
      DataType type = takesTypes ? nullable(column.dataType()) : column.dataType();
      AttributeReference stored = column.withDataType(type).newInstance();
      read.add(stored);
      projected.add(marked(stored, column));
    }
    Object[] arguments = new Object[relation.productArity()];
    for (int i = 0; i < arguments.length; i++) {
      Object argument = relation.productElement(i);
      if (argument == files && takesTypes) {
        argument = withNullableVectors(files);
      } else if (argument == relation.output()) {
        argument = ScalaSeq.of(read);
      }
      arguments[i] = argument;
    }
    return new Project(ScalaSeq.of(projected), relation.makeCopy(arguments));
  }

  private static HadoopFsRelation withNullableVectors(HadoopFsRelation files) {
    return new HadoopFsRelation(
        files.location(),
        files.partitionSchema(),
        (StructType) nullable(files.dataSchema()),
        files.bucketSpec(),
        files.fileFormat(),
        files.options(),
        files.sparkSession());
  }

  /** Returns {@code stored} with the name and type of {@code column}. */
  private static NamedExpression marked(AttributeReference stored, AttributeReference column) {
    boolean isVector = column.dataType().equals(SQLDataTypes.VectorType());
    boolean nullGivesNull = true;
    return new Alias(
        Invocation.of(
            new VectorNulls(isVector ? null : (StructType) nullable(column.dataType())),
            isVector ? "vector" : "struct",
            column.dataType(),
            nullGivesNull,
            List.of(stored)),
        column.name(),
        column.exprId(),
        ScalaSeq.of(ScalaSeq.list(column.qualifier())),
        Option.apply(column.metadata()),
        ScalaSeq.of());
  }

  /** Returns {@code type} with structs for vectors; the same if it has none. */
  private static DataType nullable(DataType type) {
    if (type.equals(SQLDataTypes.VectorType())) {
      return STRUCT;
    }
    if (!(type instanceof StructType struct)) {
      return type;
    }
    StructField[] fields = struct.fields().clone();
    boolean changed = false;
    for (int i = 0; i < fields.length; i++) {
      StructField field = fields[i];
      DataType nullable = nullable(field.dataType());
      if (nullable != field.dataType()) {
        fields[i] = new StructField(field.name(), nullable, field.nullable(), field.metadata());
        changed = true;
      }
    }
    return changed ? new StructType(fields) : type;
  }

  /** Called by generated code, in which the value of a user-defined type has type Object. */
  public InternalRow vector(Object struct) {
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    return struct instanceof ColumnarRow && vector.hasNull() ? vector.copy() : vector.struct();
  }

  /** Called by generated code. */
  public InternalRow struct(InternalRow struct) {
    if (!(struct instanceof ColumnarRow)) {
      return struct;
    }
    if (projection == null) {
      projection =
          UnsafeProjection.create(
              Arrays.stream(type.fields()).map(StructField::dataType).toArray(DataType[]::new));
    }
    return projection.apply(struct).copy();
  }

  /** Equal expressions make equal plans. */
  @Override
  public boolean equals(Object other) {
    return other instanceof VectorNulls nulls && Objects.equals(type, nulls.type);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(type);
  }

  /** The name that {@code explain} shows. */
  @Override
  public String toString() {
    return "vector";
  }
}
