package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.DataSession;
import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.errors.Listed;
import batchnorm.spark.export.JsonModel;
import batchnorm.spark.export.Numbers;
import batchnorm.spark.export.OnnxFile;
import batchnorm.spark.export.SingleFile;
import batchnorm.spark.export.TorchFile;
import batchnorm.spark.export.TorchLayer;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.RunningMode;
import java.io.IOException;
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
 * Writes a model as a file of another system, on any file system that Spark knows. A file appears
 * under its name when it is complete; one that exists is refused unless {@link #overwrite()} is
 * asked for. Models with groups are refused.
 */
public final class ModelExport {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNormModel");

  /** The relative spacing of numbers of float32. */
  private static final double FLOAT_SPACING = 0x1p-23;

  /** The relative spacing of doubles. */
  private static final double DOUBLE_SPACING = 0x1p-52;

  /**
   * Ratio of deviation and mean below which a layer of float32 is off by a thousandth of the
   * deviation: it rounds the mean's share of the bias, with an error of half a spacing of the mean.
   */
  private static final double LAYER_PRECISION = 1000 * FLOAT_SPACING / 2;

  private final ModelState model;
  private final Numbers type;
  private final boolean overwrites;

  ModelExport(ModelState model) {
    this(model, Numbers.FLOAT64, false);
  }

  private ModelExport(ModelState model, Numbers type, boolean overwrites) {
    this.model = model;
    this.type = type;
    this.overwrites = overwrites;
  }

  /** Returns the same that replaces a file that exists. */
  public ModelExport overwrite() {
    return new ModelExport(model, type, true);
  }

  /**
   * Returns the same with numbers of another type.
   *
   * @param value float64, the default, or float32; JSON is always float64
   * @throws IllegalArgumentException if it is neither
   */
  public ModelExport dtype(String value) {
    return new ModelExport(
        model, ParamTable.requireChoice(Numbers.class, "dtype", value), overwrites);
  }

  /**
   * Writes an ONNX model, opset 13, that maps as {@link BatchNormModel#transform} does. Its inputs
   * and outputs are called as the columns: a column of vectors is a table of N rows, one of numbers
   * a table of one column. Where a column is written over, the output is {@code NAME_output}.
   * Models with float64 give the same bits as transform does; in float32 a value has 7 digits, and
   * a warning names the features whose deviation these cannot tell.
   *
   * <p>NaN stays NaN, whatever handleInvalid is: a model of ONNX can neither refuse nor drop rows.
   * An inverse maps back.
   *
   * @throws IllegalArgumentException also if no columns are set, or if float32 cannot hold a number
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
    if (type == Numbers.FLOAT32) {
      warnOfDeviationsBelow(
          FLOAT_SPACING,
          "The deviation of {} is less than what tells numbers of float32 apart at the mean, so "
              + "that little of it comes out; export as float64");
    }
    write(path, content);
  }

  /** Returns the numbers of the formula, then its switches and its direction. */
  private Map<String, String> onnxMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, String> switches = new LinkedHashMap<>();
    for (ToldParam told : model.params().told()) {
      Param<?> param = told.param();
      String key = param.name().replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
      if (param instanceof DoubleParam || param instanceof IntParam) {
        metadata.put(key, told.json());
      } else if (param instanceof BooleanParam) {
        switches.put(key, told.json());
      }
    }
    metadata.putAll(switches);
    metadata.put("inverse", Boolean.toString(model.params().isInverted()));
    return metadata;
  }

  /** Doubles vary by more, or count as constant. */
  private void warnOfIntegers() {
    if (type == Numbers.FLOAT64) {
      warnOfDeviationsBelow(
          DOUBLE_SPACING,
          "The deviation of {} is less than what tells doubles apart at the mean, so that little of "
              + "it comes out where a BIGINT is given as a double; subtract a constant before the fit");
    }
  }

  /** Names the features that vary, but whose deviation is below {@code part} of their mean. */
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
   * Writes a safetensors file that a BatchNorm layer of PyTorch takes as its {@code state_dict}:
   * {@code running_mean}, {@code running_var}, {@code weight}, {@code bias} and {@code
   * num_batches_tracked}. In eval mode a layer of the same eps maps as {@link
   * BatchNormModel#transform} does: {@code running_var} is the variance that the model divides by,
   * that of its correction, and 1 for what it divides by nothing. The layer's eps, momentum and
   * names of features stand in the metadata; eps is 0 there for a model without scaling.
   *
   * <p>A layer folds the mean into its bias, so it loses digits of features whose mean is large
   * against their deviation: in float32 it is off by about 2^-24 |mean| / deviation deviations.
   * From a thousandth on a warning names them.
   *
   * @throws IllegalArgumentException also if the model is an inverse, or has numbers that float32
   *     cannot hold
   */
  public void toTorch(String path) throws IOException {
    requireNoGroups();
    if (model.params().isInverted()) {
      throw ExportErrors.inverseIsNoLayer();
    }
    requireWithinRange(model.coefficients());
    requireVariancesWithinRange();
    // Of a model that was read from JSON the param alone says which kind its statistics are of.
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
    if (type == Numbers.FLOAT32) {
      warnOfDeviationsBelow(
          LAYER_PRECISION,
          "The mean of {} is so large against the deviation that a layer of float32, which folds it "
              + "into the bias, is off by a thousandth of the deviation or more; export as float64, "
              + "or to ONNX");
    }
    write(path, content);
  }

  /**
   * Writes names, statistics and parameters as JSON, all digits of them, for {@link
   * BatchNormModel#fromJson} and for other programs; {@link JsonModel} describes it. The exact sums
   * are not in it.
   *
   * @throws IllegalArgumentException also if a feature counts as constant by its rows and not by
   *     its statistics, so that the file would map differently
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
   * Requires that other systems, which compute in doubles, can hold the differences of all
   * features.
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
              || recipe.leavesScale(statistics, j)
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

  /** The file at {@code path}, as the session of this thread knows it. */
  static SingleFile file(String path) {
    return file(path, DataSession.current());
  }

  /** Returns the file; without a session, Hadoop's own configuration selects the file system. */
  private static SingleFile file(String path, Optional<SparkSession> session) {
    SharedParams.requirePath("path", path);
    return new SingleFile(
        path, session.map(one -> one.sessionState().newHadoopConf()).orElseGet(Configuration::new));
  }
}
