package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that needs a Spark session, which it starts once its options are checked. */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Version.class,
    descriptionHeading = "%n",
    optionListHeading = "%n",
    footer = {"", "What follows -- goes to spark-submit: -- --master local[4] --driver-memory 4g"})
abstract class SparkCommand implements Callable<Integer> {
  /** Number of columns in a table, unless the user selects columns. */
  static final int LISTED = 100;

  private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      order = 1,
      description =
          "A file of Java properties with these options (eps = 0). The command line wins over it.")
  private String config;

  @Option(
      names = "--verbose",
      order = 2,
      description = "Show Spark's warnings, and the stack trace of an error.")
  private boolean verbose;

  private final Outcome outcome = new Outcome();
  private boolean startsNone;
  private boolean runsWithout;

  /** Takes the specification that picocli has made of the annotations, and completes it. */
  @Spec
  final void setSpec(CommandSpec made) {
    spec = made;
    addParams(new ParamOptions(made));
  }

  /** Adds the options that set params, if the command has any. */
  void addParams(ParamOptions options) {}

  /** Requires that an option is given. */
  static void requireOption(String option, String value, String expected) {
    if (value == null) {
      throw OptionErrors.missingOption(option, expected);
    }
  }

  /** Checks the options without reading any data. */
  abstract void check();

  /** Checks the options; errors are reported in the same way as picocli's. */
  final void requireUsage() {
    try {
      check();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), FailureReport.message(e), e);
    }
  }

  /** Does the work; exceptions are reported to the user in one line. */
  abstract void run(SparkSession session, Storage storage) throws IOException;

  /**
   * Does the work if it takes no Spark session.
   *
   * @return true if it is done
   */
  boolean runWithoutSession(Storage storage) throws IOException {
    return false;
  }

  /**
   * Prepares a call that starts no Spark session.
   *
   * @param run true to do the work if that takes no session, false to check the options only
   */
  final void startNoSession(boolean run) {
    startsNone = true;
    runsWithout = run;
  }

  @Override
  public final Integer call() throws IOException {
    requireUsage();
    Interruption interruption = new Interruption(spec.commandLine().getErr(), outcome);
    try {
      return startsNone ? callWithoutSession() : callInSession();
    } finally {
      interruption.commandEnded();
    }
  }

  private int callWithoutSession() throws IOException {
    boolean done = runsWithout && runWithoutSession(new Storage(new Configuration(), outcome));
    return done ? CommandLine.ExitCode.OK : BeforeSpark.NEEDS_SPARK;
  }

  private int callInSession() throws IOException {
    SparkSession session =
        Packages.configure(SparkSession.builder(), new SparkConf())
            .appName(spec.qualifiedName().replace("-", " "))
            .getOrCreate();
    try {
      if (verbose) {
        session.sparkContext().setLogLevel("WARN");
      }
      run(session, new Storage(session.sparkContext().hadoopConfiguration(), outcome));
    } finally {
      session.stop();
    }
    return CommandLine.ExitCode.OK;
  }

  boolean isInterrupted() {
    return outcome.isInterrupted();
  }

  boolean isVerbose() {
    return verbose;
  }

  /** Prints a result. */
  void print(String text) {
    spec.commandLine().getOut().println(text);
    spec.commandLine().getOut().flush();
  }

  /** Prints a message about the work done, which is not part of the result. */
  void tell(String text) {
    spec.commandLine().getErr().println(text);
    spec.commandLine().getErr().flush();
  }
}
