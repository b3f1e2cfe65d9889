package batchnorm.spark.transform;

import batchnorm.spark.columns.SchemaLookup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The rows of a dataset, and the coefficients that each of them gets.
 *
 * @param dataset the dataset, with the place of each row where it has one
 * @param columns the dataset's own columns
 * @param names their names, as many
 * @param placement the coefficients of all rows
 * @param place the column that says which of them a row gets; null where all have the same
 * @param mayLackPlace whether rows may get no coefficients, and null instead of numbers
 */
record PlacedRows(
    Dataset<?> dataset,
    List<Column> columns,
    List<String> names,
    Placement placement,
    Column place,
    boolean mayLackPlace) {
  private static final String PLACE = "group";

  /**
   * Returns the rows with {@code written} added, in order, or replaced in place where a column of
   * that name exists. Of Dataset's public methods, the one for several columns loses their order,
   * and compares each of them with every column that is there.
   *
   * @param written the columns by their {@link SchemaLookup#key keys}
   */
  Dataset<Row> with(Map<String, Column> written) {
    Map<String, Column> added = new LinkedHashMap<>(written);
    List<Column> all = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String key = SchemaLookup.key(names.get(i));
      added.remove(key);
      all.add(written.getOrDefault(key, columns.get(i)));
    }
    all.addAll(added.values());
    return dataset.select(all.toArray(Column[]::new));
  }

  /** Returns a name for the place that features and other columns can be told from. */
  static String nameOfPlace(List<String> names) {
    Set<String> used = new HashSet<>();
    names.forEach(name -> used.add(SchemaLookup.key(name)));
    String name = PLACE;
    while (used.contains(SchemaLookup.key(name))) {
      name = "_" + name;
    }
    return name;
  }
}
