package batchnorm.spark.errors;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The errors of this library among the exceptions that Spark wraps around each other. */
public final class OwnErrors {
  private OwnErrors() {}

  /** Returns the innermost error of this library in {@code failure} or its causes. */
  public static Optional<RuntimeException> innermost(Throwable failure) {
    return chain(failure).stream()
        .filter(BatchNormThrowable.class::isInstance)
        .map(RuntimeException.class::cast)
        .reduce((first, second) -> second);
  }

  /** Returns {@code failure}, its cause, the cause of that, and so on. */
  public static List<Throwable> chain(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }
}
