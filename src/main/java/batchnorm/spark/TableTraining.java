package batchnorm.spark;

import static org.apache.spark.sql.functions.lit;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.errors.TableErrors;
import batchnorm.spark.model.FollowedTable;
import batchnorm.spark.model.ModelVersion;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.StreamProgress;
import batchnorm.spark.model.VersionWindow;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.tables.TableFile;
import batchnorm.spark.tables.TableSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits on a table and follows it: reads the files that were added since the last fit, and takes out
 * those that were removed. The sums of each file are saved: in models whose groups are files, or
 * the groups of a file.
 */
final class TableTraining implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");

  /** The number of newest versions to keep. */
  private static final int KEPT = 2;

  /** Maximum number of models with sums of files; more are merged into one. */
  private static final int MAX_PARTS = 16;

  /** A model without statistics that has the params of the stage. */
  private final BatchNormModel stage;

  private final Dataset<Row> table;
  private final SparkSession session;
  private final String path;
  private final TableSnapshot now;
  private final String reads;
  private final ModelVersions versions;
  private final Optional<ModelVersion> newest;

  /** Models whose groups are released in the end. */
  private final UsedModels used = new UsedModels();

  /**
   * Prepares a fit.
   *
   * @param stage a model without statistics that has the params of the stage
   * @param table the rows of the table
   * @param name the user's name of it
   * @param path the directory of the versions of the model
   */
  TableTraining(BatchNormModel stage, Dataset<Row> table, String name, String path)
      throws IOException {
    this.stage = stage;
    this.table = table;
    this.path = path;
    session = table.sparkSession();
    RunningMode mode = stage.shared().runningMode();
    if (mode != RunningMode.POOLED) {
      throw TableErrors.runningStatistics(mode.text());
    }
    SharedParams.requirePath(path);
    versions = ModelVersions.in(path, session);
    versions.requireNoModel();
    now = TableSnapshot.of(table, name);
    now.requireOutside(path, session.sessionState().newHadoopConf());
    if (new SchemaLookup(table.schema()).find(TableSnapshot.FILE).isPresent()) {
      throw TableErrors.reservedColumn(name, TableSnapshot.FILE);
    }
    reads = reads();
    newest = versions.newest();
  }

  /** Returns all that decides the sums of a row. */
  private String reads() {
    SharedParams params = stage.shared();
    StructType schema = table.schema();
    FeatureColumns features = FeatureColumns.of(schema, params.columnNames());
    SchemaLookup lookup = new SchemaLookup(schema);
    return described(features.fields().stream())
        + params.weightColumn().map(lookup::column).map(one -> "; weight " + text(one)).orElse("")
        + params
            .groupColumns(schema)
            .map(some -> "; groups " + described(some.fields().stream()))
            .orElse("")
        + "; handleInvalid "
        + params.handling().text();
  }

  private String described(Stream<InputColumn> columns) {
    return columns.map(this::text).collect(Collectors.joining(", "));
  }

  private String text(InputColumn column) {
    return column.name()
        + " "
        + column.dataType().catalogString()
        + now.identity(column.path()).map(identity -> " (" + identity + ")").orElse("");
  }

  /** Files of the table, and those of the last fit whose sums are of use. */
  private record Change(
      Map<TableFile, Long> kept,
      Set<TableFile> added,
      SortedMap<Long, Set<String>> removed,
      Optional<String> anew) {
    /**
     * Compares files.
     *
     * @param known the files of the last fit, with the number of the version that has their sums
     */
    static Change of(Map<TableFile, Long> known, Set<TableFile> now, Optional<String> anew) {
      Map<TableFile, Long> kept = new HashMap<>(known);
      kept.keySet().retainAll(now);
      Set<TableFile> added = new HashSet<>(now);
      added.removeAll(kept.keySet());
      Map<TableFile, Long> gone = new HashMap<>(known);
      gone.keySet().removeAll(kept.keySet());
      return new Change(kept, added, paths(gone), anew);
    }

    /** Returns the paths of files with rows, by the version that has their sums. */
    static SortedMap<Long, Set<String>> paths(Map<TableFile, Long> files) {
      SortedMap<Long, Set<String>> paths = new TreeMap<>();
      files.forEach(
          (file, version) ->
              paths.computeIfAbsent(version, any -> new HashSet<>()).add(file.path()));
      paths.remove(FollowedTable.NONE);
      return paths;
    }

    boolean isNone() {
      return added.isEmpty() && removed.isEmpty();
    }
  }

  /** Fits on the table as it is now, and saves the model. */
  TableFit fit() throws IOException {
    Change change = change();
    change.anew().ifPresent(why -> LOG.warn("The model in {} is fitted anew: {}", path, why));
    // The sums of the last fit are of no use if none of its files with rows is left.
    Optional<BatchNormModel> before =
        Change.paths(change.kept()).isEmpty()
            ? Optional.empty()
            : newest.map(ModelVersion::path).map(this::saved);
    Optional<ModelVersion> version = newest;
    if (!change.isNone() || before.isEmpty() || !hasParams(before.get())) {
      Optional<Sums> fresh =
          change.added().isEmpty() && before.isPresent()
              ? Optional.empty()
              : Optional.of(read(change.added(), before));
      BatchNormModel model =
          used.add(combined(before.map(stage::continuing), fresh, change.removed()));
      new Training(stage.shared(), table.schema()).requireEnough(model.state());
      model.state().warn(table);
      version = Optional.of(save(model, fresh, change));
    }
    int takenOut = change.removed().values().stream().mapToInt(Set::size).sum();
    return new TableFit(
        loaded(version.orElseThrow().path().toString()),
        now.files().size(),
        change.added().size(),
        takenOut,
        change.anew());
  }

  private Change change() {
    if (newest.isEmpty()) {
      return Change.of(Map.of(), now.files(), Optional.empty());
    }
    FollowedTable before =
        FollowedTable.read(newest.get(), session)
            .orElseThrow(() -> TableErrors.otherVersions(path));
    Optional<String> why = before.differsFrom(now, reads);
    return Change.of(
        why.isPresent() ? Map.of() : before.filesBy(newest.get().number()), now.files(), why);
  }

  /** Returns whether a saved model has the params of the stage. */
  private boolean hasParams(BatchNormModel saved) {
    SharedParams other = stage.continuing(saved).shared();
    return Arrays.stream(saved.params())
        .allMatch(
            param ->
                saved
                    .shared()
                    .encoded(param)
                    .equals(other.encoded(other.stage().getParam(param.name()))));
  }

  /** Returns the params with which files are read: a group for each, or for each of its groups. */
  private BatchNormModel byFile() {
    Stream<String> groups =
        stage.isSet(stage.groupCols()) ? Stream.of(stage.getGroupCols()) : Stream.of();
    return stage
        .copy(ParamMap.empty())
        .setGroupCols(Stream.concat(Stream.of(TableSnapshot.FILE), groups).toArray(String[]::new))
        .setSmallGroup(SmallGroup.GLOBAL.text());
  }

  /**
   * Sums by file.
   *
   * @param paths the files that have rows
   */
  private record Sums(BatchNormModel model, Set<String> paths) {
    static Sums of(BatchNormModel model) {
      return new Sums(model, model.state().groups().orElseThrow().firsts());
    }
  }

  private Sums read(Set<TableFile> files, Optional<BatchNormModel> before) {
    TableSnapshot.Use<BatchNormModel> fit = rows -> byFile().first(rows, MinimumRows.NONE);
    BatchNormModel read =
        used.add(
            files.isEmpty()
                ? fit.of(table.limit(0).withColumn(TableSnapshot.FILE, lit("")))
                : now.with(files, fit));
    Sums sums = Sums.of(before.map(known -> sized(read, known)).orElse(read));
    requireKnown(sums.paths(), files);
    return sums;
  }

  /**
   * Returns sums with the number of features that the table has, which null vectors do not tell.
   */
  private BatchNormModel sized(BatchNormModel read, BatchNormModel known) {
    return read.numFeatures() > 0
        ? read
        : used.add(
            read.of(params -> ModelState.sizedTo(known.numFeatures(), params, read.state())));
  }

  /**
   * Requires that rows tell the paths of their files as the table does; otherwise they would stay
   * in the model when their file is removed.
   */
  private static void requireKnown(Set<String> read, Set<TableFile> files) {
    Set<String> paths = files.stream().map(TableFile::path).collect(Collectors.toSet());
    for (String path : read) {
      if (!paths.contains(path)) {
        throw TableErrors.unknownFile(path, paths.iterator().next());
      }
    }
  }

  private BatchNormModel combined(
      Optional<BatchNormModel> before, Optional<Sums> fresh, SortedMap<Long, Set<String>> removed) {
    Optional<BatchNormModel> added = fresh.map(read -> ofRows(read.model(), Optional.empty()));
    if (before.isEmpty()) {
      return added.orElseThrow();
    }
    BatchNormModel all =
        BatchNormModel.merge(
            Stream.of(before, added.filter(TableTraining::hasRows))
                .flatMap(Optional::stream)
                .toList());
    List<BatchNormModel> gone = new ArrayList<>();
    removed.forEach((version, files) -> gone.add(ofRows(part(version, files), Optional.of(files))));
    gone.removeIf(one -> !hasRows(one));
    return gone.isEmpty() ? all : used.add(all).subtract(used.add(BatchNormModel.merge(gone)));
  }

  private static boolean hasRows(BatchNormModel model) {
    return model.state().learned().moments().orElseThrow().rows() > 0;
  }

  /** Returns the model of the rows of some files, with the groups of the stage. */
  private BatchNormModel ofRows(BatchNormModel byFile, Optional<Set<String>> files) {
    return used.add(stage.of(params -> ModelState.selected(params, byFile.state(), files, true)));
  }

  private ModelVersion save(BatchNormModel model, Optional<Sums> fresh, Change change)
      throws IOException {
    SortedMap<Long, Set<String>> kept = Change.paths(change.kept());
    Optional<BatchNormModel> part = fresh.map(Sums::model).filter(TableTraining::hasRows);
    if (kept.size() >= MAX_PARTS) {
      List<BatchNormModel> all = new ArrayList<>(part.stream().toList());
      kept.forEach((version, files) -> all.add(used.add(part(version, files).selected(files))));
      part = Optional.of(used.add(BatchNormModel.merge(all)));
      kept = new TreeMap<>();
    }
    FollowedTable followed =
        FollowedTable.of(
            now, reads, change.kept(), kept.keySet(), fresh.map(Sums::paths).orElse(Set.of()));
    VersionWindow window =
        new VersionWindow(
            FollowedTable.KIND, kept.keySet().stream().map(FollowedTable::part).toList());
    SortedMap<Long, ModelVersions.Save> parts = new TreeMap<>();
    part.ifPresent(sums -> parts.put(FollowedTable.part(0).time(), sums::save));
    return versions.add(
        newest,
        StreamProgress.NONE,
        KEPT,
        to -> {
          model.save(to);
          followed.write(to, session);
        },
        new ModelVersions.Parts(window, parts));
  }

  /** Returns the model with the sums that a version has: of these files, and perhaps of others. */
  private BatchNormModel part(long version, Set<String> files) {
    String place = versions.path(FollowedTable.part(version));
    BatchNormModel part = used.add(byFile().continuing(loaded(place)));
    Set<String> missing = new TreeSet<>(files);
    missing.removeAll(Sums.of(part).paths());
    if (!missing.isEmpty()) {
      throw SavedModelErrors.notAModel(
          place, "it has no sums of the file " + missing.iterator().next());
    }
    return part;
  }

  private BatchNormModel saved(Path version) {
    return used.add(loaded(version.toString()));
  }

  private BatchNormModel loaded(String place) {
    return DataSession.of(table, () -> BatchNormModel.load(place));
  }

  @Override
  public void close() {
    used.close();
  }
}
