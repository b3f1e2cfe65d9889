package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import java.util.List;

/** The files of other systems, as users name them. */
final class FileKind {
  static final String ONNX = "onnx";
  static final String TORCH = "torch";
  static final String JSON = "json";
  static final String SQL = "sql";

  /** The kinds that a model can be written to. */
  static final List<String> WRITTEN = List.of(ONNX, TORCH, JSON, SQL);

  /** The kinds that a model can be read from. */
  static final List<String> READ = List.of(TORCH, JSON);

  private FileKind() {}

  /** Requires that {@code option} is given and is one of {@code kinds}. */
  static void require(String option, String given, List<String> kinds) {
    if (given == null) {
      throw OptionErrors.noKind(option, kinds);
    }
    if (!kinds.contains(given)) {
      throw OptionErrors.unknownKind(option, given, kinds);
    }
  }
}
