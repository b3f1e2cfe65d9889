package batchnorm.bench;

import java.util.function.Supplier;

/** One way to do a case's work. */
record Contender(String name, Supplier<Statistics> work) {
  static final String OURS = "ours";
  static final String STANDARD_SCALER = "StandardScaler";
  static final String SUMMARIZER = "Summarizer";
  static final String SQL = "Spark SQL";
  static final String KEPT_SQL = "Spark SQL, kept";
  static final String SAVED_SQL = "Spark SQL, saved";
  static final String DUCKDB = "DuckDB";
  static final String POLARS = "Polars";
  static final String SCIKIT_LEARN = "scikit-learn";
  static final String ONE_FILE = "one file";
  static final String ALL_FILES = "all files";
  static final String BARE = "bare";

  /** One that computes no statistics. */
  Contender(String name, Runnable work) {
    this(
        name,
        () -> {
          work.run();
          return Statistics.NONE;
        });
  }
}
