package batchnorm.spark.cluster;

import batchnorm.spark.cli.Main;
import batchnorm.spark.compatibility.SparkSmoke;
import java.nio.file.Path;
import java.util.List;

/**
 * A job of spark-submit that does everything that the library and its command line do: {@link
 * SparkSmoke}, which prints bits, then the commands of {@link CommandResults}. Arguments: an empty
 * folder for the first, and, if commands run, a table that they read and a folder that they write
 * to.
 */
public final class ClusterJob {
  private ClusterJob() {}

  public static void main(String[] args) throws Throwable {
    SparkSmoke.main(new String[] {args[0]});
    if (args.length > 1) {
      // Each command starts executors of its own; more than one is most of the time of the test.
      System.setProperty("spark.cores.max", "1");
      runCommands(Path.of(args[1]), Path.of(args[2]));
    }
  }

  /** Runs the commands, each in a session of its own; all that they print goes to stderr. */
  static void runCommands(Path table, Path folder) throws Throwable {
    System.setOut(System.err);
    for (List<String> command : CommandResults.commands(table, folder)) {
      Main.main(command.toArray(String[]::new));
    }
  }
}
