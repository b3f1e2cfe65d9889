package batchnorm.spark.fit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;

/**
 * Moments on their way from task to task: the bytes that they write themselves. Every serializer
 * that a user may have chosen takes bytes, also Kryo where it requires that classes are registered.
 */
final class SentMoments {
  private SentMoments() {}

  static byte[] bytes(DatasetMoments moments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      moments.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static DatasetMoments moments(byte[] bytes) {
    try {
      return DatasetMoments.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all that was sent as one; nothing of nothing. */
  static Iterator<byte[]> merged(Iterator<byte[]> sent) {
    if (!sent.hasNext()) {
      return sent;
    }
    byte[] first = sent.next();
    if (!sent.hasNext()) {
      return List.of(first).iterator();
    }
    DatasetMoments merged = moments(first);
    sent.forEachRemaining(next -> merged.merge(moments(next)));
    return List.of(bytes(merged)).iterator();
  }
}
