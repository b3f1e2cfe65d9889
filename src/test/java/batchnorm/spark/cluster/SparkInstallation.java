package batchnorm.spark.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import scala.util.Properties;

/** The Spark of a folder {@code jars}, whose programs start without Spark's scripts. */
record SparkInstallation(Path home) {
  static final String LOOPBACK = "127.0.0.1";

  /** The options of each JVM: short starts, as programs end soon. */
  static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** Returns the command that starts one of Spark's programs. */
  List<String> java(List<String> options, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.addAll(SHORT_LIVED);
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
