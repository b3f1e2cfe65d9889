package batchnorm.spark.cli;

import picocli.CommandLine.Command;

/** The command {@code batchnorm}, which only has subcommands. */
@Command(
    mixinStandardHelpOptions = true,
    name = "batchnorm",
    description = {
      "Makes numeric columns have mean 0 and variance 1, on Spark:",
      "y = gamma * (x - mean) / sqrt(variance + eps) + beta",
      ""
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "batchnorm COMMAND [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "batchnorm COMMAND --help lists the options of a command. What follows -- goes to spark-submit:",
      "  batchnorm fit --input data.parquet --all-numeric --model m -- --master local[4]"
    },
    subcommands = {
      FitCommand.class,
      TransformCommand.class,
      FitTransformCommand.class,
      UpdateCommand.class,
      MergeCommand.class,
      SubtractCommand.class,
      DescribeCommand.class,
      ReportCommand.class,
      InverseCommand.class,
      ExportCommand.class,
      ImportCommand.class
    },
    versionProvider = Version.class)
final class BatchNormCommand {}
