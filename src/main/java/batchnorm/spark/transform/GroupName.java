package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.EvalMode;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.Option;

/** Formats the keys of a group for error texts: {@code store=7, day=null}. */
final class GroupName implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<String> names;
  private final List<Expression> texts;

  private GroupName(List<String> names, List<Expression> texts) {
    this.names = names;
    this.texts = texts;
  }

  /** Returns the format of groups with these {@code keys}; times are in the session's zone. */
  static GroupName of(List<InputColumn> keys, SparkSession session) {
    Option<String> zone = Option.apply(session.conf().get("spark.sql.session.timeZone"));
    List<String> names = new ArrayList<>();
    List<Expression> texts = new ArrayList<>();
    for (InputColumn key : keys) {
      DataType type = key.dataType();
      Expression value = new BoundReference(names.size(), type, true);
      texts.add(new Cast(value, DataTypes.StringType, zone, EvalMode.LEGACY()));
      names.add(key.name());
    }
    return new GroupName(names, texts);
  }

  String of(InternalRow keys) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      parts.add(names.get(i) + "=" + texts.get(i).eval(keys));
    }
    return String.join(", ", parts);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupName that && names.equals(that.names) && texts.equals(that.texts);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }
}
