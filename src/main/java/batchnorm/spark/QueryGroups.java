package batchnorm.spark;

import batchnorm.spark.columns.ColumnPath;
import batchnorm.spark.export.SqlGroups;
import batchnorm.spark.export.SqlQuery;
import batchnorm.spark.model.Groups;
import batchnorm.spark.normalize.GroupRecipe;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.FractionalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** Groups of a model, with their coefficients, for a query. */
final class QueryGroups {
  private QueryGroups() {}

  /**
   * Returns the groups of a model.
   *
   * @throws IllegalArgumentException if they are too many for a query
   */
  static SqlGroups of(ModelState model, Groups groups) {
    SqlQuery.requireShort(groups.size(), model.numFeatures());
    SharedParams params = model.params();
    GroupRecipe recipe =
        new GroupRecipe(model.recipe(), model.direction(), params.smallGroup(), model.statistics());
    List<SqlGroups.Group> all = new ArrayList<>();
    groups
        .coefficients()
        .forEach(recipe, (key, coefficients) -> all.add(new SqlGroups.Group(key, coefficients)));
    return new SqlGroups(columns(params, groups.keys()), all, params.unseenGroup());
  }

  private static List<SqlGroups.Column> columns(SharedParams params, StructType keys) {
    String[] names = params.value(params.groupCols);
    List<SqlGroups.Column> columns = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      DataType type = keys.fields()[i].dataType();
      DecimalType decimal = type instanceof DecimalType found ? found : new DecimalType();
      columns.add(
          new SqlGroups.Column(
              ColumnPath.canonical(names[i]), type(type), decimal.precision(), decimal.scale()));
    }
    return columns;
  }

  private static SqlGroups.Type type(DataType type) {
    if (type instanceof DecimalType) {
      return SqlGroups.Type.DECIMAL;
    }
    if (type instanceof FractionalType) {
      return SqlGroups.Type.DOUBLE;
    }
    if (type instanceof StringType) {
      return SqlGroups.Type.TEXT;
    }
    if (type instanceof BooleanType) {
      return SqlGroups.Type.LOGICAL;
    }
    if (type instanceof DateType) {
      return SqlGroups.Type.DATE;
    }
    if (type instanceof TimestampType) {
      return SqlGroups.Type.INSTANT;
    }
    return type instanceof TimestampNTZType ? SqlGroups.Type.LOCAL_TIME : SqlGroups.Type.INTEGER;
  }
}
