"""Writes scikit-learn's StandardScaler on its hard cases, for the tests to compare with.

    python sklearn_reference.py > ../../test/resources/reference/sklearn-standard-scaler.json

The README beside that file names the versions it was made with.
"""

import json
import math

import numpy
import sklearn
from sklearn.preprocessing import StandardScaler

SEED = 20100
NAN = math.nan


def near_constant(average, rows=10):
    """Column i: half the rows average + 10**i, half average - 10**i."""
    scales = numpy.array([float(f"1e{i}") for i in range(-30, 20)])
    upper = [average + scales] * (rows // 2)
    return numpy.array(upper + [average - scales] * (rows // 2))


def cases():
    random = numpy.random.default_rng(SEED)
    constants = {"0": 0.0, "1": 1.0, "100": 100.0, "1e100": 1e100, "log(1e-5)": math.log(1e-5)}
    for name, value in constants.items():
        for rows in (8, 10):
            yield f"constant-{name}-{rows}-rows", numpy.full((rows, 1), value), None
    for average in (1e-10, 1.0, 1e10):
        yield f"near-constant-around-{average!r}", near_constant(average), None
    missing = [[0.0, 1.0, 3.0], [NAN, 6.0, 10.0], [5.0, 4.0, NAN], [8.0, 0.0, NAN]]
    yield "missing-values", numpy.array(missing), None
    yield "missing-values-weighted", numpy.array(missing), numpy.array([1.0, 2.0, 3.0, 4.0])
    yield "single-and-empty-column", numpy.array([[1.0, 7.0, NAN], [2.0, NAN, NAN], [4.0, NAN, NAN]]), None
    table = random.uniform(0, 10, (100, 3))
    yield "integer-weights", table, random.integers(0, 5, 100).astype(float)
    yield "integers-at-1e15", 1e15 + numpy.arange(30.0).reshape(10, 3), None
    yield "uniform-at-1e15", 1e15 + random.uniform(0, 10, (100, 3)), None


def plain(array):
    """Nested lists of repr doubles; NaN, which JSON lacks, becomes None."""
    if array is None:
        return None
    return json.loads(json.dumps(numpy.asarray(array, dtype=float).tolist()), parse_constant=lambda _: None)


def document():
    for name, table, weight in cases():
        scaler = StandardScaler().fit(table, sample_weight=weight)
        yield {
            "name": name,
            "input": plain(table),
            "sample_weight": plain(weight),
            "mean_": plain(scaler.mean_),
            "var_": plain(scaler.var_),
            "scale_": plain(scaler.scale_),
            "n_samples_seen_": plain(numpy.broadcast_to(scaler.n_samples_seen_, table.shape[1])),
        }


def field(key, value):
    """One line a field, one line a row of input."""
    text = json.dumps(value, allow_nan=False)
    if key == "input":
        rows = (json.dumps(row, allow_nan=False) for row in value)
        text = "[\n        " + ",\n        ".join(rows) + "\n      ]"
    return f'      "{key}": {text}'


blocks = ["    {\n" + ",\n".join(field(*item) for item in case.items()) + "\n    }" for case in document()]
print("{")
print(f'  "scikit-learn": "{sklearn.__version__}",')
print(f'  "numpy": "{numpy.__version__}",')
print('  "cases": [\n' + ",\n".join(blocks) + "\n  ]\n}")
