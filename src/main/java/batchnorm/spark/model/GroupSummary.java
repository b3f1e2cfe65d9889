package batchnorm.spark.model;

import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.SmallGroup;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Summary of a model with groups, computed on the executors: a row for each feature of each group.
 *
 * @param names the names of the features
 * @param recipe the parameters of the formula
 * @param smallGroup the treatment of groups with too few rows for a variance
 */
public record GroupSummary(List<String> names, Recipe recipe, SmallGroup smallGroup)
    implements Serializable {

  /**
   * Returns the group columns, then the columns of the summary without groups, then {@code uses}:
   * the statistics that normalize the group, {@code group}, {@code global} or {@code unit}.
   */
  public Dataset<Row> of(Groups groups) {
    StructType schema = FeatureSummary.schema(groups.keys());
    Dataset<Row> statistics = groups.statistics();
    return statistics
        .sparkSession()
        .createDataFrame(statistics.toJavaRDD().flatMap(this::rows), schema);
  }

  private Iterator<Row> rows(Row row) {
    Row key = row.getAs("group");
    List<Object> group = new ArrayList<>();
    IntStream.range(0, key.size()).forEach(i -> group.add(key.get(i)));
    SampleSize size = new SampleSize(row.getAs("rows"), row.getAs("weight"));
    String uses = size.isEnough(recipe.correction()) ? "group" : smallGroup.text();
    Statistics statistics =
        Statistics.known(
            doubles(row, "mean"),
            doubles(row, "variance"),
            doubles(row, "sampleVariance"),
            FeatureExtension.read(longs(row, "extension")));
    List<Long> count = row.getList(row.fieldIndex("count"));
    List<Long> missing = row.getList(row.fieldIndex("missing"));
    double[] min = doubles(row, "min");
    double[] max = doubles(row, "max");
    return IntStream.range(0, names.size())
        .mapToObj(
            j ->
                FeatureSummary.of(names.get(j), count.get(j), missing.get(j), statistics, recipe, j)
                    .between(min[j], max[j])
                    .in(group, uses)
                    .toRow())
        .iterator();
  }

  private static long[] longs(Row row, String column) {
    return row.<Long>getList(row.fieldIndex(column)).stream().mapToLong(Long::longValue).toArray();
  }

  private static double[] doubles(Row row, String column) {
    return row.<Double>getList(row.fieldIndex(column)).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
