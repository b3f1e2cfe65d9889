package batchnorm.spark.errors;

/** Texts of the faults of malformed vectors: what was found, and what was expected. */
public final class VectorFaults {
  private VectorFaults() {}

  public static String noType() {
    return "its type is null, expected 0 (sparse) or 1 (dense)";
  }

  public static String unknownType(byte type) {
    return "its type is " + type + ", expected 0 (sparse) or 1 (dense)";
  }

  public static String noValues() {
    return "its values are null, expected an array";
  }

  public static String noIndices() {
    return "it is sparse and its indices are null, expected an array";
  }

  public static String noSize() {
    return "it is sparse and its size is null, expected a number of at least 0";
  }

  public static String negativeSize(int size) {
    return "its size is " + size + ", expected a number of at least 0";
  }

  public static String countsDiffer(int indices, int values) {
    return "it has " + indices + " indices and " + values + " values, expected as many of both";
  }

  public static String nullIndex() {
    return "one of its indices is null, expected numbers";
  }

  public static String indexOutside(int index, int size) {
    return size == 0
        ? "it has index " + index + " and size 0, expected no index"
        : "it has index " + index + " and size " + size + ", expected 0 to " + (size - 1);
  }

  public static String repeatedIndex(int index) {
    return "it has index " + index + " more than once, expected each index once";
  }
}
