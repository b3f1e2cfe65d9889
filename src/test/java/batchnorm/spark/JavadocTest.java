package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Javadoc says what a thing is or does with a noun phrase ("Number of rows") or a verb ("Returns
 * whether ..."). A headless clause ("How many rows there are") makes the reader look for the noun.
 */
class JavadocTest {
  private static final List<Path> ROOTS =
      List.of(Path.of("src", "main"), Path.of("src", "test"), Path.of("src", "bench"));

  private static final Pattern COMMENT = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);

  /** First word of a comment, or of a tag's text. */
  private static final Pattern HEADLESS =
      Pattern.compile(
          "(?:/\\*\\*|@return|@param\\s+\\S+)[\\s*]+"
              + "(What|Whether|How|Where|Which|Whose|Who|Why|When|Of|So|That|If)\\b",
          Pattern.CASE_INSENSITIVE);

  @Test
  void commentsBeginWithANounPhraseOrAVerb() throws IOException {
    List<Path> sources = sources();
    assertTrue(sources.contains(Path.of("src/test/java/batchnorm/spark/JavadocTest.java")));
    List<String> found = new ArrayList<>();
    for (Path source : sources) {
      found.addAll(headless(source.toString(), Files.readString(source)));
    }
    assertEquals(List.of(), found);
  }

  @Test
  void headlessClausesAreFoundInFirstSentencesAndTags() {
    String source =
        String.join(
            "\n",
            comment(" Whether the page is open. "),
            "boolean isOpen;",
            comment(" Number of rows. What is null counts, too. "),
            "long rows;",
            comment(
                "\n * Returns a page.\n *\n * @param name the name of a page\n * @param size\n"
                    + " *     how many rows\n * @return whether it is there\n "),
            comment("\n * Of a group, the rows.\n "),
            comment(" Offset of the first row. "),
            "// What a comment in the code says is not Javadoc.");
    assertEquals(
        List.of("A.java:1: Whether", "A.java:10: how", "A.java:11: whether", "A.java:14: Of"),
        headless("A.java", source));
  }

  /** Returns the file, the line and the word of each headless clause. */
  private static List<String> headless(String file, String source) {
    List<String> found = new ArrayList<>();
    Matcher comment = COMMENT.matcher(source);
    Matcher clause = HEADLESS.matcher(source);
    while (comment.find()) {
      clause.region(comment.start(), comment.end());
      while (clause.find()) {
        found.add(file + ":" + line(source, clause.start(1)) + ": " + clause.group(1));
      }
    }
    return found;
  }

  private static long line(String source, int at) {
    return 1 + source.substring(0, at).chars().filter(c -> c == '\n').count();
  }

  /** Returns a Javadoc comment, which is put together so that it is none of this source. */
  private static String comment(String text) {
    return "/" + "**" + text + "*/";
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path root : ROOTS) {
      try (Stream<Path> files = Files.walk(root)) {
        files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
      }
    }
    return sources;
  }
}
