package batchnorm.spark;

import java.util.ArrayList;
import java.util.List;

/** Models of the steps of a fit, whose groups are released when it ends. */
final class UsedModels implements AutoCloseable {
  private final List<BatchNormModel> models = new ArrayList<>();

  /** Returns {@code model}, to be released. */
  BatchNormModel add(BatchNormModel model) {
    models.add(model);
    return model;
  }

  @Override
  public void close() {
    models.forEach(model -> model.state().release());
  }
}
