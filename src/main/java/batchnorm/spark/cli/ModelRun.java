package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads data, applies a saved model and writes the result. */
record ModelRun(InputOptions input, OutputOptions output) {

  /** Requires that the paths allow the run. */
  void checkPaths(Storage storage, String model) throws IOException {
    new TableRules(input, input.format(storage), output)
        .addTo(new PathRules(storage).readsModel(model), storage)
        .check();
  }

  /** Writes normalized data, also with a model that was saved to tell what it knows. */
  void write(SparkSession session, Storage storage, BatchNormModel model) throws IOException {
    FileFormat source = input.format(storage);
    Dataset<Row> data = input.read(session, storage, source);
    Dataset<Row> result = model.setOutput("normalized").transform(data);
    FileFormat format = output.format(source, result.schema());
    new TableRules(input, source, output).check(session, format, storage);
    try (DataTarget target = new DataTarget(storage, output, format)) {
      target.write(result);
      target.commit();
    }
  }
}
