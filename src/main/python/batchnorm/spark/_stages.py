"""The estimator and its model."""

import os
import warnings
from functools import lru_cache
from typing import Any, Dict, Iterable, List, Optional, TypeVar, Union, cast

from pyspark import keyword_only
from pyspark.ml.linalg import DenseVector, Vector, Vectors
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable, JavaMLWriter, MLReadable
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
from batchnorm.spark._params import BatchNormParams, Numbers

_PACKAGE = "batchnorm.spark"

_Path = Union[str, "os.PathLike[str]"]

S = TypeVar("S", bound="MLReadable[Any]")
T = TypeVar("T")


class _Persistent(JavaMLReadable[S], JavaMLWritable):
    """Saving and loading, with paths as texts or pathlib objects."""

    @classmethod
    def read(cls) -> "JavaMLReader[S]":
        """Returns a reader: ``read().load(path)`` is ``load(path)``."""
        require_jar(cls)
        return _taking_paths(super().read(), "load")

    @classmethod
    def load(cls, path: _Path) -> S:
        """Loads the stage saved at a path."""
        return cls.read().load(cast(str, path))

    def write(self) -> JavaMLWriter:
        """Returns a writer: ``write().overwrite().save(path)`` replaces what is at the path."""
        return _taking_paths(super().write(), "save")

    def save(self, path: _Path) -> None:
        """Saves this stage at a path that does not exist."""
        self.write().save(cast(str, path))


class BatchNorm(JavaEstimator["BatchNormModel"], BatchNormParams, _Persistent["BatchNorm"]):
    """Normalizes every feature of a dataset to mean 0 and variance 1, as a batch-normalization layer
    does with a batch: ``y = gamma * (x - mean) / sqrt(variance + eps) + beta``.

    ``fit`` computes mean and variance of the whole dataset in one pass; the model applies the formula.
    Every parameter has a setter and a getter, too, such as ``setEps`` and ``getEps``.

    Parameters
    ----------
    inputCol : str, optional
        Column to read: a vector, array<double|float> or one number. Set this or ``inputCols``.
        Example: ``inputCol="features"``.
    inputCols : list of str, optional
        Numeric columns to read. Example: ``inputCols=["age", "income"]``.
    outputCol : str, default uid + "__output"
        Column to write. It has the kind of ``inputCol``, or is one vector of all ``inputCols``.
        Example: ``outputCol="normalized"``.
    outputCols : list of str, optional
        Columns to write, one for each of inputCols; may be the same columns.
        Example: ``outputCols=["age", "income"]``.
    withMean : bool, default True
        Whether to subtract the mean. Sparse vectors stay sparse without it and without beta.
        Example: ``withMean=False``.
    withStd : bool, default True
        Whether to divide by sqrt(variance + eps). Example: ``withStd=False``.
    eps : float, default 0.0
        Number added to the variance, in squared units of the column (>= 0). Example: ``eps=1e-5``, as in
        PyTorch.
    correction : int, default 0
        Subtracted from n in the variance's divisor: 0 (population) or 1 (sample).
        Example: ``correction=1``, as in Spark's StandardScaler.
    gamma : list of float, array or vector, optional
        Factor of each feature after normalizing, PyTorch's weight; 1 if not set.
        Example: ``gamma=[2.0, 0.5]``.
    beta : list of float, array or vector, optional
        Summand of each feature after normalizing, PyTorch's bias; 0 if not set.
        Example: ``beta=[0.0, 1.0]``.
    weightCol : str, optional
        Weight column: a row of weight 3 counts as three rows. Example: ``weightCol="copies"``.
    handleInvalid : {"error", "skip", "keep"}, default "error"
        Treatment of null, NaN and infinite values: error, skip (drop such rows) or keep (exclude such
        values from the statistics and keep them in the output). Example: ``handleInvalid="keep"``.
    aggregationDepth : int, default 2
        Depth of the tree in which partitions are merged (>= 1). Results do not depend on it.
        Example: ``aggregationDepth=3``.
    maxSliceBytes : int, default 16777216
        Maximum bytes of sums that one task merges; wider rows are reduced in slices (>= 1 MiB). Results do
        not depend on it. Example: ``maxSliceBytes=1 << 20``.
    runningStatistics : {"pooled", "exponential", "cumulative"}, default "pooled"
        Kind of statistics: pooled (of all rows together), exponential (each fit and update has the weight
        momentum) or cumulative (the plain average of the batches' statistics). Example:
        ``runningStatistics="exponential"``.
    momentum : float, default 0.1
        Weight of a new batch in exponential running statistics, from 0 to 1, as in PyTorch.
        Example: ``runningStatistics="exponential", momentum=0.5``.
    groupCols : list of str, optional
        Group columns: rows with equal values are normalized by statistics of their own; null is a value
        like any other. Example: ``groupCols=["store"]``.
    unseenGroup : {"error", "global", "null"}, default "error"
        Treatment of groups that are not in the fitted data: error, global (use the statistics of all rows)
        or null (write null). Example: ``unseenGroup="global"``.
    smallGroup : {"error", "global", "unit"}, default "global"
        Treatment of groups with too few rows for a variance: error, global (use the statistics of all rows)
        or unit (use mean 0 and variance 1). Example: ``smallGroup="unit"``.
    initialModel : str, path or BatchNormModel, optional
        Path of a fitted model of the same columns, whose statistics the fit continues. The model itself is
        accepted, too. Example: ``initialModel="models/yesterday"``.

    Raises
    ------
    TypeError
        A value has the wrong type, or an argument has no name.
    ValueError
        The value of a parameter is invalid.
    RuntimeError
        The session was started without the jar; see :func:`configure`.

    Examples
    --------
    >>> df = spark.createDataFrame([(1.0, 2.0), (3.0, 6.0), (5.0, 10.0)], ["a", "b"])
    >>> stage = BatchNorm(inputCols=["a", "b"], outputCols=["a", "b"])
    >>> model = stage.fit(df)
    >>> model.mean, model.variance, model.count
    (DenseVector([3.0, 6.0]), DenseVector([2.6667, 10.6667]), 3)
    >>> model.transform(df).first()
    Row(a=-1.224744871391589, b=-1.224744871391589)
    >>> stage.setCorrection(1).setWithMean(False).fit(df).transform(df).first()
    Row(a=0.5, b=0.5)

    Every store by its own statistics:

    >>> sales = spark.createDataFrame([("x", 1.0), ("x", 3.0), ("y", 10.0), ("y", 30.0)], ["store", "a"])
    >>> stores = BatchNorm(inputCols=["a"], outputCols=["a"], groupCols=["store"]).fit(sales)
    >>> sorted(row.a for row in stores.transform(sales).collect())
    [-1.0, -1.0, 1.0, 1.0]
    """

    # PySpark finds the Java class by the module and name of this class.
    __module__ = _PACKAGE

    initialModel: "Param[str]" = Param(
        Params._dummy(),
        "initialModel",
        "path of a fitted model of the same columns, whose statistics the fit continues",
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
        gamma: Optional[Numbers] = None,
        beta: Optional[Numbers] = None,
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
        """Creates a stage; the class documents the parameters."""
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
        gamma: Optional[Numbers] = None,
        beta: Optional[Numbers] = None,
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
        """Sets the given params; the others do not change."""
        return self._set(**_given(self._input_kwargs))

    def getInitialModel(self) -> str:
        """Returns the value of initialModel."""
        return self.getOrDefault(self.initialModel)

    def setInitialModel(self, value: Union[_Path, "BatchNormModel"]) -> "BatchNorm":
        """Sets the model whose statistics ``fit`` continues, or its path. The result equals one fit on
        that model's data and the new data together.

        >>> df = spark.createDataFrame([(1.0,), (3.0,), (8.0,)], ["a"])
        >>> stage = BatchNorm(inputCol="a", outputCol="b")
        >>> first = stage.fit(df.limit(2))
        >>> stage.setInitialModel(first).fit(df.filter("a = 8")).mean
        DenseVector([4.0])
        """
        return self._set(initialModel=value)

    def fitIncrementally(self, table: _Path, modelPath: _Path) -> "BatchNormModel":
        """Fits on a table and follows it: the first call reads all of its files, and the next ones read
        those that were added since, and take out the sums of those that were removed. The result is that
        of ``fit`` on the table as it is, bit for bit.

        ``table`` is the name of a Delta or Iceberg table, or the path of a folder of one or of Parquet
        files. The model is saved in the directory of versions ``modelPath``, from which
        ``BatchNormModel.load`` reads the newest.
        """
        require_classic("fitIncrementally", "Use fit, or a session that is not remote.")
        self._transfer_params_to_java()
        java: Any = self._java_obj
        return BatchNormModel._from_java(java.fitIncrementally(_path(table), _path(modelPath)))

    def _set(self, **kwargs: Any) -> "BatchNorm":
        if "initialModel" not in kwargs:
            return super()._set(**kwargs)
        initial = _path(kwargs.pop("initialModel"))
        java: Any = self._java_obj
        if isinstance(initial, BatchNormModel):
            require_classic("a model as initialModel", "Save the model, and give its path.")
            super()._set(**kwargs)
            self.clear(self.initialModel)
            java.setInitialModel(initial._to_java())
            return self
        super()._set(initialModel=initial, **kwargs)
        if initial is not None and not is_remote():
            # Clears a model that was set.
            java.setInitialModel(initial)
        return self

    def _fit(self, dataset: DataFrame) -> "BatchNormModel":
        model = super()._fit(dataset)
        for text in model._fit_warnings():
            warnings.warn(text, UserWarning, stacklevel=3)
        return model

    def _create_model(self, java_model: Any) -> "BatchNormModel":
        return BatchNormModel(java_model)


class BatchNormModel(JavaModel, BatchNormParams, _Persistent["BatchNormModel"]):
    """Applies ``y = gamma * (x - mean) / sqrt(variance + eps) + beta`` to every row of a dataset, in batch
    or on a stream, with the statistics that :class:`BatchNorm` computed.

    Models are created by ``BatchNorm.fit``, :meth:`load`, :meth:`of`, :meth:`fromTorch` and
    :meth:`fromJson`. They have the parameters of :class:`BatchNorm` except ``initialModel``, each with a
    setter and a getter, and two more, which are no arguments of a constructor.

    Parameters
    ----------
    inverted : bool, default False
        Whether normalized values are mapped back; set by inverse(). Example: ``model.inverse()``.
    output : {"normalized", "summary", "statistics"}, default "normalized"
        Result of a transform: normalized data, the summary or the statistics of the model.
        Example: ``model.copy().setOutput("summary")``.

    Examples
    --------
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

    A parameter of a copy, which does not change the model:

    >>> model.copy().setBeta([10.0, 10.0]).transform(df).first().features
    DenseVector([9.0, 9.0])
    """

    __module__ = _PACKAGE

    inverted: "Param[bool]" = Param(
        Params._dummy(),
        "inverted",
        "whether normalized values are mapped back; set by inverse()",
        TypeConverters.toBoolean,
    )
    output: "Param[str]" = Param(
        Params._dummy(),
        "output",
        "result of a transform: normalized data, the summary or the statistics of the model",
        TypeConverters.toString,
    )

    def __init__(self, java_model: Optional[Any] = None) -> None:
        super().__init__(java_model)
        self._setDefault(inverted=False, output="normalized")

    def __repr__(self) -> str:
        java: Any = self._java_obj
        if java is None or is_remote():
            return super().__repr__()
        for param in self.params:
            java_param = java.getParam(param.name)
            if self.isSet(param):
                java.set(java_param.w(self._paramMap[param]))
            else:
                java.clear(java_param)
        return str(java.toString())

    @staticmethod
    def of(mean: Numbers, variance: Numbers) -> "BatchNormModel":
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
        statistics = [_vector("mean", mean), _vector("variance", variance)]
        java = java_class("BatchNormModel").of(*map(to_java, statistics))
        return BatchNormModel._from_java(java)

    @property
    def mean(self) -> DenseVector:
        """The mean of each feature, in its units; NaN for a feature without values."""
        return cast(DenseVector, self._statistic("mean"))

    @property
    def variance(self) -> DenseVector:
        """The variance of each feature, in its squared units, for the set correction."""
        return cast(DenseVector, self._statistic("variance"))

    @property
    def std(self) -> DenseVector:
        """The square root of each feature's variance, for the set correction; without eps."""
        return cast(DenseVector, self._statistic("std"))

    @property
    def count(self) -> int:
        """The number of fitted rows, or their total weight, rounded."""
        return int(self._statistic("count"))

    @property
    def numFeatures(self) -> int:
        """The number of features."""
        return int(self._statistic("numFeatures"))

    @property
    def featureNames(self) -> List[str]:
        """The names of the features."""
        return list(self._statistic("featureNames"))

    @property
    def numBatchesTracked(self) -> int:
        """The number of batches of running statistics; 0 for pooled statistics."""
        return int(self._statistic("numBatchesTracked"))

    def summary(self) -> DataFrame:
        """Returns one row for each feature, with groups for each feature of each group: name, count,
        missing, mean, variance, std, min and max; whether it is constant; whether eps shrinks the std of
        the output below 0.995 (``smallerThanEps``); and the std of the output (``stdAfter``). Min and max
        are null without values, and if the model does not know them, as after ``subtract``.
        """
        return self._told("summary")

    def inverse(self) -> "BatchNormModel":
        """Returns the model that maps normalized values back. It reads the output columns of this model
        and writes its input columns.

        >>> df = spark.createDataFrame([(1.0,), (3.0,)], ["a"])
        >>> model = BatchNorm(inputCol="a", outputCol="b").fit(df)
        >>> model.inverse().transform(model.transform(df).drop("a")).select("a").collect()
        [Row(a=1.0), Row(a=3.0)]
        """
        return self.copy({self.inverted: not self.getInverted()})

    def update(self, batch: DataFrame, removed: Optional[DataFrame] = None) -> "BatchNormModel":
        """Returns the model of this one's data and ``batch`` together, without the rows of ``removed``,
        equal to one fit on the rows that remain, bit for bit; with running statistics, which cannot
        be without rows again, the model after one more batch. This model does not change.

        >>> df = spark.createDataFrame([(1.0,), (3.0,), (8.0,)], ["a"])
        >>> model = BatchNorm(inputCol="a", outputCol="b").fit(df.limit(2))
        >>> model.update(df.filter("a = 8")).mean
        DenseVector([4.0])
        >>> model.update(df.filter("a = 8"), removed=df.filter("a = 1")).mean
        DenseVector([5.5])
        """
        require_classic("update", "Save the model, and fit with initialModel set to its path.")
        frames = [batch] if removed is None else [batch, removed]
        return BatchNormModel._from_java(self._to_java().update(*[frame._jdf for frame in frames]))

    def merge(self, *others: Union["BatchNormModel", Iterable["BatchNormModel"]]) -> "BatchNormModel":
        """Returns the model of this one's data and the others' together, equal to one fit on all of it,
        bit for bit, in any order. The others are models, or lists of models.

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

    def subtract(self, other: "BatchNormModel") -> "BatchNormModel":
        """Returns the model of this one's data without the other's, equal to one fit on the rows that
        remain, bit for bit; only minimum and maximum are unknown. It undoes ``merge`` and ``update``; a
        model that is no part of this one is an error.

        >>> df = spark.createDataFrame([(1.0,), (3.0,), (8.0,)], ["a"])
        >>> stage = BatchNorm(inputCol="a", outputCol="b")
        >>> rest = stage.fit(df).subtract(stage.fit(df.filter("a <= 3")))
        >>> rest.mean, rest.count
        (DenseVector([8.0]), 1)
        """
        require_classic("subtract", "Save the models, and subtract with a session that is not remote.")
        if not isinstance(other, BatchNormModel):
            raise TypeError(f"subtract got a {type(other).__name__}; expected a fitted model. Give one.")
        return BatchNormModel._from_java(self._to_java().subtract(other._to_java()))

    def toOnnx(self, path: _Path, dtype: str = "float64", overwrite: bool = False) -> None:
        """Writes an ONNX model that maps like ``transform``, in ``float64`` or ``float32``."""
        self._export(dtype, overwrite).toOnnx(_path(path))

    def toTorch(self, path: _Path, dtype: str = "float64", overwrite: bool = False) -> None:
        """Writes a safetensors file, which a BatchNorm1d of PyTorch loads as its ``state_dict``."""
        self._export(dtype, overwrite).toTorch(_path(path))

    def toJson(self, path: _Path, overwrite: bool = False) -> None:
        """Writes names, statistics and parameters as JSON, with all digits."""
        self._export("float64", overwrite).toJson(_path(path))

    def toSql(self, dialect: str) -> str:
        """Returns a query that computes what ``transform`` does, in the SQL of ``spark``, ``duckdb``,
        ``postgres``, ``snowflake`` or ``bigquery``. It reads a table called ``source``.

        >>> from pyspark.ml.linalg import Vectors
        >>> known = BatchNormModel.of(Vectors.dense(0.5), Vectors.dense(4.0)).setInputCols(["a"])
        >>> known.setOutputCols(["b"]).setHandleInvalid("keep")
        BatchNormModel...
        >>> print(known.toSql("duckdb"))
        SELECT
          source.*,
          (CAST(source."a" AS DOUBLE) - 0.5e0) * 0.5e0 + 0.0e0 AS "b"
        FROM source
        <BLANKLINE>
        """
        return str(self._export("float64", False).sql(dialect))

    @staticmethod
    def fromTorch(path: _Path, layer: Optional[str] = None) -> "BatchNormModel":
        """Reads the safetensors file of a BatchNorm layer of PyTorch, or of a network; if it has several
        such layers, ``layer`` is the name of one. The columns must be set.

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
        """Reads the model written by :meth:`toJson`; its transform has the same results, bit for bit.

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
        """Returns the value of inverted."""
        return self.getOrDefault(self.inverted)

    def getOutput(self) -> str:
        """Returns the value of output."""
        return self.getOrDefault(self.output)

    def setOutput(self, value: str) -> "BatchNormModel":
        """Sets the result of a transform: normalized data, the summary or the statistics of the model."""
        return self._set(output=value)

    def _told(self, output: str) -> DataFrame:
        """Returns the result of a transform with this ``output``. It reads no data; over Spark Connect
        it is the only access.
        """
        nothing = SparkSession.active().range(0)
        return self.copy({self.output: output}).transform(nothing)

    def _fit_warnings(self) -> List[str]:
        """Returns the warnings of the fit, which are also in the driver's log, where a client may not
        see them.
        """
        if is_remote():
            return list(self._statistic("warnings"))
        java: Any = self._java_obj
        return list(java.fitWarnings())

    def _statistic(self, name: str) -> Any:
        """Returns a statistic of the model; in the JVM this needs neither a session nor a job."""
        self._require_statistics()
        if is_remote():
            row: Optional[Row] = self._told("statistics").select(name).first()
            assert row is not None
            return row[0]
        java: Any = self._java_obj
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
    """Returns the arguments that are not None; None is no value of a param."""
    return {name: value for name, value in arguments.items() if value is not None}


def _path(value: Any) -> Any:
    """Returns a path as text, for the JVM; anything else as it is."""
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _taking_paths(storage: T, method: str) -> T:
    """Returns a reader or writer of PySpark whose method takes pathlib's paths, too."""
    changed: Any = storage
    changed.__class__ = _class_taking_paths(changed.__class__, method)
    return storage


@lru_cache(maxsize=None)
def _class_taking_paths(kind: type, method: str) -> type:
    # Were the method the writer's own, the two would refer to each other, and the model of the writer would live
    # until Python collects garbage.
    plain = getattr(kind, method)
    return type(kind.__name__, (kind,), {method: lambda self, path: plain(self, _path(path))})


def _vector(name: str, values: Any) -> Vector:
    """Returns a vector of one number for each feature."""
    if isinstance(values, Vector):
        return values
    try:
        return Vectors.dense([float(value) for value in values])
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} is {values!r}; expected a list, array or vector of numbers. Give one number for each "
            "feature."
        ) from None
