package batchnorm.spark.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check finds every kind of change that a release of Spark can make to what is used of it. */
class LinkCheckTest {
  /** The library that ours is compiled with; what a release changes are lines of it. */
  private static final String LIBRARY =
      """
      package library;
      public class Base {
        public int field;
        public static int shared;
        public Base(int size) {}
        public void call() {}
        public static void make() {}
        public void hook() {}
        protected Object inherited() { return null; }
        public static class Parent extends Base { public Parent() { super(1); } }
        public static class Other {}
        public interface Shape { double area(double scale); }
        public interface Action { void run(); }
      }
      """;

  private static final String OURS =
      """
      package ours;
      import library.Base;
      class Ours extends Base.Parent implements Base.Shape {
        @Override public double area(double scale) { return scale; }
        @Override public void hook() {}
        Object use(Base base, Object any) {
          base.field = Base.shared;
          base.call();
          Base.make();
          Base.Action action = () -> inherited();
          action.run();
          return any instanceof Base.Other ? action : new Base(2);
        }
      }
      """;

  @TempDir Path folder;

  private Path compiledWith;
  private Path jar;

  @BeforeEach
  void compileOurs() throws IOException {
    compiledWith = compile("library/Base", LIBRARY, List.of());
    jar = jar(compile("ours/Ours", OURS, List.of(compiledWith)));
  }

  @Test
  void nothingIsWrongWithWhatItWasCompiledWith() throws IOException {
    assertEquals(Map.of(), problems(LIBRARY));
  }

  /** Members that come from a parent, or get more visible, or are new, do no harm. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          protected Object inherited() | public Object inherited()
          public void hook() {}        | public void hook() {} public void hook(int level) {}
          double area(double scale);   | double area(double scale); default int sides() { return 4; }
          """)
  void whatIsAddedDoesNoHarm(String line, String changed) throws IOException {
    assertEquals(Map.of(), problems(LIBRARY.replace(line, changed)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          class Other {}             | class Another {}               | type library/Base$Other
          public int field;          | public long field;             | member library/Base.field:I
          public int field;          | private int field;             | member library/Base.field:I
          public static int shared;  |                                | member library/Base.shared:I
          static int shared;         | int shared;                    | member library/Base.shared:I
          public Base(int size) {}   | public Base(long size) {}      | member library/Base.<init>(I)V
          void call() {}             | int call() { return 1; }       | member library/Base.call()V
          void call() {}             | static void call() {}          | member library/Base.call()V
          public void call() {}      | void call() {}                 | member library/Base.call()V
          public static void make()  | void make()                    | member library/Base.make()V
          Object inherited()         | String inherited()             | member ours/Ours.inherited()Ljava/lang/Object;
          void hook() {}             | void hooked() {}               | overridden library/Base.hook()V
          public void hook() {}      | public final void hook() {}    | final library/Base.hook()V
          static class Parent        | static final class Parent      | final library/Base$Parent
          double area(double scale); | double area(double scale); int sides(); | abstract library/Base$Shape.sides()I
          void run();                | void start();                  | abstract library/Base$Action.start()V
          """)
  void aChangeIsFoundByName(String line, String changed, String problem) throws IOException {
    String library = LIBRARY.replace(line, changed == null ? "" : changed);
    Map<String, Set<String>> problems = problems(library);
    assertEquals(Set.of("ours/Ours"), problems.get(problem), problems.toString());
  }

  @Test
  void aClassThatBecomesAnInterfaceIsFound() throws IOException {
    String library =
        LIBRARY.replace(
            "interface Action { void run(); }",
            "abstract class Action { public abstract void run(); }");
    assertEquals(
        Map.of("member library/Base$Action.run()V", Set.of("ours/Ours")), problems(library));
  }

  @Test
  void aKnownDifferenceIsNoError() {
    Map<String, Set<String>> known =
        Map.of(
            "type org/apache/spark/ml/util/ReadWriteUtils", Set.of("a"),
            "overridden org/apache/spark/ml/Model.estimatedSize()J", Set.of("b"));
    assertEquals(Set.of(), KnownDifferences.unexpected("4.0.1", known));
    assertEquals(
        Set.of(
            "type org/apache/spark/ml/util/ReadWriteUtils, named by [a]",
            "overridden org/apache/spark/ml/Model.estimatedSize()J, named by [b]"),
        KnownDifferences.unexpected("4.2.0", known));
  }

  @Test
  void aKnownDifferenceThatIsGoneIsToBeRemoved() {
    assertEquals(
        Set.of(
            "no longer: overridden org/apache/spark/ml/Model.estimatedSize()J (Spark Connect asks "
                + "for it from 4.1 on)"),
        KnownDifferences.unexpected(
            "4.0.1", Map.of("type org/apache/spark/ml/util/ReadWriteUtils", Set.of("a"))));
  }

  private Map<String, Set<String>> problems(String library) throws IOException {
    Path other = compile("library/Base", library, List.of());
    return LinkCheck.problems(jar, List.of(compiledWith), List.of(other));
  }

  private Path compile(String name, String source, List<Path> classPath) throws IOException {
    Path classes = Files.createTempDirectory(folder, "classes");
    Path file = folder.resolve(name + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                Stream.of(
                        "-proc:none",
                        "-d",
                        classes,
                        "-cp",
                        classPath.isEmpty() ? classes : classPath.get(0),
                        file)
                    .map(Object::toString)
                    .toArray(String[]::new));
    assertEquals(0, failed, source);
    return classes;
  }

  private Path jar(Path classes) throws IOException {
    Path made = folder.resolve("ours.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(made));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
    return made;
  }
}
