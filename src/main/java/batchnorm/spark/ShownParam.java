package batchnorm.spark;

import org.apache.spark.ml.param.Param;

/**
 * A param as it is shown to readers and passed to other systems.
 *
 * @param param the param
 * @param label the param's name for readers
 * @param words the description of its value for readers, or null to show none
 * @param json its value in JSON
 */
public record ShownParam(Param<?> param, String label, Object words, String json) {}
