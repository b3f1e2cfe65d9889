package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNorm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionLanguageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "handleInvalid is 'error'. Set handleInvalid to 'skip' to drop such rows or to 'keep' to ignore them."
            + " | --handle-invalid is 'error'. Give --handle-invalid skip to drop such rows or"
            + " --handle-invalid keep to ignore them.",
        "momentum is set and runningStatistics is 'pooled'; momentum goes with 'exponential'. Set"
            + " runningStatistics to 'exponential', or clear momentum."
            + " | --momentum is set and --running-statistics is 'pooled'; --momentum goes with"
            + " 'exponential'. Give --running-statistics exponential, or leave out --momentum.",
        "groupCols is set. Set groupCols to those of the model, or clear groupCols."
            + " | --group-columns is set. Set --group-columns to those of the model, or leave out"
            + " --group-columns.",
        "Cast it first, or set another inputCol; it is in inputCols. Set outputCol."
            + " | Cast it first, or set another --vector-column; it is in --columns. Set"
            + " --output-column.",
        "Fit without groupCols. Set eps above 0. | Fit without --group-columns. Set --eps above 0.",
        "Give the path that BatchNormModel.save wrote. | Give the folder that fit --model wrote.",
        "gamma[1] is NaN; expected finite numbers. | --gamma[1] is NaN; expected finite numbers."
      })
  void paramsAreOptions(String message, String translated) {
    assertEquals(translated, OptionLanguage.translated(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Column 'handleInvalid' does not exist; the dataset has 'the eps is 1', 'x$1 groupCols'.",
        "The model's momentum and PyTorch's gamma are numbers.",
        "Folder /data/groupCols-handleInvalid.csv",
        "Folder groupCols/data, file /data/my-withStd and groupCols.csv"
      })
  void otherWordsStay(String message) {
    assertEquals(message, OptionLanguage.translated(message));
  }

  @Test
  void whatAStageThrowsIsTranslated() {
    assertTranslated(
        "--max-slice-bytes is 1; expected at least 1048576 (1 MiB). Leave it at 16777216, or set less "
            + "where executors have little memory.",
        () -> new BatchNorm().setMaxSliceBytes(1));
    assertTranslated(
        "--correction is 2; expected 0 (divide by n) or 1 (divide by n - 1). Set one of them.",
        () -> new BatchNorm().setCorrection(2));
  }

  private static void assertTranslated(String expected, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertEquals(expected, OptionLanguage.translated(message));
  }
}
