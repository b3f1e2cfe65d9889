"""Conversions between local models and the StandardScaler of scikit-learn."""

from typing import Any, Dict, List, NamedTuple, Optional

import numpy as np

from batchnorm.spark.local import _errors
from batchnorm.spark.local._formula import Recipe, coefficients, divisors
from batchnorm.spark.local._packages import required
from batchnorm.spark.local._params import Params
from batchnorm.spark.local._statistics import Known, Learned, Statistics


def scaler(
    learned: Learned, statistics: Statistics, recipe: Recipe, params: Params, names: List[str], are_named: bool
) -> Any:
    """Returns the fitted StandardScaler that maps like a model."""
    _require_expressible(statistics, recipe, params, names)
    divisor = divisors(statistics, recipe)
    found = required("sklearn.preprocessing").StandardScaler(
        with_mean=recipe.with_mean, with_std=recipe.with_std or bool((recipe.gamma != 1).any())
    )
    found.mean_ = statistics.mean.copy()
    found.var_ = statistics.variance.copy() if found.with_std else None
    found.scale_ = divisor / recipe.gamma if found.with_std else None
    found.n_features_in_ = len(statistics.mean)
    weights = learned.weights()
    counts = weights if (weights % 1).any() else weights.astype(np.int64)
    found.n_samples_seen_ = counts[0] if (counts == counts[0]).all() else counts
    if are_named:
        found.feature_names_in_ = np.array(names, dtype=object)
    return found


def _require_expressible(statistics: Statistics, recipe: Recipe, params: Params, names: List[str]) -> None:
    if params.group_cols is not None:
        raise _errors.not_for_sklearn("it has groups")
    if recipe.restores:
        raise _errors.not_for_sklearn("it maps normalized values back; inverse_transform of a scaler does that")
    if recipe.beta.any():
        j = int(np.argmax(recipe.beta != 0))
        raise _errors.not_for_sklearn(f"beta of '{names[j]}' is {recipe.beta[j]}")
    if not recipe.gamma.all():
        raise _errors.not_for_sklearn(f"gamma of '{names[int(np.argmin(recipe.gamma != 0))]}' is 0")
    if params.get("handleInvalid") == "skip":
        raise _errors.not_for_sklearn("handleInvalid is 'skip', and a scaler drops no rows")
    for formulas in coefficients(statistics, len(names), recipe).special.values():
        for j, formula in formulas.items():
            what = "has integers beyond 2^53" if formula.kind == 1 else "is near the ends of the range of double"
            raise _errors.not_for_sklearn(f"'{names[j]}' {what}")


class FromSklearn(NamedTuple):
    values: Dict[str, Any]
    learned: Known
    names: Optional[List[str]]


def from_scaler(found: Any) -> FromSklearn:
    """Returns parameters and statistics of the model that maps like a fitted StandardScaler."""
    if not isinstance(found, required("sklearn.preprocessing").StandardScaler):
        raise _errors.not_a_scaler(found)
    if not hasattr(found, "scale_") or not hasattr(found, "n_features_in_"):
        raise _errors.scaler_not_fitted()
    features = found.n_features_in_
    mean, variance = np.zeros(features), np.ones(features)
    if found.with_mean:
        mean = np.asarray(found.mean_, np.float64).copy()
        _require("mean_", mean, np.isfinite(mean), "a finite number")
    if found.with_std:
        scale = np.asarray(found.scale_, np.float64)
        # The square root of the square of a double is that double.
        variance = np.where(np.sqrt(found.var_) == scale, found.var_, scale * scale)
        exact = (scale > 0) & (np.sqrt(variance) == scale)
        _require("scale_", scale, exact, "a number above 0 whose square is a double")
    names = getattr(found, "feature_names_in_", None)
    columns = None if names is None else [str(name) for name in names]
    values = {
        "withMean": bool(found.with_mean),
        "withStd": bool(found.with_std),
        "handleInvalid": "keep",
        "inputCols": columns,
        "outputCols": columns,
    }
    return FromSklearn(values, Known(mean, variance), columns)


def _require(what: str, values: Any, valid: Any, expected: str) -> None:
    if not valid.all():
        j = int(np.argmin(valid))
        raise _errors.invalid_scaler(what, j, float(values[j]), expected)
