package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.testing.FailingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageTest {
  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void modelsAreThoseThatWildcardsStandForButHiddenOnes() throws IOException {
    for (String name : List.of("monday", "tuesday", ".monday.new-0", "_temporary", "other")) {
      Files.createDirectories(folder.resolve(name));
    }
    assertEquals(
        List.of("monday", "tuesday", "other", "none"),
        names(storage.models(paths("*day", "other", "none"))));
    assertEquals(List.of("monday", "other", "tuesday"), names(storage.models(paths("*"))));
    assertEquals(List.of(".monday.new-0"), names(storage.models(paths(".monday.new-0"))));
  }

  @Test
  void modelThatIsGivenTwiceIsNamed() throws IOException {
    Files.createDirectories(folder.resolve("monday"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("monday"));
    for (String again : List.of("monday", "monday/", "./monday", "mon*", "link")) {
      String path = folder + "/" + again;
      String found = again.equals("mon*") ? folder.resolve("monday").toString() : path;
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> storage.models(List.of(folder.resolve("monday").toString(), path)))
              .getMessage();
      assertEquals(
          "Model "
              + found
              + " is given more than once, so that its rows would count more than once; expected "
              + "each once. Remove the repetition.",
          message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/out, /tables/t, /tables/t",
    "/out, file:/tables/t, file:/tables/t",
    "/out, s3://bucket/t,",
    "s3like://bucket/out, s3://bucket/t, s3like://bucket/t",
  })
  void aTablesFilesAreFoundWhereTheOutputMayBe(String output, String location, String found)
      throws IOException {
    Storage stores = new Storage(FailingFiles.configuration("s3like"));
    assertEquals(Optional.ofNullable(found), stores.asIn(output, location));
  }

  private List<String> paths(String... names) {
    return Stream.of(names).map(name -> folder.resolve(name).toString()).toList();
  }

  private static List<String> names(List<String> paths) {
    return paths.stream().map(path -> path.replaceFirst(".*/", "")).toList();
  }
}
