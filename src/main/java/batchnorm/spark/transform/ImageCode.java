package batchnorm.spark.transform;

import java.util.Locale;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.Block;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeGenerator;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.EmptyBlock$;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.LongType;

/**
 * Generated code of the images of features. It calls one method for all features: whole-stage code
 * puts all of them into one loop and then needs few bytes for each.
 *
 * @param code evaluates the place of a row's coefficients; empty if all rows have the same
 * @param context the generated class
 * @param mapper the name of the mapper's field
 * @param placement the name of the placement's field
 * @param place the place as an argument, with the comma before it
 * @param placeParameter the place as a parameter, with the comma before it
 */
record ImageCode(
    Block code,
    CodegenContext context,
    String mapper,
    String placement,
    String place,
    String placeParameter) {
  /** Adds the fields to the generated class, one for all features, and evaluates the place. */
  static ImageCode of(CodegenContext context, FeatureMapper mapper, Expression place) {
    ExprCode found = place == null ? null : place.genCode(context);
    return new ImageCode(
        found == null ? EmptyBlock$.MODULE$ : found.code(),
        context,
        field(context, mapper),
        field(context, mapper.placement()),
        found == null ? "" : ", " + found.value(),
        found == null ? "" : ", " + CodeGenerator.javaType(place.dataType()) + " place");
  }

  /** Returns the call that computes the image of a value; it is missing if {@code isNull}. */
  String of(DataType type, Object isNull, Object value, int feature) {
    return String.format(
        Locale.ROOT, "%s(%s, %s%s, %d)", method(type), isNull, value, place, feature);
  }

  /** Returns the name of the method for values of {@code type}, and adds it at the first call. */
  private String method(DataType type) {
    String javaType = CodeGenerator.javaType(type);
    String name = "image_" + mapper + "_" + javaType.replaceAll("\\W", "_");
    if (isNew(context, name)) {
      String passed = placeParameter.isEmpty() ? "" : ", place";
      String body =
          type instanceof LongType
              // A long cannot be NaN.
              ? String.format(
                  Locale.ROOT,
                  "if (isNull) { return %1$s.image(%2$s.read(Double.NaN, j)%3$s, j); }"
                      + " return %1$s.image(x%3$s, j);",
                  placement,
                  mapper,
                  passed)
              : String.format(
                  Locale.ROOT,
                  "return %s.image(%s.read(isNull ? %s : x, j)%s, j);",
                  placement,
                  mapper,
                  type instanceof DoubleType ? "Double.NaN" : "null",
                  passed);
      context.addNewFunction(
          name,
          String.format(
              Locale.ROOT,
              "private double %s(boolean isNull, %s x%s, int j) { %s }",
              name,
              javaType,
              placeParameter,
              body),
          true);
    }
    return name;
  }

  /** Returns the field of the generated class for {@code object}. */
  private static String field(CodegenContext context, Object object) {
    isNew(context, object);
    int index = context.references().indexOf(object, 0);
    String type = object.getClass().getName();
    String value = String.format(Locale.ROOT, "((%s) references[%d])", type, index);
    String field = "shared_" + index;
    context.addImmutableStateIfNotExists(type, field, name -> name + " = " + value + ";");
    return field;
  }

  /** Returns whether {@code object} is referred to for the first time. */
  private static boolean isNew(CodegenContext context, Object object) {
    boolean isNew = !context.references().contains(object);
    if (isNew) {
      context.references().$plus$eq(object);
    }
    return isNew;
  }
}
