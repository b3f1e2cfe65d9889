package batchnorm.bench;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What was asked for.
 *
 * @param names the cases; none stands for all
 */
record Arguments(boolean quick, boolean write, List<String> names) {
  private static final String QUICK = "--quick";
  private static final String WRITE = "--write";

  /** Reads what {@code scripts/bench} takes; ends the process where that is something else. */
  static Arguments parse(String... args) {
    List<String> names = Stream.of(args).filter(argument -> !argument.startsWith("--")).toList();
    List<String> flags = Stream.of(args).filter(argument -> argument.startsWith("--")).toList();
    Optional<String> unknown =
        flags.stream().filter(flag -> !List.of(QUICK, WRITE).contains(flag)).findFirst();
    unknown.ifPresent(flag -> exit("no option " + flag));
    return new Arguments(flags.contains(QUICK), flags.contains(WRITE), names);
  }

  /** Ends the process unless all names are among {@code known}. */
  void requireKnown(List<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        exit("no case '" + name + "'; there are " + String.join(" ", known));
      }
    }
  }

  boolean asksFor(String name) {
    return names.isEmpty() || names.contains(name);
  }

  /** What of {@code all} is asked for, in the order of asking. */
  <T> List<T> inOrder(List<T> all, Function<T, String> name) {
    return names.isEmpty()
        ? all
        : names.stream()
            .flatMap(asked -> all.stream().filter(one -> name.apply(one).equals(asked)))
            .toList();
  }

  String command() {
    return "scripts/bench"
        + (quick ? " " + QUICK : "")
        + (write ? " " + WRITE : "")
        + String.join("", names.stream().map(name -> " " + name).toList());
  }

  private static void exit(String message) {
    System.err.println("bench: " + message);
    System.exit(2);
  }
}
