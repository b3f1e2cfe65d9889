package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.ErrorCondition;
import batchnorm.spark.testing.Documentation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * The generated parts of pages are those that the project makes today. With {@code
 * -Ddocs.write=true} the pages are rewritten instead.
 */
class DocumentationTest {
  private static final String END = "<!-- generated -->\n";

  /** The end of a literal and the begin of the next one, which continues it. */
  private static final Pattern JOINED = Pattern.compile("\"\\s*(?:\\+\\s*)?f?\"(?!\")");

  /** A value between two literals. */
  private static final Pattern VALUE = Pattern.compile("\"\\s*\\+\\s*[\\w.()]+\\s*\\+\\s*\"");

  /** A constant of an enum, with its comment of one line. */
  private static final Pattern CONDITION =
      Pattern.compile("/\\*\\* ([^*]*) \\*/\\s+([A-Z_0-9]+)[,;]");

  /** A literal that is long enough to be a message. */
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.){30,})\"");

  private final CommandLine line =
      Commands.commandLine(
          new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));

  /** Lists the parameters of the stage and of the model as their table declares them. */
  @Test
  void parametersAreThoseOfTheStages() throws IOException {
    Map<String, String> rows = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Params stage : List.of(new BatchNormModel(), new BatchNorm())) {
      for (Param<?> param : stage.params()) {
        rows.put(param.name(), row(stage, param));
      }
    }
    assertGenerated(
        "parameters.md",
        "| parameter | option | type | default | |\n|---|---|---|---|---|\n"
            + String.join("", rows.values()));
  }

  @Test
  void optionsAreThoseOfTheCommands() throws IOException {
    assertGenerated(
        "command-line.md",
        line.getSubcommands().entrySet().stream()
            .map(command -> help(command.getKey(), command.getValue()))
            .collect(Collectors.joining("\n")));
  }

  @Test
  void decisionsAreThoseOfTheirFolder() throws IOException {
    assertGenerated(
        "decisions.md",
        Documentation.files(Documentation.PAGES.resolve("decisions"), ".md").stream()
            .map(DocumentationTest::entry)
            .collect(Collectors.joining()));
  }

  /** Takes the text of a condition from its comment, which the sources alone have. */
  @Test
  void conditionsAreThoseOfErrors() throws IOException {
    Path source = Path.of("src/main/java/batchnorm/spark/errors/ErrorCondition.java");
    List<String> rows =
        CONDITION
            .matcher(Documentation.text(source))
            .results()
            .map(found -> "| `" + found.group(2) + "` | " + found.group(1) + " |\n")
            .toList();
    assertEquals(ErrorCondition.values().length, rows.size());
    assertGenerated("errors.md", "| condition | |\n|---|---|\n" + String.join("", rows));
  }

  /** Compares with the texts in the sources, whose parts that vary may be anything. */
  @Test
  void quotedMessagesAreThoseOfTheSources() {
    List<Pattern> messages =
        Stream.of(Path.of("src/main/java"), Path.of("src/main/python"))
            .flatMap(
                root ->
                    Stream.of(".java", ".py")
                        .flatMap(end -> Documentation.files(root, end).stream()))
            .map(file -> JOINED.matcher(Documentation.text(file)).replaceAll(""))
            .map(source -> VALUE.matcher(source).replaceAll("%s"))
            .flatMap(source -> LITERAL.matcher(source).results())
            .map(literal -> literal.group(1))
            .map(DocumentationTest::pattern)
            .toList();
    List<String> quoted =
        Pattern.compile("```text\n(.*?)\n```", Pattern.DOTALL)
            .matcher(Documentation.text(Documentation.PAGES.resolve("troubleshooting.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertTrue(quoted.size() > 20, quoted.size() + " messages");
    assertEquals(
        List.of(),
        quoted.stream()
            .filter(text -> messages.stream().noneMatch(known -> known.matcher(text).matches()))
            .toList());
  }

  private static Pattern pattern(String literal) {
    return Pattern.compile(
        Stream.of(literal.split("%[sd]|\\{[^}]*\\}", -1))
            .map(part -> Pattern.quote(part.replace("\\n", "\n")))
            .collect(Collectors.joining(".*")));
  }

  private String row(Params stage, Param<?> param) {
    String option = ParamOptions.nameOf(param.name());
    boolean isOption = line.getSubcommands().get("fit").getCommandSpec().findOption(option) != null;
    String value =
        stage.hasDefault(param)
            ? "`" + text(stage.getDefault(param).get()).replace(stage.uid(), "<uid>") + "`"
            : "";
    String type =
        switch (param.getClass().getSimpleName()) {
          case "BooleanParam" -> "boolean";
          case "DoubleParam" -> "number";
          case "IntParam" -> "integer";
          case "DoubleArrayParam" -> "numbers";
          case "StringArrayParam" -> "strings";
          default -> "string";
        };
    String doc = param.doc().replace("|", "\\|").replace("<", "&lt;");
    return Stream.of("`" + param.name() + "`", isOption ? "`" + option + "`" : "", type, value, doc)
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String text(Object value) {
    return value instanceof double[] numbers ? Arrays.toString(numbers) : value.toString();
  }

  private static String help(String name, CommandLine command) {
    return "### " + name + "\n\n```text\n" + command.getUsageMessage(Ansi.OFF).strip() + "\n```\n";
  }

  private static String entry(Path record) {
    String file = record.getFileName().toString();
    String title =
        Documentation.text(record)
            .lines()
            .findFirst()
            .orElseThrow()
            .replaceAll("^# [0-9]+\\. ", "");
    return "- [" + file.substring(0, 4) + "](decisions/" + file + ") " + title + "\n";
  }

  private static void assertGenerated(String page, String expected) throws IOException {
    Path file = Documentation.PAGES.resolve(page);
    String text = Documentation.text(file);
    int begin = text.indexOf("<!-- generated by ");
    begin = text.indexOf('\n', begin) + 1;
    int end = text.indexOf(END);
    assertTrue(begin > 0 && end >= begin, page + " has no generated part");
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(
          file, text.substring(0, begin) + "\n" + expected + "\n" + text.substring(end));
      return;
    }
    assertEquals(
        "\n" + expected + "\n",
        text.substring(begin, end),
        file + " is out of date. Run DocumentationTest with -Ddocs.write=true.");
  }
}
