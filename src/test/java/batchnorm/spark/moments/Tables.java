package batchnorm.spark.moments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** The moments of tables, given as one array a feature, in each way that rows can come. */
final class Tables {
  private Tables() {}

  /** Dense rows of weight 1, in blocks. */
  static Moments dense(double[]... features) {
    return denseWeighted(ones(features[0].length), features);
  }

  /** Dense rows, in blocks. */
  static Moments denseWeighted(double[] weights, double[]... features) {
    Moments moments = Moments.empty();
    RowBlock block = new RowBlock(features.length);
    for (int i = 0; i < weights.length; i++) {
      writeRow(block, i, features);
      block.endRow(weights[i]);
      if (block.isFull()) {
        moments.addBlock(block);
        block.clear();
      }
    }
    moments.addBlock(block);
    return moments;
  }

  /** Dense rows, each in a block of its own. */
  static Moments rowByRow(double[] weights, double[]... features) {
    Moments moments = Moments.empty();
    RowBlock block = new RowBlock(features.length);
    for (int i = 0; i < weights.length; i++) {
      writeRow(block, i, features);
      block.endRow(weights[i]);
      moments.addBlock(block);
      block.clear();
    }
    return moments;
  }

  /** Sparse rows that leave their zeros out. */
  static Moments sparse(double[] weights, double[]... features) {
    Moments moments = Moments.empty();
    for (int i = 0; i < weights.length; i++) {
      int[] indices = new int[features.length];
      double[] values = new double[features.length];
      int stored = 0;
      for (int j = 0; j < features.length; j++) {
        if (features[j][i] != 0) {
          indices[stored] = j;
          values[stored++] = features[j][i];
        }
      }
      moments.addSparse(
          features.length,
          Arrays.copyOf(indices, stored),
          Arrays.copyOf(values, stored),
          weights[i]);
    }
    return moments;
  }

  /** As many ones. */
  static double[] ones(int length) {
    double[] ones = new double[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** How many blocks {@link #dense} makes of rows of so many features. */
  static int blocks(int features, int rows) {
    int capacity = 0;
    RowBlock block = new RowBlock(features);
    while (!block.isFull()) {
      block.endRow(1);
      capacity++;
    }
    return (rows + capacity - 1) / capacity;
  }

  /** Every bit of {@code value}, for comparing. */
  static byte[] bytes(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** What another machine receives when {@code moments} are sent to it. */
  static Moments sent(Moments moments) {
    return (Moments) received(bytes(moments));
  }

  static Object received(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void writeRow(RowBlock block, int i, double[]... features) {
    for (int j = 0; j < features.length; j++) {
      block.set(j, features[j][i]);
    }
  }
}
