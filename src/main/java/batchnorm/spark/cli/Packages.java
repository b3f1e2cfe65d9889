package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** The packages that bring formats which Spark itself does not have. */
final class Packages {
  private static final String EXTENSIONS = "spark.sql.extensions";
  private static final String CATALOG = "spark.sql.catalog.spark_catalog";
  private static final String DELTA_EXTENSION = "io.delta.sql.DeltaSparkSessionExtension";
  private static final String DELTA_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog";

  /** A class of each package. */
  private static final Map<String, String> CLASSES =
      Map.of(
          "delta", DELTA_EXTENSION,
          "iceberg", "org.apache.iceberg.spark.source.IcebergSource",
          "avro", "org.apache.spark.sql.avro.AvroFileFormat");

  private Packages() {}

  /** Requires that the package of {@code format} is there, if it comes in one that is known. */
  static void require(FileFormat format) {
    String name = format.source().toLowerCase(Locale.ROOT);
    String type = CLASSES.get(name);
    if (type != null && !isThere(type)) {
      throw InputErrors.formatNotOnTheClassPath(name, coordinates().getProperty(name));
    }
  }

  /** Lets Spark read and write Delta tables, as Delta asks for, unless the user sets it up. */
  static SparkSession.Builder configure(SparkSession.Builder builder, SparkConf given) {
    if (!isThere(DELTA_EXTENSION)) {
      return builder;
    }
    String extensions = given.get(EXTENSIONS, "");
    if (!extensions.contains(DELTA_EXTENSION)) {
      builder.config(
          EXTENSIONS, extensions.isEmpty() ? DELTA_EXTENSION : extensions + "," + DELTA_EXTENSION);
    }
    return given.contains(CATALOG) ? builder : builder.config(CATALOG, DELTA_CATALOG);
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(type, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static Properties coordinates() {
    Properties coordinates = new Properties();
    try (InputStream in = Packages.class.getResourceAsStream("packages.properties")) {
      coordinates.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return coordinates;
  }
}
