package batchnorm.spark.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParseResult;

/**
 * Tells what is wrong with the arguments of a command, without a Spark session: scripts/batchnorm
 * asks before it starts a job with arguments that look wrong. The exit code is that of the command,
 * 0 if nothing is wrong.
 */
public final class UsageCheck {
  private UsageCheck() {}

  /** Checks the command that {@code args} says. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(check(args, out, err));
  }

  /** Checks the command that {@code args} says and returns the exit code. */
  static int check(String[] args, PrintWriter out, PrintWriter err) {
    return Commands.run(args, out, err, UsageCheck::check);
  }

  private static int check(ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    ((SparkCommand) parsed.subcommand().commandSpec().userObject()).requireUsage();
    return ExitCode.OK;
  }
}
