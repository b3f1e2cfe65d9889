package batchnorm.spark.report;

/** A fact of the model that the head of the page states. */
public record Parameter(String name, String value) {}
