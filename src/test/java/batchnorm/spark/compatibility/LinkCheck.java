package batchnorm.spark.compatibility;

import batchnorm.spark.compatibility.LinkedClasses.Member;
import batchnorm.spark.compatibility.LinkedClasses.Type;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;

/**
 * Compares what the classes of a jar link to on the class path that it was compiled with, and on
 * another one: types, fields and methods that they name; abstract methods that they must implement;
 * final ones that they must not override; methods that they override.
 */
final class LinkCheck implements AutoCloseable {
  private final List<ClassReader> ours;
  private final Set<String> names = new HashSet<>();
  private final LinkedClasses compiled;
  private final LinkedClasses other;

  /** The classes that name it, by what does not link. */
  private final Map<String, Set<String>> problems = new TreeMap<>();

  private LinkCheck(Path jar, List<Path> compiledWith, List<Path> classPath) {
    ours = classes(jar, name -> !name.startsWith("batchnorm/spark/shaded/"));
    ours.forEach(file -> names.add(file.getClassName()));
    compiled = new LinkedClasses(with(jar, compiledWith));
    other = new LinkedClasses(with(jar, classPath));
  }

  /**
   * Returns what does not link on {@code classPath}, each with the classes that name it.
   *
   * @param compiledWith the class path on which everything links
   */
  static Map<String, Set<String>> problems(
      Path jar, List<Path> compiledWith, List<Path> classPath) {
    try (LinkCheck check = new LinkCheck(jar, compiledWith, classPath)) {
      check.ours.forEach(check::check);
      return check.problems;
    }
  }

  @Override
  public void close() {
    compiled.close();
    other.close();
  }

  private void check(ClassReader file) {
    String name = file.getClassName();
    References references = References.of(file);
    references.types().stream()
        .filter(type -> !isJava(type) && other.type(type).isEmpty())
        .forEach(type -> report("type " + type, name));
    references.members().stream()
        .filter(member -> !isJava(member.type()) && other.type(member.type()).isPresent())
        .filter(member -> differs(member.type(), member.name()))
        .forEach(member -> report("member " + member.type() + "." + member.name(), name));
    references.lambdas().stream()
        .filter(lambda -> !isJava(lambda.type()))
        .forEach(lambda -> requireImplemented(name, lambda.type(), lambda.name()));
    if ((file.getAccess() & Opcodes.ACC_ABSTRACT) == 0) {
      requireImplemented(name, name, "");
    }
    checkOverrides(other.type(name).orElseThrow());
  }

  /** Returns whether a reference means something else there, or nothing. */
  private boolean differs(String type, String member) {
    Optional<Member> here = compiled.resolve(type, member);
    Optional<Member> there = other.resolve(type, member).filter(Member::isVisible);
    if (names.contains(type) && here.filter(found -> isOurs(found.owner())).isPresent()) {
      return false;
    }
    return there.isEmpty() || !kind(here, compiled, type).equals(kind(there, other, type));
  }

  /** Returns what an instruction must agree with: static or not, a class or an interface. */
  private static List<Boolean> kind(Optional<Member> member, LinkedClasses in, String type) {
    return List.of(
        member.filter(found -> found.is(Opcodes.ACC_STATIC)).isPresent(),
        in.type(type).filter(found -> found.is(Opcodes.ACC_INTERFACE)).isPresent());
  }

  /** Requires that a class, or a lambda that gives {@code given}, has every abstract method. */
  private void requireImplemented(String user, String type, String given) {
    for (Type parent : other.hierarchy(type)) {
      if (!isOurs(parent) && !isJava(parent.name())) {
        parent
            .members()
            .forEach(
                (member, flags) -> {
                  if ((flags & Opcodes.ACC_ABSTRACT) != 0
                      && !member.equals(given)
                      && other.resolve(type, member).orElseThrow().is(Opcodes.ACC_ABSTRACT)) {
                    report("abstract " + parent.name() + "." + member, user);
                  }
                });
      }
    }
  }

  private void checkOverrides(Type type) {
    other.hierarchy(type.name()).stream()
        .filter(parent -> !parent.equals(type) && parent.is(Opcodes.ACC_FINAL))
        .forEach(parent -> report("final " + parent.name(), type.name()));
    type.members()
        .forEach(
            (member, flags) -> {
              boolean canOverride = (flags & (Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE)) == 0;
              if (canOverride && !member.startsWith("<") && !member.contains(":")) {
                List<Member> there = overridden(other, type, member);
                there.stream()
                    .filter(parent -> parent.is(Opcodes.ACC_FINAL))
                    .forEach(
                        parent ->
                            report("final " + parent.owner().name() + "." + member, type.name()));
                List<Member> here = overridden(compiled, type, member);
                if (there.isEmpty() && !here.isEmpty()) {
                  report("overridden " + here.get(0).owner().name() + "." + member, type.name());
                }
              }
            });
  }

  private List<Member> overridden(LinkedClasses in, Type type, String member) {
    return in.members(type.name(), member).stream()
        .filter(found -> !isOurs(found.owner()) && found.isVisible())
        .toList();
  }

  private boolean isOurs(Type type) {
    return names.contains(type.name());
  }

  private static boolean isJava(String type) {
    return type.startsWith("java/") || type.startsWith("javax/");
  }

  private void report(String problem, String user) {
    problems.computeIfAbsent(problem, key -> new TreeSet<>()).add(user);
  }

  private static List<Path> with(Path jar, List<Path> classPath) {
    List<Path> all = new ArrayList<>(List.of(jar));
    all.addAll(classPath);
    return all;
  }

  private static List<ClassReader> classes(Path jar, Predicate<String> wanted) {
    List<ClassReader> classes = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (var entry : file.stream().filter(one -> one.getName().endsWith(".class")).toList()) {
        if (wanted.test(entry.getName())) {
          try (InputStream in = file.getInputStream(entry)) {
            classes.add(new ClassReader(in));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return classes;
  }
}
