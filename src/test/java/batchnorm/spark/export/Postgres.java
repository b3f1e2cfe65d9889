package batchnorm.spark.export;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** A server of PostgreSQL of its own, by the programs that are installed. */
final class Postgres implements SqlEngine {
  /** Longest time that a server takes to start or to stop. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path programs;
  private final Path folder;
  private final Process server;

  private Postgres(Path programs, Path folder) throws IOException {
    this.programs = programs;
    this.folder = folder;
    Path data = folder.resolve("data");
    run(
        "",
        asOther(
            "initdb",
            "-D",
            data.toString(),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync"));
    server =
        new ProcessBuilder(
                asOther("postgres", "-D", data.toString(), "-k", folder.toString(), "-h", "", "-F"))
            .redirectErrorStream(true)
            .start();
    BufferedReader output = server.inputReader();
    List<String> lines = new ArrayList<>();
    while (lines.stream().noneMatch(line -> line.contains("ready to accept connections"))) {
      String line = output.readLine();
      if (line == null) {
        throw new IOException("PostgreSQL did not start: " + lines);
      }
      lines.add(line);
    }
    // A server blocks if nobody reads what it says.
    Thread reader = new Thread(() -> output.lines().forEach(line -> {}), "postgres");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a server if PostgreSQL is installed. */
  static Optional<SqlEngine> start(Path folder) throws IOException {
    Optional<Path> programs = programs();
    return programs.isEmpty()
        ? Optional.empty()
        : Optional.of(new Postgres(programs.get(), folder));
  }

  /** Returns the folder of the programs; Debian has it outside of the path. */
  private static Optional<Path> programs() throws IOException {
    List<Path> folders =
        new ArrayList<>(
            Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(Path::of).toList());
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions.map(version -> version.resolve("bin")).forEach(folders::add);
      }
    }
    return folders.stream()
        .filter(
            one ->
                Stream.of("initdb", "postgres", "psql")
                    .allMatch(program -> Files.isExecutable(one.resolve(program))))
        .findFirst();
  }

  /** Returns a command that does not run as root, whom PostgreSQL refuses. */
  private List<String> asOther(String... command) {
    List<String> all = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      all.addAll(List.of("unshare", "--user"));
    }
    all.add(programs.resolve(command[0]).toString());
    all.addAll(List.of(command).subList(1, command.length));
    return all;
  }

  @Override
  public String dialect() {
    return "postgres";
  }

  @Override
  public void load(Dataset<Row> data) {
    String columns =
        Arrays.stream(data.schema().fields())
            .map(
                field -> "\"" + field.name().replace("\"", "\"\"") + "\" " + type(field.dataType()))
            .collect(Collectors.joining(", "));
    String rows =
        data.collectAsList().stream()
            .map(
                row ->
                    Stream.iterate(0, i -> i < row.size(), i -> i + 1)
                        .map(i -> row.isNullAt(i) ? "\\N" : escaped(row.get(i).toString()))
                        .collect(Collectors.joining("\t")))
            .collect(Collectors.joining("\n"));
    psql(
        "DROP TABLE IF EXISTS source; CREATE TABLE source ("
            + columns
            + ");\nCOPY source FROM STDIN;\n"
            + rows
            + "\n\\.\n");
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
  }

  private static String type(DataType type) {
    if (type.equals(DataTypes.FloatType)) {
      return "REAL";
    }
    if (type.equals(DataTypes.DoubleType)) {
      return "DOUBLE PRECISION";
    }
    if (type.equals(DataTypes.StringType)) {
      return "TEXT";
    }
    if (type.equals(DataTypes.ShortType)) {
      return "SMALLINT";
    }
    if (type.equals(DataTypes.TimestampNTZType)) {
      return "TIMESTAMP";
    }
    return type.equals(DataTypes.TimestampType) ? "TIMESTAMPTZ" : type.sql();
  }

  @Override
  public List<List<Double>> numbers(String query) {
    return psql(query + ";").lines().map(Postgres::numbersOf).toList();
  }

  private static List<Double> numbersOf(String line) {
    List<Double> numbers = new ArrayList<>();
    for (String cell : line.replaceAll("[{}]", "").split("[,|]", -1)) {
      numbers.add(cell.equals("NULL") || cell.isEmpty() ? null : Double.valueOf(cell));
    }
    return numbers;
  }

  private String psql(String script) {
    return run(
        script,
        List.of(
            programs.resolve("psql").toString(),
            "-h",
            folder.toString(),
            "-U",
            "postgres",
            "-X",
            "-q",
            "-At",
            "-v",
            "ON_ERROR_STOP=1"));
  }

  /** Runs a program, and returns its output. */
  private static String run(String input, List<String> command) {
    try {
      Path errors = Files.createTempFile("postgres", ".txt");
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      try (var writer = process.outputWriter(StandardCharsets.UTF_8)) {
        writer.write(input);
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      String said = Files.readString(errors);
      Files.delete(errors);
      if (code != 0) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT, "%s: exit code %d: %s%n%s", command.get(0), code, said, input));
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.destroy();
    server.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }
}
