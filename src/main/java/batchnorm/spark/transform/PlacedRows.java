package batchnorm.spark.transform;

import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.normalize.Coefficients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/**
 * Rows of a dataset with the places of their coefficients.
 *
 * @param dataset the dataset, with a column of the places if rows have places
 * @param columns the original columns, which come first in the dataset
 * @param placement the coefficients of all rows
 * @param place the column with the place of a row's coefficients; null if all rows have the same
 * @param mayLackPlace true if some rows may have no coefficients; their outputs are null
 */
record PlacedRows(
    Dataset<?> dataset,
    List<Column> columns,
    Placement placement,
    Column place,
    boolean mayLackPlace) {
  private static final String PLACE = "group";

  /** Returns rows that all have {@code coefficients}. */
  static PlacedRows same(Dataset<?> rows, List<Column> columns, Coefficients coefficients) {
    return new PlacedRows(
        rows, columns, SameForAll.of(coefficients, rows.sparkSession()), null, false);
  }

  /**
   * Returns rows with the coefficients at {@code place}, a column that is computed once a row and
   * added to {@code columns}.
   */
  static PlacedRows of(Dataset<?> rows, List<Column> columns, Placement placement, Column place) {
    String name = nameOfPlace(Arrays.asList(rows.columns()).subList(0, columns.size()));
    List<Column> all = new ArrayList<>(columns);
    all.add(place.as(name));
    Dataset<Row> placed = rows.select(all.toArray(Column[]::new));
    StructField field = placed.schema().fields()[columns.size()];
    return new PlacedRows(
        placed, columns, placement, SchemaLookup.reference(name), field.nullable());
  }

  /**
   * Returns the rows with {@code written} added in order; existing columns of the same names are
   * replaced in place. Dataset's public method for several columns loses their order and compares
   * each of them with every existing column.
   *
   * @param written the columns, as many as {@code fields}
   * @param fields their names and metadata
   */
  Dataset<Row> with(List<Column> written, List<StructField> fields) {
    Map<String, Column> byKey = new HashMap<>();
    Map<String, Column> added = new LinkedHashMap<>();
    for (int i = 0; i < written.size(); i++) {
      StructField field = fields.get(i);
      String key = SchemaLookup.key(field.name());
      byKey.put(key, written.get(i).as(field.name(), field.metadata()));
      added.put(key, byKey.get(key));
    }
    String[] names = dataset.columns();
    List<Column> all = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String key = SchemaLookup.key(names[i]);
      added.remove(key);
      all.add(byKey.getOrDefault(key, columns.get(i)));
    }
    all.addAll(added.values());
    return dataset.select(all.toArray(Column[]::new));
  }

  /** Returns a name for the place that no column has. */
  private static String nameOfPlace(List<String> names) {
    Set<String> used = new HashSet<>();
    names.forEach(name -> used.add(SchemaLookup.key(name)));
    String name = PLACE;
    while (used.contains(SchemaLookup.key(name))) {
      name = "_" + name;
    }
    return name;
  }
}
