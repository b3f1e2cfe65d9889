package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.errors.BatchNormThrowable;
import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.Rounds;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input that no one expects: it is read right, or it is an error of this library. */
class RandomInputTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final AtomicInteger FILES = new AtomicInteger();

  private static final String[] NAMES = {
    "a",
    "A",
    "a.b",
    "`a`",
    "a`b",
    " ",
    "",
    "*",
    "é",
    "e\u0301",
    "İ",
    "ı",
    "名",
    "😀",
    "a b",
    "a,b",
    "0",
    "null",
    "a\nb",
    "'",
    "\"",
    "$",
    "%s",
    "{x}",
    "features",
    "out",
    "group",
    "_1",
    "a[0]",
    "-"
  };

  private static final Integer[] INDICES = {0, 0, 1, 1, 2, 3, 4, -1, Integer.MAX_VALUE, null};

  private static final Double[] VALUES = {
    0.0,
    -0.0,
    1.0,
    2.5,
    Double.NaN,
    Double.longBitsToDouble(0x7ff0_0000_0000_0001L),
    Double.longBitsToDouble(-1),
    Double.POSITIVE_INFINITY,
    Double.MIN_VALUE,
    1e300,
    null
  };

  private static final String[] HEADER = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"dtype\"",
    "\"shape\"",
    "\"data_offsets\"",
    "\"F64\"",
    "\"F32\"",
    "\"running_mean\"",
    "\"running_var\"",
    "\"__metadata__\"",
    "\"eps\"",
    "0",
    "1",
    "-1",
    "16",
    "1e9",
    "9223372036854775807",
    "null",
    "\"BOOL\"",
    "\"\\ud800\"",
    "\"x\"",
    "[1,2]",
    "{\"a\":1}"
  };

  @TempDir static Path directory;

  /** Columns of any name have the statistics that they have under another one. */
  @Test
  void namesOfColumnsDoNotMatter() throws Exception {
    Rounds.run("fuzz, names", 10, RandomInputTest::names);
  }

  private static String names(RandomGenerator random) {
    String[] names = {any(NAMES, random), any(NAMES, random)};
    Dataset<Row> plain = Frames.doubles(new double[][] {{1, 0.1}, {3, 0.2}, {5, 0.4}});
    BatchNormModel expected = new BatchNorm().setInputCols("a", "b").setOutputCol("o").fit(plain);
    Dataset<Row> named = plain.toDF(names);
    String[] asked = {written(names[0], names[1], random), written(names[1], names[0], random)};
    return outcome(
        () -> {
          BatchNorm stage = new BatchNorm().setInputCols(asked).setOutputCol("o");
          BatchNormModel model = stage.fit(named);
          assertEquals(expected.mean(), model.mean());
          assertEquals(
              expected.transform(plain).select("o").collectAsList(),
              model.transform(named).select("o").collectAsList());
        });
  }

  /**
   * Returns a name as it is, or quoted; the name {@code `a`} as it is would be that of column a,
   * and column a quoted would be the other one where that is called so.
   */
  private static String written(String name, String other, RandomGenerator random) {
    String quoted = "`" + name.replace("`", "``") + "`";
    boolean isQuoted =
        !quoted.equalsIgnoreCase(other) && (random.nextBoolean() || name.startsWith("`"));
    return isQuoted ? quoted : name;
  }

  /** Every way of reading vectors finds the same fault, or the same bits. */
  @Test
  void vectorsOfAnyContentAreReadRightOrRefused() throws Exception {
    Rounds.run("fuzz, vectors", 8, RandomInputTest::vectors);
  }

  private static String vectors(RandomGenerator random) throws IOException {
    Path folder = directory.resolve("vectors-" + FILES.incrementAndGet());
    List<Row> rows = new ArrayList<>();
    rows.add(RowFactory.create(dense(random)));
    for (int i = random.nextInt(4); i >= 0; i--) {
      rows.add(RowFactory.create(random.nextBoolean() ? dense(random) : struct(random)));
    }
    Frames.of(new StructType().add("v", Frames.VECTOR_STRUCT), rows)
        .write()
        .parquet(folder.toString());
    Dataset<Row> read =
        SESSION
            .read()
            .schema(new StructType().add("v", SQLDataTypes.VectorType()))
            .parquet(folder.toString());
    BatchNorm stage = new BatchNorm().setInputCol("v").setOutputCol("o").setHandleInvalid("keep");
    List<String> found = new ArrayList<>();
    for (String source : List.of("columns", "rows", "public")) {
      found.add(
          ForcedSource.with(
              SESSION, source, () -> text(() -> stage.fit(read).summary().collectAsList())));
    }
    FileUtils.deleteDirectory(folder.toFile());
    assertEquals(found.get(0), found.get(1), rows.toString());
    assertEquals(found.get(0), found.get(2), rows.toString());
    return found.get(0).startsWith("refused") ? "refused" : "read";
  }

  private static Row dense(RandomGenerator random) {
    return RowFactory.create((byte) 1, null, null, values(3, random));
  }

  private static Row struct(RandomGenerator random) {
    Integer size = random.nextInt(8) == 0 ? INDICES[random.nextInt(INDICES.length)] : (Integer) 3;
    int stored = random.nextInt(4);
    Integer[] indices = new Integer[stored];
    for (int k = 0; k < stored; k++) {
      indices[k] = random.nextInt(3) > 0 ? (Integer) k : any(INDICES, random);
    }
    int more = random.nextInt(8) == 0 ? 1 : 0;
    byte type = (byte) (random.nextInt(20) == 0 ? random.nextInt(256) : 0);
    return RowFactory.create(
        random.nextInt(20) == 0 ? null : (Byte) type,
        size,
        random.nextInt(20) == 0 ? null : indices,
        random.nextInt(20) == 0 ? null : values(stored + more, random));
  }

  private static Double[] values(int size, RandomGenerator random) {
    return IntStream.range(0, size)
        .mapToObj(k -> random.nextInt(3) == 0 ? any(VALUES, random) : (Double) (double) k)
        .toArray(Double[]::new);
  }

  /** A file whose header is made of tokens of headers, and one whose header has other tokens. */
  @Test
  void headersOfSafetensorsAreReadOrRefused() throws Exception {
    Path valid = directory.resolve("valid");
    BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(3, 4))
        .setInputCol("v")
        .toTorch("" + valid);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(valid)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) bytes.getLong()];
    bytes.get(header);
    byte[] data = new byte[bytes.remaining()];
    bytes.get(data);
    String text = new String(header, StandardCharsets.UTF_8);
    Rounds.run("fuzz, safetensors", 300, random -> header(changed(text, random), data));
  }

  private static String changed(String header, RandomGenerator random) {
    StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : header.strip());
    for (int i = 1 + random.nextInt(text.isEmpty() ? 40 : 3); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(3) * random.nextInt(8));
      text.replace(at, end, any(HEADER, random));
    }
    return text.toString();
  }

  private static String header(String header, byte[] data) throws IOException {
    Path file = directory.resolve("file-" + FILES.incrementAndGet());
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        ByteBuffer.allocate(Long.BYTES + json.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(data)
            .array());
    try {
      BatchNormModel.fromTorch(file.toString()).variance(1);
      return "read";
    } catch (Exception e) {
      if (e instanceof BatchNormThrowable && e.getMessage().contains(file.toString())) {
        return "refused";
      }
      throw new IllegalStateException(header, e);
    } finally {
      Files.delete(file);
    }
  }

  private static String outcome(Runnable use) {
    String text =
        text(
            () -> {
              use.run();
              return "read";
            });
    return text.startsWith("refused") ? "refused" : text;
  }

  private static String text(Supplier<?> use) {
    try {
      return use.get().toString();
    } catch (Exception e) {
      if (e instanceof BatchNormThrowable) {
        return "refused: " + e.getMessage();
      }
      throw e;
    }
  }

  private static <T> T any(T[] all, RandomGenerator random) {
    return all[random.nextInt(all.length)];
  }
}
