/**
 * Models as files of other systems: ONNX, PyTorch (safetensors) and JSON. Files contain fitted
 * numbers and parameters; the package uses neither stages nor sessions.
 */
package batchnorm.spark.export;
