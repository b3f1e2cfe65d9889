package batchnorm.spark;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.ObjectInputStream;
import org.apache.spark.SparkThrowable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Dependencies point one way: cli, then the stages, then model, transform and fit, then columns and
 * normalize, then the kernel. A rule that finds no class to look at fails.
 */
class ArchitectureTest {
  private static final String STAGES = "batchnorm.spark";
  private static final String CLI = "batchnorm.spark.cli..";
  private static final String ERRORS = "batchnorm.spark.errors..";
  private static final String EXPORT = "batchnorm.spark.export..";
  private static final String FILES = "batchnorm.spark.files..";
  private static final String MOMENTS = "batchnorm.spark.moments..";
  private static final String REPORT = "batchnorm.spark.report..";
  private static final String NORMALIZE = "batchnorm.spark.normalize..";
  private static final String SQL = "batchnorm.spark.sql..";

  /** The rooms that may know Spark's internals. */
  private static final String[] NEAR_SPARK = {
    "batchnorm.spark.compat..",
    "batchnorm.spark.fit..",
    "batchnorm.spark.model..",
    "batchnorm.spark.tables..",
    "batchnorm.spark.transform..",
    SQL
  };

  /** Spark's packages that change from one release to the next. */
  private static final String[] SPARK_INTERNALS = {
    "org.apache.spark.sql.catalyst..",
    "org.apache.spark.sql.execution..",
    "org.apache.spark.sql.classic..",
    "org.apache.spark.unsafe.."
  };

  /** Every class that the build makes, wherever its package says it belongs. */
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .importUrl(BatchNorm.class.getProtectionDomain().getCodeSource().getLocation());

  /** All packages exist; a rule about one that was renamed would check nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "batchnorm.spark",
        "batchnorm.spark.cli",
        "batchnorm.spark.columns",
        "batchnorm.spark.compat",
        "batchnorm.spark.errors",
        "batchnorm.spark.export",
        "batchnorm.spark.files",
        "batchnorm.spark.fit",
        "batchnorm.spark.model",
        "batchnorm.spark.moments",
        "batchnorm.spark.normalize",
        "batchnorm.spark.report",
        "batchnorm.spark.sql",
        "batchnorm.spark.tables",
        "batchnorm.spark.transform"
      })
  void everyRoomIsThere(String room) {
    assertTrue(OURS.stream().anyMatch(one -> one.getPackageName().equals(room)));
  }

  @Test
  void theKernelUsesJavaAlone() {
    classes()
        .that()
        .resideInAPackage(MOMENTS)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", MOMENTS)
        .check(OURS);
  }

  /** Errors are Spark's own kind, so that Python and Connect see their conditions. */
  @Test
  void errorsUseJavaAndTheInterfaceOfSparksErrorsAlone() {
    classes()
        .that()
        .resideInAPackage(ERRORS)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", ERRORS).or(equivalentTo(SparkThrowable.class)))
        .check(OURS);
  }

  @Test
  void coefficientsNeedTheKernelAlone() {
    classes()
        .that()
        .resideInAPackage(NORMALIZE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", NORMALIZE, MOMENTS)
        .check(OURS);
  }

  /** Paths and files are the same whoever reads and writes them. */
  @Test
  void filesKnowHadoopAlone() {
    classes()
        .that()
        .resideInAPackage(FILES)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", FILES, ERRORS, "org.apache.hadoop..", "org.slf4j..")
        .check(OURS);
  }

  /** Exports contain numbers only; of Spark's dependencies they use Hadoop's paths and files. */
  @Test
  void exportsKnowNoSpark() {
    classes()
        .that()
        .resideInAPackage(EXPORT)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            EXPORT,
            ERRORS,
            FILES,
            MOMENTS,
            NORMALIZE,
            "org.apache.hadoop..",
            "com.fasterxml.jackson..")
        .check(OURS);
  }

  /** A file of a model is data: it names no class, and nothing in it is executed. */
  @Test
  void whatReadsFilesDeserializesAndExecutesNothing() {
    noClasses()
        .that()
        .resideInAnyPackage("batchnorm.spark", "batchnorm.spark.model..", EXPORT, FILES, MOMENTS)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ClassLoader.class)
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(ProcessBuilder.class, Process.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("javax.script..")
        .orShould()
        .callMethod(Class.class, "forName", String.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String[].class)
        .check(OURS);
  }

  /** Aggregate functions are no stages: they share the kernel with them. */
  @Test
  void aggregateFunctionsNeedTheKernelAlone() {
    classes()
        .that()
        .resideInAPackage(SQL)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "scala..",
            "org.apache.spark..",
            SQL,
            "batchnorm.spark.compat..",
            ERRORS,
            MOMENTS)
        .check(OURS);
  }

  /** A page is made of numbers and names; whoever has them can make one. */
  @Test
  void reportsUseJavaAndJsonAlone() {
    classes()
        .that()
        .resideInAPackage(REPORT)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "com.fasterxml.jackson.core..", REPORT)
        .check(OURS);
  }

  @Test
  void onlyTheCommandLineMakesReports() {
    noClasses()
        .that()
        .resideOutsideOfPackages(REPORT, CLI)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(REPORT)
        .check(OURS);
  }

  @Test
  void onlyRoomsNearSparkKnowItsInternals() {
    noClasses()
        .that()
        .resideOutsideOfPackages(NEAR_SPARK)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SPARK_INTERNALS)
        .check(OURS);
  }

  @Test
  void whatStagesUseDoesNotKnowThem() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "batchnorm.spark.columns..",
            "batchnorm.spark.compat..",
            "batchnorm.spark.fit..",
            "batchnorm.spark.model..",
            "batchnorm.spark.transform..",
            EXPORT,
            FILES,
            MOMENTS,
            NORMALIZE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(STAGES)
        .check(OURS);
  }

  @Test
  void nobodyUsesTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CLI)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CLI)
        .check(OURS);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses().that().resideOutsideOfPackage(CLI).should(ACCESS_STANDARD_STREAMS).check(OURS);
  }

  @Test
  void nobodyLogsPastSparksLogger() {
    noClasses().should(USE_JAVA_UTIL_LOGGING).check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("batchnorm.spark.(*)..").should().beFreeOfCycles().check(OURS);
  }

  /** A stage makes a model, which uses what helps it; nested classes count as the one around. */
  @Test
  void stagesHaveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass one) {
                return one.getPackageName().equals(STAGES)
                    ? SliceIdentifier.of(one.getName().replaceFirst("\\$.*", ""))
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "classes of " + STAGES;
              }
            })
        .should()
        .beFreeOfCycles()
        .check(OURS);
  }

  /** A class in Spark's packages would reach what Spark keeps to itself. */
  @Test
  void everyClassIsInOurPackages() {
    classes().should().resideInAPackage("batchnorm.spark..").check(OURS);
  }

  /** The test of these tests: they see what is there, and fail where there is nothing. */
  @Test
  void rulesCanFail() {
    assertThrows(
        AssertionError.class,
        () ->
            noClasses()
                .that()
                .resideInAnyPackage(NEAR_SPARK)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SPARK_INTERNALS)
                .check(OURS));
    assertThrows(
        AssertionError.class,
        () ->
            noClasses()
                .that()
                .resideInAPackage(STAGES + ".gone..")
                .should()
                .bePublic()
                .check(OURS));
  }
}
