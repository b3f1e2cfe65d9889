package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.unix_micros;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.StreamErrors;
import batchnorm.spark.model.VersionWindow.Part;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Newest rows of a stream. Batches are divided into parts, and each version of the model has the
 * statistics of the parts in the window: new parts are added, and old ones subtracted.
 */
sealed interface StreamWindow extends Serializable {
  /** The way in which batches are divided; only a window of the same kind goes on with parts. */
  default String kind() {
    return "batches";
  }

  /** Requires that a stream with {@code schema} has the columns of the window. */
  default void requireColumns(StructType schema) {}

  /** Returns whether batches are divided by their rows, so that several have rows of one part. */
  default boolean dividesRows() {
    return false;
  }

  /**
   * Divides a batch into the rows of each part, by its time.
   *
   * @param time the time of the batch, in milliseconds since 1970-01-01 UTC
   * @param newest the greatest time of a part so far
   */
  default SortedMap<Long, Dataset<Row>> parts(Dataset<Row> batch, long time, long newest) {
    return new TreeMap<>(Map.of(time, batch));
  }

  /**
   * Returns those of {@code parts} that stay in the window.
   *
   * @param parts the parts so far, in the order in which they were added
   * @param added the number of new parts
   * @param newest the greatest time of all parts, the new ones included
   */
  List<Part> kept(List<Part> parts, int added, long newest);

  /**
   * Last micro-batches that have rows.
   *
   * @param number the number of batches
   */
  record LastBatches(int number) implements StreamWindow {
    @Override
    public List<Part> kept(List<Part> parts, int added, long newest) {
      return parts.subList(Math.max(0, parts.size() + added - number), parts.size());
    }
  }

  /**
   * Micro-batches that are younger than a duration when a new one comes.
   *
   * @param age the duration, in milliseconds
   */
  record YoungBatches(long age) implements StreamWindow {
    @Override
    public List<Part> kept(List<Part> parts, int added, long newest) {
      return parts.stream().filter(part -> part.time() > newest - age).toList();
    }
  }

  /**
   * Last interval of event time: {@code length} milliseconds that end with the next multiple of
   * {@code slide} after the newest row, which is as Spark's {@code window} divides time. Parts are
   * of {@code slide} milliseconds.
   *
   * @param column the column of the time
   */
  record EventTime(String column, long length, long slide) implements StreamWindow {
    private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");
    private static final String PART = "__batchnorm_part";
    private static final long MICROS = 1000;

    @Override
    public String kind() {
      return "event time, " + Duration.ofMillis(slide);
    }

    @Override
    public boolean dividesRows() {
      return true;
    }

    @Override
    public void requireColumns(StructType schema) {
      DataType type = column(schema).dataType();
      if (!List.of("timestamp", "timestamp_ntz", "date").contains(type.simpleString())) {
        throw StreamErrors.notATimeColumn(column, type.simpleString());
      }
    }

    private InputColumn column(StructType schema) {
      return new SchemaLookup(schema).column(column);
    }

    /** The start of a row's part, in microseconds. */
    private Column part(StructType schema) {
      Column micros = unix_micros(column(schema).reference().cast(DataTypes.TimestampType));
      return micros.minus(pmod(micros, lit(slide * MICROS)));
    }

    @Override
    public SortedMap<Long, Dataset<Row>> parts(Dataset<Row> batch, long time, long newest) {
      Dataset<Row> divided = batch.withColumn(PART, part(batch.schema()));
      Row all = divided.agg(max(PART), count(lit(1))).first();
      SortedMap<Long, Dataset<Row>> parts = new TreeMap<>();
      long outside = all.getLong(1);
      if (!all.isNullAt(0)) {
        long last = Math.max(newest, all.getLong(0) / MICROS);
        long from = Math.max(last + slide - length, Long.MIN_VALUE / MICROS);
        List<Row> counted =
            divided.where(col(PART).geq(from * MICROS)).groupBy(PART).count().collectAsList();
        for (Row part : counted) {
          long start = part.getLong(0);
          parts.put(start / MICROS, divided.where(col(PART).equalTo(start)).drop(PART));
          outside -= part.getLong(1);
        }
      }
      if (outside > 0) {
        LOG.warn(
            "{} rows are left out of the window: their '{}' is null or before it", outside, column);
      }
      return parts;
    }

    @Override
    public List<Part> kept(List<Part> parts, int added, long newest) {
      return parts.stream().filter(part -> part.time() >= newest + slide - length).toList();
    }
  }
}
