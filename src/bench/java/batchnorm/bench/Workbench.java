package batchnorm.bench;

/**
 * The data and the engines that contenders work with.
 *
 * @param rows the rows that the case has
 */
record Workbench(BenchData data, DuckDb duckDb, Python python, int rows) {}
