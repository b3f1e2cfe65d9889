package batchnorm.spark.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/**
 * Runs commands that need no Spark session, before scripts/batchnorm starts a job: reports wrong
 * arguments, and executes commands on a local model without groups. The exit code is that of the
 * command, or {@link #NEEDS_SPARK}.
 *
 * <pre>
 * run COMMAND [OPTIONS]     does both
 * check COMMAND [OPTIONS]   reports wrong arguments only, if Spark's configuration is needed
 * </pre>
 */
public final class BeforeSpark {
  /** The exit code if nothing is wrong, and nothing is done. */
  static final int NEEDS_SPARK = 75;

  private BeforeSpark() {}

  /** Runs the command of {@code args}. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(args, out, err));
  }

  /** Runs the command of {@code args} and returns the exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    boolean runs = args[0].equals("run");
    String[] command = Arrays.copyOfRange(args, 1, args.length);
    return Commands.run(command, out, err, parsed -> run(parsed, runs));
  }

  private static int run(ParseResult parsed, boolean runs) {
    if (parsed.hasSubcommand()) {
      ((SparkCommand) parsed.subcommand().commandSpec().userObject()).startNoSession(runs);
    }
    return new RunLast().execute(parsed);
  }
}
