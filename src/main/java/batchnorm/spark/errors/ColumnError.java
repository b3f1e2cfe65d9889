package batchnorm.spark.errors;

/** An error about a column that is missing or not numeric, whose cause may show in the data. */
public final class ColumnError extends BatchNormException {
  private static final long serialVersionUID = 1L;

  private final String column;

  ColumnError(ErrorCondition condition, String column, MarkedText text) {
    super(condition, text);
    this.column = column;
  }

  /** Returns the name of the column, as it was asked for. */
  public String column() {
    return column;
  }
}
