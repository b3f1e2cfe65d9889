package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Puts models of parts of the data together. */
@Command(
    name = "merge",
    customSynopsis = "batchnorm merge MODEL... --model PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    parameterListHeading = "%n",
    description =
        "Saves and prints the model of several models' data together: bit for bit what one fit on "
            + "all of it gives.")
final class MergeCommand extends CombiningCommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description =
          "Folders of fitted models, also with Hadoop's wildcards, in any order. They need the same "
              + "columns and parameters.")
  private List<String> models = List.of();

  @Override
  void check() {
    if (models.isEmpty()) {
      throw OptionErrors.noModelGiven();
    }
    super.check();
  }

  @Override
  List<String> paths(Storage storage) throws IOException {
    return storage.models(models);
  }

  @Override
  BatchNormModel combined(List<BatchNormModel> loaded) {
    return BatchNormModel.merge(loaded);
  }

  @Override
  String done(int count) {
    return "Merged models: " + count;
  }
}
