package batchnorm.spark.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;

/** Runs commands as the command line does, in a session of the tests. */
public final class InProcess {
  private InProcess() {}

  /** Runs a command; what it throws is what users are told. */
  static void run(SparkSession session, SparkCommand command, Object... args) throws IOException {
    printed(session, command, args);
  }

  /** Runs the command whose name is the first of {@code args}. */
  public static void run(SparkSession session, List<String> args) throws IOException {
    PrintWriter none = new PrintWriter(new StringWriter());
    CommandLine command = Commands.commandLine(none, none).getSubcommands().get(args.get(0));
    run(session, command.getCommand(), args.subList(1, args.size()).toArray());
  }

  /** The same; returns what it prints as its result. */
  static String printed(SparkSession session, SparkCommand command, Object... args)
      throws IOException {
    StringWriter out = new StringWriter();
    run(session, command, out, new StringWriter(), args);
    return out.toString();
  }

  /** The same; returns what it tells beside its result. */
  static String told(SparkSession session, SparkCommand command, Object... args)
      throws IOException {
    StringWriter err = new StringWriter();
    run(session, command, new StringWriter(), err, args);
    return err.toString();
  }

  private static void run(
      SparkSession session, SparkCommand command, Writer out, Writer err, Object... args)
      throws IOException {
    CommandLine line =
        new CommandLine(command)
            .registerConverter(Mode.class, Mode::of)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    line.parseArgs(Stream.of(args).map(Object::toString).toArray(String[]::new));
    command.requireUsage();
    command.run(session, new Storage(session.sparkContext().hadoopConfiguration()));
  }
}
