package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * File of named arrays without code, which Python's {@code safetensors} reads and writes (<a
 * href="https://github.com/huggingface/safetensors">format</a>).
 *
 * <pre>
 *   8 bytes   the length of the header, lowest byte first
 *   header    JSON: {"__metadata__": {text: text}, name: {dtype, shape, data_offsets: [from, to]}}
 *   data      the elements, lowest byte first, one tensor after the other
 * </pre>
 */
final class Safetensors {
  /** Maximum length of a header, as in the reference implementation. */
  static final long LONGEST_HEADER = 100_000_000;

  private final SingleFile file;
  private final SafetensorsHeader header;
  private final long dataAt;

  private Safetensors(SingleFile file, SafetensorsHeader header, long dataAt) {
    this.file = file;
    this.header = header;
    this.dataAt = dataAt;
  }

  /** Returns the bytes of a file of {@code tensors}. */
  static byte[] bytes(Map<String, String> metadata, Map<String, Tensor> tensors) {
    Map<String, SafetensorsHeader.Entry> entries = new LinkedHashMap<>();
    int at = 0;
    for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
      Tensor tensor = named.getValue();
      int end = Math.addExact(at, tensor.data().length);
      entries.put(
          named.getKey(), new SafetensorsHeader.Entry(tensor.type(), tensor.shape(), at, end));
      at = end;
    }
    byte[] header = new SafetensorsHeader(metadata, entries).bytes();
    ByteBuffer bytes = LittleEndian.buffer(Math.addExact(Long.BYTES + header.length, at));
    bytes.putLong(header.length).put(header);
    tensors.values().forEach(tensor -> bytes.put(tensor.data()));
    return bytes.array();
  }

  /**
   * Reads the header of {@code file}, and requires that the file contains all tensors and nothing
   * else.
   */
  static Safetensors open(SingleFile file) throws IOException {
    long length = file.length();
    try (FSDataInputStream in = file.open()) {
      if (length < Long.BYTES) {
        throw ExportErrors.notSafetensors(file.name(), "it has only " + length + " bytes");
      }
      long header = LittleEndian.of(read(file, in, 0, Long.BYTES)).getLong();
      long rest = length - Long.BYTES - header;
      if (header < 0 || header > LONGEST_HEADER || rest < 0) {
        throw ExportErrors.notSafetensors(
            file.name(),
            "its header would have "
                + Long.toUnsignedString(header)
                + " of its "
                + length
                + " bytes");
      }
      byte[] json = read(file, in, Long.BYTES, (int) header);
      return new Safetensors(
          file, SafetensorsHeader.parse(file.name(), json, rest), Long.BYTES + header);
    }
  }

  SafetensorsHeader header() {
    return header;
  }

  /** Reads tensor {@code name}, which must be in the header. */
  Tensor tensor(String name) throws IOException {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    try (FSDataInputStream in = file.open()) {
      int size = Math.toIntExact(entry.to() - entry.from());
      return new Tensor(entry.type(), entry.shape(), read(file, in, dataAt + entry.from(), size));
    }
  }

  private static byte[] read(SingleFile file, FSDataInputStream in, long at, int size)
      throws IOException {
    byte[] bytes = new byte[size];
    try {
      in.readFully(at, bytes);
    } catch (EOFException e) {
      throw ExportErrors.notSafetensors(file.name(), "it ends before byte " + (at + size));
    }
    return bytes;
  }
}
