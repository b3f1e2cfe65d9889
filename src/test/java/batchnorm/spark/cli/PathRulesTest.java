package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class PathRulesTest {
  private final Storage storage = new Storage(new Configuration());
  private final PathRules rules = new PathRules(storage);

  @TempDir Path folder;

  @BeforeEach
  void makeData() throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.createFile(folder.resolve("data/a.csv"));
  }

  @Test
  void existingOutputIsRefusedUnlessTheModeAllowsIt() throws IOException {
    assertMessage(
        "Output "
            + path("data")
            + " already exists. Give another --output, or --mode overwrite to replace it, or "
            + "--mode append to add to it.",
        () -> new PathRules(storage).writes(Output.Kind.DATA, path("data"), Mode.ERROR).check());
    assertDoesNotThrow(
        () ->
            new PathRules(storage).writes(Output.Kind.DATA, path("data"), Mode.OVERWRITE).check());
    assertDoesNotThrow(
        () -> new PathRules(storage).writes(Output.Kind.DATA, path("data"), Mode.APPEND).check());
  }

  @Test
  void existingFileIsReplacedByOverwriteAlone() throws IOException {
    assertMessage(
        "File "
            + path("data/a.csv")
            + " already exists. Give another --output, or --mode overwrite to replace it.",
        () ->
            new PathRules(storage)
                .writes(Output.Kind.FILE, path("data/a.csv"), Mode.ERROR)
                .check());
    assertDoesNotThrow(
        () ->
            new PathRules(storage)
                .writes(Output.Kind.FILE, path("data/a.csv"), Mode.OVERWRITE)
                .check());
  }

  @Test
  void folderIsNotReplacedByAFile() throws IOException {
    for (Mode mode : List.of(Mode.ERROR, Mode.OVERWRITE)) {
      assertMessage(
          "Output "
              + path("data")
              + " is a folder; expected the name of a file to write. Add a name to it.",
          () -> new PathRules(storage).writes(Output.Kind.FILE, path("data"), mode).check());
    }
  }

  @Test
  void nothingIsAddedToAModel() throws IOException {
    assertMessage(
        "Model "
            + path("data")
            + " already exists. Give another path, or --mode overwrite to replace it.",
        () -> rules.writes(Output.Kind.MODEL, path("data"), Mode.APPEND).check());
  }

  @Test
  void outputIsNotWrittenOverTheInput() throws IOException {
    rules.reads(found("data/*.csv")).writes(Output.Kind.DATA, path("data"), Mode.ERROR);
    assertMessage(
        "Output "
            + path("data")
            + " would be written over "
            + path("data/*.csv")
            + ", which is read. Give another path, and move the result afterwards if you want.",
        rules::check);
  }

  @Test
  void aTableMayBeReplacedByWhatIsComputedFromItButNotWhatItLiesIn() throws IOException {
    rules.reads(found("data")).writes(Output.Kind.TABLE, path("data"), Mode.OVERWRITE);
    assertDoesNotThrow(rules::check);
    rules.writes(Output.Kind.TABLE, folder.toString(), Mode.OVERWRITE);
    assertThrows(IllegalArgumentException.class, rules::check);
  }

  @Test
  void aLinkToTheInputIsTheInput() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("data"));
    rules.reads(found("data")).writes(Output.Kind.DATA, path("link"), Mode.OVERWRITE);
    assertThrows(IllegalArgumentException.class, rules::check);
  }

  @Test
  void outputMayLieBesideTheFilesThatAreRead() throws IOException {
    rules.reads(found("data/a.csv")).writes(Output.Kind.DATA, path("data/out"), Mode.ERROR);
    assertDoesNotThrow(rules::check);
  }

  @Test
  void outputAndModelLieApart() throws IOException {
    rules
        .writes(Output.Kind.DATA, path("out"), Mode.ERROR)
        .writes(Output.Kind.MODEL, path("out/model"), Mode.ERROR);
    assertMessage(
        "Output "
            + path("out")
            + " and model "
            + path("out/model")
            + " lie in one another; expected two folders. Give another path.",
        rules::check);
  }

  @Test
  void outputIsNotWrittenOverTheModelThatIsRead() throws IOException {
    Files.createDirectories(folder.resolve("model"));
    rules.readsModel(path("model")).writes(Output.Kind.DATA, path("model"), Mode.OVERWRITE);
    assertThrows(IllegalArgumentException.class, rules::check);
  }

  @Test
  void modelMayReplaceTheModelThatIsReadButNotAFolderAroundIt() throws IOException {
    Files.createDirectories(folder.resolve("models/today"));
    rules.readsModel(path("models/today"));
    assertDoesNotThrow(
        () ->
            rules
                .writes(Output.Kind.MODEL, path("models/../models/today/"), Mode.OVERWRITE)
                .check());
    assertMessage(
        "Output "
            + path("models")
            + " would be written over "
            + path("models/today")
            + ", which is read. Give another path, and move the result afterwards if you want.",
        () -> rules.writes(Output.Kind.MODEL, path("models"), Mode.OVERWRITE).check());
  }

  @Test
  void modelThatIsReadIsNotReplacedWithoutOverwrite() throws IOException {
    Files.createDirectories(folder.resolve("model"));
    rules.readsModel(path("model")).writes(Output.Kind.MODEL, path("model"), Mode.ERROR);
    assertMessage(
        "Model "
            + path("model")
            + " already exists. Give another path, or --mode overwrite to replace it.",
        rules::check);
  }

  @Test
  void modelWhoseReplacementWasInterruptedIsNotNew() throws IOException {
    String id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    Files.createDirectories(folder.resolve(".model.old-" + id));
    Files.createDirectories(folder.resolve(".model.new-" + id));
    rules.writes(Output.Kind.MODEL, path("model"), Mode.ERROR);
    assertThrows(IllegalArgumentException.class, rules::check);
    assertEquals(List.of("data", "model"), Stream.of(folder.toFile().list()).sorted().toList());
  }

  private List<Place> found(String name) throws IOException {
    return List.of(storage.matching(path(name)));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void assertMessage(String expected, Executable executable) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }
}
