package batchnorm.bench;

import java.util.List;
import java.util.stream.Stream;

/** The table of whole jobs: seconds of ours, and of the others seconds and ratio. */
final class ResultTable {
  private static final List<String> OTHERS =
      List.of(Contender.STANDARD_SCALER, Contender.SQL, Contender.DUCKDB, Contender.BARE);

  private ResultTable() {}

  static String of(List<Result> results) {
    List<String> header =
        Stream.of(
                Stream.of("case", "rounds", Contender.OURS),
                OTHERS.stream(),
                Stream.of(Contender.OURS + " / " + Contender.BARE))
            .flatMap(cells -> cells)
            .toList();
    return Markdown.table(header, results.stream().map(ResultTable::row).toList());
  }

  private static List<String> row(Result result) {
    double ours = result.median(Contender.OURS).orElseThrow();
    Stream<String> others =
        OTHERS.stream()
            .map(
                name ->
                    result.median(name).isEmpty()
                        ? ""
                        : String.format(
                            "%s (%.2fx)",
                            seconds(result.median(name).getAsDouble()),
                            result.ratio(name).getAsDouble()));
    String overBare =
        result.ratio(Contender.BARE).isEmpty()
            ? ""
            : String.format("%.2fx", 1 / result.ratio(Contender.BARE).getAsDouble());
    return Stream.of(
            Stream.of(result.title(), String.valueOf(result.rounds()), seconds(ours)),
            others,
            Stream.of(overBare))
        .flatMap(cells -> cells)
        .toList();
  }

  private static String seconds(double seconds) {
    return String.format(seconds < 0.1 ? "%.3f s" : "%.2f s", seconds);
  }
}
