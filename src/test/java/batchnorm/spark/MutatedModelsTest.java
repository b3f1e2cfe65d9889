package batchnorm.spark;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.errors.BatchNormThrowable;
import batchnorm.spark.model.ModelVersion;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.StreamProgress;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.testing.FolderMutation;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.Rounds;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models of every kind with random damage. Each loads as it was saved, or with an error that names
 * its path. Formats without checksums may load with other numbers, but never fail in another way.
 */
@ExtendWith(InterpretedExpressions.class)
class MutatedModelsTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String FIXTURES = "src/test/resources/fixtures/";
  private static final int WIDE = 300;

  /** Reading groups takes a job, so few rounds do. */
  private static final int ROUNDS_OF_GROUPS = 12;

  private static final List<Subject> PLAIN = new ArrayList<>();
  private static final List<Subject> GROUPED = new ArrayList<>();
  private static final AtomicInteger COPIES = new AtomicInteger();

  private static Subject followed;

  @TempDir static Path directory;

  /**
   * A saved model.
   *
   * @param folder the folder that is damaged
   * @param foreign a folder of the same kind
   * @param path the part that is loaded, relative to the folder
   * @param isChecked true if the format has checksums
   * @param contents the contents that may be loaded
   * @param others the contents of the models in the foreign folder
   */
  private record Subject(
      String kind,
      Path folder,
      Path foreign,
      String path,
      boolean isChecked,
      Reader reader,
      List<String> contents,
      List<String> others) {}

  private interface Reader {
    BatchNormModel read(String path) throws IOException;
  }

  private interface Writer {
    void write(BatchNormModel model, Path folder) throws IOException;
  }

  @BeforeAll
  static void saveOneOfEachKind() throws IOException {
    saved("columns", stage().fit(frame(1)), stage().fit(frame(2)));
    saved("weights", weighted().fit(frame(1)), weighted().fit(frame(2)));
    saved("vector", vectors().fit(vectors(1)), vectors().fit(vectors(2)));
    saved("sparse, wide", vectors().fit(sparse(1)), vectors().fit(sparse(2)));
    saved("cumulative", running("cumulative", 1), running("cumulative", 2));
    saved("exponential", running("exponential", 1), running("exponential", 2));
    saved("known", known(1), known(2));
    saved("imported", imported(1), imported(2));
    saved("groups", grouped().fit(frame(1)), grouped().fit(frame(2)));
    for (String old : List.of("1", "2", "3-cumulative", "3-exponential", "3-groups")) {
      fixture("model-format-" + old, old.equals("1") ? "model-format-2" : "model-format-1");
    }
    written(
        "JSON", "model.json", BatchNormModel::fromJson, (m, to) -> m.toJson(to + "/model.json"));
    written(
        "safetensors",
        "model.safetensors",
        path -> BatchNormModel.fromTorch(path).setInputCol("v"),
        (model, to) -> model.toTorch(to + "/model.safetensors"));
    versions();
    followed = followed();
  }

  private static BatchNorm stage() {
    return new BatchNorm()
        .setInputCols("a", "b")
        .setOutputCol("out")
        .setEps(0.25)
        .setGamma(1, 2)
        .setBeta(3, 4);
  }

  private static BatchNorm weighted() {
    return stage().setWeightCol("w").setCorrection(1).setHandleInvalid("keep");
  }

  private static BatchNorm grouped() {
    return stage().setGroupCols("k");
  }

  private static BatchNorm vectors() {
    return new BatchNorm().setInputCol("v").setOutputCol("out");
  }

  private static BatchNormModel running(String mode, int factor) {
    return stage().setRunningStatistics(mode).fit(frame(factor));
  }

  private static BatchNormModel known(int factor) {
    return BatchNormModel.of(Vectors.dense(factor, 2), Vectors.dense(3, 4)).setInputCol("v");
  }

  private static BatchNormModel imported(int factor) throws IOException {
    Path file = directory.resolve("imported-" + factor);
    running("exponential", factor).toTorch(file.toString());
    return BatchNormModel.fromTorch(file.toString()).setInputCol("v");
  }

  private static Dataset<Row> frame(int factor) {
    return Frames.doubles(new double[][] {{1, 0.1}, {3, 0.2}, {5, 0.4}, {8, 0.7}, {2, 9}})
        .withColumn("a", functions.col("a").multiply(factor))
        .withColumn("w", functions.expr("b + 0.5"))
        .withColumn("k", functions.expr("if(b < 0.3, 'x', 'y')"));
  }

  private static Dataset<Row> vectors(int factor) {
    return Frames.column(
        "v",
        SQLDataTypes.VectorType(),
        List.of(Vectors.dense(factor, 0.1), Vectors.dense(7, 8), Vectors.dense(0.3, 1e300)));
  }

  private static Dataset<Row> sparse(int factor) {
    List<Vector> rows =
        IntStream.range(0, 20)
            .mapToObj(
                i -> Vectors.sparse(WIDE, new int[] {i, 7 * i + 20}, new double[] {i, factor}))
            .toList();
    return Frames.column("v", SQLDataTypes.VectorType(), rows);
  }

  private static void saved(String kind, BatchNormModel model, BatchNormModel other)
      throws IOException {
    Path folder = directory.resolve(kind);
    Path foreign = directory.resolve("other " + kind);
    model.save(folder.toString());
    other.save(foreign.toString());
    add(kind, folder, foreign, "", true, MutatedModelsTest::loaded);
  }

  private static void fixture(String name, String other) throws IOException {
    Path folder = Path.of(FIXTURES + name);
    Path foreign = Path.of(FIXTURES + other);
    add(name, folder, foreign, "", false, MutatedModelsTest::loaded);
  }

  private static void written(String kind, String file, Reader reader, Writer writer)
      throws IOException {
    Path folder = Files.createDirectory(directory.resolve(kind));
    Path foreign = Files.createDirectory(directory.resolve("other " + kind));
    writer.write(stage().fit(frame(1)), folder);
    writer.write(stage().fit(frame(2)), foreign);
    add(kind, folder, foreign, file, false, reader);
  }

  /**
   * The version before the newest one may be loaded, since an incomplete version does not count.
   */
  private static void versions() throws IOException {
    Path folder = directory.resolve("versions");
    Path foreign = directory.resolve("other versions");
    for (int version = 1; version <= 2; version++) {
      add(folder, running("cumulative", version));
      add(foreign, running("cumulative", version + 2));
    }
    PLAIN.add(
        new Subject(
            "versions",
            folder,
            foreign,
            "",
            true,
            MutatedModelsTest::loaded,
            contents(folder),
            contents(foreign)));
  }

  /**
   * Versions of a model that follows a table: files of the table are removed and added before the
   * damaged versions go on. The result is a fit of the whole table, or knows no minimum and maximum
   * since it is one from which rows were taken.
   */
  private static Subject followed() throws IOException {
    Path table = Files.createDirectory(directory.resolve("table"));
    Path folder = directory.resolve("followed");
    Path foreign = directory.resolve("other followed");
    for (int file = 0; file < 5; file++) {
      frame(file + 1).coalesce(1).write().parquet(directory + "/files/" + file);
    }
    follow(table, folder, 0, 1);
    follow(table, folder, 0, 1, 2);
    follow(table, foreign, 0, 2);
    follow(table, foreign, 0, 2, 1);
    holds(table, 2, 3);
    Reader reader = path -> stage().fitIncrementally(table.toString(), path);
    String fitted = content(stage().fit(SESSION.read().parquet(table.toString())));
    Path copy = directory.resolve("copy of followed");
    FileUtils.copyDirectory(folder.toFile(), copy.toFile());
    List<String> contents = List.of(fitted, content(reader.read(copy.toString())));
    return new Subject("followed", folder, foreign, "", true, reader, contents, List.of());
  }

  private static void follow(Path table, Path models, Integer... files) throws IOException {
    holds(table, files);
    stage().fitIncrementally(table.toString(), models.toString());
  }

  /** Makes the table one of these files, which stay as they are where they were in it. */
  private static void holds(Path table, Integer... files) throws IOException {
    for (int file = 0; file < 5; file++) {
      Path target = table.resolve(file + ".parquet");
      if (!List.of(files).contains(file)) {
        Files.deleteIfExists(target);
      } else {
        try (Stream<Path> written = Files.list(directory.resolve("files/" + file))) {
          Path source =
              written.filter(one -> one.toString().endsWith(".parquet")).findFirst().orElseThrow();
          Files.copy(source, target, COPY_ATTRIBUTES, REPLACE_EXISTING);
        }
      }
    }
  }

  private static List<String> contents(Path versions) {
    return Stream.of("version=1", "version=2")
        .map(version -> content(loaded(versions.resolve(version).toString())))
        .toList();
  }

  private static void add(Path folder, BatchNormModel model) throws IOException {
    ModelVersions versions = new ModelVersions(folder.toString(), new Configuration());
    Optional<ModelVersion> newest = versions.newest();
    long batch = newest.map(ModelVersion::number).orElse(0L);
    versions.add(newest, new StreamProgress("q", batch, Map.of("q", batch)), 2, model::save);
  }

  private static void add(
      String kind, Path folder, Path foreign, String file, boolean isChecked, Reader reader)
      throws IOException {
    String content = content(reader.read(folder.resolve(file).toString()));
    String other = content(reader.read(foreign.resolve(file).toString()));
    (kind.contains("groups") ? GROUPED : PLAIN)
        .add(
            new Subject(
                kind, folder, foreign, file, isChecked, reader, List.of(content), List.of(other)));
  }

  @Test
  void damagedModelsLoadAsTheyWereOrNotAtAll() throws Exception {
    Map<String, Long> outcomes =
        Rounds.run(
            "mutations",
            300,
            random ->
                outcome(
                    any(random.nextInt(ROUNDS_OF_GROUPS) == 0 ? GROUPED : PLAIN, random), random));
    long refused =
        outcomes.entrySet().stream()
            .filter(outcome -> outcome.getKey().endsWith("refused"))
            .mapToLong(Map.Entry::getValue)
            .sum();
    long all = outcomes.values().stream().mapToLong(Long::longValue).sum();
    assertTrue(refused > all / 2, outcomes.toString());
  }

  @Test
  void damagedModelsOfFollowedTablesGoOnWithTheBitsOfAFitOrNotAtAll() throws Exception {
    Map<String, Long> outcomes =
        Rounds.run("mutations, followed", 8, random -> outcome(followed, random));
    assertTrue(outcomes.size() > 1, outcomes.toString());
  }

  private static String outcome(Subject subject, RandomGenerator random) throws IOException {
    Path copy = directory.resolve("copy-" + COPIES.incrementAndGet());
    FileUtils.copyDirectory(subject.folder.toFile(), copy.toFile());
    String path = (subject.path.isEmpty() ? copy : copy.resolve(subject.path)).toString();
    String done = FolderMutation.apply(copy, subject.foreign, random);
    String said = subject.kind + ", " + done;
    try {
      BatchNormModel model = subject.reader.read(path);
      String content = content(model);
      if (subject.contents.contains(content)) {
        if (random.nextInt(20) == 0) {
          use(model);
        }
        return subject.kind
            + (content.equals(subject.contents.get(subject.contents.size() - 1))
                ? ": as it was"
                : ": as the version before");
      }
      if (isOtherModel(subject, done) && subject.others.contains(content)) {
        return subject.kind + ": another model, since it was put there as a whole";
      }
      assertTrue(!subject.isChecked, () -> said + ": " + content + " of " + subject.contents);
      return subject.kind + ": other numbers, since it has no checksums";
    } catch (Exception e) {
      if (e instanceof BatchNormThrowable && e.getMessage().contains(path)) {
        return subject.kind + ": refused";
      }
      if (e instanceof BatchNormThrowable && !subject.isChecked) {
        return subject.kind + ": refused when it is used, since it has no checksums";
      }
      throw new IllegalStateException(said, e);
    } finally {
      FileUtils.deleteDirectory(copy.toFile());
    }
  }

  /** Returns whether every part may have been replaced. */
  private static boolean isOtherModel(Subject subject, String done) {
    int parts = subject.kind.equals("versions") ? 1 : 2;
    return done.split("foreign: ", -1).length > parts;
  }

  /** Loads a model without a job unless it has groups. */
  private static BatchNormModel loaded(String path) {
    return PlainModel.load(path, SESSION.sessionState().newHadoopConf())
        .map(PlainModel::model)
        .orElseGet(() -> BatchNormModel.load(path));
  }

  private static void use(BatchNormModel model) {
    model.summary().collectAsList();
    if (model.isSet(model.inputCols()) && List.of(model.getInputCols()).equals(List.of("a", "b"))) {
      model.transform(frame(3)).collectAsList();
    }
    if (model.state().learned().moments().isPresent()
        && model.state().learned().mode() != RunningMode.EXPONENTIAL) {
      BatchNormModel.merge(List.of(model, model)).summary().collectAsList();
    }
  }

  /** Returns the whole content of a model as a text; its uid only if it is saved. */
  private static String content(BatchNormModel model) {
    List<Object> all = new ArrayList<>();
    for (Param<?> param : model.params()) {
      if (model.isDefined(param)) {
        all.add(param.name() + "=" + encoded(model, param));
      }
    }
    all.add(List.of(model.featureNames()));
    all.add(model.mean());
    all.add(List.of(Vectors.dense(model.variance(0)), Vectors.dense(model.variance(1))));
    model
        .state()
        .learned()
        .moments()
        .ifPresent(
            moments -> {
              all.add(List.of(moments.rows(), moments.rowWeight()));
              all.add(IntStream.range(0, model.numFeatures()).mapToObj(moments::feature).toList());
            });
    model.state().learned().running().ifPresent(running -> all.add(running.batches()));
    model
        .state()
        .groups()
        .ifPresent(
            groups ->
                all.add(
                    groups.statistics().collectAsList().stream()
                        .map(Row::toString)
                        .sorted()
                        .toList()));
    return all.toString();
  }

  private static <T> String encoded(BatchNormModel model, Param<T> param) {
    return param.jsonEncode(model.getOrDefault(param));
  }

  private static <T> T any(List<T> all, RandomGenerator random) {
    return all.get(random.nextInt(all.size()));
  }
}
