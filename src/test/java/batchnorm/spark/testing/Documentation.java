package batchnorm.spark.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** README, the pages of src/docs and of .github, without the records of decisions. */
public final class Documentation {
  /** README of the project. */
  public static final Path README = Path.of("README.md");

  /** Folder of the pages. */
  public static final Path PAGES = Path.of("src", "docs");

  /** The page whose first block of each language makes the data of other pages. */
  public static final Path QUICKSTART = PAGES.resolve("quickstart.md");

  private Documentation() {}

  /** Returns README, then the pages in the order of their names. */
  public static List<Path> files() {
    return Stream.concat(
            Stream.of(README),
            Stream.of(Path.of(".github"), PAGES)
                .flatMap(folder -> files(folder, ".md").stream())
                .filter(page -> !page.startsWith(PAGES.resolve("decisions"))))
        .toList();
  }

  /** Returns the files below a folder whose names have an ending, in the order of their names. */
  public static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the text of {@code file}. */
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the blocks of a language in {@code page}, as printed, in their order. */
  public static List<String> blocks(Path page, String language) {
    return Pattern.compile(
            "^( *)```" + language + "\n(.*?)^\\1```$", Pattern.DOTALL | Pattern.MULTILINE)
        .matcher(text(page))
        .results()
        // A block in a list is indented with it.
        .map(found -> found.group(2).replaceAll("(?m)^" + found.group(1), ""))
        .toList();
  }

  /** Returns the version of the project, as its pom has it. */
  public static String version() {
    return text(Path.of("pom.xml")).replaceAll("(?s).*?</artifactId>\\s*<version>(.*?)</.*", "$1");
  }
}
