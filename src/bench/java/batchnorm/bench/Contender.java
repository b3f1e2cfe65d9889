package batchnorm.bench;

/** One way to do a case's work. */
record Contender(String name, Runnable work) {
  static final String OURS = "ours";
  static final String STANDARD_SCALER = "StandardScaler";
  static final String SQL = "Spark SQL";
  static final String DUCKDB = "DuckDB";
  static final String BARE = "bare";
}
