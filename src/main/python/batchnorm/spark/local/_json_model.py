"""Models in JSON, as toJson writes them and the Java class JsonModel reads them."""

import math
from typing import Any, Dict, List, NamedTuple, Optional

import numpy as np

from batchnorm.spark.local import _errors, _strict_json
from batchnorm.spark.local._exact import IntegerMean, Scaled
from batchnorm.spark.local._files import Folder
from batchnorm.spark.local._params import Params
from batchnorm.spark.local._statistics import Known
from batchnorm.spark.local._strict_json import is_integer, is_number

_FORMAT = "batchnorm-spark"
_VERSION = 1
_KEYS = {"format", "formatVersion", "uid", "parameters", "rows", "numBatchesTracked", "features"}
_FEATURE_KEYS = {"name", "count", "missing", "mean", "variance", "min", "max", "scaledVariance", "integerMean"}

# Parameters that such a file does not have.
_NOT_EXPORTED = {"groupCols", "unseenGroup", "smallGroup", "output"}

# Eps of a file of format 1 without eps.
_EPS = 1e-5

_GREATEST_EXPONENT = 10_000
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class JsonModel(NamedTuple):
    params: Params
    learned: Known
    names: Optional[List[str]]


class _Reader:
    """Reads the parts of a file, and requires that each conforms to the schema."""

    def __init__(self, file: Folder) -> None:
        self._file = file.name

    def error(self, found: str) -> ValueError:
        return _errors.not_a_json_model(self._file, found)

    def require(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise self.error(otherwise)

    def require_keys(self, found: Any, known: Any, what: str) -> None:
        for key in found if isinstance(found, dict) else ():
            self.require(key in known, f"{what} has the unknown key '{key}'")

    def model(self, root: Any) -> JsonModel:
        self.require(isinstance(root, dict) and root.get("format") == _FORMAT, f"its format is not {_FORMAT}")
        version = root.get("formatVersion")
        self.require(is_integer(version), "it has no formatVersion")
        if version > _VERSION:
            raise _errors.newer_format(self._file, version, _VERSION)
        self.require(version == _VERSION, f"its formatVersion is {version}")
        self.require_keys(root, _KEYS, "it")
        uid = root.get("uid")
        self.require(isinstance(uid, str) and bool(uid.strip()), "it has no uid")
        params = self._params(uid, root.get("parameters"))
        features = root.get("features")
        self.require(isinstance(features, list) and bool(features), "it has no list of features")
        learned = self._learned(features)
        for count in ("rows", "numBatchesTracked"):
            self._count(root, count, count)
        return JsonModel(params, learned, self._names(features))

    def _params(self, uid: str, found: Any) -> Params:
        self.require(isinstance(found, dict), "its parameters are not an object")
        for name, value in found.items():
            known = Params.is_known(name) and name not in _NOT_EXPORTED
            self.require(known, f"it has the unknown parameter '{name}'")
            valid = Params.has_type(name, value) and value != []
            self.require(valid, f"its parameter {name} is {_strict_json.write(value)}")
        try:
            return Params(uid, {"eps": _EPS, **found})
        except ValueError as e:
            raise self.error(f"its parameters do not go together ({e})") from None

    def _learned(self, features: List[Any]) -> Known:
        mean, variance = [], []
        scaled: Dict[int, Scaled] = {}
        integer_means: Dict[int, IntegerMean] = {}
        for j, feature in enumerate(features):
            self.require(isinstance(feature, dict), f"feature {j} is no object")
            self.require_keys(feature, _FEATURE_KEYS, f"feature {j}")
            for count in ("count", "missing"):
                self._count(feature, count, f"{count} of feature {j}")
            mean.append(self._number(feature, "mean", f"mean of feature {j}"))
            variance.append(self._number(feature, "variance", f"variance of feature {j}"))
            self.require(not math.isinf(mean[j]), f"the mean of feature {j} is infinite")
            self.require(not variance[j] < 0, f"the variance of feature {j} is negative")
            self.require(
                math.isnan(mean[j]) == math.isnan(variance[j]),
                f"of mean and variance of feature {j} one is NaN",
            )
            self._require_extremes(feature, j)
            if "scaledVariance" in feature:
                scaled[j] = self._scaled(feature["scaledVariance"], variance[j], j)
            if "integerMean" in feature:
                integer_means[j] = self._integer_mean(feature["integerMean"], mean[j], j)
        return Known(np.array(mean), np.array(variance), None, scaled, integer_means)

    def _require_extremes(self, feature: Dict[str, Any], j: int) -> None:
        """Requires that minimum and maximum, which the model does not keep, are possible."""
        if "min" in feature or "max" in feature:
            low = self._number(feature, "min", f"min of feature {j}")
            high = self._number(feature, "max", f"max of feature {j}")
            possible = math.isfinite(low) and math.isfinite(high) and low <= high
            self.require(possible, f"min and max of feature {j} are {low} and {high}")

    def _scaled(self, found: Any, variance: float, j: int) -> Scaled:
        what = f"scaledVariance of feature {j}"
        self.require(isinstance(found, dict), f"{what} is no object")
        self.require_keys(found, ("significand", "exponent"), what)
        significand = self._number(found, "significand", f"significand of {what}")
        exponent = found.get("exponent")
        possible = is_integer(exponent) and exponent % 2 == 0 and abs(exponent) <= _GREATEST_EXPONENT
        self.require(possible, f"exponent of {what} is {_shown(exponent)}")
        with np.errstate(all="ignore"):
            rounded = float(np.ldexp(significand, exponent))
        near = significand > 0 and abs(rounded - variance) <= 5e-324
        infinite = rounded == math.inf and variance == rounded
        self.require(math.isfinite(significand) and (near or infinite), f"{what} is not its variance")
        return Scaled(significand, exponent)

    def _integer_mean(self, found: Any, mean: float, j: int) -> IntegerMean:
        what = f"integerMean of feature {j}"
        self.require(isinstance(found, dict), f"{what} is no object")
        self.require_keys(found, ("whole", "fraction"), what)
        whole = found.get("whole")
        possible = is_integer(whole) and -(2**63) <= whole < 2**63
        self.require(possible, f"whole of {what} is {_shown(whole)}")
        fraction = self._number(found, "fraction", f"fraction of {what}")
        near = abs(fraction) <= 0.5 and abs(whole + fraction - mean) <= abs(np.spacing(mean))
        self.require(bool(near), f"{what} is not its mean")
        return IntegerMean(whole, fraction)

    def _names(self, features: List[Any]) -> Optional[List[str]]:
        names: List[Any] = [feature.get("name") for feature in features]
        for j, name in enumerate(names):
            valid = name is None or (isinstance(name, str) and name != "")
            self.require(valid, f"the name of feature {j} is {_shown(name)}")
        named = sum(name is not None for name in names)
        self.require(named in (0, len(names)), "only some features have a name")
        return names if named else None

    def _count(self, found: Dict[str, Any], field: str, what: str) -> None:
        count = found.get(field, 0)
        self.require(is_integer(count) and 0 <= count < 2**63, f"{what} is {_shown(count)}")

    def _number(self, found: Dict[str, Any], field: str, what: str) -> float:
        value: Any = found.get(field)
        if is_number(value):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            self.require(math.isfinite(number), f"{what} is beyond the range of double")
            return number
        if isinstance(value, str) and value in _NOT_FINITE:
            return _NOT_FINITE[value]
        raise self.error(f"{what} is {_shown(value)}")


def _shown(value: Any) -> str:
    return "missing" if value is None else _strict_json.write(value)


def read(file: Folder) -> JsonModel:
    """Reads a model; anything else is an error."""
    try:
        root = _strict_json.read(file.text())
    except UnicodeDecodeError:
        raise _errors.not_a_json_model(file.name, "it is not UTF-8") from None
    except ValueError as e:
        raise _errors.not_a_json_model(file.name, str(e)) from None
    return _Reader(file).model(root)
