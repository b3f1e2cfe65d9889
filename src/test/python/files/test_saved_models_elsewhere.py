"""Saved models are plain Parquet: pyarrow and exact fractions give the mean and the variance that a model applies."""

import csv
import json
import math
import struct
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet
import pytest

FIXTURES = Path("src/test/resources/fixtures")
PARTS = sorted(
    part
    for part in FIXTURES.rglob("*")
    if part.name in ("data", "groups") and "format-1" not in str(part) and (part / "_SUCCESS").is_file()
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


GOLDEN = sorted(path for path in (FIXTURES / "golden").iterdir() if path.is_dir())
with (FIXTURES / "golden" / "rows.csv").open() as file:
    ROWS = list(csv.DictReader(file))


def moments(rows):
    """Weighted mean and variance of each column, rounded once."""
    rounded_once = []
    for name in ("a", "b"):
        values = [(Fraction(float(row["w"])), Fraction(float(row[name]))) for row in rows if row[name]]
        weight = sum(w for w, _ in values)
        mean = sum(w * x for w, x in values) / weight
        rounded_once.append((rounded(mean), rounded(sum(w * (x - mean) ** 2 for w, x in values) / weight)))
    return rounded_once


def saved(part):
    """Mean and variance of each feature."""
    rows = sorted(pyarrow.parquet.read_table(part).to_pylist(), key=lambda row: row["index"])
    return [(row["mean"], row["variance"]) for row in rows]


def test_each_language_wrote_golden_models_with_each_line():
    names = [f"{language}-spark-{line}" for language in ("java", "python") for line in ("3.5", "4")]
    assert [writer.name for writer in GOLDEN] == sorted(name + kind for name in names for kind in ("", "-range"))


@pytest.mark.parametrize("form", ["columns", "vectors", "groups", "versions/version=2"])
@pytest.mark.parametrize("writer", GOLDEN, ids=lambda writer: writer.name)
def test_golden_model_has_mean_and_variance_of_its_rows(writer, form):
    assert saved(writer / form / "data") == moments(ROWS)


@pytest.mark.parametrize("writer", GOLDEN, ids=lambda writer: writer.name)
def test_golden_version_has_mean_and_variance_of_its_rows(writer):
    assert saved(writer / "versions" / "version=1" / "data") == moments([row for row in ROWS if row["batch"] == "1"])


@pytest.mark.parametrize("writer", GOLDEN, ids=lambda writer: writer.name)
def test_golden_groups_have_mean_and_variance_of_their_rows(writer):
    groups = pyarrow.parquet.read_table(writer / "groups" / "groups").to_pylist()
    found = {group["group"]["store"] or "": list(zip(group["mean"], group["variance"])) for group in groups}
    stores = {row["store"] for row in ROWS}
    assert found == {store: moments([row for row in ROWS if row["store"] == store]) for store in stores}


def extremes(rows):
    values = [[float(row[name]) for row in rows if row[name]] for name in ("a", "b")]
    return [(min(some), max(some)) for some in values]


@pytest.mark.parametrize("form", ["columns", "vectors", "exponential", "cumulative", "versions/version=2"])
@pytest.mark.parametrize("writer", [path for path in GOLDEN if path.name.endswith("-range")], ids=lambda path: path.name)
def test_newer_golden_model_has_minimum_and_maximum_of_its_rows(writer, form):
    rows = sorted(pyarrow.parquet.read_table(writer / form / "data").to_pylist(), key=lambda row: row["index"])
    assert [(row["min"], row["max"]) for row in rows] == extremes(ROWS)
    for group in pyarrow.parquet.read_table(writer / "groups" / "groups").to_pylist():
        store = group["group"]["store"] or ""
        assert list(zip(group["min"], group["max"])) == extremes([row for row in ROWS if row["store"] == store])
    features = json.loads((writer / "model.json").read_text())["features"]
    assert [(feature["min"], feature["max"]) for feature in features] == extremes(ROWS)


@pytest.mark.parametrize("writer", GOLDEN, ids=lambda writer: writer.name)
def test_golden_running_statistics_are_those_of_the_batches(writer):
    batches = [moments([row for row in ROWS if row["batch"] == number]) for number in ("1", "2")]
    for j, (mean, _) in enumerate(saved(writer / "cumulative" / "data")):
        assert mean == rounded((Fraction(batches[0][j][0]) + Fraction(batches[1][j][0])) / 2)


@pytest.mark.parametrize("writer", GOLDEN, ids=lambda writer: writer.name)
def test_golden_json_has_mean_and_variance_of_its_rows(writer):
    features = json.loads((writer / "model.json").read_text())["features"]
    assert [(feature["mean"], feature["variance"]) for feature in features] == moments(ROWS)


@pytest.mark.parametrize("writer", GOLDEN, ids=lambda writer: writer.name)
def test_golden_layer_has_mean_and_variance_of_its_rows(writer):
    content = (writer / "layer.safetensors").read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])

    def tensor(name):
        assert header[name]["dtype"] == "F64"
        return struct.unpack_from("<2d", content, 8 + length + header[name]["data_offsets"][0])

    assert list(zip(tensor("running_mean"), tensor("running_var"))) == moments(ROWS)


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
