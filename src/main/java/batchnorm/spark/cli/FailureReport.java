package batchnorm.spark.cli;

import batchnorm.spark.compat.SparkErrors;
import batchnorm.spark.errors.BatchNormThrowable;
import batchnorm.spark.errors.InputErrors;
import batchnorm.spark.errors.OwnErrors;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * One-line report of a failure. It is made of the exception, among those that Spark wraps around
 * each other, that explains the problem to the user.
 */
final class FailureReport {
  static final String PREFIX = "batchnorm: ";

  private FailureReport() {}

  /** Prints what went wrong, with the stack trace if the user wants it; returns the exit code. */
  static int print(Exception failure, CommandLine line, ParseResult result) {
    if (line.getCommand() instanceof SparkCommand command && command.isInterrupted()) {
      // The interruption has been reported and is the cause of this failure.
      return Commands.MISTAKE;
    }
    line.getErr().println(PREFIX + message(failure));
    if (line.getCommand() instanceof SparkCommand command && command.isVerbose()) {
      failure.printStackTrace(line.getErr());
    }
    line.getErr().flush();
    return Commands.MISTAKE;
  }

  /** Prints what is wrong with a command line, with a hint at the help; returns the exit code. */
  static int printUsage(ParameterException e) {
    CommandLine line = e.getCommandLine();
    line.getErr().println(PREFIX + oneLine(e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, line.getErr());
    line.getErr().println("See " + line.getCommandSpec().qualifiedName() + " --help.");
    line.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** Returns the one-line message of the failure. */
  static String message(Throwable failure) {
    List<Throwable> chain = OwnErrors.chain(failure);
    Throwable root = chain.get(chain.size() - 1);
    return last(chain, BatchNormThrowable.class::isInstance)
        .map(BatchNormThrowable.class::cast)
        .map(found -> oneLine(found.getMessage(ParamOptions::nameOf)))
        .or(() -> colonInName(root))
        .or(() -> last(chain, SparkErrors::isExplained).map(found -> explained(found, root)))
        .orElseGet(() -> unexpected(root));
  }

  /** Returns {@code text} without line breaks and runs of spaces. */
  static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  /** Hadoop's local file system takes the name of a file, or of its checksums, for an address. */
  private static Optional<String> colonInName(Throwable root) {
    return root instanceof URISyntaxException e && e.getReason().startsWith("Relative path in abs")
        ? Optional.of(InputErrors.colonInName(e.getInput()).getMessage())
        : Optional.empty();
  }

  /** Returns Spark's message, followed by that of the root cause, such as one of a file reader. */
  private static String explained(Throwable found, Throwable root) {
    boolean more =
        root != found && root.getMessage() != null && !(root instanceof ClassNotFoundException);
    return oneLine(found.getMessage() + (more ? " (" + root.getMessage() + ")" : ""));
  }

  private static String unexpected(Throwable root) {
    String message = root.getMessage() == null ? "" : ": " + oneLine(root.getMessage());
    return root.getClass().getSimpleName()
        + message
        + " (add --verbose to see where this comes from)";
  }

  private static Optional<Throwable> last(List<Throwable> chain, Predicate<Throwable> accepted) {
    return chain.stream().filter(accepted).reduce((first, second) -> second);
  }
}
