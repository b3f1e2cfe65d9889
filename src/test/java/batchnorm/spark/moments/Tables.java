package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertFalse;

import batchnorm.spark.fit.DatasetMoments;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The moments of tables, given as one array a feature, in each way that rows can come. */
public final class Tables {
  private Tables() {}

  /** Dense rows of weight 1, in blocks. */
  public static Moments dense(double[]... features) {
    return denseWeighted(ones(features[0].length), features);
  }

  /** Dense rows, in blocks. */
  public static Moments denseWeighted(double[] weights, double[]... features) {
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
  public static Moments sparse(double[] weights, double[]... features) {
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

  /** Returns as many ones. */
  public static double[] ones(int length) {
    double[] ones = new double[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Every bit of {@code value}, for comparing. */
  public static byte[] bytes(Serializable value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns the object that {@link #bytes(Serializable)} wrote. */
  public static Serializable received(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (Serializable) in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the bytes in which moments are sent to another machine. */
  public static byte[] bytes(Moments moments) {
    return moments.pack();
  }

  /** Returns the moments that another machine receives when {@code moments} are sent to it. */
  public static Moments sent(Moments moments) {
    ByteBuffer in = ByteBuffer.wrap(bytes(moments));
    Moments received = Moments.unpack(in);
    assertFalse(in.hasRemaining(), "bytes are left over");
    return received;
  }

  /** Returns the moments that another machine receives when {@code moments} are sent to it. */
  public static DatasetMoments sent(DatasetMoments moments) {
    ByteBuffer in = ByteBuffer.wrap(moments.toBytes());
    DatasetMoments received = DatasetMoments.of(in);
    assertFalse(in.hasRemaining(), "bytes are left over");
    return received;
  }

  /**
   * Everything that {@code moments} know, exactly; equal for equal sums however they came about.
   */
  public static List<Object> known(Moments moments) {
    List<Object> known = new ArrayList<>(List.of(moments.rows(), moments.rowWeight()));
    for (int j = 0; j < moments.size(); j++) {
      known.add(moments.feature(j));
    }
    return known;
  }

  /** The same but for the extremes, which a subtraction forgets. */
  static List<Object> knownAfterSubtraction(Moments moments) {
    return known(moments).stream()
        .map(known -> known instanceof SavedSums sums ? withoutExtremes(sums) : known)
        .toList();
  }

  /** Returns sums whose minimum and maximum are unknown. */
  public static SavedSums withoutExtremes(SavedSums sums) {
    return new SavedSums(
        sums.sum(),
        sums.squares(),
        sums.notANumber(),
        sums.infinite(),
        sums.missingWeight(),
        sums.integers(),
        Double.NaN,
        Double.NaN);
  }

  private static void writeRow(RowBlock block, int i, double[]... features) {
    for (int j = 0; j < features.length; j++) {
      block.set(j, features[j][i]);
    }
  }
}
