package batchnorm.spark.fit;

import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Reads the batches that a fit reads, takes every column's values and does nothing with them. */
public final class BareScan {
  private BareScan() {}

  /** Scans the columns of {@code selected}; returns how many values there were. */
  public static long of(Dataset<Row> selected) {
    ColumnarScan scan = (ColumnarScan) ColumnarScan.under(selected).source().orElseThrow();
    return scan.execute(
        batches ->
            ((RddPartitions<ColumnarBatch>) batches)
                .rdd()
                .mapPartitions(BareScan::values)
                .reduce(Long::sum));
  }

  private static Iterator<Long> values(Iterator<ColumnarBatch> batches) {
    long values = 0;
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      for (int j = 0; j < batch.numCols(); j++) {
        values += values(batch.column(j), batch.numRows());
      }
    }
    return Collections.singleton(values).iterator();
  }

  private static int values(ColumnVector column, int rows) {
    DataType type = column.dataType();
    if (type instanceof DoubleType) {
      return column.getDoubles(0, rows).length;
    }
    if (type instanceof FloatType) {
      return column.getFloats(0, rows).length;
    }
    if (type instanceof IntegerType) {
      return column.getInts(0, rows).length;
    }
    if (type instanceof LongType) {
      return column.getLongs(0, rows).length;
    }
    if (type instanceof ShortType) {
      return column.getShorts(0, rows).length;
    }
    if (type instanceof BooleanType) {
      return column.getBooleans(0, rows).length;
    }
    return column.isNullAt(0) ? 0 : rows;
  }
}
