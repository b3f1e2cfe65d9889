package batchnorm.spark.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;

/** Runs commands as the command line does, in a session of the tests. */
final class InProcess {
  private InProcess() {}

  /** Runs a command; what it throws is what users are told. */
  static void run(SparkSession session, SparkCommand command, Object... args) throws IOException {
    CommandLine line =
        new CommandLine(command)
            .registerConverter(Mode.class, Mode::of)
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(new StringWriter()));
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    line.parseArgs(texts);
    command.requireUsage();
    command.run(session, new Storage(session.sparkContext().hadoopConfiguration()));
  }
}
