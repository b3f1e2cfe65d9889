"""Applies saved models to NumPy arrays, pandas DataFrames and Arrow tables, without Spark and Java.

The results have the bits of ``BatchNormModel.transform``. NumPy and PyArrow are needed; the extra
``batchnorm-spark[local]`` installs them.

>>> import numpy as np
>>> from batchnorm.spark.local import LocalModel
>>> from sklearn.preprocessing import StandardScaler
>>> model = LocalModel.from_sklearn(StandardScaler().fit([[1.0, 2.0], [3.0, 6.0]]))
>>> model.transform(np.array([[3.0, 2.0]]))
array([[ 1., -1.]])
"""

from batchnorm.spark.local._packages import required

for _package in ("numpy", "pyarrow"):
    required(_package)

from batchnorm.spark.local._model import LocalModel  # noqa: E402

__all__ = ["LocalModel"]
