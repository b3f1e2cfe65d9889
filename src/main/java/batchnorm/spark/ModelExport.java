package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.ColumnPath;
import batchnorm.spark.columns.DataSession;
import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.errors.Listed;
import batchnorm.spark.export.Dtype;
import batchnorm.spark.export.JsonModel;
import batchnorm.spark.export.OnnxFile;
import batchnorm.spark.export.SingleFile;
import batchnorm.spark.export.SqlDialect;
import batchnorm.spark.export.SqlQuery;
import batchnorm.spark.export.TorchFile;
import batchnorm.spark.export.TorchLayer;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.RunningMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a model as a file of another system, on any file system of Spark. The file appears when it
 * is complete. An existing file is an error unless {@link #overwrite()} is called. Models with
 * groups can be exported to SQL only.
 */
public final class ModelExport {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNormModel");

  /** Relative spacing of float32. */
  private static final double FLOAT_SPACING = 0x1p-23;

  /** Relative spacing of doubles. */
  private static final double DOUBLE_SPACING = 0x1p-52;

  /**
   * Ratio of deviation to mean below which the error of a float32 layer exceeds a thousandth of the
   * deviation. The layer rounds the mean's part of the bias, with an error of half a spacing of the
   * mean.
   */
  private static final double LAYER_PRECISION = 1000 * FLOAT_SPACING / 2;

  private final ModelState model;
  private final Dtype type;
  private final boolean overwrites;
  private final SqlQuery.Table table;

  ModelExport(ModelState model) {
    this(model, Dtype.FLOAT64, false, new SqlQuery.Table(List.of(), Optional.empty()));
  }

  private ModelExport(ModelState model, Dtype type, boolean overwrites, SqlQuery.Table table) {
    this.model = model;
    this.type = type;
    this.overwrites = overwrites;
    this.table = table;
  }

  /** Returns an export that replaces an existing file. */
  public ModelExport overwrite() {
    return new ModelExport(model, type, true, table);
  }

  /**
   * Returns an export with numbers of another type.
   *
   * @param value float64, the default, or float32; JSON is always float64
   * @throws IllegalArgumentException if it is neither
   */
  public ModelExport dtype(String value) {
    return new ModelExport(
        model, ParamTable.requireChoice(Dtype.class, "dtype", value), overwrites, table);
  }

  /**
   * Returns an export whose SQL reads another table than {@code source}.
   *
   * @param name the name of the table, whose parts are separated by dots; backticks quote parts
   * @throws IllegalArgumentException if it is not such a name
   */
  public ModelExport table(String name) {
    List<String> parts =
        ColumnPath.of(name)
            .map(ColumnPath::names)
            .orElseThrow(() -> ExportErrors.notATableName(name));
    return new ModelExport(model, type, overwrites, new SqlQuery.Table(parts, table.kept()));
  }

  /**
   * Returns an export whose SQL returns only some columns of the table, beside those that the model
   * writes; by default all.
   */
  public ModelExport keepColumns(String... names) {
    return new ModelExport(
        model, type, overwrites, new SqlQuery.Table(table.name(), Optional.of(List.of(names))));
  }

  /**
   * Writes an ONNX model, opset 13, that maps like {@link BatchNormModel#transform}. Inputs and
   * outputs have the names of the columns: a vector column is a table of N rows, a numeric column a
   * table of one column. If a column is replaced, the output is {@code NAME_output}. Models in
   * float64 give the same bits as transform. In float32 a value has 7 digits, and a warning lists
   * the features whose deviation these digits cannot represent.
   *
   * <p>NaN stays NaN for any handleInvalid: an ONNX model can neither fail on rows nor drop them.
   * An inverse model maps back.
   *
   * @throws IllegalArgumentException also if no columns are set, or if a number is beyond the range
   *     of float32
   */
  public void toOnnx(String path) throws IOException {
    requireNoGroups();
    Coefficients coefficients = model.coefficients();
    requireWithinRange(coefficients);
    ColumnNames columns = model.columnNames();
    byte[] content =
        OnnxFile.bytes(
            coefficients,
            j -> !model.params().isInverted() && model.learned().statistics().isConstant(j),
            new OnnxFile.Columns(columns.inputs(), columns.oneInput()),
            new OnnxFile.Columns(columns.outputs(), columns.oneOutput()),
            type,
            model.featureNames(),
            onnxMetadata());
    warnOfIntegers();
    if (type == Dtype.FLOAT32) {
      warnOfDeviationsBelow(
          FLOAT_SPACING,
          "The deviation of {} is less than the spacing of float32 at the mean, so that most of "
              + "it is lost; export as float64");
    }
    write(path, content);
  }

  /** Returns the formula's numbers, then its switches and direction. */
  private Map<String, String> onnxMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, String> switches = new LinkedHashMap<>();
    for (ShownParam shown : model.params().shown()) {
      Param<?> param = shown.param();
      String key = param.name().replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
      if (param instanceof DoubleParam || param instanceof IntParam) {
        metadata.put(key, shown.json());
      } else if (param instanceof BooleanParam) {
        switches.put(key, shown.json());
      }
    }
    metadata.putAll(switches);
    metadata.put("inverse", Boolean.toString(model.params().isInverted()));
    return metadata;
  }

  /**
   * Warns of features of integers whose deviation is too small for doubles; doubles with such a
   * deviation count as constant.
   */
  private void warnOfIntegers() {
    if (type == Dtype.FLOAT64) {
      warnOfDeviationsBelow(
          DOUBLE_SPACING,
          "The deviation of {} is less than the spacing of doubles at the mean, so that most of "
              + "it is lost if a BIGINT is passed as a double; subtract a constant before the fit");
    }
  }

  /** Warns of features that vary and whose deviation is below {@code part} of their mean. */
  private void warnOfDeviationsBelow(double part, String text) {
    Statistics statistics = model.learned().statistics();
    List<String> named = new ArrayList<>();
    for (int j = 0; j < statistics.size(); j++) {
      double std = statistics.deviation(j, 0);
      if (!statistics.isConstant(j) && std < part * Math.abs(statistics.mean(j))) {
        named.add(model.featureName(j));
      }
    }
    if (!named.isEmpty()) {
      LOG.warn(text, Listed.of(named, named.size()));
    }
  }

  /**
   * Writes a safetensors file that a BatchNorm layer of PyTorch loads as its {@code state_dict}:
   * {@code running_mean}, {@code running_var}, {@code weight}, {@code bias} and {@code
   * num_batches_tracked}. In eval mode a layer with the same eps maps like {@link
   * BatchNormModel#transform}: {@code running_var} is the variance for the model's correction, and
   * 1 for features that are not scaled. The metadata has the layer's eps and momentum and the names
   * of the features; eps is 0 there for a model without scaling.
   *
   * <p>A layer folds the mean into its bias and loses digits of features whose mean is large
   * relative to their deviation. In float32 the error is about 2^-24 |mean| / deviation, in
   * deviations. A warning lists the features whose error is a thousandth or more.
   *
   * @throws IllegalArgumentException also if the model is an inverse, or if a number is beyond the
   *     range of float32
   */
  public void toTorch(String path) throws IOException {
    requireNoGroups();
    if (model.params().isInverted()) {
      throw ExportErrors.inverseIsNoLayer();
    }
    requireWithinRange(model.coefficients());
    requireVariancesWithinRange();
    // For a model read from JSON, only the param has the kind of the statistics.
    RunningMode mode =
        model.learned().moments().isPresent()
            ? model.learned().mode()
            : model.params().runningMode();
    TorchLayer layer =
        TorchLayer.of(
            model.learned().statistics(),
            model.recipe(),
            model.learned().batches(),
            switch (mode) {
              case POOLED -> TorchLayer.Momentum.UNKNOWN;
              case EXPONENTIAL -> TorchLayer.Momentum.of(model.params().momentum());
              case CUMULATIVE -> TorchLayer.Momentum.NONE;
            },
            model.names().given());
    byte[] content = TorchFile.bytes(layer, type, model.featureNames());
    warnOfIntegers();
    if (type == Dtype.FLOAT32) {
      warnOfDeviationsBelow(
          LAYER_PRECISION,
          "The mean of {} is so large relative to the deviation that the error of a float32 "
              + "layer, which folds it into the bias, is a thousandth of the deviation or more; "
              + "export as float64, or to ONNX");
    }
    write(path, content);
  }

  /**
   * Writes names, statistics and parameters as JSON with all digits, for {@link
   * BatchNormModel#fromJson} and other programs; {@link JsonModel} describes the format. The file
   * does not contain the exact sums.
   *
   * @throws IllegalArgumentException also if a feature counts as constant by its rows but not by
   *     its statistics, since the file would then map differently
   */
  public void toJson(String path) throws IOException {
    requireNoGroups();
    JsonModel json =
        new JsonModel(
            model.params().uid(),
            JsonParams.of(model.params()),
            model.learned(),
            model.names().given());
    requireSameMap(json);
    write(path, json.bytes(model.params().correction()));
  }

  /**
   * Returns a query that computes what {@link BatchNormModel#transform} does, in the SQL of an
   * engine. It selects all columns of a table called {@code source} and those that the model
   * writes. Groups are a join with a {@code VALUES} list.
   *
   * <p>The operations are those of transform in the same order. Engines that compute in IEEE
   * doubles give the same bits. Values and groups on which a transform fails are an error of the
   * query in spark, duckdb and bigquery; postgres and snowflake have no function that fails: there
   * null and NaN stay, infinite values are mapped, and rows of unseen groups become null.
   *
   * @param dialect spark, duckdb, postgres, snowflake or bigquery
   * @throws IllegalArgumentException if it is none of these; if the dialect cannot express the
   *     query, such as that of a model of arrays; or if the model has more than 100,000 features in
   *     all groups together
   */
  public String sql(String dialect) {
    SqlDialect sql = ParamTable.requireChoice(SqlDialect.class, "dialect", dialect);
    SqlQuery.requireShort(1, model.numFeatures());
    ColumnNames names = model.columnNames();
    return new SqlQuery(
            sql,
            new SqlQuery.Columns(
                names.inputs().stream().map(ColumnPath::canonical).toList(),
                names.outputs(),
                names.oneInput() && !isOneNumber(names),
                names.oneOutput() && !isOneNumber(names)),
            model.coefficients(),
            model.params().handling(),
            model.groups().map(groups -> QueryGroups.of(model, groups)))
        .of(table);
  }

  /**
   * Returns whether the input column is one number and not an array. A feature that has the name of
   * its column, or none, is a number.
   */
  private boolean isOneNumber(ColumnNames names) {
    return names.oneInput()
        && names.oneOutput()
        && model.numFeatures() == 1
        && model.names().given().map(given -> names.inputs().contains(given[0])).orElse(true);
  }

  /**
   * Writes the query that {@link #sql} returns, in UTF-8.
   *
   * @param dialect spark, duckdb, postgres, snowflake or bigquery
   */
  public void toSql(String path, String dialect) throws IOException {
    write(path, sql(dialect).getBytes(StandardCharsets.UTF_8));
  }

  private void requireSameMap(JsonModel json) {
    Coefficients original = model.coefficients();
    Coefficients read =
        model.direction().coefficients(json.known(model.params().correction()), model.recipe());
    for (int j = 0; j < original.features(); j++) {
      if (!original.feature(j).equals(read.feature(j))) {
        throw ExportErrors.constantByItsRows(model.featureName(j));
      }
    }
  }

  /**
   * Requires that the differences {@code x - mean} of all features are in the range of double, in
   * which other systems compute.
   */
  private void requireWithinRange(Coefficients coefficients) {
    for (int j = 0; j < coefficients.features(); j++) {
      if (!coefficients.isWithinRange(j)) {
        throw ExportErrors.nearTheEndsOfDouble(model.featureName(j));
      }
    }
  }

  private void requireVariancesWithinRange() {
    Recipe recipe = model.recipe();
    Statistics statistics = model.statistics();
    for (int j = 0; j < statistics.size(); j++) {
      double variance = statistics.variance(j, recipe.correction());
      boolean isTold =
          statistics.extension(j).variance(recipe.correction()).isEmpty()
              || recipe.isUnscaled(statistics, j)
              || recipe.eps() > 0 && variance != Double.POSITIVE_INFINITY;
      if (!isTold) {
        throw ExportErrors.nearTheEndsOfDouble(model.featureName(j));
      }
    }
  }

  private void requireNoGroups() {
    if (model.groupKeys().isPresent()) {
      throw ExportErrors.groupsAreNotExported(model.params().value(model.params().groupCols));
    }
  }

  private void write(String path, byte[] content) throws IOException {
    SingleFile file = file(path, model.runningSession());
    if (overwrites) {
      file.replace(content);
    } else {
      file.create(content);
    }
  }

  /** Returns the file at {@code path} on the file systems of this thread's session. */
  static SingleFile file(String path) {
    return file(path, DataSession.current());
  }

  /**
   * Returns the file; without a session, Hadoop's default configuration selects the file system.
   */
  private static SingleFile file(String path, Optional<SparkSession> session) {
    SharedParams.requirePath(path);
    return new SingleFile(
        path, session.map(one -> one.sessionState().newHadoopConf()).orElseGet(Configuration::new));
  }
}
