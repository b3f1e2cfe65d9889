"""Statistics that a model applies: those of all rows, or of each group."""

import sys
from typing import Any, Dict, List, NamedTuple, Optional

import numpy as np
import numpy.typing as npt

from batchnorm.spark.local._exact import IntegerMean, Scaled, Sums

Doubles = npt.NDArray[np.float64]

_EPSILON = 2.0**-52
_EPSILON_BITS = 52


class Statistics(NamedTuple):
    """Statistics for one correction, in arrays with a number for each feature of each map.

    :ivar mean: means
    :ivar population: variances with divisor n, or known ones
    :ivar variance: variances with the correction
    :ivar scaled_population: variances with divisor n that a double cannot hold, by place
    :ivar scaled: likewise, with the correction
    :ivar integer_means: means of integers beyond 2^53, by place
    :ivar rounded_weight: total weights of statistics of rounded sums, those of format 1
    """

    mean: Doubles
    population: Doubles
    variance: Doubles
    scaled_population: Dict[int, Scaled]
    scaled: Dict[int, Scaled]
    integer_means: Dict[int, IntegerMean]
    rounded_weight: Optional[Doubles]

    def is_constant(self) -> npt.NDArray[np.bool_]:
        """Returns whether each feature counts as constant: its values are equal, or nearly, or too few for
        the divisor of the variance.
        """
        with np.errstate(all="ignore"):
            if self.rounded_weight is None:
                constant = np.ldexp(np.sqrt(self.population), _EPSILON_BITS) <= np.abs(self.mean)
            else:
                rounding = self.rounded_weight * _EPSILON
                varying = self.population * np.maximum(0, 1 - rounding)
                constant = np.sqrt(varying) <= rounding * np.abs(self.mean)
            for at, scaled in self.scaled_population.items():
                root = np.ldexp(np.sqrt(scaled.significand), scaled.exponent // 2 + _EPSILON_BITS)
                constant[at] = root <= abs(self.mean[at])
        for at in self.integer_means:
            constant[at] = _is_zero(at, self.scaled_population, self.population)
        zero = self.variance == 0
        for at in self.scaled:
            zero[at] = False
        result: npt.NDArray[np.bool_] = constant | zero
        return result

    def spread(self, at: int) -> Scaled:
        """Returns the variance at a place, which may be beyond the range of double."""
        return self.scaled.get(at, Scaled(float(self.variance[at])))


def _is_zero(at: int, scaled: Dict[int, Scaled], variance: Doubles) -> bool:
    return at not in scaled and bool(variance[at] == 0)


class Learned:
    """Source of the statistics of a model; they are exact sums, or known."""

    #: True for statistics of all rows together, with exact sums.
    is_pooled = False

    def __init__(self, rows: Optional[int], weight: float) -> None:
        #: Number of fitted rows; none for known statistics.
        self.rows = rows
        #: Total weight of those rows.
        self.weight = weight

    def statistics(self, correction: int) -> Statistics:
        raise NotImplementedError

    def weights(self) -> Doubles:
        """Returns the total weight of the values of each feature; 0 for known statistics."""
        raise NotImplementedError


class Pooled(Learned):
    """Statistics of exact sums.

    :ivar mean: means of the sums
    :ivar variance: their variances with divisor n
    """

    is_pooled = True

    def __init__(self, sums: Sums, mean: Doubles, variance: Doubles) -> None:
        super().__init__(sum(sums.rows), float(sums.weight[0]) if sums.weight else 0.0)
        self.sums = sums
        self.mean = mean
        self.variance = variance

    def statistics(self, correction: int) -> Statistics:
        integers = np.flatnonzero(self.sums.integers) if self.sums.integers else np.array([], int)
        means = {at: self.sums.feature(at).integer_mean() for at in integers.tolist()}
        scaled_population = self._scaled(self.variance, 0)
        variance, scaled = self.variance, scaled_population
        if correction == 1:
            variance = np.array([self.sums.feature(at).variance(1) for at in range(len(self.mean))])
            scaled = self._scaled(variance, 1)
        known = {at: mean for at, mean in means.items() if mean is not None}
        return Statistics(self.mean, self.variance, variance, scaled_population, scaled, known, None)

    def _scaled(self, variance: Doubles, correction: int) -> Dict[int, Scaled]:
        normal = (variance >= sys.float_info.min) & (variance <= sys.float_info.max) | np.isnan(variance)
        found = {at: self.sums.feature(at) for at in np.flatnonzero(~normal).tolist()}
        scaled = {at: sums.scaled_variance(correction) for at, sums in found.items()}
        return {at: variance for at, variance in scaled.items() if variance is not None}

    def weights(self) -> Doubles:
        return weights(self.sums)


class Known(Learned):
    """Statistics without sums: known, running or of a file of JSON; one variance for either correction."""

    def __init__(
        self,
        mean: Doubles,
        variance: Doubles,
        counts: Optional[Sums] = None,
        scaled: Optional[Dict[int, Scaled]] = None,
        integer_means: Optional[Dict[int, IntegerMean]] = None,
    ) -> None:
        super().__init__(
            sum(counts.rows) if counts is not None else None,
            float(counts.weight[0]) if counts is not None else 0.0,
        )
        self._counts = counts
        scaled = scaled or {}
        self._statistics = Statistics(mean, variance, variance, scaled, scaled, integer_means or {}, None)

    def statistics(self, correction: int) -> Statistics:
        return self._statistics

    def weights(self) -> Doubles:
        if self._counts is None:
            return np.zeros(len(self._statistics.mean))
        return weights(self._counts)


class Rounded(Learned):
    """Statistics of rounded sums, those of format 1."""

    def __init__(self, total: float, mean: Doubles, m2: Doubles, weight: Doubles) -> None:
        super().__init__(None, total)
        self._mean = mean
        self._m2 = m2
        self._weight = weight

    def statistics(self, correction: int) -> Statistics:
        population = self._variance(0)
        variance = population if correction == 0 else self._variance(1)
        return Statistics(self._mean, population, variance, {}, {}, {}, self._weight)

    def _variance(self, correction: int) -> Doubles:
        divisor = self._weight - correction
        with np.errstate(all="ignore"):
            variance = np.where(divisor > 0, self._m2 / divisor, 0.0)
        result: Doubles = np.where(np.isnan(self._m2), self._m2, variance)
        return result

    def weights(self) -> Doubles:
        return self._weight


def weights(sums: Sums) -> Doubles:
    values: List[Any] = [float(sums.weight_of(at)) for at in range(len(sums.rows) * sums.features)]
    return np.array(values)
