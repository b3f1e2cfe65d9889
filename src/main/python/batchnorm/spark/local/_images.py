"""Images of values under coefficients, with the order of operations of the Java classes FeatureFormula and
IntegerMean.
"""

from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from batchnorm.spark.local._formula import INTEGERS, TWO_SHIFTS, Coefficients, Formula
from batchnorm.spark.local._statistics import Doubles

Integers = npt.NDArray[np.int64]

_TWO_53 = 1 << 53
_TWO_63 = 2.0**63
_LOW_BITS = np.int64(0x3FF)

# Numbers that are mapped at once, so that they stay in the cache.
_BLOCK = 1 << 15


def of_matrix(coefficients: Coefficients, rows: Doubles) -> Doubles:
    """Returns the images of a matrix of doubles under the first map."""
    # In the order of memory of the rows.
    images = np.empty_like(rows)
    features = rows.shape[1]
    if coefficients.special or not rows.flags.c_contiguous:
        for j in range(features):
            images[:, j] = of_column(coefficients, j, rows[:, j])
        return images
    # Several rows in one: the loops of NumPy over few features would be short.
    count = max(1, _BLOCK // max(1, features))
    center, scale, shift = (
        np.tile(numbers[0], count)
        for numbers in (coefficients.center, coefficients.scale, coefficients.shift)
    )
    source, target = rows.reshape(-1), images.reshape(-1)
    with np.errstate(all="ignore"):
        for start in range(0, len(source), len(center) or 1):
            x = source[start : start + len(center)]
            y = target[start : start + len(center)]
            np.subtract(x, center[: len(x)], out=y)
            y *= scale[: len(x)]
            y += shift[: len(x)]
    return images


def of_column(
    coefficients: Coefficients, feature: int, values: Any, maps: Optional[npt.NDArray[np.intp]] = None
) -> Doubles:
    """Returns the images of doubles or 64-bit integers as a feature.

    :param maps: number of the map of each value; the first for all if there is none
    """
    at = 0 if maps is None else maps
    center = coefficients.center[at, feature]
    scale = coefficients.scale[at, feature]
    shift = coefficients.shift[at, feature]
    with np.errstate(all="ignore"):
        images: Doubles = values - center
        images *= scale
        images += shift
        if values.dtype.kind == "i":
            _correct_integers(images, values, center, scale, shift)
        for number, formulas in coefficients.special.items():
            formula = formulas.get(feature)
            if formula is not None:
                some = slice(None) if maps is None else np.flatnonzero(maps == number)
                images[some] = _special(formula, values[some])
    return images


def _correct_integers(images: Doubles, values: Integers, center: Any, scale: Any, shift: Any) -> None:
    """Replaces the images of integers that no double equals."""
    beyond = np.flatnonzero((values > _TWO_53) | (values < -_TWO_53))
    if len(beyond):
        center, scale, shift = (
            numbers[beyond] if np.ndim(numbers) else numbers for numbers in (center, scale, shift)
        )
        images[beyond] = _less_double(values[beyond], center) * scale + shift


def _special(formula: Formula, values: Any) -> Doubles:
    center, scale, shift = np.float64(formula.center), np.float64(formula.scale), np.float64(formula.shift)
    first = np.float64(formula.first)
    result: Doubles
    if formula.kind == INTEGERS:
        less = _less if values.dtype.kind == "i" else _double_less
        result = less(values, np.int64(formula.whole), np.float64(formula.second)) * scale + shift
        return result
    x = values.astype(np.float64)
    if formula.kind == TWO_SHIFTS:
        result = ((x - center) * scale + first) + shift
    else:
        result = ((x * first - center) * scale + shift) * np.float64(formula.second)
    return result


def _less(x: Integers, whole: Any, fraction: Any) -> Doubles:
    """Returns integers minus ``whole + fraction``, within a unit in the last place."""
    difference = x - whole
    overflows = ((x ^ whole) & (x ^ difference)) < 0
    result: Doubles = difference - fraction
    if overflows.any():
        halves = (x >> np.int64(1)) - (whole >> np.int64(1))
        result = np.where(overflows, 2.0 * halves, result)
    return result


def _less_double(x: Integers, mean: Any) -> Doubles:
    """Returns integers minus doubles, within a unit in the last place."""
    within = np.abs(mean) < _TWO_63
    whole = np.where(within, mean, 0.0).astype(np.int64)
    near = _less(x, whole, np.where(within, mean - whole, 0.0))
    result: Doubles = np.where(within, near, _high(x) - mean + _low(x))
    return result


def _double_less(x: Doubles, whole: Any, fraction: Any) -> Doubles:
    """Returns doubles minus ``whole + fraction``."""
    within = np.abs(x) < _TWO_63
    integer = np.where(within, x, 0.0).astype(np.int64)
    near = _less(integer, whole, fraction - (np.where(within, x, 0.0) - integer))
    result: Doubles = np.where(within, near, x - _high(whole) - _low(whole) - fraction)
    return result


def _high(x: Any) -> Any:
    """Returns the part of integers that a double holds, as the Java class ExactLong."""
    return np.where(_is_double(x), x, x & ~_LOW_BITS).astype(np.float64)


def _low(x: Any) -> Any:
    return np.where(_is_double(x), 0, x & _LOW_BITS).astype(np.float64)


def _is_double(x: Any) -> Any:
    return (x <= _TWO_53) & (x >= -_TWO_53)
