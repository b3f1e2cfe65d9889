package batchnorm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The table of whole jobs: seconds of ours, and of the others seconds and ratio; peak memory
 * likewise.
 */
final class ResultTable {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("rounds", result -> Optional.of(String.valueOf(result.rounds()))),
          new Column(
              Contender.OURS, result -> result.median(Contender.OURS).map(ResultTable::seconds)),
          time(Contender.STANDARD_SCALER),
          time(Contender.SQL),
          time(Contender.SAVED_SQL),
          time(Contender.DUCKDB),
          time(Contender.BARE),
          new Column(
              Contender.OURS + " / " + Contender.BARE,
              result -> result.ratio(Contender.BARE).map(ratio -> times(1 / ratio))),
          new Column(
              "memory, " + Contender.OURS,
              result -> result.memory(Contender.OURS).map(ResultTable::megabytes)),
          new Column(
              "memory, " + Contender.STANDARD_SCALER,
              result -> result.memory(Contender.STANDARD_SCALER).map(ResultTable::megabytes)));

  private ResultTable() {}

  private record Column(String header, Function<Result, Optional<String>> cell) {}

  /**
   * Returns the table, without the columns that would be empty.
   *
   * @param titles what stands above the titles of the results
   */
  static String of(String titles, List<Result> results) {
    List<Column> columns = new ArrayList<>(COLUMNS);
    columns.removeIf(
        column -> results.stream().allMatch(result -> column.cell().apply(result).isEmpty()));
    return Markdown.table(
        Stream.concat(Stream.of(titles), columns.stream().map(Column::header)).toList(),
        results.stream().map(result -> row(result, columns)).toList());
  }

  private static List<String> row(Result result, List<Column> columns) {
    return Stream.concat(
            Stream.of(result.title()),
            columns.stream().map(column -> column.cell().apply(result).orElse("")))
        .toList();
  }

  private static Column time(String contender) {
    return new Column(
        contender,
        result ->
            result
                .median(contender)
                .map(
                    median ->
                        seconds(median)
                            + " ("
                            + times(result.ratio(contender).orElseThrow())
                            + ")"));
  }

  private static String seconds(double seconds) {
    return String.format(seconds < 0.1 ? "%.3f s" : "%.2f s", seconds);
  }

  private static String times(double ratio) {
    return String.format("%.2fx", ratio);
  }

  private static String megabytes(long bytes) {
    return bytes < 1e6 ? "< 1 MB" : String.format("%.0f MB", bytes / 1e6);
  }
}
