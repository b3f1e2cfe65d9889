package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Saves a model so that a failure leaves nothing that loads; or does not, if none is wanted. */
final class ModelTarget implements AutoCloseable {
  private final Optional<StagedFolder> staged;

  ModelTarget(Storage storage, Optional<String> path) throws IOException {
    staged =
        path.isPresent() ? Optional.of(new StagedFolder(storage, path.get())) : Optional.empty();
  }

  /** Saves {@code model}; it is in place after {@link #commit()}. */
  void write(BatchNormModel model) throws IOException {
    if (staged.isPresent()) {
      model.write().overwrite().save(staged.get().path());
    }
  }

  void commit() throws IOException {
    if (staged.isPresent()) {
      staged.get().commit();
    }
  }

  /**
   * Puts the model in place, unless somebody else has written there since.
   *
   * @param before what {@link Storage#contents} said of the place
   */
  void commitOver(Set<String> before) throws IOException {
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
