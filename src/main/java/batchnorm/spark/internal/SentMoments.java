package batchnorm.spark.internal;

import batchnorm.spark.moments.DatasetMoments;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoSerializable;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.UncheckedIOException;

/**
 * Moments on their way from task to task, in the bytes that they write themselves, whichever
 * serializer the user has chosen.
 */
public final class SentMoments implements Externalizable, KryoSerializable {
  private static final long serialVersionUID = 1L;

  private transient DatasetMoments moments;

  /** Whether the moments are let go of once they are written. */
  private transient boolean once;

  /** The moments of no rows; serializers fill them. */
  public SentMoments() {
    this(DatasetMoments.empty());
  }

  SentMoments(DatasetMoments moments) {
    this.moments = moments;
  }

  /**
   * Returns moments to be written only once, and then let go of: Java's serializer holds on to what
   * it has written, up to a hundred values.
   */
  static SentMoments once(DatasetMoments moments) {
    SentMoments sent = new SentMoments(moments);
    sent.once = true;
    return sent;
  }

  DatasetMoments moments() {
    return moments;
  }

  SentMoments merge(SentMoments right) {
    moments.merge(right.moments);
    return this;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    moments.write(out);
    written();
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    moments = DatasetMoments.read(in);
  }

  @Override
  public void write(Kryo kryo, Output output) {
    DataOutputStream out = new DataOutputStream(output);
    try {
      moments.write(out);
      out.flush();
      written();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void read(Kryo kryo, Input input) {
    try {
      moments = DatasetMoments.read(new DataInputStream(input));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void written() {
    moments = once ? null : moments;
  }
}
