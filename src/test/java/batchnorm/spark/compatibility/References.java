package batchnorm.spark.compatibility;

import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * References of a class file to other classes: types, their fields and methods, and the interfaces
 * that its lambdas implement.
 *
 * @param types names of classes and interfaces
 * @param members fields and methods, with the type that is asked for them
 * @param lambdas interfaces, with the method that a lambda gives them
 */
record References(Set<String> types, Set<Member> members, Set<Member> lambdas) {
  private static final int CLASS = 7;
  private static final int FIELD = 9;
  private static final int METHOD = 10;
  private static final int INTERFACE_METHOD = 11;

  record Member(String type, String name) implements Comparable<Member> {
    @Override
    public int compareTo(Member other) {
      return toString().compareTo(other.toString());
    }
  }

  static References of(ClassReader file) {
    References found = new References(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    char[] buffer = new char[file.getMaxStringLength()];
    for (int i = 1; i < file.getItemCount(); i++) {
      int item = file.getItem(i);
      // The second place of a long or a double has no item.
      if (item > 0) {
        found.add(file, item, buffer);
      }
    }
    file.accept(found.lambdaCollector(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return found;
  }

  private void add(ClassReader file, int item, char[] buffer) {
    int kind = file.readByte(item - 1);
    if (kind == CLASS) {
      types.add(elementOf(file.readUTF8(item, buffer)));
    } else if (kind == FIELD || kind == METHOD || kind == INTERFACE_METHOD) {
      int nameAndType = file.getItem(file.readUnsignedShort(item + 2));
      String name = file.readUTF8(nameAndType, buffer);
      String descriptor = file.readUTF8(nameAndType + 2, buffer);
      String type = file.readClass(item, buffer);
      if (!type.startsWith("[")) {
        members.add(new Member(type, name + (kind == FIELD ? ":" : "") + descriptor));
      }
    }
  }

  private ClassVisitor lambdaCollector() {
    return new ClassVisitor(Opcodes.ASM9) {
      @Override
      public MethodVisitor visitMethod(
          int flags, String name, String descriptor, String signature, String[] exceptions) {
        return new MethodVisitor(Opcodes.ASM9) {
          @Override
          public void visitInvokeDynamicInsn(
              String name, String descriptor, Handle bootstrap, Object... arguments) {
            if (bootstrap.getOwner().equals("java/lang/invoke/LambdaMetafactory")) {
              String type = Type.getReturnType(descriptor).getInternalName();
              lambdas.add(new Member(type, name + arguments[0]));
            }
          }
        };
      }
    };
  }

  /** Returns the type of the elements of an array; anything else as it is. */
  private static String elementOf(String type) {
    if (!type.startsWith("[")) {
      return type;
    }
    Type element = Type.getType(type).getElementType();
    return element.getSort() == Type.OBJECT ? element.getInternalName() : "java/lang/Object";
  }
}
