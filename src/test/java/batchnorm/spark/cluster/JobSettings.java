package batchnorm.spark.cluster;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** Settings of a job under which its results must not change. */
record JobSettings(boolean inCluster, boolean kryo, boolean dynamic, boolean adaptive) {
  /** The smallest set in which each setting has all its values. */
  static final List<JobSettings> EACH =
      List.of(new JobSettings(true, false, true, false), new JobSettings(false, true, false, true));

  /** A set in which each two settings have all four pairs of their values. */
  static final List<JobSettings> PAIRS =
      List.of(
          new JobSettings(true, true, true, false),
          new JobSettings(false, true, true, true),
          new JobSettings(true, false, true, true),
          new JobSettings(true, true, false, true),
          new JobSettings(false, false, false, false));

  /** Classes that Spark itself needs registered to find the schema of CSV and Parquet files. */
  private static final List<String> CLASSES_OF_SCHEMAS =
      List.of(
          "org.apache.spark.ml.linalg.VectorUDT",
          "org.apache.spark.sql.types.ArrayType",
          "org.apache.spark.sql.types.ByteType$",
          "org.apache.spark.sql.types.DoubleType$",
          "org.apache.spark.sql.types.FloatType$",
          "org.apache.spark.sql.types.IntegerType$",
          "org.apache.spark.sql.types.NullType$",
          "org.apache.spark.sql.types.StringType$",
          "[Lorg.apache.spark.sql.types.DataType;",
          "[Lorg.apache.spark.sql.types.Metadata;");

  /** The options of the spark-submit of {@code spark}. */
  List<String> options(SparkInstallation spark, String master) {
    Map<String, Object> conf = new TreeMap<>();
    conf.put("spark.ui.enabled", false);
    conf.put("spark.executor.cores", 1);
    conf.put("spark.executor.memory", "512m");
    conf.put("spark.driver.memory", "768m");
    conf.put("spark.cores.max", 2);
    conf.put("spark.sql.shuffle.partitions", 2);
    conf.put("spark.sql.adaptive.enabled", adaptive);
    conf.put("spark.standalone.submit.waitAppCompletion", inCluster);
    String java = spark.extraJavaOptions();
    // In cluster mode, a standalone worker starts drivers without the options for Java's modules,
    // which Spark 3.5 needs, and Spark 4 with Kryo.
    String modules = inCluster ? " " + JavaModuleOptions.defaultModuleOptions() : "";
    conf.put("spark.driver.extraJavaOptions", java + modules);
    conf.put("spark.executor.extraJavaOptions", java);
    if (kryo) {
      conf.put("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
      conf.put("spark.kryo.registrationRequired", true);
      conf.put("spark.kryo.classesToRegister", String.join(",", CLASSES_OF_SCHEMAS));
    }
    if (dynamic) {
      conf.put("spark.dynamicAllocation.enabled", true);
      conf.put("spark.dynamicAllocation.shuffleTracking.enabled", true);
      conf.put("spark.dynamicAllocation.initialExecutors", 1);
      conf.put("spark.dynamicAllocation.maxExecutors", 2);
      conf.put("spark.dynamicAllocation.executorIdleTimeout", "3s");
    }
    return Stream.concat(
            Stream.of("--master", master, "--deploy-mode", inCluster ? "cluster" : "client"),
            conf.entrySet().stream()
                .flatMap(entry -> Stream.of("--conf", entry.getKey() + "=" + entry.getValue())))
        .toList();
  }

  @Override
  public String toString() {
    return String.join(
        ", ",
        inCluster ? "cluster mode" : "client mode",
        kryo ? "Kryo" : "Java serialization",
        dynamic ? "dynamic allocation" : "fixed executors",
        adaptive ? "AQE" : "no AQE");
  }
}
