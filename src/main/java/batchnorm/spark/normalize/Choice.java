package batchnorm.spark.normalize;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Constant of an enum; its name in lower case is the value that users set. */
public interface Choice {
  /** The name of the constant. */
  String name();

  /** The value that users set. */
  default String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the choice of {@code type} whose value is {@code text}, if there is one. */
  static <C extends Enum<C> & Choice> Optional<C> find(Class<C> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(choice -> choice.text().equals(text))
        .findFirst();
  }

  /** Returns the choice of {@code type} whose value is {@code text}, a checked parameter. */
  static <C extends Enum<C> & Choice> C of(Class<C> type, String text) {
    return find(type, text).orElseThrow();
  }

  /** Returns the values of {@code type}. */
  static <C extends Enum<C> & Choice> List<String> texts(Class<C> type) {
    return Arrays.stream(type.getEnumConstants()).map(Choice::text).toList();
  }
}
