package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ColumnSelectionTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("sensor_1", DataTypes.DoubleType)
          .add("sensor_2", DataTypes.IntegerType)
          .add("sensor_note", DataTypes.StringType)
          .add("sensor_*", DataTypes.FloatType)
          .add("mean.radius of cell", DataTypes.createDecimalType(10, 2))
          .add("weight", DataTypes.DoubleType)
          .add("label", DataTypes.StringType);

  private final ColumnSelection selection = new ColumnSelection(SCHEMA, List.of("weight"));

  @Test
  void namesKeepTheirOrder() {
    assertEquals(
        List.of("mean.radius of cell", "id"),
        selection.named(List.of("mean.radius of cell", "id"), List.of()));
  }

  @Test
  void nameThatExistsWinsOverThePattern() {
    assertEquals(List.of("sensor_*"), selection.named(List.of("sensor_*"), List.of()));
  }

  @Test
  void patternMeansTheNumericColumnsInTheOrderOfTheDataset() {
    assertEquals(
        List.of("sensor_1", "sensor_2", "sensor_*"),
        selection.named(List.of("sensor?*"), List.of()));
  }

  @Test
  void columnIsTakenOnceThoughNamedAndMatched() {
    assertEquals(
        List.of("sensor_2", "sensor_1", "sensor_*"),
        selection.named(List.of("sensor_2", "s*_?"), List.of()));
  }

  @Test
  void upperAndLowerCaseAreTheSameAsInSparkSql() {
    assertEquals(
        List.of("id", "mean.radius of cell"), selection.named(List.of("ID", "MEAN*"), List.of()));
  }

  @Test
  void allNumericLeavesOutTheWeightColumn() {
    assertEquals(
        List.of("id", "sensor_1", "sensor_2", "sensor_*", "mean.radius of cell"),
        selection.allNumeric(List.of()));
  }

  @Test
  void groupColumnsAreNoFeaturesThoughTheyMatch() {
    ColumnSelection grouped = new ColumnSelection(SCHEMA, List.of("ID", "sensor_1"));
    assertEquals(
        List.of("sensor_2", "sensor_*", "mean.radius of cell", "weight"),
        grouped.allNumeric(List.of()));
    assertEquals(List.of("sensor_2", "sensor_*"), grouped.named(List.of("s*_?"), List.of()));
  }

  @Test
  void exceptTakesNamesAndPatterns() {
    assertEquals(List.of("mean.radius of cell"), selection.allNumeric(List.of("id", "sensor?*")));
  }

  @Test
  void textColumnIsLeftToTheStageToRefuseWhereItIsNamed() {
    assertEquals(List.of("label"), selection.named(List.of("label"), List.of()));
  }

  @Test
  void fieldOfAStructIsNamedByItsPath() {
    StructType struct = new StructType().add("a", DataTypes.DoubleType);
    ColumnSelection nested =
        new ColumnSelection(new StructType().add("s", struct).add("b", struct), List.of());
    assertEquals(List.of("s.a", "b.a"), nested.named(List.of("S.a", "`b`.a"), List.of()));
  }

  @Test
  void nameThatDoesNotExistIsNamed() {
    assertMessage(
        "Column 'nope' does not exist; the dataset has 'id', 'sensor_1', 'sensor_2', 'sensor_note', "
            + "'sensor_*', 'mean.radius of cell', 'weight', 'label'. Set the name of an existing "
            + "column.",
        () -> selection.named(List.of("id", "nope"), List.of()));
  }

  @Test
  void patternThatMatchesNothingIsNamed() {
    assertMessage(
        "Pattern 'x*' matches no column; the dataset has 'id', 'sensor_1', 'sensor_2', "
            + "'sensor_note', 'sensor_*', 'mean.radius of cell', 'weight', 'label'. Correct the "
            + "pattern.",
        () -> selection.named(List.of("x*"), List.of()));
  }

  @Test
  void patternThatMatchesTextAloneIsNamed() {
    assertMessage(
        "Pattern 'lab*' matches no numeric column, only 'label'. Correct the pattern, or cast the "
            + "columns first.",
        () -> selection.named(List.of("lab*"), List.of()));
  }

  @Test
  void exceptionThatMatchesNothingIsNamed() {
    assertMessage(
        "Pattern 'x?' matches no column; the dataset has 'a'. Correct the pattern.",
        () ->
            new ColumnSelection(new StructType().add("a", DataTypes.DoubleType), List.of())
                .allNumeric(List.of("x?")));
  }

  @Test
  void nothingLeftIsAnError() {
    assertMessage(
        "No numeric column is left to normalize; the dataset has 'label'. Name columns with "
            + "--columns, or take some off --except.",
        () ->
            new ColumnSelection(new StructType().add("label", DataTypes.StringType), List.of())
                .allNumeric(List.of()));
  }

  private static void assertMessage(String expected, Executable executable) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  /** The values tell why no column is a number, whichever way columns are chosen. */
  @Test
  void aSeparatorThatWasNotReadIsNamed(@TempDir Path folder) throws IOException {
    Path input = Files.writeString(folder.resolve("in.csv"), "x1;x2\n1;2\n3;4\n");
    for (String[] columns : new String[][] {{"--all-numeric"}, {"--columns", "x*"}}) {
      List<String> args = new ArrayList<>(List.of("--input", input.toString()));
      args.addAll(List.of(columns));
      String text =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> InProcess.run(SharedSession.get(), new DescribeCommand(), args.toArray()))
              .getMessage();
      assertTrue(
          text.endsWith(" Read it with the option sep=; (on the command line --option 'sep=;')."),
          text);
    }
  }
}
