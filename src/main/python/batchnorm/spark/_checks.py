"""Checks of the values of params; a test compares them and their texts with those in Java."""

import math
from typing import Any, Callable, Dict, List

MIB = 1 << 20


def choice(name: str, *allowed: str) -> Callable[[str], None]:
    """Returns the check of a param with few allowed values."""
    texts = [f"'{text}'" for text in allowed]
    expected = ", ".join(texts[:-1]) + " or " + texts[-1]

    def check(value: str) -> None:
        if value not in allowed:
            raise ValueError(f"{name} is '{value}'; expected {expected}. Set one of them.")

    return check


def at_least_zero(name: str) -> Callable[[float], None]:
    """Returns the check of a param whose value is a nonnegative number."""

    def check(value: float) -> None:
        if not (value >= 0 and math.isfinite(value)):
            raise ValueError(
                f"{name} is {value}; expected a finite number of at least 0. Set {name} to 0 or more."
            )

    return check


def correction(value: int) -> None:
    if value not in (0, 1):
        raise ValueError(
            f"correction is {value}; expected 0 (divide by n) or 1 (divide by n - 1). Set one of them."
        )


def momentum(value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(
            f"momentum is {value}; expected the weight of a new batch, from 0 to 1. Set 0.1, as "
            "PyTorch does."
        )


def aggregation_depth(value: int) -> None:
    if value < 1:
        raise ValueError(
            f"aggregationDepth is {value}; expected at least 1. Set 2, or more for very many partitions."
        )


def max_slice_bytes(value: int) -> None:
    if value < MIB:
        raise ValueError(
            f"maxSliceBytes is {value}; expected at least 1048576 (1 MiB). Leave it at 16777216, or set "
            "less where executors have little memory."
        )


def finite(name: str) -> Callable[[List[float]], None]:
    """Returns the check of a param with a number for each feature."""

    def check(values: List[float]) -> None:
        for i, value in enumerate(values):
            if not math.isfinite(value):
                raise ValueError(
                    f"{name}[{i}] is {value}; expected finite numbers. Replace it by a finite number."
                )

    return check


def names(name: str) -> Callable[[Any], None]:
    """Returns the check of a param with names of columns."""

    def check(value: Any) -> None:
        if value == "" or (isinstance(value, list) and "" in value):
            raise ValueError(
                f"{name} names a column without a name; expected a name of one character or more. Rename "
                "the column first."
            )

    return check


def path(name: str) -> Callable[[str], None]:
    """Returns the check of a param that is the path of a saved model."""

    def check(value: str) -> None:
        if not value.strip():
            raise ValueError(f"{name} is empty; expected a path. Name the folder of a saved model.")

    return check


# Checks of the values of params, in addition to their types.
OF_PARAMS: Dict[str, Callable[[Any], None]] = {
    "inputCol": names("inputCol"),
    "inputCols": names("inputCols"),
    "outputCol": names("outputCol"),
    "outputCols": names("outputCols"),
    "eps": at_least_zero("eps"),
    "correction": correction,
    "gamma": finite("gamma"),
    "beta": finite("beta"),
    "handleInvalid": choice("handleInvalid", "error", "skip", "keep"),
    "weightCol": names("weightCol"),
    "aggregationDepth": aggregation_depth,
    "maxSliceBytes": max_slice_bytes,
    "runningStatistics": choice(
        "runningStatistics", "pooled", "exponential", "cumulative"
    ),
    "momentum": momentum,
    "groupCols": names("groupCols"),
    "unseenGroup": choice("unseenGroup", "error", "global", "null"),
    "smallGroup": choice("smallGroup", "error", "global", "unit"),
    "output": choice("output", "normalized", "summary", "statistics"),
    "initialModel": path("initialModel"),
}
