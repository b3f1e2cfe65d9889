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

:func:`register` and :mod:`batchnorm.spark.functions` have exact aggregate functions.
:mod:`batchnorm.spark.local` applies saved models where there is neither Spark nor Java.
"""

from typing import TYPE_CHECKING, Any, List

if TYPE_CHECKING:
    from batchnorm.spark._functions import register
    from batchnorm.spark._jars import jar
    from batchnorm.spark._running import RunningBatchNorm
    from batchnorm.spark._sessions import configure
    from batchnorm.spark._stages import BatchNorm, BatchNormModel

__all__ = ["BatchNorm", "BatchNormModel", "RunningBatchNorm", "configure", "jar", "register"]

if not TYPE_CHECKING:
    # PySpark is imported with the first name that needs it: batchnorm.spark.local works without.
    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from batchnorm.spark import _errors, _functions, _jars, _running, _sessions, _stages

        _errors.install()
        for module in (_functions, _jars, _running, _sessions, _stages):
            globals().update((each, getattr(module, each)) for each in __all__ if hasattr(module, each))
        return globals()[name]


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})
