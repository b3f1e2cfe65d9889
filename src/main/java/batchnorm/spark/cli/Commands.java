package batchnorm.spark.cli;

import batchnorm.spark.compat.RunningSpark;
import batchnorm.spark.errors.OptionErrors;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParameterException;

/**
 * Entry point of the command line. It runs one command and ends the process with its exit code,
 * which spark-submit passes on in client mode.
 *
 * <p>0: done. 1: a mistake in the data or a path, said in one line on stderr. 2: wrong usage, also
 * a parameter out of its range. Results go to stdout, everything else to stderr.
 */
public final class Commands {
  /** The exit code of a user's mistake. */
  static final int MISTAKE = 1;

  private Commands() {}

  /** Runs the command that {@code args} says. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(args, out, err);
    out.flush();
    err.flush();
    // The command has stopped its session, so no running SparkContext is cut off here.
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the command that {@code args} says and returns the exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(args, out, err, new CommandLine.RunLast());
  }

  /** Executes the command of {@code args} with {@code strategy}. */
  static int run(String[] args, PrintWriter out, PrintWriter err, IExecutionStrategy strategy) {
    try {
      RunningSpark.requireOwn();
    } catch (IllegalStateException e) {
      err.println(FailureReport.PREFIX + e.getMessage());
      return MISTAKE;
    }
    CommandLine line = commandLine(out, err);
    List<String> expanded;
    try {
      requireCommand(line, args);
      PlatformText.requireReadable(List.of(args));
      expanded = ConfigFile.expand(line, List.of(args));
    } catch (ParameterException e) {
      return FailureReport.printUsage(e);
    } catch (IllegalArgumentException e) {
      return FailureReport.printUsage(new ParameterException(line, e.getMessage()));
    }
    return line.setExecutionStrategy(strategy).execute(expanded.toArray(String[]::new));
  }

  private static void requireCommand(CommandLine line, String[] args) {
    Set<String> commands = line.getSubcommands().keySet();
    if (args.length == 0 || args[0].equals("--")) {
      throw OptionErrors.noCommand(String.join(", ", commands));
    }
    if (!args[0].startsWith("-") && !commands.contains(args[0])) {
      throw OptionErrors.unknownCommand(args[0], String.join(", ", commands));
    }
  }

  /** The commands with their options; what they print goes to {@code out} and {@code err}. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return new CommandLine(new BatchNormCommand())
        .setOut(out)
        .setErr(err)
        .registerConverter(Mode.class, Mode::of)
        .setExpandAtFiles(false)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler((e, args) -> FailureReport.printUsage(e))
        .setExecutionExceptionHandler(FailureReport::print);
  }
}
