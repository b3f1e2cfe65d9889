package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.FitErrors;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.LongType;

/**
 * Columns that a fit reads: the features, then the weight column and the group columns if there are
 * any.
 */
public final class Selection {
  private final Dataset<?> dataset;
  private final FeatureColumns features;
  private final Optional<InputColumn> weight;
  private final List<InputColumn> groups;
  private final Dataset<Row> forBatches;

  /** Returns a selection from {@code dataset}; {@code groups} are its group columns. */
  public Selection(
      Dataset<?> dataset,
      FeatureColumns features,
      Optional<String> weightCol,
      List<InputColumn> groups) {
    if (dataset.isStreaming()) {
      throw FitErrors.fitOnAStream();
    }
    this.dataset = dataset;
    this.features = features;
    this.groups = groups;
    weight = weightCol.map(name -> new SchemaLookup(dataset.schema()).weight(name));
    forBatches = select(dataset, InputColumn::reference, InputColumn::reference);
  }

  /**
   * Returns the columns for reading internal rows: numbers and weights as doubles, features of type
   * long unchanged.
   */
  public Dataset<Row> forRows() {
    Dataset<?> rows = StoredRows.of(dataset, features);
    return needsCast() || rows != dataset
        ? select(rows, InputColumn::asNumber, InputColumn::asDouble)
        : forBatches;
  }

  /** Returns the columns for reading batches: numbers and weights as they are stored. */
  public Dataset<Row> forBatches() {
    return forBatches;
  }

  /**
   * Returns the columns for reading rows of the public API: numbers and weights as doubles, vectors
   * as their stored structs, and keys in types without loss.
   */
  public Dataset<Row> forPublicRows() {
    List<Column> columns = new ArrayList<>();
    if (!features.areNumbers()) {
      Column column = features.fields().get(0).reference();
      columns.add(features.kind() == ColumnKind.VECTOR ? PublicVector.column(column) : column);
    }
    numbers().map(InputColumn::asNumber).forEach(columns::add);
    weight.map(InputColumn::asDouble).ifPresent(columns::add);
    groups.stream().map(column -> column.asPublicKey()).forEach(columns::add);
    return StoredRows.of(dataset, features).select(columns.toArray(Column[]::new));
  }

  /** The session of the dataset. */
  public SparkSession session() {
    return dataset.sparkSession();
  }

  /** Layout of the features, the same for column batches and rows. */
  public RowLayout layout() {
    return new RowLayout(features.kind(), features.fields().size(), weight.isPresent(), longs());
  }

  private BitSet longs() {
    BitSet longs = new BitSet();
    for (int j = 0; j < features.fields().size(); j++) {
      longs.set(j, features.fields().get(j).dataType() instanceof LongType);
    }
    return longs;
  }

  private boolean needsCast() {
    return numbers()
            .anyMatch(
                field ->
                    !(field.dataType() instanceof DoubleType
                        || field.dataType() instanceof LongType))
        || weight.stream().anyMatch(field -> !(field.dataType() instanceof DoubleType));
  }

  private Stream<InputColumn> numbers() {
    return features.areNumbers() ? features.fields().stream() : Stream.of();
  }

  private Dataset<Row> select(
      Dataset<?> rows,
      Function<InputColumn, Column> number,
      Function<InputColumn, Column> weightColumn) {
    List<Column> columns = new ArrayList<>();
    if (!features.areNumbers()) {
      columns.add(features.fields().get(0).reference());
    }
    numbers().map(number).forEach(columns::add);
    weight.map(weightColumn).ifPresent(columns::add);
    groups.stream().map(InputColumn::asKey).forEach(columns::add);
    return rows.select(columns.toArray(Column[]::new));
  }
}
