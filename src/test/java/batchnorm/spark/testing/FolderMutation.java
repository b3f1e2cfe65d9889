package batchnorm.spark.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** Random damage to the files of a folder: those that are read, and Hadoop's checksums of them. */
public final class FolderMutation {
  private static final Pattern SCALAR =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null");

  private static final List<String> ODD =
      List.of(
          "null",
          "true",
          "{}",
          "[]",
          "\"\"",
          "\"x\"",
          "-1",
          "0",
          "-0.0",
          "1e999",
          "0.1",
          "2147483648",
          "9223372036854775808",
          "\"NaN\"",
          "\"Infinity\"",
          "\"../../../../etc/passwd\"",
          "\"file:/etc/passwd\"",
          "\"java.lang.Runtime\"",
          "\"\\u0000\"",
          "{\"class\":\"java.lang.Runtime\"}",
          "[".repeat(5000),
          "1".repeat(2000));

  private final Path folder;
  private final Path foreign;
  private final RandomGenerator random;
  private final List<Path> files;

  private FolderMutation(Path folder, Path foreign, RandomGenerator random) throws IOException {
    this.folder = folder;
    this.foreign = foreign;
    this.random = random;
    files = data(folder);
  }

  /**
   * Damages a folder in one or two ways.
   *
   * @param foreign a folder of the same kind, with other content
   * @return the kind of the damage, a colon, and what was done
   */
  public static String apply(Path folder, Path foreign, RandomGenerator random) throws IOException {
    if (random.nextBoolean()) {
      deleteHadoopChecksums(folder);
    }
    String first = new FolderMutation(folder, foreign, random).apply();
    return random.nextInt(10) > 0
        ? first
        : first + "; " + new FolderMutation(folder, foreign, random).apply();
  }

  private String apply() throws IOException {
    if (files.isEmpty()) {
      return "nothing left: ";
    }
    Path file = any(files);
    String name = folder.relativize(file).toString();
    if (random.nextInt(8) > 0) {
      Files.deleteIfExists(hadoopChecksum(file));
    }
    return switch (random.nextInt(13)) {
      case 0 -> cut(file, random.nextInt((int) Files.size(file) + 1), name);
      case 1 -> cut(file, 0, name);
      case 2 -> remove(file, name);
      case 3 -> doubled(file, name);
      case 4 -> swapped(file, name);
      case 5 -> foreign(file, name);
      case 6 -> foreignFolder(file);
      case 7 -> stranger(file, name);
      case 8 -> exchangedWithFolder(file, name);
      case 9 -> bytes(file, name);
      case 10, 11 -> edited(file, name);
      default -> bits(file, name);
    };
  }

  private static String cut(Path file, int length, String name) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
    return (length == 0 ? "emptied: " : "cut: ") + name + " to " + length;
  }

  private String remove(Path file, String name) throws IOException {
    Path parent = file.getParent();
    if (random.nextInt(3) > 0 || parent.equals(folder)) {
      Files.delete(file);
      return "missing: " + name;
    }
    FileUtils.deleteDirectory(parent.toFile());
    return "missing: " + folder.relativize(parent);
  }

  private String doubled(Path file, String name) throws IOException {
    Files.copy(file, file.resolveSibling("copy-" + random.nextInt(3) + file.getFileName()));
    return "doubled: " + name;
  }

  private String swapped(Path file, String name) throws IOException {
    Path other = any(files);
    Files.deleteIfExists(hadoopChecksum(other));
    byte[] content = Files.readAllBytes(other);
    Files.write(other, Files.readAllBytes(file));
    Files.write(file, content);
    return "swapped: " + name + " and " + folder.relativize(other);
  }

  private String foreign(Path file, String name) throws IOException {
    Path source = any(data(foreign));
    boolean beside = random.nextInt(3) == 0;
    Path target = beside ? file.resolveSibling("other-" + source.getFileName()) : file;
    Files.write(target, Files.readAllBytes(source));
    return "foreign: " + name + (beside ? " beside " : " is ") + foreign.relativize(source);
  }

  private String foreignFolder(Path file) throws IOException {
    Path below = folder.relativize(file);
    Path part = below.subpath(0, 1 + random.nextInt(below.getNameCount()));
    Path source = foreign.resolve(part);
    Path target = folder.resolve(part);
    if (Files.isDirectory(source) && Files.isDirectory(target)) {
      FileUtils.deleteDirectory(target.toFile());
      FileUtils.copyDirectory(source.toFile(), target.toFile());
    }
    return "foreign: all of " + part;
  }

  /** Adds a file that is not one of a model. */
  private String stranger(Path file, String name) throws IOException {
    byte[] content = new byte[random.nextInt(3000)];
    random.nextBytes(content);
    String[] names = {"0", "README.md", "part-99999.parquet", "part-00000.gz", "_x", ".x", "zz"};
    String added = names[random.nextInt(names.length)];
    Files.write(file.resolveSibling(added), content);
    return "stranger: " + added + " beside " + name;
  }

  private String exchangedWithFolder(Path file, String name) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Files.delete(file);
    Files.createDirectory(file);
    if (random.nextBoolean()) {
      Files.write(file.resolve(file.getFileName()), content);
    }
    return "a folder instead: " + name;
  }

  private String bytes(Path file, String name) throws IOException {
    byte[] content = Files.readAllBytes(file);
    if (content.length == 0) {
      return "bytes: none in " + name;
    }
    int from = random.nextInt(content.length);
    int to = Math.min(content.length, from + 1 + random.nextInt(16));
    switch (random.nextInt(4)) {
      case 0 -> Arrays.fill(content, from, to, (byte) random.nextInt(256));
      case 1 -> {
        byte[] noise = new byte[to - from];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, content, from, noise.length);
      }
      case 2 -> content = joined(content, to, from);
      default -> content = joined(content, from, to);
    }
    Files.write(file, content);
    return "bytes: " + name + " from " + from + " to " + to;
  }

  /** Returns the bytes up to {@code end}, and those from {@code start}. */
  private static byte[] joined(byte[] content, int end, int start) {
    byte[] joined = Arrays.copyOf(content, end + content.length - start);
    System.arraycopy(content, start, joined, end, content.length - start);
    return joined;
  }

  private String bits(Path file, String name) throws IOException {
    byte[] content = Files.readAllBytes(file);
    StringBuilder flipped = new StringBuilder();
    for (int i = random.nextInt(10) == 0 ? 8 : 1; i > 0 && content.length > 0; i--) {
      int bit = random.nextInt(8 * content.length);
      content[bit / 8] ^= (byte) (1 << bit % 8);
      flipped.append(' ').append(bit);
    }
    Files.write(file, content);
    return "bits: " + name + flipped;
  }

  /** Changes a number or a text of a file of text. */
  private String edited(Path file, String name) throws IOException {
    if (name.endsWith(".parquet")) {
      return bits(file, name);
    }
    String text = Files.readString(file, ISO_8859_1);
    List<MatchResult> scalars = SCALAR.matcher(text).results().toList();
    if (scalars.isEmpty()) {
      return "edited: nothing in " + name;
    }
    MatchResult scalar = any(scalars);
    String other = random.nextBoolean() ? any(ODD) : any(scalars).group();
    int end = random.nextInt(10) == 0 ? any(scalars).end() : scalar.end();
    Files.writeString(
        file,
        text.substring(0, scalar.start()) + other + text.substring(Math.max(end, scalar.start())),
        ISO_8859_1);
    return "edited: " + name + ", " + scalar.group() + " is " + abbreviated(other);
  }

  private static String abbreviated(String text) {
    return text.length() < 100 ? text : text.substring(0, 100) + "...";
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static List<Path> data(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return new ArrayList<>(
          all.filter(Files::isRegularFile)
              .filter(file -> !isHadoops(file.getFileName().toString()))
              .sorted()
              .toList());
    }
  }

  private static boolean isHadoops(String name) {
    return name.startsWith(".") || name.equals("_SUCCESS");
  }

  private static Path hadoopChecksum(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".crc");
  }

  private static void deleteHadoopChecksums(Path folder) throws IOException {
    for (Path file : data(folder)) {
      Files.deleteIfExists(hadoopChecksum(file));
    }
  }
}
