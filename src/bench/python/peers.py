"""Computes mean and variance of columns of files with Polars and with scikit-learn.

Answers each line of its input, words apart by tabs, with a line: "ok" and the mean and the variance of each column in
turn, or "failed" and why. Argument: the number of threads.
"""

import glob
import os
import sys

THREADS = sys.argv[1]
for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = THREADS

import numpy
import polars
import pyarrow
import pyarrow.parquet
import sklearn
from sklearn.preprocessing import StandardScaler

pyarrow.set_cpu_count(int(THREADS))
pyarrow.set_io_thread_count(int(THREADS))


def scan(files):
    return polars.scan_csv(files) if files.endswith(".csv") else polars.scan_parquet(files)


def moments(files, columns):
    for name, dtype in scan(files).select(columns).collect_schema().items():
        column = polars.col(name)
        # Polars sums floats in float, and has no variance of the others.
        if dtype in (polars.Float32, polars.Boolean) or dtype.is_decimal():
            column = column.cast(polars.Float64)
        yield column.mean().alias(name + "_mean")
        yield column.var(ddof=0).alias(name + "_var")


def of_polars(files, columns):
    return scan(files).select(moments(files, columns)).collect(engine="streaming").row(0)


def of_polars_groups(files, columns):
    return [scan(files).group_by("k").agg(moments(files, columns)).collect(engine="streaming").height]


def of_scikit_learn(files, columns):
    """File by file, as a table that does not fit into memory is read."""
    scaler = StandardScaler()
    for file in sorted(glob.glob(files)):
        table = pyarrow.parquet.read_table(file, columns=columns)
        scaler.partial_fit(numpy.column_stack([column.to_numpy() for column in table.columns]))
    return [value for pair in zip(scaler.mean_, scaler.var_) for value in pair]


def versions():
    return "Polars %s, scikit-learn %s, pyarrow %s, Python %s" % (
        polars.__version__,
        sklearn.__version__,
        pyarrow.__version__,
        sys.version.split()[0],
    )


WORK = {"Polars": of_polars, "Polars of groups": of_polars_groups, "scikit-learn": of_scikit_learn}

for line in sys.stdin:
    words = line.rstrip("\n").split("\t")
    try:
        if words == ["versions"]:
            answer = versions()
        else:
            work, files, columns = words
            answer = " ".join(repr(float(number)) for number in WORK[work](files, columns.split(",")))
        print("ok", answer, flush=True)
    except Exception as error:
        print("failed", repr(error).replace("\n", " "), flush=True)
