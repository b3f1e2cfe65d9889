package batchnorm.spark.model;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.files.AtomicPath;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Time of a micro-batch. It is written to a file before the batch is learned, so that a batch that
 * is repeated after a crash has the time of its first attempt, and leaves and joins the same
 * windows.
 *
 * @param queryId the query of the batch
 * @param batchId the id of the batch in the query
 * @param time in milliseconds since 1970-01-01 UTC
 */
record BatchTime(String queryId, long batchId, long time) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns the time in the file if it is of the same batch; otherwise writes this one. */
  long first(FileSystem system, Path file) throws IOException {
    AtomicPath place = new AtomicPath(system, file);
    place.recover();
    Optional<BatchTime> written = read(system, file);
    if (written.isPresent()
        && written.get().queryId.equals(queryId)
        && written.get().batchId == batchId) {
      return written.get().time;
    }
    try {
      place.write(JSON.writeValueAsBytes(this));
      if (!place.replace()) {
        throw OutputErrors.cannotMove(file.toString());
      }
      place.clean();
    } catch (FSError e) {
      throw OutputErrors.diskFailed(file.toString(), e.getCause());
    } finally {
      place.discard();
    }
    return time;
  }

  /** Reads a time; one that is not whole was never used. */
  private static Optional<BatchTime> read(FileSystem system, Path file) throws IOException {
    try (InputStream in = system.open(file)) {
      JsonNode object = JSON.readTree(in);
      return Optional.of(
          new BatchTime(
              object.path("queryId").asText(),
              object.path("batchId").asLong(-1),
              object.path("time").asLong()));
    } catch (FileNotFoundException | JsonProcessingException | ChecksumException e) {
      return Optional.empty();
    }
  }
}
