package batchnorm.spark.groups;

import batchnorm.spark.columns.SummarySchema;
import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.SmallGroup;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The summary of a model with groups: a row a feature of a group, made on the executors.
 *
 * @param names what the features are called
 * @param correction what the variance's divisor is less than n by: 0 or 1
 * @param flattened the variance below which, if above 0, a feature comes out nearly flat
 * @param smallGroup what is made of groups whose rows weigh no more than 1
 */
public record GroupSummary(
    List<String> names, int correction, double flattened, SmallGroup smallGroup)
    implements Serializable {

  /**
   * Returns the group columns, then the columns of the summary without groups, then {@code uses}:
   * which statistics the group is normalized with, those of the {@code group}, {@code global} ones
   * or {@code unit} ones.
   */
  public Dataset<Row> of(Groups groups) {
    StructType schema = SummarySchema.ofGroups(groups.keys());
    Dataset<Row> statistics = groups.statistics();
    return statistics
        .sparkSession()
        .createDataFrame(statistics.toJavaRDD().flatMap(this::rows), schema);
  }

  private Iterator<Row> rows(Row row) {
    Row group = row.getAs("group");
    String uses = row.<Double>getAs("weight") > 1 ? "group" : smallGroup.text();
    Statistics statistics =
        Statistics.known(
            doubles(row, "mean"),
            doubles(row, "variance"),
            doubles(row, "sampleVariance"),
            FeatureExtension.read(row.getAs("extension")));
    List<Long> count = row.getList(row.fieldIndex("count"));
    List<Long> missing = row.getList(row.fieldIndex("missing"));
    return IntStream.range(0, names.size())
        .mapToObj(j -> row(group, statistics, j, count.get(j), missing.get(j), uses))
        .iterator();
  }

  private Row row(Row group, Statistics statistics, int j, long count, long missing, String uses) {
    int keys = group.size();
    Object[] cells = new Object[keys + 9];
    for (int i = 0; i < keys; i++) {
      cells[i] = group.get(i);
    }
    double variance = statistics.variance(j, correction);
    cells[keys] = names.get(j);
    cells[keys + 1] = count;
    cells[keys + 2] = missing;
    cells[keys + 3] = statistics.mean(j);
    cells[keys + 4] = variance;
    cells[keys + 5] = statistics.deviation(j, correction);
    cells[keys + 6] = statistics.isConstant(j);
    cells[keys + 7] = variance > 0 && variance < flattened;
    cells[keys + 8] = uses;
    return RowFactory.create(cells);
  }

  private static double[] doubles(Row row, String column) {
    return row.<Double>getList(row.fieldIndex(column)).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }
}
