"""Coefficients of ``y = (x - center) * scale + shift``, as the Java class FeatureFormula computes them."""

import math
from typing import Dict, List, NamedTuple, Optional

import numpy as np
import numpy.typing as npt

from batchnorm.spark.local._exact import IntegerMean, Scaled
from batchnorm.spark.local._statistics import Doubles, Statistics

_TWO_63 = 2.0**63

# Exponent of the mean from which x - mean may be beyond the range of double.
_LARGE_MEAN = 970

# Maximum magnitude of the exponent of a divisor or scale that is not split in two.
_ORDINARY_EXPONENT = 960

# Maximum exponent of a factor that is split off: the power of two is a double.
_GREATEST_POWER = 1000

PLAIN, INTEGERS, TWO_SHIFTS, SCALED = range(4)


class Formula(NamedTuple):
    """Formula of one feature; ``kind`` tells how the last two numbers are used."""

    center: float
    scale: float
    shift: float
    kind: int = PLAIN
    first: float = 0.0
    second: float = 0.0

    @property
    def whole(self) -> int:
        """The integer of the mean of a formula of integers."""
        return _wrapped(_integer(self.center) + int(self.first))


class Recipe(NamedTuple):
    """Parameters of ``y = gamma (x - mean) / sqrt(variance + eps) + beta``, or of its inverse."""

    with_mean: bool
    with_std: bool
    eps: float
    gamma: Doubles
    beta: Doubles
    restores: bool


class Coefficients:
    """Coefficients of each feature under one map or several; arrays have a row for each map."""

    def __init__(
        self, center: Doubles, scale: Doubles, shift: Doubles, special: Dict[int, Formula]
    ) -> None:
        self.center = center
        self.scale = scale
        self.shift = shift
        #: Formulas that are not plain, by map and then by feature.
        self.special: Dict[int, Dict[int, Formula]] = {}
        features = center.shape[1]
        for at, formula in special.items():
            if formula.kind == PLAIN:
                center.flat[at], scale.flat[at], shift.flat[at] = formula[:3]
            else:
                self.special.setdefault(at // features, {})[at % features] = formula

    @property
    def features(self) -> int:
        return int(self.center.shape[1])

    def replace(self, number: int, other: "Coefficients") -> None:
        """Replaces one map by the first of others."""
        for mine, theirs in zip((self.center, self.scale, self.shift), (other.center, other.scale, other.shift)):
            mine[number] = theirs[0]
        self.special.pop(number, None)
        if other.special:
            self.special[number] = other.special[0]

    def with_map(self, other: "Coefficients") -> "Coefficients":
        """Returns these maps, and the first of others after them."""
        center, scale, shift = (
            np.concatenate([mine, theirs[:1]])
            for mine, theirs in zip(
                (self.center, self.scale, self.shift), (other.center, other.scale, other.shift)
            )
        )
        both = Coefficients(center, scale, shift, {})
        both.special = {**self.special, **{len(self.center): map for map in other.special.values()}}
        return both


def divisors(statistics: Statistics, recipe: Recipe) -> Doubles:
    """Returns ``sqrt(variance + eps)`` of each feature; 1 for one that is left unscaled."""
    with np.errstate(all="ignore"):
        divisor = np.sqrt(statistics.variance + recipe.eps)
    for at in statistics.scaled:
        divisor[at] = _double(_divisor(statistics, recipe, at))
    divisor[_is_unscaled(statistics, recipe)] = 1
    result: Doubles = divisor
    return result


def coefficients(statistics: Statistics, features: int, recipe: Recipe) -> Coefficients:
    """Returns the coefficients of the statistics of one map or several."""
    maps = len(statistics.mean) // features if features else 1
    mean = statistics.mean.copy() if recipe.with_mean else np.zeros_like(statistics.mean)
    gamma, beta = np.tile(recipe.gamma, maps), np.tile(recipe.beta, maps)
    divisor = divisors(statistics, recipe)
    infinite = np.isposinf(divisor)
    with np.errstate(all="ignore"):
        if recipe.restores:
            center, scale, shift = beta, np.where(infinite, 0.0, divisor / gamma), mean
        else:
            center, scale, shift = np.where(infinite, 0.0, mean), gamma / divisor, beta
    unscaled = _is_unscaled(statistics, recipe)
    special = {}
    for at in _special(statistics, recipe, mean, divisor, gamma):
        own = Scaled(1.0) if unscaled[at] else _divisor(statistics, recipe, at)
        integers = statistics.integer_means.get(at) if recipe.with_mean else None
        feature = _Feature(float(mean[at]), float(gamma[at]), float(beta[at]), integers)
        special[at] = _restoring(own, feature) if recipe.restores else _normalizing(own, feature)
    shape = (maps, features)
    return Coefficients(center.reshape(shape), scale.reshape(shape), shift.reshape(shape), special)


def _is_unscaled(statistics: Statistics, recipe: Recipe) -> npt.NDArray[np.bool_]:
    if not recipe.with_std:
        return np.ones(len(statistics.mean), bool)
    if recipe.eps == 0:
        return statistics.is_constant()
    return np.zeros(len(statistics.mean), bool)


def _special(
    statistics: Statistics, recipe: Recipe, mean: Doubles, divisor: Doubles, gamma: Doubles
) -> List[int]:
    """Returns the places of features that may not be plain."""
    magnitude = _exponents(divisor)
    extreme = (divisor > 0) & np.isfinite(divisor) & (gamma != 0)
    extreme &= (np.abs(magnitude) > _ORDINARY_EXPONENT) | (
        np.abs(_exponents(gamma) - magnitude) > _ORDINARY_EXPONENT
    )
    large = np.isfinite(mean) & (_exponents(mean) >= _LARGE_MEAN)
    places = set(np.flatnonzero(extreme | large).tolist()) | set(statistics.scaled)
    if recipe.with_mean:
        places |= set(statistics.integer_means)
    return sorted(places)


def _exponents(values: Doubles) -> npt.NDArray[np.int_]:
    exponents = np.frexp(values)[1] - 1
    return np.where(np.abs(values) < 2.0**-1022, -1023, exponents)


def _divisor(statistics: Statistics, recipe: Recipe, at: int) -> Scaled:
    variance = _plus(statistics.spread(at), recipe.eps)
    return Scaled(math.sqrt(variance.significand), variance.exponent // 2)


class _Feature(NamedTuple):
    mean: float
    gamma: float
    beta: float
    integers: Optional[IntegerMean]


def _normalizing(divisor: Scaled, feature: _Feature) -> Formula:
    mean, gamma, beta, integers = feature
    if divisor.significand == math.inf:
        return Formula(0.0, gamma / math.inf, beta)
    if _is_large(mean) or _is_extreme(divisor, gamma):
        return _scaled(mean, divisor, gamma, beta)
    plain = Formula(mean, gamma / _double(divisor), beta)
    return plain if integers is None else _minus_integers(plain, integers)


def _restoring(divisor: Scaled, feature: _Feature) -> Formula:
    mean, gamma, beta, integers = feature
    if divisor.significand == math.inf:
        return Formula(beta, 0.0, mean)
    if _is_large(mean) or _is_extreme(divisor, gamma):
        return _scaled_back(beta, divisor, gamma, mean)
    plain = Formula(beta, _double(divisor) / gamma, mean)
    return plain if integers is None else _plus_integers(plain, integers)


def _scaled(center: float, divisor: Scaled, gamma: float, beta: float) -> Formula:
    most = _GREATEST_POWER if center == 0 else _GREATEST_POWER - 100 - _exponent(center)
    power = _clamp(min(most, -_magnitude(divisor)))
    before = _scalb(1.0, power)
    scale = _ratio(gamma, divisor.significand, -power - divisor.exponent)
    return Formula(center * before, scale, beta, SCALED, before, 1.0)


def _scaled_back(beta: float, divisor: Scaled, gamma: float, mean: float) -> Formula:
    magnitude = _magnitude(divisor) - _exponent(gamma)
    power = _clamp(magnitude if mean == 0 else max(magnitude, _exponent(mean)))
    scale = _ratio(divisor.significand, gamma, -power + divisor.exponent)
    return Formula(beta, scale, _scalb(mean, -power), SCALED, 1.0, _scalb(1.0, power))


def _minus_integers(plain: Formula, mean: IntegerMean) -> Formula:
    offset = float(_wrapped(mean.whole - _integer(plain.center)))
    return Formula(plain.center, plain.scale, plain.shift, INTEGERS, offset, mean.fraction)


def _plus_integers(plain: Formula, mean: IntegerMean) -> Formula:
    integer = _integer(plain.shift)
    rest = mean.fraction - (plain.shift - float(integer) if abs(plain.shift) < _TWO_63 else 0)
    first = float(_wrapped(mean.whole - integer)) + rest
    return Formula(plain.center, plain.scale, plain.shift, TWO_SHIFTS, first)


def _is_large(mean: float) -> bool:
    return math.isfinite(mean) and _exponent(mean) >= _LARGE_MEAN


def _is_extreme(divisor: Scaled, gamma: float) -> bool:
    if not (0 < divisor.significand < math.inf) or gamma == 0:
        return False
    magnitude = _magnitude(divisor)
    return abs(magnitude) > _ORDINARY_EXPONENT or abs(_exponent(gamma) - magnitude) > _ORDINARY_EXPONENT


def _clamp(power: int) -> int:
    return max(-_GREATEST_POWER, min(_GREATEST_POWER, power))


def _plus(number: Scaled, other: float) -> Scaled:
    if number.exponent == 0 or other == 0:
        return Scaled(number.significand + other, number.exponent)
    even = _exponent(other) & ~1
    common = even if number.significand == 0 else max(number.exponent, even)
    return Scaled(_scalb(number.significand, number.exponent - common) + _scalb(other, -common), common)


def _magnitude(number: Scaled) -> int:
    return _exponent(number.significand) + number.exponent


def _double(number: Scaled) -> float:
    return _scalb(number.significand, number.exponent)


def _ratio(numerator: float, denominator: float, power: int) -> float:
    up, down = _exponent(numerator), _exponent(denominator)
    return _scalb(_scalb(numerator, -up) / _scalb(denominator, -down), power + up - down)


def _exponent(value: float) -> int:
    """Returns Java's Math.getExponent of a finite number."""
    return -1023 if abs(value) < 2.0**-1022 else math.frexp(value)[1] - 1


def _scalb(value: float, power: int) -> float:
    with np.errstate(all="ignore"):
        return float(np.ldexp(value, power))


def _integer(value: float) -> int:
    """Returns the integer part of a mean of 64-bit integers, modulo 2^64."""
    return -(2**63) if value == _TWO_63 else int(value)


def _wrapped(value: int) -> int:
    """Returns an integer modulo 2^64, as Java computes."""
    return (value + 2**63) % 2**64 - 2**63
