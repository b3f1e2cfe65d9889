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
  /** Folder of the pages. */
  public static final Path PAGES = Path.of("src", "docs");

  private static final Path README = Path.of("README.md");

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

  /** Returns the blocks of a language in all files. */
  public static List<String> blocks(String language) {
    Pattern block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL);
    return files().stream()
        .flatMap(file -> block.matcher(text(file)).results())
        .map(found -> found.group(1))
        .toList();
  }
}
