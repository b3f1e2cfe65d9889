/**
 * Models as files of other systems: ONNX, PyTorch (safetensors) and JSON. Files contain fitted
 * numbers and parameters; nothing here knows a stage or a session.
 */
package batchnorm.spark.export;
