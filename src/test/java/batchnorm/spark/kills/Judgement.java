package batchnorm.spark.kills;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * States that an operation leaves when nothing fails, and the judgement of a folder in which it was
 * interrupted.
 */
final class Judgement {
  private final Operation operation;
  private final List<String> states;
  private final List<String> names;
  private final Map<String, Integer> inputs;

  /** Runs the operation in a prepared room. */
  Judgement(Operation operation, Operation.Room quiet) throws IOException {
    this.operation = operation;
    inputs = quiet.inputs();
    states = operation.states(quiet);
    names = operation.names(quiet);
  }

  /**
   * State after an interruption.
   *
   * @param state its number, 0 for the old one; -1 if it is none of the states
   * @param wrong the description of an error, or nothing
   */
  record Found(int state, String wrong) {}

  /** Looks at what an interruption has left, and repeats the operation. */
  Found of(Operation.Room room) {
    int state = -1;
    String when = "seen";
    try {
      String left = room.names("").toString();
      String seen = operation.state(room);
      state = states.indexOf(seen);
      if (state < 0 && !isBetweenRenames(seen, left)) {
        return new Found(state, "seen " + brief(seen) + " with " + left);
      }
      when = "again";
      String now = operation.again(room, seen);
      if (!now.equals(states.get(states.size() - 1))) {
        return new Found(state, "again " + brief(now));
      }
      when = "left";
      return new Found(state, left(room));
    } catch (Exception e) {
      // Spark's exceptions are checked ones that its methods do not declare.
      return new Found(state, when + ": " + e);
    }
  }

  private String left(Operation.Room room) throws IOException {
    if (!room.inputs().equals(inputs)) {
      return "input " + room.inputs() + " instead of " + inputs;
    }
    List<String> left = operation.names(room);
    return left.equals(names) ? "" : "left " + left + " instead of " + names;
  }

  /**
   * Returns whether only the hidden names have the old and the new output. Whoever reads it without
   * the library finds nothing, until the operation is repeated.
   */
  private static boolean isBetweenRenames(String seen, String names) {
    return seen.equals(Operation.NOTHING) && names.contains(".m.old-") && names.contains(".m.new-");
  }

  private String brief(String state) {
    return states.contains(state)
        ? "state " + states.indexOf(state)
        : state.substring(0, Math.min(60, state.length()));
  }
}
