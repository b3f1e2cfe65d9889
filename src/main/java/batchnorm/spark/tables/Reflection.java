package batchnorm.spark.tables;

import batchnorm.spark.errors.TableErrors;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;

/** Calls methods of table formats, which are no dependencies, by name. */
final class Reflection {
  private final String format;
  private final ClassLoader loader;

  /** Calls methods of {@code format}, whose classes are loaded as that of {@code known}. */
  Reflection(String format, Object known) {
    this.format = format;
    loader = known.getClass().getClassLoader();
  }

  /** Calls the public method of {@code target} with this name that takes the arguments. */
  Object call(Object target, String name, Object... arguments) {
    return call(target.getClass(), target, name, arguments);
  }

  /** Calls a static method. */
  Object callStatic(String className, String name, Object... arguments) {
    try {
      return call(Class.forName(className, true, loader), null, name, arguments);
    } catch (ClassNotFoundException e) {
      throw TableErrors.otherRelease(format, className, e);
    }
  }

  private Object call(Class<?> type, Object target, String name, Object... arguments) {
    Method method =
        Arrays.stream(type.getMethods())
            .filter(one -> one.getName().equals(name) && takes(one, arguments))
            // One that a bridge calls has the same name and other types.
            .min(Comparator.comparing(Method::isBridge))
            .orElseThrow(() -> TableErrors.otherRelease(format, type.getName() + "." + name, null));
    try {
      method.setAccessible(true);
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw TableErrors.otherRelease(format, type.getName() + "." + name, e.getCause());
    } catch (IllegalAccessException e) {
      throw TableErrors.otherRelease(format, type.getName() + "." + name, e);
    }
  }

  private static boolean takes(Method method, Object[] arguments) {
    Class<?>[] types = method.getParameterTypes();
    boolean takes = types.length == arguments.length;
    for (int i = 0; takes && i < types.length; i++) {
      takes =
          arguments[i] == null
              || MethodType.methodType(types[i]).wrap().returnType().isInstance(arguments[i]);
    }
    return takes;
  }
}
