package batchnorm.spark.fit;

import java.util.Iterator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Rows of the public API with the keys of their groups, which become rows of Spark's own. */
final class PublicKeys implements GroupedRows.Source {
  private final Iterator<Row> rows;
  private final PublicRowReader reader;
  private final PublicKeyReader keys;

  /**
   * Reads {@code rows}, whose keys are those of {@link
   * batchnorm.spark.columns.InputColumn#asPublicKey}.
   */
  PublicKeys(Iterator<Row> rows, RowLayout layout, StructType keys) {
    this.rows = rows;
    reader = PublicRowReader.of(layout);
    this.keys = new PublicKeyReader(keys, GroupedRows.firstKey(layout));
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public void read(GroupCollector collector) {
    Row row = rows.next();
    GroupedRows.start(keys.key(row), collector);
    reader.read(row, collector);
  }
}
