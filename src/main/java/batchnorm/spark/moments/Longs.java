package batchnorm.spark.moments;

/** Longs that can be read and set by index, such as columns of a row. */
public interface Longs {
  long get(int k);

  void set(int k, long value);
}
