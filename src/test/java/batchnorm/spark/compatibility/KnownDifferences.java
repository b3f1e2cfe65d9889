package batchnorm.spark.compatibility;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Members that this library names and some Sparks lack, and the reason why that does no harm. */
final class KnownDifferences {
  /**
   * @param sparks start of the versions that differ
   * @param problem the problem, in the words of the link check
   * @param why the reason why the library works all the same
   */
  private record Known(String sparks, String problem, String why) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known(
              "4.0.",
              "type org/apache/spark/ml/util/ReadWriteUtils",
              "ConnectOffload catches that there is none"),
          new Known(
              "4.0.0",
              "member org/apache/spark/ml/param/Param.<init>(Lorg/apache/spark/ml/util/Identifiable;"
                  + "Ljava/lang/String;Ljava/lang/String;Lscala/Function1;)V",
              "TextParam takes the constructor that there is"),
          new Known(
              "4.0.",
              "overridden org/apache/spark/ml/Model.estimatedSize()J",
              "Spark Connect asks for it from 4.1 on"));

  private KnownDifferences() {}

  /** Returns what is wrong with {@code spark}: new differences, and known ones that are gone. */
  static Set<String> unexpected(String spark, Map<String, Set<String>> problems) {
    Set<String> wrong = new TreeSet<>();
    problems.forEach((problem, users) -> wrong.add(problem + ", named by " + users));
    for (Known known : KNOWN) {
      if (spark.startsWith(known.sparks())
          && !wrong.removeIf(problem -> problem.startsWith(known.problem() + ", "))) {
        wrong.add("no longer: " + known.problem() + " (" + known.why() + ")");
      }
    }
    return wrong;
  }
}
