package batchnorm.spark;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.model.ModelVersion;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.VersionWindow;
import batchnorm.spark.model.VersionWindow.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Learns a micro-batch into the statistics of a window: adds the models of its parts, and subtracts
 * those of the parts that leave the window.
 */
final class WindowedTraining implements AutoCloseable {
  private final BatchNorm stage;
  private final ModelVersions versions;

  /** Models whose groups are released in the end. */
  private final UsedModels used = new UsedModels();

  WindowedTraining(BatchNorm stage, ModelVersions versions) {
    this.stage = stage;
    this.versions = versions;
  }

  /**
   * Model of the window after a batch, and its parts.
   *
   * @param model the model, which the caller releases
   * @param kept the parts of earlier versions
   * @param added the models of new parts, by their time
   */
  record Learned(BatchNormModel model, VersionWindow kept, SortedMap<Long, BatchNormModel> added) {
    /** The parts to write. */
    ModelVersions.Parts parts() {
      SortedMap<Long, ModelVersions.Save> saves = new TreeMap<>();
      added.forEach((time, part) -> saves.put(time, part::save));
      return new ModelVersions.Parts(kept, saves);
    }
  }

  /**
   * Learns a batch; empty if no row of it is in the window.
   *
   * @param time the time of the batch, in milliseconds since 1970-01-01 UTC
   * @param newest the version before
   * @param before its model
   */
  Optional<Learned> learn(
      StreamWindow window,
      Dataset<Row> batch,
      long time,
      Optional<ModelVersion> newest,
      Optional<BatchNormModel> before,
      MinimumRows minimum) {
    List<Part> known = newest.map(version -> version.window().parts()).orElse(List.of());
    long last = known.stream().mapToLong(Part::time).max().orElse(Long.MIN_VALUE);
    SortedMap<Long, BatchNormModel> fresh = new TreeMap<>();
    window
        .parts(batch, time, last)
        .forEach(
            (at, rows) ->
                stage.first(rows, minimum).ifPresent(model -> fresh.put(at, used.add(model))));
    if (fresh.isEmpty()) {
      return Optional.empty();
    }
    List<Part> grown =
        window.dividesRows()
            ? known.stream().filter(part -> fresh.containsKey(part.time())).toList()
            : List.of();
    List<Part> others = known.stream().filter(part -> !grown.contains(part)).toList();
    List<Part> kept = window.kept(others, fresh.size(), Math.max(last, fresh.lastKey()));
    SortedMap<Long, BatchNormModel> added = new TreeMap<>(fresh);
    grown.forEach(
        part ->
            added.merge(
                part.time(), loaded(part, batch), (one, more) -> used.add(one.merge(more))));
    return Optional.of(
        new Learned(
            model(before, fresh.values(), added.values(), kept, without(others, kept), batch),
            new VersionWindow(window.kind(), kept),
            added));
  }

  private static List<Part> without(List<Part> parts, List<Part> others) {
    return parts.stream().filter(part -> !others.contains(part)).toList();
  }

  private BatchNormModel model(
      Optional<BatchNormModel> before,
      Collection<BatchNormModel> fresh,
      Collection<BatchNormModel> added,
      List<Part> kept,
      List<Part> left,
      Dataset<Row> batch) {
    if (before.isEmpty() || kept.isEmpty()) {
      return BatchNormModel.merge(added);
    }
    List<BatchNormModel> all = new ArrayList<>(fresh);
    all.add(0, before.get());
    BatchNormModel merged = BatchNormModel.merge(all);
    if (left.isEmpty()) {
      return merged;
    }
    used.add(merged);
    List<BatchNormModel> leaving = left.stream().map(part -> loaded(part, batch)).toList();
    return merged.subtract(used.add(BatchNormModel.merge(leaving)));
  }

  private BatchNormModel loaded(Part part, Dataset<Row> batch) {
    return used.add(
        DataSession.of(batch, () -> stage.continuing(BatchNormModel.load(versions.path(part)))));
  }

  @Override
  public void close() {
    used.close();
  }
}
