package batchnorm.spark;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.errors.StreamErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.FollowedTable;
import batchnorm.spark.model.ModelVersion;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.StreamProgress;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.RunningMode;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function2;

/**
 * Trains a model on a stream: every micro-batch updates its statistics and writes the next version
 * of the model into a directory. {@link BatchNormModel#load} reads the newest version. If the
 * directory already contains versions, training resumes from the newest one, with this stage's
 * parameters.
 *
 * <ul>
 *   <li>Every batch counts exactly once. A version contains the model and the last batch of each
 *       query, identified by the query id in the query's checkpoint. A batch that Spark repeats
 *       after a crash is found there and changes nothing. A query with a new checkpoint is a new
 *       query, and all its batches count. Batches passed to {@link #onBatch} outside a query belong
 *       to one unnamed query, so their ids must increase.
 *   <li>The statistics are of all rows, or of the newest ones: see {@link #setWindow(int)} and
 *       {@link #setWindow(Duration, Duration)}.
 *   <li>A skipped batch writes no version. A batch without rows is skipped. Exponential and
 *       cumulative statistics also skip a batch whose total weight is at most 1, with a warning.
 *       Pooled statistics use even a single row.
 *   <li>The newest 10 versions are kept, see {@link #setKeptVersions}. A version becomes visible
 *       when it is complete. Reading a version while it is deleted may fail.
 *   <li>A directory has one writer at a time. If two writers write the same version, one succeeds;
 *       the other gets an error and changes nothing. On stores without an atomic rename of folders,
 *       such as S3, two simultaneous writers may both succeed: make sure that there is only one.
 * </ul>
 *
 * <p>It is a function of a micro-batch for {@code foreachBatch}:
 *
 * <pre>{@code
 * stream.writeStream().foreachBatch(new RunningBatchNorm(stage, directory)).start();
 * }</pre>
 */
public final class RunningBatchNorm implements VoidFunction2<Dataset<Row>, Long> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");

  /** Local property in which Spark stores the id of a batch's query. */
  private static final String QUERY_ID = "sql.streaming.queryId";

  private static final String NO_QUERY = "";

  /** Its microseconds are a long. */
  private static final Duration LONGEST_WINDOW = Duration.ofDays(100_000_000);

  private final BatchNorm batchNorm;
  private final String modelDirectory;
  private int keptVersions = 10;
  private Normalized normalized;

  /** Number of batches in the window; 0 if it is not set. */
  private int windowBatches;

  /** Length of the window in time, and of the intervals that it moves by; null if not set. */
  private Duration windowLength;

  private Duration windowSlide;
  private String timeCol;
  private Clock clock = Clock.systemUTC();

  private enum Timing implements Choice {
    BEFORE,
    AFTER
  }

  private record Normalized(Timing timing, VoidFunction2<Dataset<Row>, Long> sink)
      implements Serializable {}

  /** Rows of one batch of a query, and its id in the query. */
  private record MicroBatch(Dataset<Row> rows, long id, String queryId) {}

  /**
   * Creates training with a copy of the stage's parameters. The directory of the versions need not
   * exist. If it contains no version, the first batch updates the stage's initial model, if that is
   * set.
   */
  public RunningBatchNorm(BatchNorm batchNorm, String modelDirectory) {
    if (batchNorm == null) {
      throw ParamErrors.nullArgument("batchNorm");
    }
    if (modelDirectory == null) {
      throw ParamErrors.nullArgument("modelDirectory");
    }
    if (modelDirectory.isBlank()) {
      throw StreamErrors.emptyModelDirectory();
    }
    this.batchNorm = batchNorm.copy(ParamMap.empty());
    this.modelDirectory = modelDirectory;
  }

  /**
   * Sets the number of versions to keep, 2 or more: readers may use older ones, and repeated
   * batches need the previous one.
   */
  public RunningBatchNorm setKeptVersions(int versions) {
    if (versions < 2) {
      throw StreamErrors.invalidKeptVersions(versions);
    }
    keptVersions = versions;
    return this;
  }

  /**
   * Sets a window of the last micro-batches: each version has the statistics of the rows of these,
   * bit for bit those of a fit on them. Batches that are skipped do not count. What leaves the
   * window is subtracted exactly; its models stay in the directory as long as the window has them.
   * Minimum and maximum are unknown once rows have left.
   *
   * <p>Windows go with pooled statistics and without an initial model.
   *
   * @param batches the number of batches, 1 or more
   */
  public RunningBatchNorm setWindow(int batches) {
    if (batches < 1) {
      throw StreamErrors.invalidWindow(batches);
    }
    windowBatches = batches;
    windowLength = null;
    windowSlide = null;
    return this;
  }

  /**
   * Sets a window of time. Without {@link #setTimeCol} each version has the statistics of the
   * micro-batches that are younger than {@code length} when the last one comes; a batch that is
   * repeated keeps its time. With a time column it is {@link #setWindow(Duration, Duration)} with a
   * slide of {@code length}: a tumbling window.
   *
   * @param length whole milliseconds, at most 100 million days
   */
  public RunningBatchNorm setWindow(Duration length) {
    requireMillis("The window", length);
    windowBatches = 0;
    windowLength = length;
    windowSlide = null;
    return this;
  }

  /**
   * Sets a window of the time in the column of {@link #setTimeCol}. Windows of {@code length} begin
   * at each multiple of {@code slide} since 1970-01-01 UTC, as Spark's {@code window} has them, and
   * each version has the statistics of the rows in the last window that has the newest row. Later
   * batches may have more rows of it. Rows before the window, or without a time, are left out, with
   * a warning; a row with a time far ahead moves the window there.
   *
   * <p>A batch is read once for each slide of the window in which it has rows.
   *
   * @param length a multiple of {@code slide}
   * @param slide whole milliseconds
   */
  public RunningBatchNorm setWindow(Duration length, Duration slide) {
    setWindow(length);
    requireMillis("The slide of the window", slide);
    if (length.toMillis() % slide.toMillis() != 0) {
      throw StreamErrors.windowIsNoMultiple(length.toString(), slide.toString());
    }
    windowSlide = slide;
    return this;
  }

  private static void requireMillis(String name, Duration duration) {
    if (duration == null) {
      throw ParamErrors.nullArgument(name);
    }
    boolean isMillis = duration.toNanosPart() % 1_000_000 == 0;
    if (duration.compareTo(Duration.ofMillis(1)) < 0
        || duration.compareTo(LONGEST_WINDOW) > 0
        || !isMillis) {
      throw StreamErrors.invalidDuration(name, duration.toString());
    }
  }

  /**
   * Sets the column with the time of each row, a timestamp or a date, for a window of time. Times
   * without a zone are those of the session's time zone.
   */
  public RunningBatchNorm setTimeCol(String column) {
    if (column == null) {
      throw ParamErrors.nullArgument("timeCol");
    }
    timeCol = column;
    return this;
  }

  /** Sets the clock that gives batches their time. */
  RunningBatchNorm setClock(Clock given) {
    clock = given;
    return this;
  }

  private Optional<StreamWindow> window() {
    if (timeCol != null && windowLength == null) {
      throw StreamErrors.timeColWithoutWindow();
    }
    if (windowBatches == 0 && windowLength == null) {
      return Optional.empty();
    }
    if (windowSlide != null && timeCol == null) {
      throw StreamErrors.slideWithoutTimeCol();
    }
    if (batchNorm.shared().runningMode() != RunningMode.POOLED) {
      throw StreamErrors.windowOfRunningStatistics(batchNorm.shared().runningMode().text());
    }
    if (batchNorm.hasInitial()) {
      throw StreamErrors.windowWithInitialModel();
    }
    if (windowLength == null) {
      return Optional.of(new StreamWindow.LastBatches(windowBatches));
    }
    long length = windowLength.toMillis();
    long slide = windowSlide == null ? length : windowSlide.toMillis();
    return Optional.of(
        timeCol == null
            ? new StreamWindow.YoungBatches(length)
            : new StreamWindow.EventTime(timeCol, length, slide));
  }

  /**
   * Sets the consumer of every normalized batch, with the arguments of {@code foreachBatch}: the
   * dataset and the batch id. The dataset is valid only during the call, since the groups of its
   * model are released afterwards. A batch that Spark repeats is passed again, normalized with the
   * same statistics; it is the same to the last bit if the stage and its initial model are the
   * same.
   *
   * @param with {@code before} for the statistics without the batch, or {@code after} for those
   *     with it. Statistics of at most one row are mean 0 and variance 1, as in a new
   *     batch-normalization layer.
   */
  public RunningBatchNorm setNormalized(String with, VoidFunction2<Dataset<Row>, Long> sink) {
    if (sink == null) {
      throw ParamErrors.nullArgument("sink");
    }
    Timing timing =
        Choice.find(Timing.class, with).orElseThrow(() -> StreamErrors.invalidNormalized(with));
    normalized = new Normalized(timing, sink);
    return this;
  }

  /**
   * Sets a Scala function {@code (batch: DataFrame, id: Long) => ...} as the consumer. The type is
   * Object, since Java's lambdas would otherwise match Scala's function type, too.
   *
   * @throws IllegalArgumentException also if it is not such a function
   */
  public RunningBatchNorm setNormalized(String with, Object sink) {
    if (sink instanceof VoidFunction2<?, ?> function) {
      return setNormalized(with, RunningBatchNorm.<VoidFunction2<Dataset<Row>, Long>>as(function));
    }
    if (!(sink instanceof Function2<?, ?, ?> function)) {
      throw sink == null
          ? ParamErrors.nullArgument("sink")
          : StreamErrors.notASink(sink.getClass().getName());
    }
    Function2<Dataset<Row>, Object, ?> scala = as(function);
    return setNormalized(with, (VoidFunction2<Dataset<Row>, Long>) scala::apply);
  }

  @SuppressWarnings("unchecked")
  private static <T> T as(Object function) {
    return (T) function;
  }

  /**
   * Starts training on a stream. The query's checkpoint is the folder {@code _checkpoint} in the
   * directory of the versions, so that the same call resumes after a crash.
   *
   * @throws IllegalArgumentException if the dataset is not a stream, or lacks the columns
   */
  public StreamingQuery start(Dataset<?> stream) throws TimeoutException {
    if (!stream.isStreaming()) {
      throw StreamErrors.notAStream();
    }
    requireColumns(stream);
    String checkpoint = LiteralPath.child(modelDirectory, ModelVersions.CHECKPOINT);
    return start(stream.toDF().writeStream().option("checkpointLocation", checkpoint));
  }

  /**
   * Starts training with a writer of a stream, which sets checkpoint location, trigger and query
   * name. Without a checkpoint location Spark uses a temporary one, and every start is a new query
   * that reads and counts all data again.
   */
  public StreamingQuery start(DataStreamWriter<Row> writer) throws TimeoutException {
    return writer.foreachBatch(this).start();
  }

  /** Updates the model with a micro-batch. */
  @Override
  public void call(Dataset<Row> batch, Long batchId) throws Exception {
    onBatch(batch, batchId);
  }

  /**
   * Updates the model with a micro-batch; a batch that a version already contains changes nothing.
   *
   * @throws IllegalArgumentException if {@link BatchNormModel#update} rejects the batch or the
   *     newest version; or if the directory is a saved model
   * @throws IllegalStateException if another writer has written the next version
   */
  public void onBatch(Dataset<Row> batch, long batchId) throws Exception {
    SparkSession session = batch.sparkSession();
    String found = session.sparkContext().getLocalProperty(QUERY_ID);
    MicroBatch micro = new MicroBatch(batch, batchId, found == null ? NO_QUERY : found);
    ModelVersions versions = ModelVersions.in(modelDirectory, session);
    versions.requireNoModel();
    Optional<ModelVersion> newest = versions.newest();
    requireSameWindow(newest);
    if (newest.isPresent() && newest.get().progress().has(micro.queryId(), batchId)) {
      repeat(micro, newest.get(), versions);
    } else {
      learn(micro, newest, versions);
    }
  }

  private void requireColumns(Dataset<?> data) {
    DataSession.of(
        data,
        () -> {
          window().ifPresent(window -> window.requireColumns(data.schema()));
          return batchNorm.transformSchema(data.schema());
        });
  }

  private void requireSameWindow(Optional<ModelVersion> newest) {
    String found = newest.map(version -> version.window().kind()).orElse("");
    String asked = window().map(StreamWindow::kind).orElse("");
    if (found.equals(FollowedTable.KIND)) {
      throw StreamErrors.followedTable(modelDirectory);
    }
    if (newest.isPresent() && !found.equals(asked)) {
      throw StreamErrors.otherWindow(modelDirectory, found, asked);
    }
  }

  private void learn(MicroBatch micro, Optional<ModelVersion> newest, ModelVersions versions)
      throws Exception {
    Dataset<Row> batch = micro.rows();
    Optional<StreamWindow> window = window();
    Optional<BatchNormModel> before = model(batch, newest);
    Optional<BatchNormModel> after = Optional.empty();
    boolean readTwice =
        (normalized != null || window.filter(StreamWindow::dividesRows).isPresent())
            && batch.storageLevel().equals(StorageLevel.NONE());
    if (readTwice) {
      batch.persist();
    }
    try (WindowedTraining training = new WindowedTraining(batchNorm, versions)) {
      MicroBatchRows rows = new MicroBatchRows(micro.id());
      requireColumns(batch);
      ModelVersions.Parts parts = ModelVersions.Parts.NONE;
      if (window.isPresent()) {
        long time = versions.timeOf(micro.queryId(), micro.id(), clock.millis());
        Optional<WindowedTraining.Learned> learned =
            training.learn(window.get(), batch, time, newest, before, rows);
        after = learned.map(WindowedTraining.Learned::model);
        parts = learned.map(WindowedTraining.Learned::parts).orElse(parts);
      } else {
        after =
            before.isPresent() ? before.get().update(batch, rows) : batchNorm.first(batch, rows);
      }
      if (after.isPresent()) {
        write(after.get(), parts, micro, newest, versions);
        if (newest.isEmpty()) {
          after.get().state().warn(batch);
        }
      }
      normalize(micro, before, after.or(() -> before), rows.features());
    } finally {
      release(after);
      releaseLoaded(before, newest);
      if (readTwice) {
        batch.unpersist();
      }
    }
  }

  private void write(
      BatchNormModel model,
      ModelVersions.Parts parts,
      MicroBatch batch,
      Optional<ModelVersion> newest,
      ModelVersions versions)
      throws IOException {
    StreamProgress progress =
        newest
            .map(version -> version.progress().then(batch.queryId(), batch.id()))
            .orElseGet(() -> StreamProgress.first(batch.queryId(), batch.id()));
    model.state().formula();
    ModelVersion written = versions.add(newest, progress, keptVersions, model::save, parts);
    LOG.info("Batch {} updated the model: {}", batch.id(), written.path());
  }

  /**
   * Normalizes a repeated batch with the same statistics as the first time; the model does not
   * change.
   */
  private void repeat(MicroBatch batch, ModelVersion newest, ModelVersions versions)
      throws Exception {
    // The process that wrote the version may have died before it deleted older ones.
    versions.deleteOlder(newest, keptVersions);
    long last = newest.progress().lastBatches().get(batch.queryId());
    if (batch.id() < last) {
      LOG.warn(
          "Batch {} changes nothing, since batch {} of its query is already in the model; if its "
              + "rows are new, start the query with a new checkpoint",
          batch.id(),
          last);
    } else {
      LOG.info("Batch {} is already in the model and changes nothing", batch.id());
    }
    if (normalized == null) {
      return;
    }
    ModelVersion version = kept(versions.endingWith(batch.queryId(), batch.id()), batch);
    Optional<ModelVersion> previous = Optional.empty();
    if (normalized.timing() == Timing.BEFORE && version.previous().isPresent()) {
      long number = version.previous().getAsLong();
      previous = Optional.of(kept(versions.version(number), batch));
    }
    Optional<BatchNormModel> after = model(batch.rows(), Optional.of(version));
    Optional<BatchNormModel> before = Optional.empty();
    try {
      before = model(batch.rows(), previous);
      normalize(batch, before, after, after.orElseThrow().numFeatures());
    } finally {
      release(after);
      releaseLoaded(before, previous);
    }
  }

  /** Releases the model of {@link #model}, unless the user gave it. */
  private void releaseLoaded(Optional<BatchNormModel> model, Optional<ModelVersion> version) {
    if (version.isPresent() || batchNorm.isSet(batchNorm.initialModel())) {
      release(model);
    }
  }

  private static void release(Optional<BatchNormModel> model) {
    model.ifPresent(one -> one.state().release());
  }

  private ModelVersion kept(Optional<ModelVersion> version, MicroBatch batch) {
    return version.orElseThrow(() -> StreamErrors.versionNotKept(modelDirectory, batch.id()));
  }

  /** Returns the model of a version, or the stage's initial model. */
  private Optional<BatchNormModel> model(Dataset<Row> batch, Optional<ModelVersion> version) {
    return DataSession.of(
        batch,
        () ->
            version
                .map(one -> BatchNormModel.load(one.path().toString()))
                .or(batchNorm::initial)
                .map(batchNorm::continuing));
  }

  private void normalize(
      MicroBatch batch,
      Optional<BatchNormModel> before,
      Optional<BatchNormModel> after,
      int features)
      throws Exception {
    if (normalized != null) {
      BatchNormModel model =
          (normalized.timing() == Timing.BEFORE ? before : after)
              .filter(known -> known.state().hasEnoughRows())
              .orElseGet(() -> DataSession.of(batch.rows(), () -> fresh(batch.rows(), features)));
      normalized.sink().call(model.transform(batch.rows()), batch.id());
    }
  }

  /** Returns the model before the first batch: mean 0 and variance 1. */
  private BatchNormModel fresh(Dataset<Row> batch, int seen) {
    int features =
        FeatureColumns.of(batch.schema(), batchNorm.shared().columnNames())
            .size()
            .orElse(seen > 0 ? seen : batchNorm.shared().featuresOfGammaOrBeta());
    double[] ones = new double[features];
    Arrays.fill(ones, 1);
    BatchNormModel fresh =
        batchNorm.continuing(BatchNormModel.of(Vectors.zeros(features), Vectors.dense(ones)));
    fresh.clear(fresh.groupCols());
    return fresh;
  }
}
