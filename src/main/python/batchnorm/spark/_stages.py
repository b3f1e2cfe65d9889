"""The estimator and its model."""

import os
import warnings
from functools import lru_cache
from typing import Any, Dict, Iterable, List, Optional, Sequence, Union

from pyspark import keyword_only
from pyspark.ml.linalg import DenseVector, Vector, Vectors
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql.utils import is_remote

from batchnorm.spark._jvm import (
    java_class,
    require_classic,
    require_jar,
    to_java,
    to_python,
)
from batchnorm.spark._params import BatchNormParams

_PACKAGE = "batchnorm.spark"

_Path = Union[str, "os.PathLike[str]"]


class BatchNorm(
    JavaEstimator["BatchNormModel"],
    BatchNormParams,
    JavaMLReadable["BatchNorm"],
    JavaMLWritable,
):
    """Makes every feature of a dataset have mean 0 and variance 1, as a batch-normalization layer does
    with a batch: ``y = gamma * (x - mean) / sqrt(variance + eps) + beta``.

    ``fit`` computes mean and variance of the whole dataset in one pass; the model applies the formula.

    >>> df = spark.createDataFrame([(1.0, 2.0), (3.0, 6.0), (5.0, 10.0)], ["a", "b"])
    >>> stage = BatchNorm(inputCols=["a", "b"], outputCols=["a", "b"])
    >>> model = stage.fit(df)
    >>> model.mean, model.variance, model.count
    (DenseVector([3.0, 6.0]), DenseVector([2.6667, 10.6667]), 3)
    >>> model.transform(df).first()
    Row(a=-1.224744871391589, b=-1.224744871391589)
    >>> stage.setCorrection(1).setWithMean(False).fit(df).transform(df).first()
    Row(a=0.5, b=0.5)
    """

    # PySpark finds the Java class by the module and the name of this one.
    __module__ = _PACKAGE

    initialModel: "Param[str]" = Param(
        Params._dummy(),
        "initialModel",
        "path of the fitted model, of the same columns, whose statistics a fit continues",
        TypeConverters.toString,
    )

    _input_kwargs: Dict[str, Any]

    @keyword_only
    def __init__(
        self,
        *,
        inputCol: Optional[str] = None,
        inputCols: Optional[List[str]] = None,
        outputCol: Optional[str] = None,
        outputCols: Optional[List[str]] = None,
        withMean: bool = True,
        withStd: bool = True,
        eps: float = 0.0,
        correction: int = 0,
        gamma: Optional[List[float]] = None,
        beta: Optional[List[float]] = None,
        weightCol: Optional[str] = None,
        handleInvalid: str = "error",
        aggregationDepth: int = 2,
        maxSliceBytes: int = 16 << 20,
        runningStatistics: str = "pooled",
        momentum: float = 0.1,
        groupCols: Optional[List[str]] = None,
        unseenGroup: str = "error",
        smallGroup: str = "global",
        initialModel: Optional[Union[_Path, "BatchNormModel"]] = None,
    ) -> None:
        """BatchNorm(*, inputCol=None, inputCols=None, ...): every param by its name."""
        super().__init__()
        require_jar(BatchNorm)
        self._java_obj = self._new_java_obj("batchnorm.spark.BatchNorm", self.uid)
        self._set(**_given(self._input_kwargs))

    @keyword_only
    def setParams(
        self,
        *,
        inputCol: Optional[str] = None,
        inputCols: Optional[List[str]] = None,
        outputCol: Optional[str] = None,
        outputCols: Optional[List[str]] = None,
        withMean: bool = True,
        withStd: bool = True,
        eps: float = 0.0,
        correction: int = 0,
        gamma: Optional[List[float]] = None,
        beta: Optional[List[float]] = None,
        weightCol: Optional[str] = None,
        handleInvalid: str = "error",
        aggregationDepth: int = 2,
        maxSliceBytes: int = 16 << 20,
        runningStatistics: str = "pooled",
        momentum: float = 0.1,
        groupCols: Optional[List[str]] = None,
        unseenGroup: str = "error",
        smallGroup: str = "global",
        initialModel: Optional[Union[_Path, "BatchNormModel"]] = None,
    ) -> "BatchNorm":
        """Sets the params that are given; the others stay as they are."""
        return self._set(**_given(self._input_kwargs))

    @classmethod
    def read(cls) -> "JavaMLReader[BatchNorm]":
        """Returns a reader of saved stages."""
        require_jar(cls)
        return _taking_paths(super().read(), "load")

    def write(self) -> Any:
        """Returns a writer of this stage."""
        return _taking_paths(super().write(), "save")

    def getInitialModel(self) -> str:
        """The value of initialModel."""
        return self.getOrDefault(self.initialModel)

    def setInitialModel(self, value: Union[_Path, "BatchNormModel"]) -> "BatchNorm":
        """Sets the model whose statistics ``fit`` continues, by its path or itself: it returns what one
        fit on that model's data and the new data together would give.

        >>> df = spark.createDataFrame([(1.0,), (3.0,), (8.0,)], ["a"])
        >>> stage = BatchNorm(inputCol="a", outputCol="b")
        >>> first = stage.fit(df.limit(2))
        >>> stage.setInitialModel(first).fit(df.filter("a = 8")).mean
        DenseVector([4.0])
        """
        return self._set(initialModel=value)

    def _set(self, **kwargs: Any) -> "BatchNorm":
        if "initialModel" not in kwargs:
            return super()._set(**kwargs)
        initial = _path(kwargs.pop("initialModel"))
        if isinstance(initial, BatchNormModel):
            require_classic("a model as initialModel", "Save the model, and give its path.")
            super()._set(**kwargs)
            self.clear(self.initialModel)
            self._java_obj.setInitialModel(initial._to_java())
            return self
        super()._set(initialModel=initial, **kwargs)
        if initial is not None and not is_remote():
            # Forgets a model that was given.
            self._java_obj.setInitialModel(initial)
        return self

    def _fit(self, dataset: DataFrame) -> "BatchNormModel":
        model = super()._fit(dataset)
        for text in model._fit_warnings():
            warnings.warn(text, UserWarning, stacklevel=3)
        return model

    def _create_model(self, java_model: Any) -> "BatchNormModel":
        return BatchNormModel(java_model)


class BatchNormModel(
    JavaModel,
    BatchNormParams,
    JavaMLReadable["BatchNormModel"],
    JavaMLWritable,
):
    """Applies ``y = gamma * (x - mean) / sqrt(variance + eps) + beta`` to every row of a dataset, in batch
    or on a stream, with the statistics that :class:`BatchNorm` computed.

    >>> df = spark.createDataFrame([(1.0, 2.0), (3.0, 6.0)], ["a", "b"])
    >>> model = BatchNorm(inputCols=["a", "b"], outputCol="features").fit(df)
    >>> model.numFeatures, model.featureNames
    (2, ['a', 'b'])
    >>> model.summary().select("name", "count", "mean", "std").show()
    +----+-----+----+---+
    |name|count|mean|std|
    +----+-----+----+---+
    |   a|    2| 2.0|1.0|
    |   b|    2| 4.0|2.0|
    +----+-----+----+---+
    <BLANKLINE>
    """

    __module__ = _PACKAGE

    inverted: "Param[bool]" = Param(
        Params._dummy(),
        "inverted",
        "whether normalized values are mapped back; inverse()",
        TypeConverters.toBoolean,
    )
    output: "Param[str]" = Param(
        Params._dummy(),
        "output",
        "what a transform returns: normalized data, the summary or the statistics of the model",
        TypeConverters.toString,
    )

    def __init__(self, java_model: Optional[Any] = None) -> None:
        super().__init__(java_model)
        self._setDefault(inverted=False, output="normalized")

    def __repr__(self) -> str:
        if self._java_obj is None or is_remote():
            return super().__repr__()
        for param in self.params:
            java = self._java_obj.getParam(param.name)
            if self.isSet(param):
                self._java_obj.set(java.w(self._paramMap[param]))
            else:
                self._java_obj.clear(java)
        return self._java_obj.toString()

    @classmethod
    def read(cls) -> "JavaMLReader[BatchNormModel]":
        """Returns a reader of saved models."""
        require_jar(cls)
        return _taking_paths(super().read(), "load")

    def write(self) -> Any:
        """Returns a writer of this model."""
        return _taking_paths(super().write(), "save")

    @staticmethod
    def of(
        mean: Union[Vector, Sequence[float]], variance: Union[Vector, Sequence[float]]
    ) -> "BatchNormModel":
        """Returns a model of known statistics, such as those of another system: lists, tuples, NumPy
        arrays or vectors of one number for each feature.

        >>> known = BatchNormModel.of([0.5], [4.0])
        >>> known.setInputCol("a").setOutputCol("b")
        BatchNormModel: uid=..., numFeatures=1, eps=0.0, correction=0...
        >>> known.transform(spark.createDataFrame([(1.5,)], ["a"])).first()
        Row(a=1.5, b=0.5)
        """
        require_classic(
            "models of known statistics",
            "Save one with a session that is not remote, and load it.",
        )
        mean, variance = _vector("mean", mean), _vector("variance", variance)
        java = java_class("BatchNormModel").of(to_java(mean), to_java(variance))
        return BatchNormModel._from_java(java)

    @property
    def mean(self) -> DenseVector:
        """The mean of each feature, in its units; NaN for a feature without values."""
        return self._statistic("mean")

    @property
    def variance(self) -> DenseVector:
        """The variance of each feature, in its squared units, for the correction that is set."""
        return self._statistic("variance")

    @property
    def std(self) -> DenseVector:
        """The square root of each feature's variance, for the correction that is set; without eps."""
        return self._statistic("std")

    @property
    def count(self) -> int:
        """The number of rows that were fitted on, or the sum of their weights, rounded."""
        return self._statistic("count")

    @property
    def numFeatures(self) -> int:
        """The number of features."""
        return self._statistic("numFeatures")

    @property
    def featureNames(self) -> List[str]:
        """The names of the features."""
        return self._statistic("featureNames")

    @property
    def numBatchesTracked(self) -> int:
        """The number of batches that running statistics are of; 0 where statistics are pooled."""
        return self._statistic("numBatchesTracked")

    def summary(self) -> DataFrame:
        """Returns a row a feature, with groups a row a feature of each group: name, count, missing, mean,
        variance and std, whether it is constant, whether eps shrinks it to a std below 0.995
        (``smallerThanEps``), and the std that comes out (``stdAfter``).
        """
        return self._told("summary")

    def inverse(self) -> "BatchNormModel":
        """Returns the model that maps normalized values back: it reads what this one writes, and writes
        what this one reads.

        >>> df = spark.createDataFrame([(1.0,), (3.0,)], ["a"])
        >>> model = BatchNorm(inputCol="a", outputCol="b").fit(df)
        >>> model.inverse().transform(model.transform(df).drop("a")).select("a").collect()
        [Row(a=1.0), Row(a=3.0)]
        """
        return self.copy({self.inverted: not self.getInverted()})

    def update(self, batch: DataFrame) -> "BatchNormModel":
        """Returns the model of this one's data and ``batch`` together, bit for bit what one fit on all of
        it gives; with running statistics, that after one more batch. This model does not change.

        >>> df = spark.createDataFrame([(1.0,), (3.0,), (8.0,)], ["a"])
        >>> model = BatchNorm(inputCol="a", outputCol="b").fit(df.limit(2))
        >>> model.update(df.filter("a = 8")).mean
        DenseVector([4.0])
        """
        require_classic("update", "Save the model, and fit with initialModel set to its path.")
        return BatchNormModel._from_java(self._to_java().update(batch._jdf))

    def merge(self, *others: Union["BatchNormModel", Iterable["BatchNormModel"]]) -> "BatchNormModel":
        """Returns the model of this one's data and the others' together, bit for bit that of one fit on
        all of it, wherever and in whichever order they were fitted. The others are models, or lists of
        models.

        >>> df = spark.createDataFrame([(1.0,), (3.0,), (8.0,), (4.0,)], ["a"])
        >>> stage = BatchNorm(inputCol="a", outputCol="b")
        >>> model = stage.fit(df.filter("a <= 3")).merge(stage.fit(df.filter("a > 3")))
        >>> model.mean, model.count
        (DenseVector([4.0]), 4)
        """
        require_classic("merge", "Save the models, and merge them with a session that is not remote.")
        models = [self]
        for other in others:
            models.extend([other] if isinstance(other, BatchNormModel) else other)
        for model in models:
            if not isinstance(model, BatchNormModel):
                raise TypeError(f"merge got a {type(model).__name__}; expected fitted models. Give those.")
        java = [model._to_java() for model in models]
        return BatchNormModel._from_java(java[0].merge(java))

    def toOnnx(self, path: _Path, dtype: str = "float64", overwrite: bool = False) -> None:
        """Writes an ONNX model that maps as ``transform`` does, in ``float64`` or ``float32``."""
        self._export(dtype, overwrite).toOnnx(_path(path))

    def toTorch(self, path: _Path, dtype: str = "float64", overwrite: bool = False) -> None:
        """Writes a safetensors file, which a BatchNorm1d of PyTorch loads as its ``state_dict``."""
        self._export(dtype, overwrite).toTorch(_path(path))

    def toJson(self, path: _Path, overwrite: bool = False) -> None:
        """Writes names, statistics and parameters as JSON, with all digits."""
        self._export("float64", overwrite).toJson(_path(path))

    @staticmethod
    def fromTorch(path: _Path, layer: Optional[str] = None) -> "BatchNormModel":
        """Reads the safetensors file of a BatchNorm layer of PyTorch, or of a network with such a layer;
        if it has several, ``layer`` is the name of the one. Set the columns.

        >>> import tempfile
        >>> from pyspark.ml.linalg import Vectors
        >>> known = BatchNormModel.of(Vectors.dense(0.5), Vectors.dense(4.0)).setInputCol("a")
        >>> path = tempfile.mkdtemp() + "/layer.safetensors"
        >>> known.toTorch(path)
        >>> BatchNormModel.fromTorch(path).variance
        DenseVector([4.0])
        """
        require_classic("imports", "Import with a session that is not remote, and save the model.")
        name = [] if layer is None else [layer]
        return BatchNormModel._from_java(java_class("BatchNormModel").fromTorch(_path(path), *name))

    @staticmethod
    def fromJson(path: _Path) -> "BatchNormModel":
        """Reads the model that :meth:`toJson` wrote, which transforms bit for bit as it does.

        >>> import tempfile
        >>> from pyspark.ml.linalg import Vectors
        >>> known = BatchNormModel.of(Vectors.dense(0.5), Vectors.dense(4.0)).setInputCol("a")
        >>> path = tempfile.mkdtemp() + "/model.json"
        >>> known.toJson(path)
        >>> BatchNormModel.fromJson(path).mean
        DenseVector([0.5])
        """
        require_classic("imports", "Import with a session that is not remote, and save the model.")
        return BatchNormModel._from_java(java_class("BatchNormModel").fromJson(_path(path)))

    def _export(self, dtype: str, overwrite: bool) -> Any:
        require_classic("exports", "Save the model, and export it with a session that is not remote.")
        export = self._to_java().export().dtype(dtype)
        return export.overwrite() if overwrite else export

    def getInverted(self) -> bool:
        """The value of inverted."""
        return self.getOrDefault(self.inverted)

    def getOutput(self) -> str:
        """The value of output."""
        return self.getOrDefault(self.output)

    def setOutput(self, value: str) -> "BatchNormModel":
        """Sets what a transform returns: normalized data, the summary or the statistics of the model."""
        return self._set(output=value)

    def _told(self, output: str) -> DataFrame:
        """What the model tells by a transform, which reads no data: over Spark Connect the only way."""
        nothing = SparkSession.active().range(0)
        return self.copy({self.output: output}).transform(nothing)

    def _fit_warnings(self) -> List[str]:
        """What the fit warned of in the log of the driver, which a client may not see."""
        if is_remote():
            return list(self._statistic("warnings"))
        return list(self._java_obj.fitWarnings())

    def _statistic(self, name: str) -> Any:
        """What the model tells: of the JVM's model it needs neither a session nor a job."""
        self._require_statistics()
        if is_remote():
            row: Optional[Row] = self._told("statistics").select(name).first()
            assert row is not None
            return row[0]
        java = self._java_obj
        java.setCorrection(self.getCorrection())
        if self.isSet(self.inputCol):
            java.setInputCol(self.getInputCol())
        else:
            java.clear(java.inputCol())
        value = getattr(java, name)()
        if isinstance(value, int):
            return value
        told = to_python(value)
        return told if isinstance(told, Vector) else list(told)

    def _require_statistics(self) -> None:
        if self._java_obj is None:
            raise RuntimeError(
                f"Model {self.uid} has no statistics; expected a fitted or loaded model. Use "
                "BatchNorm.fit, BatchNormModel.load or BatchNormModel.of."
            )

    def _to_java(self) -> Any:
        self._require_statistics()
        return super()._to_java()

    def _transform(self, dataset: DataFrame) -> DataFrame:
        self._require_statistics()
        return super()._transform(dataset)


def _given(arguments: Dict[str, Any]) -> Dict[str, Any]:
    """The arguments that are not None, which is no value of a param."""
    return {name: value for name, value in arguments.items() if value is not None}


def _path(value: Any) -> Any:
    """A path as text, for the JVM; anything else as it is."""
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _taking_paths(storage: Any, method: str) -> Any:
    """A reader or writer of PySpark whose method takes pathlib's paths too."""
    storage.__class__ = _class_taking_paths(type(storage), method)
    return storage


@lru_cache(maxsize=None)
def _class_taking_paths(kind: type, method: str) -> type:
    # Were the method the writer's own, the two would refer to each other, and the model of the writer would live
    # until Python collects garbage.
    plain = getattr(kind, method)
    return type(kind.__name__, (kind,), {method: lambda self, path: plain(self, _path(path))})


def _vector(name: str, values: Any) -> Vector:
    """A vector of one number for each feature."""
    if isinstance(values, Vector):
        return values
    try:
        return Vectors.dense([float(value) for value in values])
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} is {values!r}; expected a list, array or vector of numbers. Give one number for each "
            "feature."
        ) from None
