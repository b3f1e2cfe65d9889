package batchnorm.bench;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A piece of work that is done in several ways.
 *
 * @param name the name on the command line
 * @param title the name in the tables
 * @param rows the rows of the full form
 * @param contenders makes or finds the data; asked for just before they run
 */
record Case(
    Engine engine,
    String name,
    String title,
    int rows,
    Function<Workbench, List<Contender>> contenders) {
  /** The contenders that differ where Comet runs the queries. */
  private static final Set<String> RUN_BY_COMET =
      Set.of(Contender.OURS, Contender.SQL, Contender.BARE);

  /** A case on plain Spark. */
  Case(String name, String title, int rows, Function<Workbench, List<Contender>> contenders) {
    this(Engine.SPARK, name, title, rows, contenders);
  }

  Case on(Engine other) {
    return new Case(other, name, title, rows, contenders);
  }

  Case onComet() {
    return new Case(
        Engine.COMET,
        "comet-" + name,
        title + ", on Comet",
        rows,
        bench ->
            contenders.apply(bench).stream()
                .filter(contender -> RUN_BY_COMET.contains(contender.name()))
                .toList());
  }

  /** Returns whether {@code asked} is the name, or its beginning up to a hyphen. */
  boolean isNamed(String asked) {
    return name.equals(asked) || name.startsWith(asked + "-");
  }
}
