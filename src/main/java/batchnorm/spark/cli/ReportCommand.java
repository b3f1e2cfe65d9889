package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.report.Report;
import batchnorm.spark.report.ReportPage;
import java.io.IOException;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a page about a model, on its own or beside another model or data. */
@Command(
    name = ReportCommand.NAME,
    customSynopsis = {
      "batchnorm report --model PATH [--compare PATH] [--input PATH...] --output FILE [OPTIONS]",
      "                 [-- SPARK-SUBMIT OPTIONS]"
    },
    description =
        "Writes one HTML file about a model, which needs no network: its features, and how those of "
            + "another model or of data differ from them.")
final class ReportCommand extends SparkCommand {
  static final String NAME = "report";

  @Option(
      names = "--model",
      paramLabel = "PATH",
      order = 5,
      description = "The folder of a fitted model.")
  private String model;

  @Option(
      names = "--compare",
      paramLabel = "PATH",
      order = 6,
      description = "The folder of another model, whose drift from --model is shown.")
  private String compare;

  @Option(
      names = "--limit",
      paramLabel = "NUMBER",
      order = 7,
      description =
          "How many features to list at most, those with flags and the largest drift first "
              + "(default: 10000).")
  private int limit = 10_000;

  @ArgGroup(
      validate = false,
      heading =
          "%nData: some rows before and after and, without --compare, its drift from the model:%n",
      order = 10)
  private InputOptions input = new InputOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private FileTarget target = new FileTarget();

  @Override
  void check() {
    requireOption("--model", model, "the folder of a fitted model");
    if (limit < 0) {
      throw OptionErrors.negativeLimit(limit);
    }
    if (input.isGiven()) {
      input.check();
    }
    target.requirePath("the HTML file to write");
    target.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    PathRules rules = new PathRules(storage).readsModel(model);
    if (compare != null) {
      rules.readsModel(compare);
    }
    Optional<Input> data = input.isGiven() ? Optional.of(input.find(storage)) : Optional.empty();
    data.ifPresent(found -> rules.reads(found.files()));
    target.addTo(rules).check();
    try (StagedOutput file = StagedOutput.file(storage, target.path())) {
      file.write(ReportPage.of(report(session, data).limitedTo(limit)));
      file.commit(target.mode());
    }
    tell("Wrote the report to " + target.path());
  }

  private Report report(SparkSession session, Optional<Input> data) throws IOException {
    ReportedModel reported = new ReportedModel(model, BatchNormModel.load(model));
    if (compare != null) {
      reported = reported.comparedWith(new ReportedModel(compare, BatchNormModel.load(compare)));
    }
    if (data.isPresent()) {
      reported = reported.appliedTo(data.get().described(), data.get().read(session));
    }
    return reported.report();
  }
}
