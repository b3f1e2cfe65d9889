package batchnorm.spark;

import static batchnorm.spark.SameFit.assertSameBits;
import static batchnorm.spark.SameFit.assertSameBitsOfTheRest;
import static batchnorm.spark.SameFit.assertSameSummaryOfTheRest;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that Java and Python saved with each line of Spark are those of their rows today. */
@ExtendWith(InterpretedExpressions.class)
class GoldenModelsTest {
  /** End of the names of writers that know minimum and maximum. */
  private static final String WITH_RANGE = "-range";

  private static final GoldenModels GOLDEN = new GoldenModels(SharedSession.get());

  private static List<Path> writers() throws IOException {
    try (Stream<Path> files = Files.list(GoldenModels.FIXTURES)) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static Stream<Arguments> saved(List<String> forms) throws IOException {
    return writers().stream()
        .flatMap(writer -> forms.stream().map(form -> Arguments.of(writer.getFileName(), form)));
  }

  static Stream<Arguments> models() throws IOException {
    return saved(GoldenModels.FORMS.stream().filter(form -> !form.contains(".")).toList());
  }

  static Stream<Arguments> files() throws IOException {
    return saved(GoldenModels.FORMS.stream().filter(form -> form.contains(".")).toList());
  }

  @Test
  void eachLanguageWroteEveryFormWithEachLineOfSpark() throws IOException {
    assertEquals(
        Stream.of("java-spark-3.5", "java-spark-4", "python-spark-3.5", "python-spark-4")
            .flatMap(writer -> Stream.of(writer, writer + WITH_RANGE))
            .toList(),
        writers().stream().map(writer -> writer.getFileName().toString()).toList());
    for (Path writer : writers()) {
      try (Stream<Path> written = Files.list(writer)) {
        assertEquals(
            GoldenModels.FORMS.stream().sorted().toList(),
            written.map(path -> path.getFileName().toString()).sorted().toList());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void savedModelHasTheBitsOfAFitOfItsRows(Path writer, String form) throws IOException {
    BatchNormModel expected = GOLDEN.model(form);
    BatchNormModel loaded = read(writer, form);
    assertSame(writer, expected, loaded);
    assertSameSummaryOfTheRest(expected.summary(), loaded.summary());
    assertEquals(expected.numBatchesTracked(), loaded.numBatchesTracked());
  }

  @ParameterizedTest
  @MethodSource("files")
  void exportedFileHasTheMeanAndTheVarianceOfItsRows(Path writer, String form) throws IOException {
    BatchNormModel expected = GOLDEN.model(form);
    BatchNormModel read = read(writer, form);
    assertArrayEquals(expected.mean().toArray(), read.mean().toArray());
    assertArrayEquals(expected.variance(0), read.variance(0));
    assertArrayEquals(expected.featureNames(), read.featureNames());
  }

  @Tag("anySpark")
  @ParameterizedTest
  @MethodSource("models")
  void savedModelIsUpdatedLikeAFitOfItsRows(Path writer, String form) throws IOException {
    assertSame(
        writer,
        GOLDEN.model(form).update(GOLDEN.batch(1)),
        read(writer, form).update(GOLDEN.batch(1)));
  }

  @ParameterizedTest
  @MethodSource("writers")
  void olderVersionIsTheModelBeforeTheLastBatch(Path writer) {
    BatchNormModel older = BatchNormModel.load(writer.resolve("versions/version=1").toString());
    BatchNormModel newest = BatchNormModel.load(writer.resolve("versions").toString());
    assertSameBits(newest, older.update(GOLDEN.batch(2)));
  }

  private static BatchNormModel read(Path writer, String form) throws IOException {
    return GoldenModels.read(form, GoldenModels.FIXTURES.resolve(writer).resolve(form));
  }

  /** Requires the same bits; the first writers did not know minimum and maximum. */
  private static void assertSame(Path writer, BatchNormModel expected, BatchNormModel found) {
    if (writer.toString().endsWith(WITH_RANGE)) {
      assertSameBits(expected, found);
    } else {
      assertSameBitsOfTheRest(expected, found);
      assertEquals(0, found.summary().where("min is not null or max is not null").count());
    }
  }
}
