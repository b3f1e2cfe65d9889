package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormParams;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of one command that set params of a stage. They are made from the params: the name in
 * kebab case, the text, the type, the choices and the default.
 */
final class ParamOptions {
  /** Params of columns, by their options: these also select columns by patterns or names. */
  private static final Map<String, String> COLUMNS =
      Map.of(
          "inputCol", "--vector-column",
          "inputCols", "--columns",
          "outputCol", "--output-column",
          "outputCols", "--output-columns");

  /** The params of running statistics. */
  static final Predicate<String> RUNNING =
      List.of("runningStatistics", "momentum", "initialModel")::contains;

  /** The params of groups. */
  static final Predicate<String> GROUPS =
      List.of("groupCols", "smallGroup", "unseenGroup")::contains;

  /** The other params; a new param gets its option without a change here. */
  static final Predicate<String> NORMALIZATION =
      RUNNING.or(GROUPS).or(COLUMNS::containsKey).negate();

  /** Type of an option's value, and its label in the help. */
  private record Type(Class<?> ofValue, String label) {}

  /** Types of params other than a single text. */
  private static final Map<Class<?>, Type> TYPES =
      Map.of(
          IntParam.class, new Type(Integer.class, "NUMBER"),
          DoubleParam.class, new Type(Double.class, "NUMBER"),
          DoubleArrayParam.class, new Type(double[].class, "NUMBERS"),
          BooleanParam.class, new Type(Boolean.class, "true|false"),
          StringArrayParam.class, new Type(String.class, "NAMES"));

  private final BatchNorm stage = new BatchNorm();
  private final CommandSpec command;

  ParamOptions(CommandSpec command) {
    this.command = command;
  }

  /** Adds options of the chosen params, whose defaults are those of the params. */
  ParamOptions add(int order, String heading, Predicate<String> chosen) {
    return add(order, heading, chosen, null);
  }

  /** Adds options of the chosen params, in the order of the params. */
  ParamOptions add(int order, String heading, Predicate<String> chosen, String defaultText) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder().validate(false).heading(heading).order(order);
    for (Param<?> param : stage.shared().declared()) {
      if (chosen.test(param.name())) {
        group.addArg(option(param, defaultText));
      }
    }
    command.addArgGroup(group.build());
    return this;
  }

  /** Returns the name of the option that sets the param of this name. */
  static String nameOf(String param) {
    return COLUMNS.getOrDefault(param, kebabCase(param));
  }

  private static String kebabCase(String param) {
    StringBuilder name = new StringBuilder("--");
    for (char c : param.replaceAll("Col(s?)$", "Column$1").toCharArray()) {
      name.append(Character.isUpperCase(c) ? "-" + Character.toLowerCase(c) : c);
    }
    return name.toString();
  }

  private OptionSpec option(Param<?> param, String defaultText) {
    Type type = type(param);
    boolean isList = param instanceof DoubleArrayParam || isNames(param);
    Optional<String> value = Optional.ofNullable(defaultText).or(() -> defaultOf(param));
    OptionSpec.Builder option =
        OptionSpec.builder(nameOf(param.name()))
            .arity("1")
            .type(type.ofValue())
            .paramLabel(type.label())
            .description(
                sentence(param.doc())
                    + value.map(text -> " (default: " + text + ").").orElse(".")
                    + (isList ? " Separated by commas." : ""));
    if (param instanceof DoubleArrayParam) {
      option.splitRegex(",").hideParamSyntax(true);
    }
    return option.completionCandidates(stage.shared().choices(param)).build();
  }

  private Type type(Param<?> param) {
    List<String> choices = stage.shared().choices(param);
    String text = param.name().endsWith("Col") ? "NAME" : "PATH";
    return TYPES.getOrDefault(
        param.getClass(),
        new Type(String.class, choices.isEmpty() ? text : String.join("|", choices)));
  }

  private static boolean isNames(Param<?> param) {
    return param instanceof StringArrayParam;
  }

  private Optional<String> defaultOf(Param<?> param) {
    return stage.hasDefault(param)
        ? Optional.of(stage.getDefault(param).get().toString().replaceFirst("\\.0$", ""))
        : Optional.empty();
  }

  private static String sentence(String doc) {
    return Character.toUpperCase(doc.charAt(0)) + doc.substring(1);
  }

  /** Makes the params of {@code target} whose options are given those of {@code source} again. */
  void resetOn(BatchNormParams<?> target, BatchNormParams<?> source) {
    for (Param<?> param : stage.shared().declared()) {
      if (value(param) != null) {
        Param<Object> before = source.getParam(param.name());
        if (source.isSet(before)) {
          target.set(param.name(), source.getOrDefault(before));
        } else {
          target.clear(target.getParam(param.name()));
        }
      }
    }
  }

  /** Sets the params of {@code target} whose options are given. */
  <S extends BatchNormParams<?>> S setOn(S target) {
    for (Param<?> param : stage.shared().declared()) {
      Object value = value(param);
      if (value != null) {
        target.set(param.name(), value);
      }
    }
    return target;
  }

  private Object value(Param<?> param) {
    OptionSpec option = command.findOption(nameOf(param.name()));
    boolean isOurs = option != null && option.userObject() == null;
    Object value = isOurs ? option.getValue() : null;
    return value != null && isNames(param)
        ? NameList.parse((String) value).toArray(String[]::new)
        : value;
  }
}
