package batchnorm.spark.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;

/** Reference results of other engines: the files of {@code src/test/resources/reference}. */
final class References {
  private References() {}

  /** libtorch's BatchNorm1d. */
  static JsonNode pytorch() {
    return read("pytorch-batchnorm1d.json");
  }

  /** The running statistics of libtorch's BatchNorm1d. */
  static JsonNode pytorchRunning() {
    return read("pytorch-running-statistics.json");
  }

  /** Layers that models were exported to, in libtorch. */
  static JsonNode pytorchExported() {
    return read("pytorch-exported-layer.json");
  }

  /** scikit-learn's StandardScaler. */
  static JsonNode scikitLearn() {
    return read("sklearn-standard-scaler.json");
  }

  /** The cases of a file, each under its name. */
  static Stream<Named<JsonNode>> cases(JsonNode file) {
    return StreamSupport.stream(file.get("cases").spliterator(), false)
        .map(one -> Named.of(one.get("name").asText(), one));
  }

  /** A list of numbers; null is NaN. */
  static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).isNull() ? Double.NaN : list.get(i).doubleValue();
    }
    return numbers;
  }

  /** A list of lists of numbers. */
  static double[][] table(JsonNode rows) {
    double[][] table = new double[rows.size()][];
    for (int i = 0; i < table.length; i++) {
      table[i] = numbers(rows.get(i));
    }
    return table;
  }

  private static JsonNode read(String name) {
    try (InputStream file = References.class.getResourceAsStream("/reference/" + name)) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
