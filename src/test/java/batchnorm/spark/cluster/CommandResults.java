package batchnorm.spark.cluster;

import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Commands of the command line that continue each other in a folder, and what they write there. */
final class CommandResults {
  /** The parts of an output that no two runs have in common. */
  private static final Pattern OF_A_RUN =
      Pattern.compile("batchNorm_\\w{12}|Report of [-0-9]+ [:0-9]+ UTC");

  private CommandResults() {}

  /** Returns the commands that read a table and write to a folder. */
  static List<List<String>> commands(Path table, Path folder) {
    Path model = folder.resolve("model");
    Path updated = folder.resolve("updated");
    return List.of(
        fit(table, model),
        transform(table, folder),
        words(
            "fit --columns bill_*,body_mass_g --group-columns species --handle-invalid keep --input",
            table,
            "--model",
            folder.resolve("groups")),
        fit(table, updated),
        words("update --model", updated, "--input", table),
        words("merge", model, updated, "--model", folder.resolve("merged")),
        words("export --to json --model", updated, "--output", folder.resolve("model.json")),
        words(
            "report --model", model, "--input", table, "--output", folder.resolve("report.html")));
  }

  /** Returns the command that writes {@code model}. */
  static List<String> fit(Path table, Path model) {
    return words("fit --all-numeric --handle-invalid keep --input", table, "--model", model);
  }

  /** Returns the command that reads the model of a folder, and writes rows there. */
  static List<String> transform(Path table, Path folder) {
    Path output = folder.resolve("rows.csv");
    return words(
        "transform --model", folder.resolve("model"), "--input", table, "--output", output);
  }

  /** Returns the results that are in a folder, by name. */
  static Map<String, String> in(SparkSession session, Path folder) throws IOException {
    Map<String, String> results = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        results.put(path.getFileName().toString(), result(session, path));
      }
    }
    return results;
  }

  private static String result(SparkSession session, Path path) throws IOException {
    if (path.toString().endsWith(".csv")) {
      return session.read().csv(path.toString()).collectAsList().stream()
          .map(Object::toString)
          .sorted()
          .toList()
          .toString();
    }
    if (Files.isRegularFile(path)) {
      return OF_A_RUN.matcher(Files.readString(path)).replaceAll("");
    }
    BatchNormModel model = BatchNormModel.load(path.toString());
    return model.summary().collectAsList().stream().map(Object::toString).sorted().toList()
        + Arrays.toString(model.mean().toArray())
        + Arrays.toString(model.variance().toArray());
  }

  private static List<String> words(String first, Object... more) {
    List<String> words = new ArrayList<>(List.of(first.split(" ")));
    Stream.of(more).map(Object::toString).forEach(words::add);
    return words;
  }
}
