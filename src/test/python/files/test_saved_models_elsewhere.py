"""Saved models are plain Parquet: pyarrow and exact fractions give the mean and the variance that a model applies."""

import math
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet
import pytest

FIXTURES = Path("src/test/resources/fixtures")
PARTS = sorted(
    part
    for part in FIXTURES.rglob("*")
    if part.name in ("data", "groups") and "format-1" not in str(part) and part.is_dir()
)


def exact(number):
    """The number of a significand, two's complement with the highest byte first, and an exponent."""
    return int.from_bytes(number["significand"], "big", signed=True) * Fraction(2) ** number["exponent"]


def rounded(fraction):
    """The nearest double."""
    try:
        return fraction.numerator / fraction.denominator
    except OverflowError:
        return math.inf


def features(row):
    """The values of each feature: of a row for a feature, or of the arrays of a row for a group."""
    names = ("mean", "variance", "sum", "squares", "missingWeight")
    if not isinstance(row["mean"], list):
        return [{name: row[name] for name in names}]
    return [
        {name: row[name][j] if row[name] is not None else None for name in names} for j in range(len(row["mean"]))
    ]


def test_there_are_models_of_both_lines_and_of_groups():
    names = {str(part.relative_to(FIXTURES)) for part in PARTS}
    assert {"model-format-2/data", "model-format-3-groups/groups", "spark-3.5/model-format-3-groups/groups"} <= names


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_mean_and_variance_are_those_of_the_exact_sums(part):
    rows = pyarrow.parquet.read_table(part).to_pylist()
    assert rows
    for row in rows:
        for feature in features(row):
            missing = feature["missingWeight"]
            weight = exact(row["weight"]) - (exact(missing) if missing else 0)
            mean, squares = exact(feature["sum"]) / weight, exact(feature["squares"]) / weight
            if row.get("batches"):
                assert feature["mean"] == row["runningMean"] and feature["variance"] == row["runningVariance"]
            else:
                assert feature["mean"] == rounded(mean)
                assert feature["variance"] == rounded(squares - mean * mean)


def test_cumulative_mean_is_the_mean_of_the_means_of_the_batches():
    rows = pyarrow.parquet.read_table(FIXTURES / "model-format-3-cumulative" / "data").to_pylist()
    assert rows
    for row in rows:
        means = row["batchMeans"]
        with_values = row["batches"] - means["notANumber"]
        assert row["runningMean"] == rounded(exact(means["sum"]) / with_values)
