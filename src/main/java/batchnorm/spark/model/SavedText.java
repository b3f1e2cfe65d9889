package batchnorm.spark.model;

import batchnorm.spark.compat.ConnectOffload;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Line of text of a saved stage. It is in a folder of text files, as Spark writes them, or in a
 * single file if Spark Connect offloads a model to the driver's local disk.
 */
final class SavedText {
  private static final String FILE = "part-00000";
  private static final String SUCCESS = "_SUCCESS";

  private SavedText() {}

  /** Returns the first line in {@code folder}, if there is one. */
  static Optional<String> read(String folder, Configuration configuration) throws IOException {
    if (ConnectOffload.isActive()) {
      return firstLine(Files.readAllBytes(java.nio.file.Path.of(folder)));
    }
    Path path = LiteralPath.of(folder);
    FileSystem files = path.getFileSystem(configuration);
    FileStatus[] found = files.listStatus(path);
    Arrays.sort(found);
    for (FileStatus file : found) {
      if (isData(file)) {
        Optional<String> line = firstLine(content(files, file.getPath(), configuration));
        if (line.isPresent()) {
          return line;
        }
      }
    }
    return Optional.empty();
  }

  /** Writes {@code line} to {@code folder}, which must not exist. */
  static void write(String line, String folder, SparkSession session) {
    byte[] content = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      if (ConnectOffload.isActive()) {
        java.nio.file.Path file = java.nio.file.Path.of(folder);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
      } else {
        Path path = LiteralPath.of(folder);
        FileSystem files = path.getFileSystem(session.sessionState().newHadoopConf());
        create(files, LiteralPath.child(path, FILE), content);
        create(files, LiteralPath.child(path, SUCCESS), new byte[0]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void create(FileSystem files, Path path, byte[] content) throws IOException {
    try (OutputStream out = files.create(path, false)) {
      out.write(content);
    }
  }

  private static boolean isData(FileStatus file) {
    String name = file.getPath().getName();
    return file.isFile() && !name.startsWith("_") && !name.startsWith(".");
  }

  private static byte[] content(FileSystem files, Path path, Configuration configuration)
      throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(configuration).getCodec(path);
    try (InputStream raw = files.open(path);
        InputStream in = codec == null ? raw : codec.createInputStream(raw)) {
      return in.readAllBytes();
    }
  }

  private static Optional<String> firstLine(byte[] content) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(content))
        .toString()
        .lines()
        .findFirst();
  }
}
