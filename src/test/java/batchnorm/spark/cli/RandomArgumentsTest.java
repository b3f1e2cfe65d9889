package batchnorm.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Rounds;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Any command line and config file is understood, or explained without a stack trace. */
class RandomArgumentsTest {
  private static final Set<Integer> CODES = Set.of(0, 1, 2, BeforeSpark.NEEDS_SPARK);

  private static final String[] VALUES = {
    "a",
    "",
    " ",
    "a,b",
    ",",
    "*",
    "[",
    "a[0",
    "(",
    "\\",
    "\\d+",
    "0",
    "-1",
    "1e999",
    "NaN",
    "true",
    "null",
    "=",
    "a=b",
    "a=",
    "--",
    "-",
    "@",
    "@x",
    "@/etc/passwd",
    "é",
    "\ud800",
    "%s",
    "$x",
    "`a",
    "file:/none",
    "s3a://x/y",
    "jdbc:x",
    "http://[",
    "x://",
    "/",
    "..",
    "../..",
    "a\nb",
    "parquet",
    "csv",
    "json",
    "overwrite",
    "error",
    "skip",
    "pooled",
    "2147483648",
    "\"",
    "'",
    "src/test"
  };

  private static final CommandLine LINE = Commands.commandLine(nowhere(), nowhere());
  private static final List<CommandLine> COMMANDS = List.copyOf(LINE.getSubcommands().values());
  private static final AtomicInteger FILES = new AtomicInteger();

  @TempDir static Path directory;

  @Test
  void argumentsAndConfigFilesAreExplained() throws Exception {
    Rounds.run("fuzz, command line", 400, RandomArgumentsTest::round);
  }

  private static String round(RandomGenerator random) throws IOException {
    CommandLine command = COMMANDS.get(random.nextInt(COMMANDS.size()));
    List<String> args = new ArrayList<>(List.of("check"));
    args.add(random.nextInt(20) == 0 ? value(random) : command.getCommandName());
    for (int i = random.nextInt(8); i > 0; i--) {
      String name = name(command, random);
      switch (random.nextInt(4)) {
        case 0 -> args.add(name);
        case 1 -> args.add(name + "=" + value(random));
        case 2 -> args.add(value(random));
        default -> args.addAll(List.of(name, value(random)));
      }
    }
    if (random.nextBoolean()) {
      args.addAll(List.of("--config", config(command, random)));
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code;
    try {
      code =
          BeforeSpark.run(
              args.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
    } catch (Exception e) {
      throw new IllegalStateException(args.toString(), e);
    }
    assertTrue(CODES.contains(code), () -> code + ": " + args);
    assertFalse(
        err.toString().contains("\tat ") || err.toString().contains("Exception"),
        () -> args + ": " + err);
    assertTrue(
        code == 0 || code == BeforeSpark.NEEDS_SPARK || !err.toString().isBlank(), args::toString);
    return "exit code " + code;
  }

  private static String config(CommandLine command, RandomGenerator random) throws IOException {
    Path file = directory.resolve("config-" + FILES.incrementAndGet() % 100);
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(random.nextInt(10) == 0 ? value(random) : name(command, random).substring(2))
          .append(random.nextInt(10) == 0 ? ".x" : "")
          .append(random.nextBoolean() ? " = " : ":")
          .append(random.nextInt(10) == 0 ? "\\u00" : value(random))
          .append('\n');
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    if (bytes.length > 0 && random.nextInt(5) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    Files.write(file, bytes);
    return file.toString();
  }

  private static String name(CommandLine command, RandomGenerator random) {
    List<OptionSpec> options = command.getCommandSpec().options();
    return options.get(random.nextInt(options.size())).longestName();
  }

  private static String value(RandomGenerator random) {
    return VALUES[random.nextInt(VALUES.length)];
  }

  private static PrintWriter nowhere() {
    return new PrintWriter(new StringWriter());
  }
}
