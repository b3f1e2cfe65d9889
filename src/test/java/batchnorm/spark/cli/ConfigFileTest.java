package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class ConfigFileTest {
  private final CommandLine line =
      Commands.commandLine(
          new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));

  @TempDir Path folder;

  @Test
  void keysBecomeOptionsBeforeThoseOfTheCommandLine() throws IOException {
    String file = file("eps = 0", "columns = a b,c*", "with-mean=false", "all-numeric = false");
    assertEquals(
        List.of(
            "fit",
            "--columns=a b,c*",
            "--eps=0",
            "--with-mean=false",
            "--config",
            file,
            "--mode",
            "overwrite"),
        expand("fit", "--config", file, "--mode", "overwrite"));
  }

  @Test
  void flagIsSetByTrue() throws IOException {
    assertEquals(
        List.of("fit", "--all-numeric"),
        expand("fit", "--config=" + file("all-numeric = true", "in-place=false")).subList(0, 2));
  }

  @Test
  void severalInputsAreSeparatedByCommas() throws IOException {
    assertEquals(
        List.of("fit", "--input=a.csv", "--input=b,c.csv"),
        expand("fit", "--config=" + file("input = a.csv, b\\\\,c.csv")).subList(0, 3));
  }

  @Test
  void dottedKeysAreOptionsOfTheDataSource() throws IOException {
    assertEquals(
        List.of("transform", "--option=sep=;", "--output-option=compression=gzip"),
        expand("transform", "--config=" + file("option.sep = ;", "output-option.compression=gzip"))
            .subList(0, 3));
  }

  @Test
  void commandLineWins() throws IOException {
    String file = file("eps = 0", "correction = 1");
    assertEquals(
        List.of("fit", "--correction=1", "--config", file, "--eps=1"),
        expand("fit", "--config", file, "--eps=1"));
  }

  @Test
  void commandLineWinsOverAlternativesInTheFile() throws IOException {
    String file = file("columns = a", "suffix = _n");
    assertEquals(
        List.of("fit", "--config", file, "--all-numeric", "--in-place"),
        expand("fit", "--config", file, "--all-numeric", "--in-place"));
  }

  @Test
  void dataOfTheFileGiveWayToTheModelToCompareWith() throws IOException {
    String file = file("input = a.csv", "format = csv", "model = m");
    assertEquals(
        List.of("report", "--model=m", "--config", file, "--compare", "n"),
        expand("report", "--config", file, "--compare", "n"));
  }

  @Test
  void optionsOfOtherCommandsAreLeftOut() throws IOException {
    String file = file("model = m", "output = o", "eps = 0");
    assertEquals(
        List.of("describe", "--config", file, "--model", "n"),
        expand("describe", "--config", file, "--model", "n").stream()
            .filter(argument -> !argument.startsWith("--eps"))
            .toList());
  }

  @Test
  void unknownKeyIsNamed() throws IOException {
    String file = file("epsilon = 0");
    assertEquals(
        "Config file "
            + file
            + " has the unknown key 'epsilon'; a key is an option's name without the dashes. "
            + "Correct or remove it.",
        message("fit", "--config", file));
  }

  @Test
  void flagNeitherTrueNorFalseIsNamed() throws IOException {
    assertEquals(
        "Config key 'all-numeric' is 'yes'; expected true or false. Set one of them.",
        message("fit", "--config", file("all-numeric = yes")));
  }

  @Test
  void fileThatDoesNotExistIsNamed() {
    String missing = folder.resolve("missing.properties").toString();
    assertEquals(
        "Config file "
            + missing
            + " cannot be read; expected a file of Java properties in UTF-8. Check --config.",
        message("fit", "--config", missing));
  }

  @Test
  void bundledFileExplainsEveryKey() throws IOException {
    Set<String> explained = new TreeSet<>();
    Pattern assignment = Pattern.compile("#?([a-z-]+)(\\.[A-Za-z]+)? = .*");
    for (String text : Files.readAllLines(Path.of("conf", "batchnorm.properties"))) {
      Matcher matcher = assignment.matcher(text);
      if (matcher.matches()) {
        explained.add(matcher.group(1));
      }
    }
    assertEquals(ConfigFile.keys(line), explained);
  }

  @Test
  void bundledFileShowsTheDefaultsOfTheParams() throws IOException {
    Properties shown = new Properties();
    for (String text : Files.readAllLines(Path.of("conf", "batchnorm.properties"))) {
      shown.load(new StringReader(text.startsWith("# ") ? "" : text.replaceFirst("^#", "")));
    }
    BatchNorm stage = new BatchNorm();
    int compared = 0;
    for (Param<?> param : stage.params()) {
      if (stage.hasDefault(param) && !param.name().equals("outputCol")) {
        String key = param.name().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        Object value = stage.getOrDefault(param);
        String found = shown.getProperty(key);
        assertEquals(
            value.toString(), value instanceof Double ? "" + Double.valueOf(found) : found);
        compared++;
      }
    }
    assertTrue(compared >= 11, "compared " + compared);
  }

  @Test
  void bundledFileCanBeUsedAsItIs() {
    List<String> expanded = expand("fit", "--config", "conf/batchnorm.properties");
    assertEquals(List.of("fit", "--config", "conf/batchnorm.properties"), expanded);
  }

  @Test
  void everyCommandTakesAConfigFile() {
    Set<String> without =
        line.getSubcommands().values().stream()
            .filter(command -> command.getCommandSpec().findOption("--config") == null)
            .map(CommandLine::getCommandName)
            .collect(Collectors.toSet());
    assertTrue(without.isEmpty(), () -> "without --config: " + without);
  }

  private List<String> expand(String... args) {
    return new ArrayList<>(ConfigFile.expand(line, List.of(args)));
  }

  private String message(String... args) {
    return assertThrows(ParameterException.class, () -> expand(args)).getMessage();
  }

  private String file(String... lines) throws IOException {
    return Files.write(folder.resolve("job.properties"), List.of(lines)).toString();
  }
}
