package batchnorm.spark;

import org.apache.spark.ml.param.Param;

/**
 * A param as readers and other systems are told of it.
 *
 * @param param the param
 * @param label its name for readers
 * @param words what readers are told of its value, or null for nothing
 * @param json its value in JSON
 */
public record ToldParam(Param<?> param, String label, Object words, String json) {}
