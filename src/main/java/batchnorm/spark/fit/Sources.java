package batchnorm.spark.fit;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.errors.FitErrors;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources of a dataset's rows, best first: column batches, internal rows, rows of the public API. A
 * fit uses the first that this Spark can read. Only failures to read are attributed to a source;
 * any other error is raised.
 */
public final class Sources {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");

  private final Selection selection;
  private final Optional<String> noColumns;

  /** Returns the sources of {@code selection}. */
  public Sources(Selection selection) {
    this(selection, Optional.empty());
  }

  private Sources(Selection selection, Optional<String> noColumns) {
    this.selection = selection;
    this.noColumns = noColumns;
  }

  /** Returns the same sources without column batches, for the reason {@code reason}. */
  public Sources withoutColumns(String reason) {
    return new Sources(selection, Optional.of(reason));
  }

  /**
   * Result of reading the rows.
   *
   * @param value the value computed from the rows
   * @param summary the summary of how they were read
   */
  public record Outcome<R>(R value, FitSummary summary) {}

  /**
   * Result of looking for a source.
   *
   * @param source the source, if there is one
   * @param reason a description of what was found, for users
   */
  record Found(Optional<Source<?>> source, String reason) {
    static Found none(String reason) {
      return new Found(Optional.empty(), reason);
    }
  }

  /**
   * Reads the first readable source.
   *
   * @param reading reads a source
   * @param unreadable returns the reason why rows could not be read, if the result has one
   */
  public <R> Outcome<R> read(
      Function<Source<?>, R> reading, Function<R, Optional<String>> unreadable) {
    Optional<FitSummary.Path> forced = ForcedSource.of(selection.session());
    String reason = forced.isPresent() ? "set by " + ForcedSource.SETTING : "";
    for (FitSummary.Path path : forced.map(List::of).orElse(List.of(FitSummary.Path.values()))) {
      boolean last = forced.isPresent() || path == FitSummary.Path.PUBLIC;
      try {
        Found found = found(path, reason);
        if (found.source.isEmpty()) {
          reason = found.reason;
          continue;
        }
        FitSummary summary = new FitSummary(path, found.reason);
        LOG.info("{}", summary);
        R value = reading.apply(found.source.get());
        Optional<String> failure = unreadable.apply(value);
        if (failure.isEmpty()) {
          return new Outcome<>(value, summary);
        }
        reason = failed(path, failure.get());
      } catch (LinkageError | UnsupportedOperationException | IllegalStateException e) {
        if (last || !DataSession.isRunning(selection.session())) {
          throw e;
        }
        reason = failed(path, SourceFailure.text(e));
      }
    }
    throw FitErrors.unreadable(reason);
  }

  private Found found(FitSummary.Path path, String reason) {
    return switch (path) {
      case COLUMNS ->
          noColumns.map(Found::none).orElseGet(() -> ColumnarScan.under(selection.forBatches()));
      case ROWS -> new Found(Optional.of(new InternalRows(selection.forRows())), reason);
      case PUBLIC -> new Found(Optional.of(new PublicRows(selection.forPublicRows())), reason);
    };
  }

  private static String failed(FitSummary.Path path, String failure) {
    String told = path.source() + " cannot be read here: " + failure;
    LOG.warn("{}", told);
    return told;
  }
}
