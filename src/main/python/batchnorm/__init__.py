"""Batch normalization of whole datasets; see :mod:`batchnorm.spark`."""
