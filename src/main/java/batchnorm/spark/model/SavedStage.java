package batchnorm.spark.model;

import batchnorm.spark.compat.StageMetadata;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.LiteralPath;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * Class, uid and params of a saved stage: the JSON that Spark ML writes below {@code
 * PATH/metadata/}. Spark does not read it, since it would take {@code run[1]} for a pattern.
 *
 * <p>The last field is not one of Spark's: {@code checksums}, an object of checksums as 16
 * hexadecimal digits. It has the {@link CheckedRows checksums} of the tables by their folders, and
 * under {@code metadata} the checksum of the JSON without this field. Stages saved without it load,
 * too.
 */
public final class SavedStage {
  private static final String FOLDER = "metadata";

  /** Start of the checksums, the last field of the JSON. */
  private static final String CHECKSUMS = ",\"checksums\":";

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{16}");

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String path;
  private final Configuration configuration;
  private final String stage;
  private final String text;
  private final JsonNode json;

  private SavedStage(String path, Configuration configuration, String stage, String text) {
    this.path = path;
    this.configuration = configuration;
    this.stage = stage;
    this.text = text;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw invalid("its metadata is not JSON (" + e.getOriginalMessage() + ")");
    }
    requireText("class");
    requireText("uid");
    requireText("sparkVersion");
    require("timestamp", JsonNodeType.NUMBER);
    require("paramMap", JsonNodeType.OBJECT);
    require("defaultParamMap", JsonNodeType.OBJECT);
    requireSame();
  }

  /**
   * Reads the stage saved at {@code path}.
   *
   * @param stage the simple name of the stage's class; for errors
   * @throws IllegalArgumentException if there is no stage
   */
  public static SavedStage read(String path, String stage, Configuration configuration) {
    if (!SavedTable.exists(path, configuration)) {
      throw SavedModelErrors.pathDoesNotExist(path, stage);
    }
    String folder = LiteralPath.child(path, FOLDER);
    if (!SavedTable.exists(folder, configuration)) {
      throw SavedModelErrors.notAStage(path, stage, "it has no folder 'metadata'");
    }
    try {
      return new SavedStage(
          path,
          configuration,
          stage,
          SavedText.read(folder, configuration)
              .orElseThrow(() -> SavedModelErrors.notAStage(path, stage, "its metadata is empty")));
    } catch (IOException e) {
      throw SavedModelErrors.unreadablePart(path, FOLDER, e);
    }
  }

  /**
   * Writes {@code stage} to {@code path}.
   *
   * @param checksums the checksums of its tables, by their folders
   */
  public static void write(
      Params stage, Map<String, Long> checksums, String path, SparkSession session) {
    String text = StageMetadata.text(stage, session);
    Map<String, String> all = new TreeMap<>();
    checksums.forEach((part, checksum) -> all.put(part, hex(checksum)));
    all.put(FOLDER, hex(Checksum.of(text)));
    SavedText.write(
        text.substring(0, text.length() - 1) + CHECKSUMS + JSON.valueToTree(all) + "}",
        LiteralPath.child(path, FOLDER),
        session);
  }

  private static String hex(long checksum) {
    return HexFormat.of().toHexDigits(checksum);
  }

  /** Requires that the checksum of the text is the saved one, if there is one. */
  private void requireSame() {
    if (json.has("checksums")) {
      int end = text.lastIndexOf(CHECKSUMS);
      String saved = end < 0 ? "" : text.substring(0, end) + "}";
      if (checksum(FOLDER).getAsLong() != Checksum.of(saved)) {
        throw invalid("its metadata differs from its checksum");
      }
    }
  }

  /**
   * Returns the checksum of a table, if the stage was saved with checksums.
   *
   * @param part the folder of the table
   */
  public OptionalLong checksum(String part) {
    if (!json.has("checksums")) {
      return OptionalLong.empty();
    }
    String found = json.get("checksums").path(part).asText();
    if (!HEX.matcher(found).matches()) {
      throw invalid("its metadata has no checksum of its " + part);
    }
    return OptionalLong.of(HexFormat.fromHexDigitsToLong(found));
  }

  /** Requires that this is a stage of the class {@code expected}. */
  public void requireClass(Class<?> expected) {
    String found = json.get("class").textValue();
    if (!found.equals(expected.getName())) {
      throw invalid("it holds a " + found);
    }
  }

  /** The path of the saved stage. */
  public String path() {
    return path;
  }

  /** Configuration of the file system that holds the path. */
  public Configuration configuration() {
    return configuration;
  }

  /** The uid of the stage. */
  public String uid() {
    return json.get("uid").textValue();
  }

  /**
   * Sets the saved params and defaults.
   *
   * @throws IllegalArgumentException if {@code read} does not have a param, or does not accept its
   *     value
   */
  public void setParams(Params read) {
    for (String kind : new String[] {"paramMap", "defaultParamMap"}) {
      for (Map.Entry<String, JsonNode> saved : json.get(kind).properties()) {
        if (!read.hasParam(saved.getKey())) {
          throw invalid("its metadata has the unknown parameter '" + saved.getKey() + "'");
        }
        requireValue(read.getParam(saved.getKey()), saved.getValue());
      }
    }
    try {
      DefaultParamsReader.parseMetadata(text, "").getAndSetParams(read, Option.empty());
    } catch (IllegalArgumentException e) {
      throw invalid("its metadata has parameters that do not go together (" + e.getMessage() + ")");
    }
  }

  /**
   * Requires a value of the right type: Spark decodes null as false, and truncates large numbers.
   */
  private <T> void requireValue(Param<T> param, JsonNode value) {
    boolean same;
    try {
      T decoded = param.jsonDecode(value.toString());
      same = JSON.readTree(param.jsonEncode(decoded)).equals(value);
    } catch (Exception e) {
      // The exception of Spark's JSON library is a checked one that Scala does not declare.
      same = false;
    }
    if (!same) {
      throw invalid("its metadata has the parameter " + param.name() + " = " + value);
    }
  }

  private void requireText(String field) {
    require(field, JsonNodeType.STRING);
  }

  private void require(String field, JsonNodeType type) {
    if (json.path(field).getNodeType() != type) {
      throw invalid("its metadata has no " + field);
    }
  }

  private IllegalArgumentException invalid(String found) {
    return SavedModelErrors.notAStage(path, stage, found);
  }
}
