package batchnorm.bench;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tables for READMEs. */
final class Markdown {
  private Markdown() {}

  static String table(List<String> header, List<List<String>> rows) {
    return Stream.concat(
            Stream.of(header, header.stream().map(cell -> "---").toList()), rows.stream())
        .map(cells -> "| " + String.join(" | ", cells) + " |\n")
        .collect(Collectors.joining());
  }
}
