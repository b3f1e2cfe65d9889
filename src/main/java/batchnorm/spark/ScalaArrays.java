package batchnorm.spark;

import batchnorm.spark.errors.ParamErrors;
import java.util.ArrayList;
import java.util.List;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * Conversion of Scala collections to arrays, including those to which Scala implicitly converts its
 * arrays.
 */
final class ScalaArrays {
  private ScalaArrays() {}

  static String[] strings(String param, Seq<String> values) {
    return list(param, values).toArray(String[]::new);
  }

  static double[] doubles(String param, Seq<?> values) {
    List<?> found = list(param, values);
    double[] doubles = new double[found.size()];
    for (int i = 0; i < doubles.length; i++) {
      if (!(found.get(i) instanceof Number number)) {
        throw ParamErrors.notANumber(param, i, String.valueOf(found.get(i)));
      }
      doubles[i] = number.doubleValue();
    }
    return doubles;
  }

  private static <T> List<T> list(String param, Seq<T> values) {
    if (values == null) {
      throw ParamErrors.nullParameter(param);
    }
    List<T> list = new ArrayList<>(values.size());
    for (Iterator<T> rest = values.iterator(); rest.hasNext(); ) {
      list.add(rest.next());
    }
    return list;
  }
}
