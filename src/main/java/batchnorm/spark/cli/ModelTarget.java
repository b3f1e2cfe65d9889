package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Saves a model so that a failure leaves nothing that loads; or does not, if none is wanted. It is
 * put in place unless somebody else has written there since this was made.
 */
final class ModelTarget implements AutoCloseable {
  private final Optional<StagedOutput> staged;
  private final Set<String> before;

  ModelTarget(Storage storage, Optional<String> path) throws IOException {
    staged =
        path.isPresent() ? Optional.of(StagedOutput.folder(storage, path.get())) : Optional.empty();
    before = staged.isPresent() ? staged.get().contents() : Set.of();
  }

  /** Saves {@code model}; it is in place after {@link #commit()}. */
  void write(BatchNormModel model) throws IOException {
    if (staged.isPresent()) {
      model.save(staged.get().emptied());
    }
  }

  void commit() throws IOException {
    if (staged.isPresent()) {
      staged.get().commitOver(before);
    }
  }

  @Override
  public void close() throws IOException {
    if (staged.isPresent()) {
      staged.get().close();
    }
  }
}
