package batchnorm.spark.compat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import scala.Function1;
import scala.reflect.ClassTag;

/** Params with texts as values. Their constructor has one more parameter in Spark 4.0.0. */
public final class TextParam {
  private TextParam() {}

  /** Returns the param of a stage; Spark calls {@code isValid} for each value. */
  public static Param<String> of(
      Identifiable stage, String name, String doc, Function1<String, Object> isValid) {
    try {
      return new Param<>(stage, name, doc, isValid);
    } catch (NoSuchMethodError inSpark400) {
      return withClassTag(stage, name, doc, isValid);
    }
  }

  /**
   * Creates a param by the only constructor of Spark 4.0.0, which the Spark that compiles this
   * class lacks.
   */
  @SuppressWarnings("unchecked")
  private static Param<String> withClassTag(
      Identifiable stage, String name, String doc, Function1<String, Object> isValid) {
    MethodType parameters =
        MethodType.methodType(
            void.class,
            Identifiable.class,
            String.class,
            String.class,
            Function1.class,
            ClassTag.class);
    try {
      MethodHandle constructor =
          MethodHandles.publicLookup().findConstructor(Param.class, parameters);
      return (Param<String>)
          constructor.invoke(stage, name, doc, isValid, ClassTag.apply(String.class));
    } catch (Throwable e) {
      throw new LinkageError(e.toString(), e);
    }
  }
}
