package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports of wrong command lines, with a hint at the command's help. */
final class UsageErrors {
  private UsageErrors() {}

  /** Requires that an option is given. */
  static void requireOption(String option, String value, String expected) {
    if (value == null) {
      throw OptionErrors.missingOption(option, expected);
    }
  }

  /** Prints the error in one line, with a hint, and returns the exit code. */
  static int report(ParameterException e) {
    CommandLine line = e.getCommandLine();
    line.getErr().println(FailureReport.PREFIX + FailureReport.oneLine(e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, line.getErr());
    line.getErr().println("See " + line.getCommandSpec().qualifiedName() + " --help.");
    line.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }
}
