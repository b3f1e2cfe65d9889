package batchnorm.spark.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.launcher.JavaModuleOptions;
import scala.util.Properties;

/** The Spark of a folder {@code jars}, whose programs start without Spark's scripts. */
record SparkInstallation(Path home) {
  static final String LOOPBACK = "127.0.0.1";

  /**
   * The options of each JVM: short starts, as programs end soon. Half of a start would be the
   * loading of Spark's classes, so the archive of them is used that the tests of the command line
   * have left beside the folder; without logs, as a JVM that cannot use it prints that to stdout.
   */
  List<String> shortLived() {
    List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    Path archive = home.resolveSibling("spark-classes.jsa");
    if (Files.exists(archive)) {
      options.add("-XX:SharedArchiveFile=" + archive);
      options.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr"));
    }
    return options;
  }

  /** The options of each JVM as the value of a setting. */
  String extraJavaOptions() {
    return shortLived().stream().map(option -> '"' + option + '"').collect(Collectors.joining(" "));
  }

  /** Returns the command that starts one of Spark's programs. */
  List<String> java(List<String> options, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.addAll(shortLived());
    command.add("-Xmx512m");
    command.addAll(options);
    command.addAll(List.of("-cp", home.resolve("jars") + "/*", mainClass));
    command.addAll(arguments);
    return command;
  }

  /** Returns a process of this Spark alone, whatever the environment says of others. */
  ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeAll(List.of("SPARK_CONF_DIR", "SPARK_SUBMIT_OPTS", "HADOOP_CONF_DIR", "MASTER"));
    builder.environment().put("SPARK_HOME", home.toString());
    String[] scala = Properties.versionNumberString().split("\\.");
    builder.environment().put("SPARK_SCALA_VERSION", scala[0] + "." + scala[1]);
    builder.environment().put("SPARK_LOCAL_IP", LOOPBACK);
    return builder;
  }
}
