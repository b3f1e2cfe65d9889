package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ParamOptionsTest {
  private static final Set<String> OF_COLUMNS =
      Set.of("inputCol", "inputCols", "outputCol", "outputCols");

  private final CommandLine commands =
      Commands.commandLine(
          new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));

  @Test
  void everyParamButThoseOfColumnsIsAnOptionOfAFit() {
    for (String command : List.of("fit", "fit-transform")) {
      Set<String> missing = new TreeSet<>();
      for (Param<?> param : new BatchNorm().params()) {
        CommandSpec spec = commands.getSubcommands().get(command).getCommandSpec();
        if (!OF_COLUMNS.contains(param.name())
            && spec.findOption(ParamOptions.nameOf(param.name())) == null) {
          missing.add(param.name());
        }
      }
      assertEquals(Set.of(), missing, command);
    }
  }

  @Test
  void helpIsTheTextOfTheParamWithItsChoicesAndDefault() {
    OptionSpec option =
        commands.getSubcommands().get("fit").getCommandSpec().findOption("--small-group");
    assertEquals("error|global|unit", option.paramLabel());
    assertEquals(
        "Treatment of groups with too few rows for a variance: error, global (use the "
            + "statistics of all "
            + "rows) or unit (use mean 0 and variance 1) (default: global).",
        option.description()[0]);
  }

  @Test
  void givenOptionsSetParamsAndOthersAreLeft() {
    CommandSpec spec = CommandSpec.create();
    ParamOptions options =
        new ParamOptions(spec)
            .add(1, "Parameters", ParamOptions.NORMALIZATION)
            .add(2, "Groups", ParamOptions.GROUPS);
    new CommandLine(spec)
        .parseArgs(
            "--eps=0.5",
            "--correction",
            "1",
            "--with-mean=false",
            "--gamma=1, 2.5",
            "--handle-invalid=keep",
            "--weight-column=w",
            "--group-columns=a, b\\,c");
    BatchNorm stage = options.setOn(new BatchNorm());
    assertEquals(0.5, stage.getEps());
    assertEquals(1, stage.getCorrection());
    assertFalse(stage.getWithMean());
    assertArrayEquals(new double[] {1, 2.5}, stage.getGamma());
    assertEquals("keep", stage.getHandleInvalid());
    assertEquals("w", stage.getWeightCol());
    assertArrayEquals(new String[] {"a", "b,c"}, stage.getGroupCols());
    assertFalse(stage.isSet(stage.withStd()));
    assertFalse(stage.isSet(stage.beta()));

    BatchNorm other = options.setOn(new BatchNorm());
    options.resetOn(other, new BatchNorm().setEps(2));
    assertEquals(2, other.getEps());
    assertTrue(other.getWithMean());
    assertFalse(other.isSet(other.weightCol()));
  }
}
