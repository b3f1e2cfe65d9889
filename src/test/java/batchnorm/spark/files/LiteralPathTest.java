package batchnorm.spark.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every character of a path stands for itself. */
class LiteralPathTest {
  @ParameterizedTest
  @CsvSource({
    "a/b, , a/b",
    "/a/12:30:00, , /a/12:30:00",
    "12:30, , ./12:30",
    "run_12:30.csv, , ./run_12:30.csv",
    "2026-01-05T12:30:00/model, , ./2026-01-05T12:30:00/model",
    "lr:0.1, , ./lr:0.1",
    "./a:b, , ./a:b",
    "file:/a/b:c, file, /a/b:c",
    "s3a://bucket/12:30, s3a, /12:30",
    "hdfs://host:8020/run[1], hdfs, /run[1]",
    "run[1]/lr={0.1}, , run[1]/lr={0.1}",
    "'a b%20c#d?e', , 'a b%20c#d?e'"
  })
  void theSchemeIsThatOfAnAbsolutePath(String text, String scheme, String path) {
    assertEquals(scheme, LiteralPath.of(text).toUri().getScheme());
    assertEquals(path, LiteralPath.of(text).toUri().getPath());
  }

  @Test
  void namesMayHaveColons() {
    assertEquals("/a/12:30", LiteralPath.child(new Path("/a"), "12:30").toString());
    assertEquals("s3a://b/a/x:y", LiteralPath.child("s3a://b/a", "x:y"));
    assertEquals("/a/.x:y", LiteralPath.sibling(new Path("/a/x:y"), ".x:y").toString());
    assertEquals("/a:b", LiteralPath.child(new Path("/"), "a:b").toString());
    // What is returned as a text can be read again.
    assertEquals("./12:30/data", new Path(LiteralPath.child("12:30", "data")).toString());
  }

  @Test
  void severalPathsAreReadOnceEach() {
    assertReader(List.of("run[1]"), false, "run[1]");
    assertReader(List.of("/a:b", "c d%20"), false, "/a:b", "c d%20");
    assertReader(
        List.of("/run[1]/{a,b}", "/c", "hdfs://[::1]:8020/x*?\\y"),
        true,
        "/run\\[1\\]/\\{a,b\\}",
        "/c",
        "hdfs://[::1]:8020/x\\*\\?\\\\y");
  }

  private static void assertReader(List<String> literal, boolean patterns, String... paths) {
    LiteralPath.ForReader reader = LiteralPath.ForReader.of(literal);
    assertEquals(List.of(paths), reader.paths());
    assertEquals(Map.of("__globPaths__", String.valueOf(patterns)), reader.options());
  }
}
