package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {
  private static final int WRONG_USAGE = 2;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  static Stream<Arguments> wrongUsages() {
    return Stream.of(
        wrong(
            "No command is given; expected one of fit, transform, fit-transform, update, merge, "
                + "subtract, describe, report, inverse, export, import. Name one of them first."),
        wrong(
            "There is no command 'fti'; expected one of fit, transform, fit-transform, update, merge, "
                + "subtract, describe, report, inverse, export, import. Name one of them first.",
            "fti"),
        wrong(
            "--input is not given; expected the data to read. Add --input PATH.",
            "fit",
            "--all-numeric"),
        wrong(
            "--model is not given; expected the folder to save the model to. Add --model PATH.",
            "fit",
            "--input",
            "a.csv",
            "--all-numeric"),
        wrong(
            "--model is not given; expected the folder of a fitted model. Add --model PATH.",
            "transform",
            "--input",
            "a.csv"),
        wrong(
            "--output is not given; expected the folder to write to. Add --output PATH.",
            "inverse",
            "--input",
            "a.csv",
            "--model",
            "m"),
        wrong(
            "None of --columns, --all-numeric and --vector-column is given; expected one. Say which "
                + "columns to normalize with one of them.",
            "fit",
            "--input",
            "a.csv",
            "--model",
            "m"),
        wrong(
            "More than one of --columns, --all-numeric and --vector-column is given; expected one. "
                + "Say which columns to normalize with one of them.",
            "fit",
            "--input",
            "a.csv",
            "--columns",
            "a",
            "--all-numeric"),
        wrong(
            "--except is given with --vector-column; it goes with --columns or --all-numeric. Remove "
                + "one of the two.",
            "fit",
            "--input",
            "a.csv",
            "--vector-column",
            "v",
            "--except",
            "b"),
        wrong(
            "More than one of --in-place, --suffix, --output-columns and --output-column is given; "
                + "expected at most one. Remove the others.",
            "fit",
            "--input",
            "a.csv",
            "--all-numeric",
            "--in-place",
            "--suffix",
            "_n"),
        wrong(
            "--mode append is given, but nothing can be added to a model; expected error or "
                + "overwrite. Add data to a model with batchnorm update.",
            "fit",
            "--input",
            "a.csv",
            "--all-numeric",
            "--model",
            "m",
            "--mode",
            "append"),
        wrong(
            "Neither --model nor --input is given; expected one of them. Give --model for what a "
                + "model holds, or --input for what is in a dataset.",
            "describe"),
        wrong(
            "--limit is -1; expected at least 0. Set how many rows to print.",
            "describe",
            "--model",
            "m",
            "--limit",
            "-1"),
        wrong(
            "--model is not given; expected the folder of a fitted model. Add --model PATH.",
            "report",
            "--output",
            "report.html"),
        wrong(
            "--output is not given; expected the HTML file to write. Add --output PATH.",
            "report",
            "--model",
            "m"),
        wrong(
            "--mode append is given, but nothing can be added to such a file; expected error or "
                + "overwrite. Give one of them.",
            "report",
            "--model",
            "m",
            "--output",
            "report.html",
            "--mode",
            "append"),
        wrong(
            "--model is not given; expected the folder of a fitted model. Add --model PATH.",
            "update",
            "--input",
            "a.csv"),
        wrong(
            "--input is not given; expected the data to read. Add --input PATH.",
            "update",
            "--model",
            "m"),
        wrong(
            "--mode append is given, but nothing can be added to a model; expected error or "
                + "overwrite. Add data to a model with batchnorm update.",
            "update",
            "--input",
            "a.csv",
            "--model",
            "m",
            "--mode",
            "append"),
        wrong(
            "No model is given; expected the folders of fitted models. Name them after the command.",
            "merge",
            "--model",
            "m"),
        wrong(
            "--model is not given; expected the folder to save the model to. Add --model PATH.",
            "merge",
            "m1",
            "m2"),
        wrong(
            "--mode append is given, but nothing can be added to a model; expected error or "
                + "overwrite. Add data to a model with batchnorm update.",
            "merge",
            "m1",
            "--model",
            "m",
            "--mode",
            "append"),
        wrong(
            "No model is given; expected the folders of fitted models. Name them after the command.",
            "subtract",
            "--from",
            "m",
            "--model",
            "n"),
        wrong(
            "--from is not given; expected the folder of the model to take them out of. Add --from "
                + "PATH.",
            "subtract",
            "m1",
            "--model",
            "m"),
        wrong(
            "--model is not given; expected the folder to save the model to. Add --model PATH.",
            "subtract",
            "m1",
            "--from",
            "m"),
        wrong(
            "--model is not given; expected the folder of a fitted model. Add --model PATH.",
            "export"),
        wrong(
            "--output is not given; expected the file to write. Add --output PATH.",
            "export",
            "--model",
            "m"),
        wrong(
            "--to is not given; expected one of onnx, torch, json, sql. Add --to onnx.",
            "export",
            "--model",
            "m",
            "--output",
            "f"),
        wrong(
            "--to is 'keras'; expected one of onnx, torch, json, sql. Name one of them.",
            "export",
            "--model",
            "m",
            "--output",
            "f",
            "--to",
            "keras"),
        wrong(
            "--mode append is given, but nothing can be added to such a file; expected error or "
                + "overwrite. Give one of them.",
            "export",
            "--model",
            "m",
            "--output",
            "f",
            "--to",
            "onnx",
            "--mode",
            "append"),
        wrong(
            "--dtype is given with --to json, which has all digits. Remove it.",
            "export",
            "--model",
            "m",
            "--output",
            "f",
            "--to",
            "json",
            "--dtype",
            "float32"),
        wrong(
            "--dtype is given with --to sql, which has all digits. Remove it.",
            "export",
            "--model",
            "m",
            "--output",
            "f",
            "--to",
            "sql",
            "--dtype",
            "float32"),
        wrong(
            "--dialect is not given; expected one of spark, duckdb, postgres, snowflake, bigquery. Add "
                + "--dialect spark.",
            "export",
            "--model",
            "m",
            "--output",
            "f",
            "--to",
            "sql"),
        wrong(
            "--dialect is 'oracle'; expected one of spark, duckdb, postgres, snowflake, bigquery. Name "
                + "one of them.",
            "export",
            "--model",
            "m",
            "--output",
            "f",
            "--to",
            "sql",
            "--dialect",
            "oracle"),
        wrong(
            "--keep-columns is given; it goes with --to sql. Remove it.",
            "export",
            "--model",
            "m",
            "--output",
            "f",
            "--to",
            "json",
            "--keep-columns",
            "id"),
        wrong("--input is not given; expected the file to read. Add --input PATH.", "import"),
        wrong(
            "--from is not given; expected one of torch, json. Add --from torch.",
            "import",
            "--input",
            "f"),
        wrong(
            "--from is 'onnx'; expected one of torch, json. Name one of them.",
            "import",
            "--input",
            "f",
            "--from",
            "onnx"),
        wrong(
            "--layer is given; it goes with --from torch. Remove it.",
            "import",
            "--input",
            "f",
            "--from",
            "json",
            "--layer",
            "bn"),
        wrong(
            "Both --columns and --vector-column are given; expected one. Remove the other.",
            "import",
            "--input",
            "f",
            "--from",
            "torch",
            "--columns",
            "a",
            "--vector-column",
            "v"),
        wrong("Unknown option: '--bogus'", "fit", "--input", "a.csv", "--bogus", "--all-numeric"),
        wrong("Invalid value for option '--eps': 'abc' is not a double", "fit", "--eps", "abc"),
        wrong(
            "--eps is -1.0; expected a finite number of at least 0. Set --eps to 0 or more.",
            "fit",
            "--input",
            "a.csv",
            "--all-numeric",
            "--eps",
            "-1",
            "--model",
            "model"),
        wrong(
            "--handle-invalid is 'drop'; expected 'error', 'skip' or 'keep'. Set one of them.",
            "transform",
            "--input",
            "a.csv",
            "--model",
            "m",
            "--output",
            "o",
            "--handle-invalid",
            "drop"),
        wrong(
            "--momentum is 2.0; expected the weight of a new batch, from 0 to 1. Set 0.1, as "
                + "PyTorch does.",
            "update",
            "--input",
            "a.csv",
            "--model",
            "m",
            "--momentum",
            "2"),
        wrong(
            "--weight-column names a column without a name; expected a name of one character or "
                + "more. Rename the column first.",
            "describe",
            "--input",
            "a.csv",
            "--weight-column",
            ""),
        wrong(
            "Invalid value for option '--mode': 'replace' is not error, overwrite or append",
            "fit",
            "--mode",
            "replace"));
  }

  @ParameterizedTest
  @MethodSource("wrongUsages")
  void wrongUsageIsSaidBeforeSparkStarts(String message, List<String> args) {
    assertEquals(WRONG_USAGE, run(args.toArray(String[]::new)));
    assertEquals("batchnorm: " + message, err.toString().lines().findFirst().orElse(""));
    assertEquals("", out.toString());
  }

  /** Java on Linux puts U+FFFD for each byte that the character set of the locale lacks. */
  @Test
  void argumentThatTheLocaleCannotHoldIsToldWithTheLocale() {
    assertEquals(WRONG_USAGE, run("fit", "--columns", "gr\uFFFD\uFFFD\uFFFD\uFFFDe"));
    assertEquals(
        "batchnorm: Argument 'gr????e' has characters that the locale of this process (LC_ALL, LANG; "
            + "encoding "
            + System.getProperty("sun.jnu.encoding")
            + ") does not have; expected a locale of UTF-8. Set LC_ALL=C.UTF-8, and run the command "
            + "again.",
        err.toString().lines().findFirst().orElse(""));
  }

  @Test
  void mistypedOptionIsSuggested() {
    assertEquals(WRONG_USAGE, run("fit", "--all-numric"));
    assertEquals(
        List.of(
            "batchnorm: Unknown option: '--all-numric'",
            "Possible solutions: --all-numeric",
            "See batchnorm fit --help."),
        err.toString().lines().toList());
  }

  /** Mistakes in the usage are found without a session. */
  @Test
  void usageIsCheckedWithoutASession() {
    assertEquals(
        BeforeSpark.NEEDS_SPARK,
        beforeSpark("run", "fit", "--input", "no.csv", "--columns", "a", "--model", "m"));
    assertEquals("", out.toString() + err);
    for (String[] wrong :
        new String[][] {{"fit", "--nope"}, {"fit"}, {"report", "--output", "o"}}) {
      err.getBuffer().setLength(0);
      int code = beforeSpark("check", wrong);
      String told = err.toString();
      assertEquals(2, code, told);
      err.getBuffer().setLength(0);
      run(wrong);
      assertEquals(err.toString(), told);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fit",
        "transform",
        "fit-transform",
        "update",
        "merge",
        "subtract",
        "describe",
        "report",
        "inverse"
      })
  void helpOfACommandIsAResult(String command) {
    assertEquals(0, run(command, "--help"));
    assertTrue(out.toString().startsWith("Usage: batchnorm " + command + " "), out.toString());
    assertTrue(out.toString().contains("[-- SPARK-SUBMIT OPTIONS]"), out.toString());
    assertEquals("", err.toString());
  }

  /** The script gives a master to the jobs of these commands alone. */
  @Test
  void theScriptKnowsEveryCommand() throws IOException {
    Set<String> commands = new CommandLine(new BatchNormCommand()).getSubcommands().keySet();
    assertTrue(
        Files.readString(Path.of("scripts/batchnorm"))
            .contains("\n  " + String.join(" | ", commands) + ") ;;\n"),
        commands::toString);
  }

  private static Arguments wrong(String message, String... args) {
    return Arguments.of(message, List.of(args));
  }

  private int beforeSpark(String what, String... args) {
    String[] all = Stream.concat(Stream.of(what), Arrays.stream(args)).toArray(String[]::new);
    return BeforeSpark.run(all, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private int run(String... args) {
    return Commands.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
