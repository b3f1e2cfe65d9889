package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Header of a safetensors file, which describes its tensors.
 *
 * @param metadata texts by name
 * @param entries the tensors by name, in the order of the file
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> entries) {
  private static final String METADATA = "__metadata__";

  /** Number of bytes of an element, for the types that are read or checked. */
  private static final Map<String, Integer> SIZES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("U16", 2),
          Map.entry("I16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("U32", 4),
          Map.entry("I32", 4),
          Map.entry("F32", 4),
          Map.entry("U64", 8),
          Map.entry("I64", 8),
          Map.entry("F64", 8));

  /** Type, shape and byte range of a tensor, counted from the end of the header. */
  record Entry(String type, List<Long> shape, long from, long to) {}

  /**
   * Reads a header and requires that the tensors fill the rest of the file, one after the other.
   *
   * @param file the user's name for the file
   * @param rest the number of bytes after the header
   */
  static SafetensorsHeader parse(String file, byte[] json, long rest) {
    JsonNode root;
    try {
      root = StrictJson.read(StrictJson.text(json));
    } catch (CharacterCodingException e) {
      throw ExportErrors.notSafetensors(file, "its header is not UTF-8");
    } catch (JsonProcessingException e) {
      throw ExportErrors.notSafetensors(
          file, "its header is not JSON (" + e.getOriginalMessage() + ")");
    }
    if (!root.isObject()) {
      throw ExportErrors.notSafetensors(file, "its header is not a JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> entries = new LinkedHashMap<>();
    root.properties()
        .forEach(
            field -> {
              if (field.getKey().equals(METADATA)) {
                metadata.putAll(texts(file, field.getValue()));
              } else {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue()));
              }
            });
    requireGapless(file, entries, rest);
    return new SafetensorsHeader(metadata, entries);
  }

  private static Map<String, String> texts(String file, JsonNode found) {
    Map<String, String> texts = new LinkedHashMap<>();
    found.properties().forEach(field -> texts.put(field.getKey(), field.getValue().textValue()));
    if (!found.isObject() || texts.containsValue(null)) {
      throw ExportErrors.notSafetensors(file, "its " + METADATA + " is not an object of texts");
    }
    return texts;
  }

  private static Entry entry(String file, String name, JsonNode found) {
    JsonNode offsets = found.path("data_offsets");
    if (!found.path("dtype").isTextual()
        || !areCounts(found.path("shape"))
        || !areCounts(offsets)
        || offsets.size() != 2) {
      throw ExportErrors.notSafetensors(
          file, "its header does not say dtype, shape and data_offsets of '" + name + "'");
    }
    List<Long> shape = new ArrayList<>();
    found.get("shape").forEach(size -> shape.add(size.longValue()));
    Entry entry =
        new Entry(
            found.get("dtype").textValue(),
            List.copyOf(shape),
            offsets.get(0).longValue(),
            offsets.get(1).longValue());
    Integer size = SIZES.get(entry.type);
    if (size != null && !isOfSize(entry, size)) {
      throw ExportErrors.notSafetensors(
          file,
          String.format(
              Locale.ROOT,
              "'%s' of type %s and shape %s lies in %d bytes",
              name,
              entry.type,
              shape,
              entry.to - entry.from));
    }
    return entry;
  }

  private static boolean isOfSize(Entry entry, int size) {
    try {
      return Math.multiplyExact(elements(entry.shape), (long) size) == entry.to - entry.from;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  private static boolean areCounts(JsonNode found) {
    if (!found.isArray()) {
      return false;
    }
    for (JsonNode one : found) {
      if (!one.isIntegralNumber() || !one.canConvertToLong() || one.longValue() < 0) {
        return false;
      }
    }
    return true;
  }

  /** The number of elements of a tensor of {@code shape}. */
  static long elements(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  private static void requireGapless(String file, Map<String, Entry> entries, long rest) {
    long at = 0;
    for (Map.Entry<String, Entry> next :
        entries.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, Entry> entry) -> entry.getValue().from)
                    .thenComparingLong(entry -> entry.getValue().to))
            .toList()) {
      Entry entry = next.getValue();
      if (entry.from != at || entry.to < entry.from) {
        throw ExportErrors.notSafetensors(
            file,
            String.format(
                Locale.ROOT,
                "'%s' lies from byte %d to %d, and the tensor before it ends at %d",
                next.getKey(),
                entry.from,
                entry.to,
                at));
      }
      at = entry.to;
    }
    if (at != rest) {
      throw ExportErrors.notSafetensors(
          file,
          String.format(Locale.ROOT, "its tensors end at byte %d and the file at %d", at, rest));
    }
  }

  /** Returns the bytes of this header; in the file, their number comes before them. */
  byte[] bytes() {
    var root = StrictJson.object();
    var texts = root.putObject(METADATA);
    metadata.forEach(texts::put);
    entries.forEach(
        (name, entry) -> {
          var written = root.putObject(name).put("dtype", entry.type);
          var shape = written.putArray("shape");
          entry.shape.forEach(shape::add);
          written.putArray("data_offsets").add(entry.from).add(entry.to);
        });
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    // Spaces up to a multiple of 8 align the numbers for programs that map the file into memory.
    byte[] padded = new byte[(json.length + 7) / 8 * 8];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(json, 0, padded, 0, json.length);
    return padded;
  }
}
