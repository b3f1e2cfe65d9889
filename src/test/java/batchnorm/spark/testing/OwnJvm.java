package batchnorm.spark.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs programs of tests whose Spark context must not be the shared one. */
public final class OwnJvm {
  private OwnJvm() {}

  /**
   * Runs a program in a JVM like this one, and fails with what it printed unless it ends well.
   *
   * @param program the program's class, with a main method
   * @param directory the folder of the program, its argument as a URI, which also holds its log
   */
  public static void run(Class<?> program, Path directory) throws Exception {
    run(
        program,
        List.of(),
        Path.of("").toAbsolutePath(),
        directory.resolve("log"),
        List.of(directory.toUri().toString()));
  }

  /**
   * Runs a program in a JVM like this one, and fails with what it printed unless it ends well.
   *
   * @param program the program's class, with a main method
   * @param classes folders of more classes
   * @param workingFolder the working folder of the JVM
   * @param log the file that what it prints is written to
   * @param arguments the arguments of the main method
   */
  public static void run(
      Class<?> program, List<Path> classes, Path workingFolder, Path log, List<String> arguments)
      throws Exception {
    Process process =
        program(program, classes, arguments)
            .directory(workingFolder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int exit = process.waitFor();
    assertEquals(0, exit, () -> text(log));
  }

  /**
   * Returns a program in a JVM like this one, to be started.
   *
   * @param program the program's class, with a main method
   * @param arguments the arguments of the main method
   */
  public static ProcessBuilder program(Class<?> program, List<String> arguments) {
    return program(program, List.of(), arguments);
  }

  private static ProcessBuilder program(
      Class<?> program, List<Path> classes, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-javaagent") && !argument.startsWith("-Xlog"))
        .forEach(command::add);
    command.add("-cp");
    command.add(
        Stream.concat(
                classes.stream().map(Path::toString),
                Stream.of(
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))))
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(program.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  private static String text(Path log) {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
