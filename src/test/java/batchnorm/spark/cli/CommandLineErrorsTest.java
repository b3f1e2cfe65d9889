package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.errors.BatchNormThrowable;
import batchnorm.spark.errors.ColumnErrors;
import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.errors.FitErrors;
import batchnorm.spark.errors.MergeErrors;
import batchnorm.spark.errors.ModelErrors;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.errors.SessionErrors;
import batchnorm.spark.errors.StreamErrors;
import batchnorm.spark.errors.TransformErrors;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.spark.SparkException;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors of the stages, which the command line tells with options and commands. */
class CommandLineErrorsTest {
  private static final String ALL_PARAMS =
      new BatchNorm()
          .shared().declared().stream().map(Param::name).collect(Collectors.joining("|"));

  /** A param outside the name of an option, a value to set in the API's words, or a method. */
  private static final Pattern OF_THE_API =
      Pattern.compile(
          "(?<![\\w-])(?:"
              + ALL_PARAMS
              + ")(?!\\w)|[Ss]et \\S+ to '|[Cc]lear -|\\(\\)|\\bBatchNorm\\w*\\.");

  /** Errors that no command meets: it has no streams, and a session of its own. */
  private static final Set<Class<?>> OF_PROGRAMS = Set.of(StreamErrors.class, SessionErrors.class);

  static Stream<Arguments> errors() {
    return Stream.of(
        told(
            TransformErrors.invalidValueToNormalize("x", 1.5),
            "Column 'x' has the value 1.5; --handle-invalid is 'error'. Give --handle-invalid skip to"
                + " drop such rows or --handle-invalid keep to keep them missing, or clean the data."),
        told(
            FitErrors.invalidValues("x", 1, 2, 0),
            "Column 'x' has 1 missing (null or NaN) and 2 infinite values; --handle-invalid is"
                + " 'error'. Give --handle-invalid skip to drop such rows or --handle-invalid keep to"
                + " ignore such values, or clean the data."),
        told(
            ParamErrors.momentumWithoutExponential("pooled"),
            "--momentum is set and --running-statistics is 'pooled'; --momentum goes with"
                + " 'exponential'. Give --running-statistics exponential, or leave out --momentum."),
        told(
            MergeErrors.otherGroupColumns(new String[] {"g"}, new String[] {"h"}),
            "The model was fitted on groups of 'g' and --group-columns is 'h'; expected the same in"
                + " the same order. Set --group-columns to those of the model."),
        told(
            ModelErrors.noGroups("m"),
            "Model m has no statistics of groups and --group-columns is set; expected a model that was"
                + " fitted with --group-columns. Fit one, or leave out --group-columns."),
        told(
            ColumnErrors.notAFeatureColumn("x", "string"),
            "Column 'x' has type string; BatchNorm needs a numeric or vector column, or an"
                + " array<double> or array<float>. Cast it first, or set another --vector-column."),
        told(
            ColumnErrors.bothOutputColAndOutputCols(),
            "Both --output-column and --output-columns are set; expected one of them. Leave out"
                + " --output-column to write a column each, or --output-columns to write one vector."),
        told(
            ColumnErrors.repeatedColumn("inputCols", "x"),
            "--columns names column 'x' more than once; expected each once. Remove the repetition."),
        told(
            ExportErrors.groupsAreNotExported(new String[] {"g"}),
            "The model has statistics for every group of 'g'; a file of another system holds those of"
                + " one model. Fit without --group-columns, or on the rows of one group."),
        told(
            ExportErrors.constantByItsRows("x"),
            "Feature 'x' counts as constant by the rows it was fitted on, which a JSON file does not"
                + " hold: a model that is read from it would give other results. Set --eps above 0, or"
                + " save the model."),
        told(
            FitErrors.groupsLost(),
            "The groups of a fitted model are lost: executors that kept them are gone, or they were"
                + " released at the end of a micro-batch; expected groups that are at rest. Run the"
                + " command again, or batchnorm fit and then batchnorm transform."),
        told(
            ParamErrors.emptyPath(),
            "path is empty; expected a path. Name the folder of a saved model."),
        told(
            SavedModelErrors.notAModel("/m", "it is empty"),
            "Path /m is not a saved BatchNormModel: it is empty. Give the folder that fit --model"
                + " wrote."),
        told(
            MergeErrors.noExactSums("m"),
            "Model m has no exact sums to continue: it was made of known statistics, or saved in"
                + " format 1; expected a model that batchnorm fit made. Fit one on its data, or give"
                + " --running-statistics exponential to update known statistics."),
        told(
            ParamErrors.notFinite("gamma", 1, Double.NaN),
            "--gamma[1] is NaN; expected finite numbers. Replace it by a finite number."),
        told(
            assertThrows(IllegalArgumentException.class, () -> new BatchNorm().setMaxSliceBytes(1)),
            "--max-slice-bytes is 1; expected at least 1048576 (1 MiB). Leave it at 16777216, or set"
                + " less where executors have little memory."),
        told(
            assertThrows(IllegalArgumentException.class, () -> new BatchNorm().setCorrection(2)),
            "--correction is 2; expected 0 (divide by n) or 1 (divide by n - 1). Set one of them."));
  }

  private static Arguments told(RuntimeException error, String text) {
    return Arguments.of(error, text);
  }

  @ParameterizedTest
  @MethodSource("errors")
  void paramsAreOptions(RuntimeException error, String text) {
    assertEquals(text, FailureReport.message(error));
  }

  /** The task that failed may have run in another JVM. */
  @ParameterizedTest
  @MethodSource("errors")
  void anErrorOfATaskHasItsOptionsOnTheDriver(RuntimeException error, String text) {
    RuntimeException sent = SerializationUtils.roundtrip(error);
    assertEquals(text, FailureReport.message(new SparkException("Aborted", sent)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "handleInvalid",
        "the eps is 1",
        "x$1 groupCols",
        "{eps}",
        "{Set handleInvalid=keep}",
        "{a|b}",
        "50%s %n \\ $0"
      })
  void namesOfUsersStay(String name) {
    RuntimeException error =
        ColumnErrors.missingColumn(name, new String[] {name, "/data/groupCols-" + name + ".csv"});
    assertEquals(
        "Column 'NAME' does not exist; the dataset has 'NAME', '/data/groupCols-NAME.csv'. Set the"
            .concat(" name of an existing column.")
            .replace("NAME", name),
        error.getMessage());
    assertEquals(error.getMessage(), FailureReport.message(error));
  }

  /** But of the keys of a file, which have the names of params. */
  @Test
  void noErrorTellsOfTheApi() throws ReflectiveOperationException {
    List<String> told = new ArrayList<>();
    for (Method maker : makers()) {
      for (int variant : new int[] {0, 1}) {
        Object[] values =
            Arrays.stream(maker.getParameterTypes()).map(type -> value(type, variant)).toArray();
        String text = FailureReport.message((Throwable) maker.invoke(null, values));
        if (OF_THE_API.matcher(text).find()) {
          told.add(maker.getName() + ": " + text);
        }
      }
    }
    assertEquals(List.of(), told);
  }

  private static List<Method> makers() {
    List<Method> makers =
        new ClassFileImporter()
            .importPackagesOf(BatchNormThrowable.class).stream()
                .filter(made -> made.getSimpleName().endsWith("Errors"))
                .map(JavaClass::reflect)
                .filter(made -> !OF_PROGRAMS.contains(made))
                .flatMap(made -> Arrays.stream(made.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> BatchNormThrowable.class.isAssignableFrom(method.getReturnType()))
                .filter(method -> !method.getName().equals("invalidMetadata"))
                .toList();
    assertTrue(makers.size() > 150, makers.size() + " makers");
    return makers;
  }

  private static Object value(Class<?> type, int variant) {
    return Map.<Class<?>, Object>ofEntries(
            Map.entry(String.class, variant == 0 ? "error" : "skip"),
            Map.entry(String[].class, new String[] {"a"}),
            Map.entry(List.class, List.of("a", "b")),
            Map.entry(Map.class, Map.of("a", 1)),
            Map.entry(Optional.class, Optional.empty()),
            Map.entry(boolean.class, variant == 0),
            Map.entry(int.class, variant),
            Map.entry(long.class, (long) variant),
            Map.entry(double.class, (double) variant),
            Map.entry(Number.class, variant),
            Map.entry(Throwable.class, new IOException("why")),
            Map.entry(Exception.class, new IOException("why")),
            Map.entry(IOException.class, new IOException("why")))
        .get(type);
  }
}
