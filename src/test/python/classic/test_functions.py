"""Exact aggregate functions of a session with a JVM."""

from fractions import Fraction

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as builtin

import batchnorm.spark
from batchnorm.spark import functions

# Their sum in doubles depends on the order.
VALUES = [1e16, 1.0, -1e16, 0.1, 3.0, 1e-30]


@pytest.fixture
def table(spark):
    batchnorm.spark.register(spark)
    return spark.createDataFrame([(k % 2, x) for k, x in enumerate(VALUES)], ["k", "x"])


def test_results_are_exact_and_rounded_once(table):
    numbers = [Fraction(x) for x in VALUES]
    mean = sum(numbers) / len(numbers)
    squares = sum((x - mean) ** 2 for x in numbers)
    found = table.agg(*[getattr(functions, name)("x").alias(name) for name in functions.__all__]).first()
    assert found.asDict() == {
        "exact_sum": float(sum(numbers)),
        "try_exact_sum": float(sum(numbers)),
        "exact_avg": float(mean),
        "try_exact_avg": float(mean),
        "exact_var_pop": float(squares / 6),
        "exact_var_samp": float(squares / 5),
    }


def test_groups_windows_and_sql(spark, table):
    sums = dict(table.groupBy("k").agg(functions.exact_sum(table.x)).collect())
    assert sums == {0: 3.0, 1: 1.1}
    table.createOrReplaceTempView("numbers")
    assert dict(spark.sql("SELECT k, exact_sum(x) FROM numbers GROUP BY k").collect()) == sums
    in_windows = builtin.expr("exact_sum(x) OVER (PARTITION BY k)")
    assert {tuple(row) for row in table.select("k", in_windows).collect()} == set(sums.items())


def test_another_session_has_no_functions(spark, table):
    with pytest.raises(AnalysisException, match="exact_sum"):
        spark.newSession().sql("SELECT exact_sum(id) FROM range(3)").collect()
