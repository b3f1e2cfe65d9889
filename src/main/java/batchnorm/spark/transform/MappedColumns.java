package batchnorm.spark.transform;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.compat.ClassicSpark;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.Literal;

/**
 * Columns whose expression calls a mapper from the code that Spark generates, without a UDF and its
 * conversion of each row.
 *
 * @param features the features that are mapped
 * @param names the columns that are read and written
 * @param output the fields of the written columns
 * @param strict whether missing and infinite values are errors
 */
record MappedColumns(
    FeatureColumns features, ColumnNames names, OutputSchema output, boolean strict)
    implements ColumnMapping {

  @Override
  public Column areFinite() {
    return ClassicSpark.column(mapper(null).finite(inputs()));
  }

  @Override
  public PlacedRows placed(CoefficientSource source, Dataset<?> rows) {
    return source.byExpressions().apply(rows);
  }

  @Override
  public List<Column> mapped(PlacedRows rows) {
    ColumnMapper mapper = mapper(rows.placement());
    Expression place = rows.place() == null ? null : ClassicSpark.expression(rows.place());
    return images(mapper, inputs(), place).stream()
        .map(
            image ->
                rows.mayLackPlace()
                    ? new If(new IsNull(place), Literal.create(null, image.dataType()), image)
                    : image)
        .map(ClassicSpark::column)
        .toList();
  }

  private List<Expression> images(ColumnMapper mapper, List<Expression> inputs, Expression place) {
    if (mapper instanceof SingleFeatureMapper single && features.areWrittenApart(names)) {
      return IntStream.range(0, mapper.size())
          .<Expression>mapToObj(
              j -> new FeatureExpression(inputs.get(inputs.size() == 1 ? 0 : j), place, single, j))
          .toList();
    }
    return List.of(mapper.mapped(inputs, place, output.fields().get(0).dataType()));
  }

  /** The mapper of the kind of the columns; the classes of other kinds are not loaded. */
  private ColumnMapper mapper(Placement placement) {
    List<String> columns = List.of(features.columnNames());
    return switch (features.kind()) {
      case NUMBER -> NumberMapper.of(placement, columns, strict);
      case VECTOR -> VectorMapper.of(placement, columns, strict);
      case DOUBLE_ARRAY -> DoubleArrayMapper.of(placement, columns, strict);
      case FLOAT_ARRAY -> FloatArrayMapper.of(placement, columns, strict);
    };
  }

  private List<Expression> inputs() {
    return features.values().stream().map(ClassicSpark::expression).toList();
  }
}
