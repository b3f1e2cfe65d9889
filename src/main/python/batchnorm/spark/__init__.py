"""Normalizes every feature of a dataset to mean 0 and variance 1, as a batch-normalization layer does.

The stages wrap those of the Java package with the same name, which does all arithmetic. Its jar is part
of this package:

>>> import batchnorm.spark
>>> from batchnorm.spark import BatchNorm, BatchNormModel
>>> from pyspark.sql import SparkSession
>>> spark = batchnorm.spark.configure(SparkSession.builder).getOrCreate()
>>> df = spark.createDataFrame([(1.0, 2.0), (3.0, 6.0)], ["a", "b"])
>>> model = BatchNorm(inputCols=["a", "b"], outputCol="features").fit(df)
>>> model.transform(df).select("features").collect()
[Row(features=DenseVector([-1.0, -1.0])), Row(features=DenseVector([1.0, 1.0]))]
"""

from batchnorm.spark._jars import configure, jar
from batchnorm.spark._errors import install as _install_errors
from batchnorm.spark._running import RunningBatchNorm
from batchnorm.spark._stages import BatchNorm, BatchNormModel

__all__ = ["BatchNorm", "BatchNormModel", "RunningBatchNorm", "configure", "jar"]

_install_errors()
