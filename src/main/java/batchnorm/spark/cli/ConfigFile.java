package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options in a file of Java properties: a key is an option's name without the dashes, so that
 * {@code eps = 0} is {@code --eps 0}. One file can serve all commands, as each takes the options it
 * knows; what the command line says wins, also against the file's alternatives to it.
 */
final class ConfigFile {
  private static final String OPTION = "--config";

  /**
   * Sets of options of which one excludes the others: if the command line names one of a set, the
   * file's values for that set are ignored.
   */
  private static final List<Set<String>> ALTERNATIVES =
      List.of(
          Set.of("columns", "all-numeric", "vector-column"),
          Set.of("in-place", "output-column", "output-columns", "suffix"));

  private static final Set<String> SOURCES_TO_DESCRIBE = Set.of("model", "input");
  private static final Set<String> COMPARED_WITH = Set.of("compare", "input", "format");

  private final CommandLine command;
  private final Properties properties;

  private ConfigFile(CommandLine command, Properties properties) {
    this.command = command;
    this.properties = properties;
  }

  /** Returns {@code args} with the options of the file they name, if they name one. */
  static List<String> expand(CommandLine line, List<String> args) {
    CommandLine command = args.isEmpty() ? null : line.getSubcommands().get(args.get(0));
    String file = command == null ? null : fileIn(args);
    if (file == null) {
      return args;
    }
    ConfigFile config = new ConfigFile(command, read(command, file));
    config.requireKnownKeys(line, file);
    List<String> expanded = new ArrayList<>(args.subList(0, 1));
    expanded.addAll(config.arguments(args));
    expanded.addAll(args.subList(1, args.size()));
    return expanded;
  }

  /** Returns the keys that a file may have: the options of all commands. */
  static Set<String> keys(CommandLine line) {
    Set<String> keys = new TreeSet<>();
    for (CommandLine command : line.getSubcommands().values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (!option.usageHelp() && !option.versionHelp()) {
          keys.add(option.longestName().substring(2));
        }
      }
    }
    keys.remove(OPTION.substring(2));
    return keys;
  }

  private static String fileIn(List<String> args) {
    for (int i = 1; i < args.size(); i++) {
      if (args.get(i).startsWith(OPTION + "=")) {
        return args.get(i).substring(OPTION.length() + 1);
      }
      if (args.get(i).equals(OPTION) && i + 1 < args.size()) {
        return args.get(i + 1);
      }
    }
    return null;
  }

  private static Properties read(CommandLine command, String file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(command, OptionErrors.unreadableConfig(file).getMessage());
    }
    return properties;
  }

  private void requireKnownKeys(CommandLine line, String file) {
    Set<String> known = keys(line);
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      if (!known.contains(optionOf(key))) {
        throw new ParameterException(
            command, OptionErrors.unknownConfigKey(file, key).getMessage());
      }
    }
  }

  private List<String> arguments(List<String> args) {
    CommandSpec spec = command.getCommandSpec();
    Set<String> overridden = overridden(args);
    List<String> arguments = new ArrayList<>();
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      String name = optionOf(key);
      OptionSpec option = spec.findOption("--" + name);
      if (option != null && !overridden.contains(name)) {
        arguments.addAll(arguments(option, key, properties.getProperty(key).strip()));
      }
    }
    return arguments;
  }

  private List<String> arguments(OptionSpec option, String key, String value) {
    String name = option.longestName();
    if (key.contains(".")) {
      return List.of(name + "=" + key.substring(key.indexOf('.') + 1) + "=" + value);
    }
    if (option.isMultiValue() && option.splitRegex().isEmpty()) {
      return NameList.parse(value).stream().map(one -> name + "=" + one).toList();
    }
    if (option.arity().max() > 0) {
      return List.of(name + "=" + value);
    }
    if (!value.equals("true") && !value.equals("false")) {
      throw new ParameterException(command, OptionErrors.configFlag(key, value).getMessage());
    }
    return value.equals("true") ? List.of(name) : List.of();
  }

  /**
   * The options of the file that the command line overrides, by the same option or by an
   * alternative to it.
   */
  private Set<String> overridden(List<String> args) {
    Set<String> given = new HashSet<>();
    for (String arg : args) {
      if (arg.startsWith("--")) {
        given.add(arg.substring(2).replaceFirst("=.*", ""));
      }
    }
    List<Set<String>> alternatives = new ArrayList<>(ALTERNATIVES);
    if (command.getCommandName().equals(DescribeCommand.NAME)) {
      alternatives.add(SOURCES_TO_DESCRIBE);
    }
    if (command.getCommandName().equals(ReportCommand.NAME)) {
      alternatives.add(COMPARED_WITH);
    }
    Set<String> overridden = new HashSet<>(given);
    for (Set<String> group : alternatives) {
      if (group.stream().anyMatch(given::contains)) {
        overridden.addAll(group);
      }
    }
    return overridden;
  }

  /** {@code option.header} sets one of the values that {@code --option} collects. */
  private static String optionOf(String key) {
    return key.startsWith("option.") || key.startsWith("output-option.")
        ? key.substring(0, key.indexOf('.'))
        : key;
  }
}
