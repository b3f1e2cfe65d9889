package batchnorm.spark;

import batchnorm.spark.compat.RunningSpark;
import batchnorm.spark.compat.TextParam;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.normalize.Choice;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/**
 * Params of a stage, each created by one statement with its name, text, default and check, and
 * their descriptions for readers and other systems.
 */
abstract class ParamTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Params stage;
  private final Map<String, Param<?>> declared = new LinkedHashMap<>();
  private final Map<String, List<String>> choices = new HashMap<>();
  private final Set<String> notExported = new HashSet<>();
  private final Set<String> withoutEffect = new HashSet<>();
  private final Set<String> ofReading = new HashSet<>();
  private final Map<String, Display> displays = new LinkedHashMap<>();

  ParamTable(Params stage) {
    RunningSpark.requireOwn();
    this.stage = stage;
  }

  /** Check of a value, which throws an error for an invalid one. */
  interface Check<T> extends Serializable {
    void require(T value);
  }

  /** Label and words of a param for readers, with the condition under which it is shown. */
  private record Display(String label, Condition condition, Words<Object> words)
      implements Serializable {}

  /** Condition under which a param is shown. */
  interface Condition extends Serializable {
    boolean holds();
  }

  /** Turns a value into its text for readers, or null to show nothing. */
  interface Words<T> extends Serializable {
    Object of(T value);
  }

  Param<String> text(String name, String doc, Check<String> check) {
    return made(TextParam.of(stage, name, doc, valid(check)));
  }

  <C extends Enum<C> & Choice> Param<String> choice(String name, String doc, C value) {
    Class<C> type = value.getDeclaringClass();
    choices.put(name, Choice.texts(type));
    return withDefault(text(name, doc, found -> requireChoice(type, name, found)), value.text());
  }

  StringArrayParam texts(String name, String doc, Check<String[]> check) {
    return made(new StringArrayParam(stage, name, doc, valid(check)));
  }

  BooleanParam logical(String name, String doc, boolean value) {
    return withDefault(made(new BooleanParam(stage, name, doc)), value);
  }

  IntParam whole(String name, String doc, int value, Check<Integer> check) {
    Function1<Object, Object> valid = valid(found -> check.require((Integer) found));
    return withDefault(made(new IntParam(stage, name, doc, valid)), value);
  }

  DoubleParam number(String name, String doc, double value, Check<Double> check) {
    Function1<Object, Object> valid = valid(found -> check.require((Double) found));
    return withDefault(made(new DoubleParam(stage, name, doc, valid)), value);
  }

  DoubleArrayParam numbers(String name, String doc, Check<double[]> check) {
    return made(new DoubleArrayParam(stage, name, doc, valid(check)));
  }

  private <P extends Param<?>> P made(P param) {
    declared.put(param.name(), param);
    return param;
  }

  private <T, P extends Param<T>> P withDefault(P param, T value) {
    stage.setDefault(param, value);
    return param;
  }

  /** Marks a param that affects neither statistics nor output. */
  <P extends Param<?>> P withoutEffect(P param) {
    withoutEffect.add(param.name());
    return param;
  }

  /** Marks a param that affects how rows are read and counted. */
  <P extends Param<?>> P ofReading(P param) {
    ofReading.add(param.name());
    return param;
  }

  /** Marks a param that is not written to files of other systems. */
  <P extends Param<?>> P notExported(P param) {
    notExported.add(param.name());
    return param;
  }

  /** Describes a param that is shown if it differs from its default. */
  <T, P extends Param<T>> P shown(String label, Words<T> words, P param) {
    return shown(label, () -> differsFromDefault(param), words, param);
  }

  /** Describes a param that is shown for every stage. */
  <T, P extends Param<T>> P alwaysShown(String label, Words<T> words, P param) {
    return shown(label, () -> true, words, param);
  }

  <T, P extends Param<T>> P shown(String label, Condition condition, Words<T> words, P param) {
    displays.put(param.name(), new Display(label, condition, value -> words.of(cast(value))));
    return param;
  }

  @SuppressWarnings("unchecked") // of a value of a Param<T>
  private static <T> T cast(Object value) {
    return (T) value;
  }

  /** Marks a param that is shown in another way. */
  <P extends Param<?>> P notShown(P param) {
    displays.put(param.name(), new Display(param.name(), () -> false, value -> value));
    return param;
  }

  private boolean differsFromDefault(Param<?> param) {
    return stage.isSet(param) && !stage.getDefault(param).contains(value(param));
  }

  /**
   * Returns the params that are shown to readers, in the order of declaration: those that are
   * always shown, and those that affect statistics or output and differ from their default. A param
   * without a label is shown by its name.
   */
  public List<ShownParam> shown() {
    List<ShownParam> shown = new ArrayList<>();
    for (Param<?> param : declared.values()) {
      Display display = displays.getOrDefault(param.name(), unlabelled(param));
      if (display.condition().holds()) {
        shown.add(shownParam(param, display));
      }
    }
    return shown;
  }

  private Display unlabelled(Param<?> param) {
    return new Display(
        param.name(), () -> hasEffect(param) && differsFromDefault(param), value -> value);
  }

  private <T> ShownParam shownParam(Param<T> param, Display display) {
    T value = value(param);
    return new ShownParam(
        param, display.label(), display.words().of(value), param.jsonEncode(value));
  }

  /**
   * Returns Spark's check of a value with this project's error, which tells what was expected and
   * what to do.
   */
  private static <T> Function1<T, Object> valid(Check<T> check) {
    return (Function1<T, Object> & Serializable)
        value -> {
          check.require(value);
          return true;
        };
  }

  static <C extends Enum<C> & Choice> C requireChoice(Class<C> type, String param, String found) {
    return Choice.find(type, found)
        .orElseThrow(() -> ParamErrors.invalidChoice(param, found, Choice.texts(type)));
  }

  /** Returns the params in the order of declaration. */
  public List<Param<?>> declared() {
    return List.copyOf(declared.values());
  }

  /** Returns the values that {@code param} can have; empty unless it is a choice. */
  public List<String> choices(Param<?> param) {
    return choices.getOrDefault(param.name(), List.of());
  }

  /**
   * Returns the params that are written to files of other systems, by name, in their order in the
   * file.
   */
  Map<String, Param<?>> exported() {
    Map<String, Param<?>> exported = new LinkedHashMap<>(declared);
    exported.keySet().removeAll(notExported);
    return exported;
  }

  /** Copies the params of reading and counting rows to {@code other}, a stage of this library. */
  public void copyReading(Params other) {
    for (String name : ofReading) {
      Param<Object> param = stage.getParam(name);
      ifSet(param).ifPresent(value -> other.set(name, value));
    }
  }

  /** Returns whether merged models must agree in {@code param}. */
  boolean hasEffect(Param<?> param) {
    return !withoutEffect.contains(param.name());
  }

  /**
   * Returns the encoded value of {@code param}, if it is set or has a default other than the
   * default output, which depends on the uid.
   */
  <T> Optional<String> encoded(Param<T> param) {
    boolean counts = param.name().equals("outputCol") ? stage.isSet(param) : stage.isDefined(param);
    return counts ? Optional.of(param.jsonEncode(value(param))) : Optional.empty();
  }

  /** Returns the value of {@code param}, which may be its default. */
  <T> T value(Param<T> param) {
    return stage.getOrDefault(param);
  }

  boolean value(BooleanParam param) {
    return (boolean) stage.getOrDefault(param);
  }

  int value(IntParam param) {
    return (int) stage.getOrDefault(param);
  }

  double value(DoubleParam param) {
    return (double) stage.getOrDefault(param);
  }

  /** Returns the value of {@code param} if it was set. */
  <T> Optional<T> ifSet(Param<T> param) {
    return stage.isSet(param) ? Optional.of(value(param)) : Optional.empty();
  }

  Params stage() {
    return stage;
  }

  String uid() {
    return stage.uid();
  }
}
