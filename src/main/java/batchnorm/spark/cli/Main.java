package batchnorm.spark.cli;

import java.lang.reflect.InvocationTargetException;

/**
 * The main class of the spark-submit job. The build compiles it alone for Java 8, so that a Java
 * that is too old, or a class path without Spark, gives an error of one line. It then runs {@link
 * Commands}, which it loads by name.
 */
public final class Main {
  private static final int OLDEST_JAVA = 17;
  private static final int WRONG_USAGE = 2;

  private Main() {}

  /** Runs the command that {@code args} says. */
  public static void main(String[] args) throws Throwable {
    String fault =
        fault(System.getProperty("java.specification.version"), "org.apache.spark.package$");
    if (fault != null) {
      System.err.println("batchnorm: " + fault);
      System.exit(WRONG_USAGE);
    }
    try {
      Class.forName("batchnorm.spark.cli.Commands")
          .getMethod("main", String[].class)
          .invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Returns the reason why the commands cannot run here, for users; null if nothing does. */
  static String fault(String java, String classOfSpark) {
    String version = java.startsWith("1.") ? java.substring(2) : java;
    if (Double.parseDouble(version) < OLDEST_JAVA) {
      return "This is Java "
          + version
          + "; batchnorm-spark needs Java "
          + OLDEST_JAVA
          + " or newer. Set JAVA_HOME to one.";
    }
    try {
      Class.forName(classOfSpark, false, Main.class.getClassLoader());
      return null;
    } catch (ClassNotFoundException e) {
      return "Spark is not on the class path; the commands run in a job of spark-submit. Use "
          + "scripts/batchnorm, or spark-submit with this jar.";
    }
  }
}
