package batchnorm.bench;

import batchnorm.bench.Result.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The tables of results. */
final class ResultTable {
  private static final List<String> CONTENDERS =
      List.of(
          Contender.OURS,
          Contender.STANDARD_SCALER,
          Contender.SUMMARIZER,
          Contender.SQL,
          Contender.KEPT_SQL,
          Contender.SAVED_SQL,
          Contender.DUCKDB,
          Contender.POLARS,
          Contender.SCIKIT_LEARN,
          Contender.ONE_FILE,
          Contender.ALL_FILES,
          Contender.BARE);

  private ResultTable() {}

  private record Column(String header, Function<Result, Optional<String>> cell) {
    static Column ofTime(String contender, Function<Time, String> text) {
      return new Column(contender, result -> result.time(contender).map(text));
    }

    static Column ofMemory(String contender) {
      return new Column(
          "memory, " + contender, result -> result.memory(contender).map(ResultTable::megabytes));
    }
  }

  /** Returns the seconds of ours, and the times of the others as multiples of ours. */
  static String ofRatios(List<Result> results) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("rows", result -> Optional.of(rows(result.rows()))));
    CONTENDERS.forEach(
        contender ->
            columns.add(
                Column.ofTime(
                    contender,
                    contender.equals(Contender.OURS)
                        ? time -> seconds(time.median()) + " s"
                        : time -> text("%.2f", time.ratio()))));
    return of(columns, results);
  }

  /** Returns the medians of all, with the least in brackets, and their memory. */
  static String ofSeconds(List<Result> results) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("rounds", result -> Optional.of(String.valueOf(result.rounds()))));
    CONTENDERS.forEach(
        contender ->
            columns.add(
                Column.ofTime(
                    contender,
                    time -> seconds(time.median()) + " (" + seconds(time.least()) + ")")));
    columns.add(Column.ofMemory(Contender.OURS));
    columns.add(Column.ofMemory(Contender.STANDARD_SCALER));
    return of(columns, results);
  }

  /** Returns the table, without the columns that would be empty. */
  private static String of(List<Column> columns, List<Result> results) {
    columns.removeIf(
        column -> results.stream().allMatch(result -> column.cell().apply(result).isEmpty()));
    return Markdown.table(
        Stream.concat(Stream.of("case"), columns.stream().map(Column::header)).toList(),
        results.stream().map(result -> row(result, columns)).toList());
  }

  private static List<String> row(Result result, List<Column> columns) {
    return Stream.concat(
            Stream.of(result.title()),
            columns.stream().map(column -> column.cell().apply(result).orElse("")))
        .toList();
  }

  private static String rows(int rows) {
    return rows % 1_000_000 == 0
        ? rows / 1_000_000 + "M"
        : rows % 1_000 == 0 ? rows / 1_000 + "k" : String.valueOf(rows);
  }

  private static String seconds(double seconds) {
    return text(seconds < 0.1 ? "%.3f" : "%.2f", seconds);
  }

  private static String megabytes(long bytes) {
    return bytes < 1e6 ? "< 1 MB" : text("%.0f MB", bytes / 1e6);
  }

  private static String text(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
