"""Exact sums of features, and mean and variance rounded once from them, as the Java classes ExactVariance
and Statistics define them.
"""

import math
import sys
from typing import List, NamedTuple, Optional, Tuple

# Bound of the bits, and of the fractional bits, of a sum of weighted squares of doubles.
_MOST_BITS = 1 << 14

# Relative error of a weight divided by a rounded sum, for each term of the sum.
_ROUNDING = 2.0**-52


class Dyadic(NamedTuple):
    """Exact number ``significand * 2^exponent``."""

    significand: int
    exponent: int

    def is_of_doubles(self) -> bool:
        """Returns whether this can be a sum of doubles, of their squares or of weights."""
        number = self.significand
        bits = (~number if number < 0 else number).bit_length()
        return abs(self.exponent) <= _MOST_BITS and bits <= _MOST_BITS

    def minus(self, other: "Dyadic") -> "Dyadic":
        unit = min(self.exponent, other.exponent)
        return Dyadic(
            (self.significand << self.exponent - unit) - (other.significand << other.exponent - unit), unit
        )

    def __float__(self) -> float:
        return rounded(self.significand, 1, self.exponent)


ZERO = Dyadic(0, 0)


class Scaled(NamedTuple):
    """Number ``significand * 2^exponent`` whose exponent may be beyond that of a double; even for a
    variance.
    """

    significand: float
    exponent: int = 0


class IntegerMean(NamedTuple):
    """Mean of integers beyond 2^53, as the nearest integer and a fraction from -0.5 to 0.5."""

    whole: int
    fraction: float


def rounded(numerator: int, denominator: int, exponent: int) -> float:
    """Returns the double nearest to ``numerator / denominator * 2^exponent``."""
    if numerator == 0:
        return 0.0
    try:
        # Python rounds the quotient of integers once.
        return (numerator << max(exponent, 0)) / (denominator << max(-exponent, 0))
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def is_enough(rows: int, weight: float, correction: int) -> bool:
    """Returns whether a sample is large enough for a variance."""
    return rows > 1 or weight > 1 if correction == 0 else weight > 1 + rows * _ROUNDING


class FeatureSums(NamedTuple):
    """Exact sums of the values of one feature.

    :ivar weight: total weight of the values
    :ivar sum: weighted sum of the values
    :ivar squares: weighted sum of their squares
    :ivar values: number of values
    :ivar integers: True if some values were integers beyond 2^53
    """

    weight: Dyadic
    sum: Dyadic
    squares: Dyadic
    values: int
    integers: bool

    def mean(self) -> float:
        if self.weight.significand == 0:
            return math.nan
        exponent = self.sum.exponent - self.weight.exponent
        return rounded(self.sum.significand, self.weight.significand, exponent)

    def variance(self, correction: int) -> float:
        if self.weight.significand == 0:
            return math.nan
        if correction == 1 and self.values > 0 and not is_enough(self.values, float(self.weight), 1):
            return 0.0
        ratio = self._variance(correction)
        return rounded(*ratio) if ratio is not None else 0.0

    def scaled_variance(self, correction: int) -> Optional[Scaled]:
        """Returns the variance with an exponent of its own, if a normal double cannot hold it."""
        variance = self.variance(correction)
        if math.isnan(variance) or sys.float_info.min <= variance <= sys.float_info.max:
            return None
        if correction == 1 and not is_enough(self.values, float(self.weight), 1):
            return None
        ratio = self._variance(correction)
        if ratio is None or ratio[0] == 0:
            return None
        numerator, denominator, exponent = ratio
        magnitude = (numerator.bit_length() - denominator.bit_length() + exponent) & ~1
        return Scaled(rounded(numerator, denominator, exponent - magnitude), magnitude)

    def integer_mean(self) -> Optional[IntegerMean]:
        """Returns the mean in two parts; none if it is beyond the range of 64 bits."""
        if not self.integers or self.weight.significand == 0:
            return None
        exponent = self.sum.exponent - self.weight.exponent
        numerator = self.sum.significand << max(0, exponent)
        denominator = self.weight.significand << max(0, -exponent)
        whole = (2 * numerator + denominator) // (2 * denominator)
        if not -(2**63) <= whole < 2**63:
            return None
        return IntegerMean(whole, rounded(numerator - whole * denominator, denominator, 0))

    def _variance(self, correction: int) -> Optional[Tuple[int, int, int]]:
        """Returns ``(n Q - S^2) / (n (n - correction))`` as a numerator, a denominator and an exponent of
        two; none if the total weight is at most the correction.
        """
        n, unit = self.weight
        less = self.weight.minus(Dyadic(correction, 0))
        if less.significand <= 0:
            return None
        product_exponent = unit + self.squares.exponent
        square_exponent = 2 * self.sum.exponent
        exponent = min(product_exponent, square_exponent)
        spread = (n * self.squares.significand << product_exponent - exponent) - (
            self.sum.significand**2 << square_exponent - exponent
        )
        return spread, n * less.significand, exponent - unit - less.exponent


class Sums:
    """Exact sums of all features of all rows, or of each group: those of map ``i`` are at ``i * features``
    and after it.
    """

    def __init__(
        self,
        features: int,
        rows: List[int],
        weight: List[Dyadic],
        sums: List[Dyadic],
        squares: List[Dyadic],
        missing: List[int],
        missing_weight: Optional[List[Dyadic]],
        integers: Optional[List[bool]],
    ) -> None:
        self.features = features
        self.rows = rows
        self.weight = weight
        self._sums = sums
        self._squares = squares
        self._missing = missing
        self._missing_weight = missing_weight
        self.integers = integers

    def weight_of(self, at: int) -> Dyadic:
        """Returns the total weight of the values of a feature."""
        weight = self.weight[at // self.features]
        if self._missing[at] == 0 or self._missing_weight is None:
            return weight
        return weight.minus(self._missing_weight[at])

    def feature(self, at: int) -> FeatureSums:
        values = self.rows[at // self.features] - self._missing[at]
        integers = self.integers is not None and self.integers[at]
        return FeatureSums(self.weight_of(at), self._sums[at], self._squares[at], values, integers)
