package batchnorm.spark.normalize;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Constant of an enum whose names, in lower case, are the values that users write. */
public interface Choice {
  /** The name of the constant. */
  String name();

  /** The name users write. */
  default String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the choice of {@code type} that users write as {@code text}, if there is one. */
  static <C extends Enum<C> & Choice> Optional<C> find(Class<C> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(choice -> choice.text().equals(text))
        .findFirst();
  }

  /** Returns the choice of {@code type} that a parameter, whose values are checked, is set to. */
  static <C extends Enum<C> & Choice> C of(Class<C> type, String text) {
    return find(type, text).orElseThrow();
  }

  /** Returns the texts of the choices of {@code type}. */
  static <C extends Enum<C> & Choice> List<String> texts(Class<C> type) {
    return Arrays.stream(type.getEnumConstants()).map(Choice::text).toList();
  }
}
