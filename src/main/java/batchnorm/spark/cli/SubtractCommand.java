package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes models of parts of the data out of a model. */
@Command(
    name = "subtract",
    customSynopsis =
        "batchnorm subtract MODEL... --from PATH --model PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    parameterListHeading = "%n",
    description = {
      "Takes the data of models out of another model, saves and prints it: bit for bit what one fit on",
      "the rows that remain gives. Only minimum and maximum are not known afterwards."
    })
final class SubtractCommand extends CombiningCommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description =
          "Folders of models of the rows to take out, also with Hadoop's wildcards, in any order. "
              + "They need the columns and parameters of the model of --from.")
  private List<String> parts = List.of();

  @Option(
      names = "--from",
      paramLabel = "PATH",
      description = "The folder of the model that was fitted on these rows and on others.")
  private String from;

  @Override
  void check() {
    if (parts.isEmpty()) {
      throw OptionErrors.noModelGiven();
    }
    requireOption("--from", from, "the folder of the model to take them out of");
    super.check();
  }

  @Override
  List<String> paths(Storage storage) throws IOException {
    return Stream.concat(Stream.of(from), storage.models(parts).stream()).toList();
  }

  @Override
  BatchNormModel combined(List<BatchNormModel> models) {
    return models.get(0).subtract(BatchNormModel.merge(models.subList(1, models.size())));
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    super.run(session, storage);
    tell("Minimum and maximum of its columns are unknown: they cannot be subtracted");
  }

  @Override
  String done(int count) {
    return "Subtracted models: " + (count - 1);
  }
}
