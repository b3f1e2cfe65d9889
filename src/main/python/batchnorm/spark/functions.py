"""Exact aggregate functions for DataFrames, in the manner of :mod:`pyspark.sql.functions`.

Their results are those of exact arithmetic, rounded once: the same bits however the rows are partitioned and
ordered. Call :func:`batchnorm.spark.register` first, or start the session, or the Spark Connect server, with
``spark.sql.extensions=batchnorm.spark.sql.ExactAggregatesExtension``.
"""

from typing import TYPE_CHECKING, Union

from pyspark.sql import functions

if TYPE_CHECKING:
    from pyspark.sql import Column

__all__ = ["exact_avg", "exact_sum", "exact_var_pop", "exact_var_samp", "try_exact_avg", "try_exact_sum"]


def exact_sum(col: "Union[Column, str]") -> "Column":
    """Returns the exact sum of the values in a group, rounded once."""
    return _call("exact_sum", col)


def try_exact_sum(col: "Union[Column, str]") -> "Column":
    """Returns the exact sum of the values in a group, or null if it overflows."""
    return _call("try_exact_sum", col)


def exact_avg(col: "Union[Column, str]") -> "Column":
    """Returns the exact mean of the values in a group, rounded once."""
    return _call("exact_avg", col)


def try_exact_avg(col: "Union[Column, str]") -> "Column":
    """Returns the exact mean of the values in a group, or null if it overflows."""
    return _call("try_exact_avg", col)


def exact_var_pop(col: "Union[Column, str]") -> "Column":
    """Returns the exact variance of the values in a group with divisor n, rounded once."""
    return _call("exact_var_pop", col)


def exact_var_samp(col: "Union[Column, str]") -> "Column":
    """Returns the exact variance of the values in a group with divisor n - 1, rounded once; null for one value."""
    return _call("exact_var_samp", col)


def _call(name: str, col: "Union[Column, str]") -> "Column":
    return functions.call_function(name, col)
