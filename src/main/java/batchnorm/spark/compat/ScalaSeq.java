package batchnorm.spark.compat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ListIterator;
import scala.collection.Iterator;
import scala.collection.Seq;
import scala.collection.immutable.Nil$;

/**
 * Conversion between Scala's sequences and Java's lists, with methods of both Scala 2.12 and 2.13.
 * Both versions of Spark accept an immutable sequence.
 */
public final class ScalaSeq {
  private ScalaSeq() {}

  public static <T> scala.collection.immutable.Seq<T> of(List<T> elements) {
    scala.collection.immutable.List<T> all = empty();
    ListIterator<T> last = elements.listIterator(elements.size());
    while (last.hasPrevious()) {
      all = all.$colon$colon(last.previous());
    }
    return all;
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  public static <T> scala.collection.immutable.Seq<T> of(T... elements) {
    return of(Arrays.asList(elements));
  }

  /** Returns the elements as a Java list. */
  public static <T> List<T> list(Seq<T> elements) {
    List<T> all = new ArrayList<>(elements.size());
    for (Iterator<T> next = elements.iterator(); next.hasNext(); ) {
      all.add(next.next());
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private static <T> scala.collection.immutable.List<T> empty() {
    return (scala.collection.immutable.List<T>) Nil$.MODULE$;
  }
}
