package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import java.util.ArrayList;
import java.util.List;

/**
 * The outputs that a command has written so far, so that an interruption can tell what is there.
 */
final class Outcome {
  private final List<String> complete = new ArrayList<>();
  private String begun;
  private boolean isInterrupted;

  /**
   * Notes that the output at {@code path} is about to be written or moved to its place.
   *
   * @throws IllegalArgumentException if the command is interrupted: its outcome has been printed
   */
  synchronized void begin(String path) {
    if (isInterrupted) {
      throw OutputErrors.interrupted(complete, begun);
    }
    begun = path;
  }

  /** Notes that the output that was begun is in its place. */
  synchronized void complete() {
    complete.add(begun);
    begun = null;
  }

  /** Lets no further output begin, and returns the report of what there is. */
  synchronized String interrupt() {
    isInterrupted = true;
    return OutputErrors.interrupted(complete, begun).getMessage();
  }

  synchronized boolean isInterrupted() {
    return isInterrupted;
  }
}
