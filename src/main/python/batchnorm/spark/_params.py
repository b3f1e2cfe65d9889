"""Params of both BatchNorm and BatchNormModel, with the texts of the Java class SharedParams."""

from typing import Any, Collection, Dict, Iterable, List, TypeVar, Union

from pyspark.ml.linalg import Vector
from pyspark.ml.param import Param, Params, TypeConverters

from batchnorm.spark._checks import OF_PARAMS

P = TypeVar("P", bound="BatchNormParams")

# A number for each feature: a list, a tuple, a NumPy array or a vector.
Numbers = Union[Collection[float], Vector]


class BatchNormParams(Params):
    """Params of both stages, with their getters and setters.

    Setting a value of the wrong type raises a TypeError, setting any other invalid value a ValueError.
    """

    inputCol: "Param[str]" = Param(
        Params._dummy(),
        "inputCol",
        "column to read: a vector, array<double|float> or one number",
        TypeConverters.toString,
    )
    inputCols: "Param[List[str]]" = Param(
        Params._dummy(), "inputCols", "numeric columns to read", TypeConverters.toListString
    )
    outputCol: "Param[str]" = Param(
        Params._dummy(), "outputCol", "column to write", TypeConverters.toString
    )
    outputCols: "Param[List[str]]" = Param(
        Params._dummy(),
        "outputCols",
        "columns to write, one for each of inputCols; may be the same columns",
        TypeConverters.toListString,
    )
    withMean: "Param[bool]" = Param(
        Params._dummy(), "withMean", "whether to subtract the mean", TypeConverters.toBoolean
    )
    withStd: "Param[bool]" = Param(
        Params._dummy(),
        "withStd",
        "whether to divide by sqrt(variance + eps)",
        TypeConverters.toBoolean,
    )
    eps: "Param[float]" = Param(
        Params._dummy(),
        "eps",
        "number added to the variance, in squared units of the column (>= 0)",
        TypeConverters.toFloat,
    )
    correction: "Param[int]" = Param(
        Params._dummy(),
        "correction",
        "subtracted from n in the variance's divisor: 0 (population) or 1 (sample)",
        TypeConverters.toInt,
    )
    gamma: "Param[List[float]]" = Param(
        Params._dummy(),
        "gamma",
        "factor of each feature after normalizing, PyTorch's weight; 1 if not set",
        TypeConverters.toListFloat,
    )
    beta: "Param[List[float]]" = Param(
        Params._dummy(),
        "beta",
        "summand of each feature after normalizing, PyTorch's bias; 0 if not set",
        TypeConverters.toListFloat,
    )
    handleInvalid: "Param[str]" = Param(
        Params._dummy(),
        "handleInvalid",
        "treatment of null, NaN and infinite values: error, skip (drop such rows) or keep (exclude "
        "such values from the statistics and keep them in the output)",
        TypeConverters.toString,
    )
    weightCol: "Param[str]" = Param(
        Params._dummy(),
        "weightCol",
        "weight column: a row of weight 3 counts as three rows",
        TypeConverters.toString,
    )
    aggregationDepth: "Param[int]" = Param(
        Params._dummy(),
        "aggregationDepth",
        "depth of the tree in which partitions are merged (>= 1)",
        TypeConverters.toInt,
    )
    maxSliceBytes: "Param[int]" = Param(
        Params._dummy(),
        "maxSliceBytes",
        "maximum bytes of sums that one task merges; wider rows are reduced in slices (>= 1 MiB)",
        TypeConverters.toInt,
    )
    runningStatistics: "Param[str]" = Param(
        Params._dummy(),
        "runningStatistics",
        "kind of statistics: pooled (of all rows together), exponential (each fit and update has the "
        "weight momentum) or cumulative (the plain average of the batches' statistics)",
        TypeConverters.toString,
    )
    momentum: "Param[float]" = Param(
        Params._dummy(),
        "momentum",
        "weight of a new batch in exponential running statistics, from 0 to 1, as in PyTorch",
        TypeConverters.toFloat,
    )
    groupCols: "Param[List[str]]" = Param(
        Params._dummy(),
        "groupCols",
        "group columns: rows with equal values are normalized by statistics of their own; null is a "
        "value like any other",
        TypeConverters.toListString,
    )
    unseenGroup: "Param[str]" = Param(
        Params._dummy(),
        "unseenGroup",
        "treatment of groups that are not in the fitted data: error, global (use the statistics of all "
        "rows) or null (write null)",
        TypeConverters.toString,
    )
    smallGroup: "Param[str]" = Param(
        Params._dummy(),
        "smallGroup",
        "treatment of groups with too few rows for a variance: error, global (use the statistics of "
        "all rows) or unit (use mean 0 and variance 1)",
        TypeConverters.toString,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._setDefault(
            outputCol=_default_output(self.uid),
            withMean=True,
            withStd=True,
            eps=0.0,
            correction=0,
            handleInvalid="error",
            aggregationDepth=2,
            maxSliceBytes=16 << 20,
            runningStatistics="pooled",
            momentum=0.1,
            unseenGroup="error",
            smallGroup="global",
        )

    def set(self, param: "Param[Any]", value: Any) -> None:
        """Sets a param of this stage."""
        before = dict(self._paramMap)
        super().set(param, value)
        self._require([param.name], before)

    def _set(self: P, **kwargs: Any) -> P:
        """Sets params by their names, all of them or none."""
        before = dict(self._paramMap)
        super()._set(**kwargs)
        self._require(kwargs, before)
        return self

    def _require(self, names: Iterable[str], before: "Dict[Param[Any], Any]") -> None:
        try:
            for name in names:
                param = self.getParam(name)
                if self.isSet(param):
                    _require(name, self._paramMap[param])
        except ValueError:
            self._paramMap = before
            raise

    def _resetUid(self: P, newUid: Any) -> P:
        """Sets another uid, and the default output column, whose name contains it."""
        super()._resetUid(newUid)
        self._setDefault(outputCol=_default_output(self.uid))
        return self

    def getInputCol(self) -> str:
        """Returns the value of inputCol."""
        return self.getOrDefault(self.inputCol)

    def setInputCol(self: P, value: str) -> P:
        """Sets the column to read: a vector, an array of doubles or floats, or one number."""
        return self._set(inputCol=value)

    def getInputCols(self) -> List[str]:
        """Returns the value of inputCols."""
        return self.getOrDefault(self.inputCols)

    def setInputCols(self: P, value: List[str]) -> P:
        """Sets the numeric columns to read."""
        return self._set(inputCols=value)

    def getOutputCol(self) -> str:
        """Returns the value of outputCol."""
        return self.getOrDefault(self.outputCol)

    def setOutputCol(self: P, value: str) -> P:
        """Sets the column to write: of the kind of inputCol, or one vector of all inputCols."""
        return self._set(outputCol=value)

    def getOutputCols(self) -> List[str]:
        """Returns the value of outputCols."""
        return self.getOrDefault(self.outputCols)

    def setOutputCols(self: P, value: List[str]) -> P:
        """Sets the double columns to write, one for each of inputCols; they may be the same columns."""
        return self._set(outputCols=value)

    def getWithMean(self) -> bool:
        """Returns the value of withMean."""
        return self.getOrDefault(self.withMean)

    def setWithMean(self: P, value: bool) -> P:
        """Sets whether to subtract the mean; True by default."""
        return self._set(withMean=value)

    def getWithStd(self) -> bool:
        """Returns the value of withStd."""
        return self.getOrDefault(self.withStd)

    def setWithStd(self: P, value: bool) -> P:
        """Sets whether to divide by ``sqrt(variance + eps)``; True by default."""
        return self._set(withStd=value)

    def getEps(self) -> float:
        """Returns the value of eps."""
        return self.getOrDefault(self.eps)

    def setEps(self: P, value: float) -> P:
        """Sets the number added to the variance, in squared units of the column; 0 by default."""
        return self._set(eps=value)

    def getCorrection(self) -> int:
        """Returns the value of correction."""
        return self.getOrDefault(self.correction)

    def setCorrection(self: P, value: int) -> P:
        """Sets the number subtracted from n in the variance's divisor: 0, the default, or 1."""
        return self._set(correction=value)

    def getGamma(self) -> List[float]:
        """Returns the value of gamma."""
        return self.getOrDefault(self.gamma)

    def setGamma(self: P, value: Numbers) -> P:
        """Sets the factor of each feature after normalizing, PyTorch's weight; 1 if not set."""
        return self._set(gamma=value)

    def getBeta(self) -> List[float]:
        """Returns the value of beta."""
        return self.getOrDefault(self.beta)

    def setBeta(self: P, value: Numbers) -> P:
        """Sets the summand of each feature after normalizing, PyTorch's bias; 0 if not set."""
        return self._set(beta=value)

    def getHandleInvalid(self) -> str:
        """Returns the value of handleInvalid."""
        return self.getOrDefault(self.handleInvalid)

    def setHandleInvalid(self: P, value: str) -> P:
        """Sets the treatment of null, NaN and infinite values: error, the default, skip or keep."""
        return self._set(handleInvalid=value)

    def getWeightCol(self) -> str:
        """Returns the value of weightCol."""
        return self.getOrDefault(self.weightCol)

    def setWeightCol(self: P, value: str) -> P:
        """Sets the numeric weight column: a row of weight 3 counts as three rows."""
        return self._set(weightCol=value)

    def getAggregationDepth(self) -> int:
        """Returns the value of aggregationDepth."""
        return self.getOrDefault(self.aggregationDepth)

    def setAggregationDepth(self: P, value: int) -> P:
        """Sets the depth of the tree in which partitions are merged; 2 by default."""
        return self._set(aggregationDepth=value)

    def getMaxSliceBytes(self) -> int:
        """Returns the value of maxSliceBytes."""
        return self.getOrDefault(self.maxSliceBytes)

    def setMaxSliceBytes(self: P, value: int) -> P:
        """Sets the maximum bytes of sums that one task merges; 16 MiB by default."""
        return self._set(maxSliceBytes=value)

    def getRunningStatistics(self) -> str:
        """Returns the value of runningStatistics."""
        return self.getOrDefault(self.runningStatistics)

    def setRunningStatistics(self: P, value: str) -> P:
        """Sets the kind of statistics: pooled, the default, exponential or cumulative."""
        return self._set(runningStatistics=value)

    def getMomentum(self) -> float:
        """Returns the value of momentum."""
        return self.getOrDefault(self.momentum)

    def setMomentum(self: P, value: float) -> P:
        """Sets the weight of a new batch in exponential running statistics; 0.1 by default."""
        return self._set(momentum=value)

    def getGroupCols(self) -> List[str]:
        """Returns the value of groupCols."""
        return self.getOrDefault(self.groupCols)

    def setGroupCols(self: P, value: List[str]) -> P:
        """Sets the group columns; none by default."""
        return self._set(groupCols=value)

    def getUnseenGroup(self) -> str:
        """Returns the value of unseenGroup."""
        return self.getOrDefault(self.unseenGroup)

    def setUnseenGroup(self: P, value: str) -> P:
        """Sets the treatment of groups that are not in the fitted data: error, the default, global or null."""
        return self._set(unseenGroup=value)

    def getSmallGroup(self) -> str:
        """Returns the value of smallGroup."""
        return self.getOrDefault(self.smallGroup)

    def setSmallGroup(self: P, value: str) -> P:
        """Sets the treatment of groups with too few rows for a variance: error, global, the default, or unit."""
        return self._set(smallGroup=value)


def _require(name: str, value: Any) -> None:
    """Requires a value that the JVM accepts for a param; its type is right."""
    if name in OF_PARAMS:
        OF_PARAMS[name](value)


def _default_output(uid: str) -> str:
    return uid + "__output"
