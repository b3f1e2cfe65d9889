package batchnorm.spark.cli;

import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar's manifest, and that of the Spark that runs. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "batchnorm-spark " + (version == null ? "(not from a jar)" : version),
      "Spark " + package$.MODULE$.SPARK_VERSION()
    };
  }
}
