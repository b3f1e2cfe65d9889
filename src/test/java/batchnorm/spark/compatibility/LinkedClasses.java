package batchnorm.spark.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The classes of a class path as the JVM links them: by their names in class files ({@code
 * java/lang/Object}), read only when they are asked for, and never loaded.
 */
final class LinkedClasses implements AutoCloseable {
  private final URLClassLoader files;
  private final Map<String, Optional<Type>> read = new HashMap<>();

  LinkedClasses(List<Path> classPath) {
    URL[] urls = classPath.stream().map(LinkedClasses::url).toArray(URL[]::new);
    files = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  /**
   * Class or interface.
   *
   * @param supers its superclass, then its interfaces
   * @param members flags of each field and method, by name and descriptor
   */
  record Type(String name, int flags, List<String> supers, Map<String, Integer> members) {
    boolean is(int flag) {
      return (flags & flag) != 0;
    }
  }

  /** Member, and the type that declares it. */
  record Member(Type owner, String name, int flags) {
    boolean is(int flag) {
      return (flags & flag) != 0;
    }

    /** Returns whether a class of another package can call or override it. */
    boolean isVisible() {
      return is(Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED);
    }
  }

  Optional<Type> type(String name) {
    return read.computeIfAbsent(name, this::read);
  }

  /** Returns {@code name} and all that it extends and implements: superclasses first. */
  Set<Type> hierarchy(String name) {
    Set<Type> found = new LinkedHashSet<>();
    for (Optional<Type> type = type(name);
        type.isPresent();
        type = type.get().supers().stream().findFirst().flatMap(this::type)) {
      found.add(type.get());
    }
    for (Type type : List.copyOf(found)) {
      type.supers().forEach(parent -> found.addAll(hierarchy(parent)));
    }
    return found;
  }

  /** Returns the members of one name and descriptor, in the order in which the JVM looks. */
  List<Member> members(String type, String member) {
    return hierarchy(type).stream().flatMap(owner -> member(owner, member)).toList();
  }

  /** Returns the member that a reference means, if it can be linked. */
  Optional<Member> resolve(String type, String member) {
    List<Member> members = members(type, member);
    return members.stream()
        .filter(found -> !found.is(Opcodes.ACC_ABSTRACT))
        .findFirst()
        .or(() -> members.stream().findFirst());
  }

  @Override
  public void close() {
    try {
      files.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Member> member(Type owner, String name) {
    Integer flags = owner.members().get(name);
    return flags == null ? Stream.empty() : Stream.of(new Member(owner, name, flags));
  }

  private Optional<Type> read(String name) {
    try (InputStream file = files.getResourceAsStream(name + ".class")) {
      return file == null ? Optional.empty() : Optional.of(read(new ClassReader(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Type read(ClassReader file) {
    Map<String, Integer> members = new HashMap<>();
    ClassVisitor collector =
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public FieldVisitor visitField(
              int flags, String name, String descriptor, String signature, Object value) {
            members.put(name + ":" + descriptor, flags);
            return null;
          }

          @Override
          public MethodVisitor visitMethod(
              int flags, String name, String descriptor, String signature, String[] exceptions) {
            members.put(name + descriptor, flags);
            return null;
          }
        };
    file.accept(
        collector, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    Stream<String> parent = Stream.ofNullable(file.getSuperName());
    List<String> supers = Stream.concat(parent, Stream.of(file.getInterfaces())).toList();
    return new Type(file.getClassName(), file.getAccess(), supers, members);
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }
}
