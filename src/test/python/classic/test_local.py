"""Local models give the bits of Spark's transform, and what they cannot read are the same errors."""

import datetime
import decimal
import math
import warnings
from pathlib import Path

import numpy
import pyarrow
import pytest
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql import functions
from pyspark.sql.types import ArrayType, DoubleType, FloatType, StructField, StructType

from batchnorm.spark import BatchNorm, BatchNormModel
from batchnorm.spark.local import LocalModel

FIXTURES = Path("src/test/resources/fixtures")
# Those of every format. Golden models of all writers give the same bits: test_local_models.py.
MODELS = sorted(
    str(path.parent)
    for path in FIXTURES.glob("**/data")
    if "golden" not in path.parts or "java-spark-3.5" in path.parts
)

NAN, INFINITY = math.nan, math.inf
HOSTILE = [0.0, -0.0, 1.5, -7.25, 5e-324, -2e-310, 1e-300, 1e16, -1e16, 1 / 3, 1e300, 1.7e308, -1.7e308]
LONGS = [0, 1, -1, 2**53 - 1, 2**53 + 1, -(2**53) - 1, 2**62 + 3, 2**63 - 1, -(2**63), 1700000000123456789]


def bits(value):
    """The bits of numbers, with one NaN; nulls stay None."""
    if isinstance(value, float):
        return "nan" if value != value else value.hex()
    if isinstance(value, (list, tuple)) or hasattr(value, "toArray"):
        return [bits(each) for each in (value.toArray().tolist() if hasattr(value, "toArray") else value)]
    return value


def of_spark(model, df, columns):
    rows = model.transform(df).select(*[functions.col(f"`{name}`") for name in columns]).collect()
    return [[bits(value) for value in row] for row in rows]


def of_local(model, table, columns):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = model.transform(table)
    return [list(row) for row in zip(*[map(bits, result[name].to_pylist()) for name in columns])]


def saved(model, tmp_path):
    path = str(tmp_path / "model")
    model.write().overwrite().save(path)
    return LocalModel.load(path)


def compare(model, tmp_path, df, table, columns):
    """Requires the same bits of Spark and of the saved model, and of the inverse of both."""
    local = saved(model, tmp_path)
    expected = of_spark(model, df, columns)
    assert of_local(local, table, columns) == expected
    assert [each.hex() for each in local.mean] == [each.hex() for each in model.mean]
    assert [each.hex() for each in local.variance] == [each.hex() for each in model.variance]
    return local, expected


@pytest.fixture
def hostile(spark):
    """Doubles, longs, floats, decimals and small integers with nulls, as data of Spark and of Arrow."""
    n = 3 * len(HOSTILE)
    x = [HOSTILE[i % len(HOSTILE)] for i in range(n)]
    columns = {
        "x": (x, "double", pyarrow.float64()),
        "tiny": ([v * 1e-310 if abs(v) < 1e10 else 3e-320 for v in x], "double", pyarrow.float64()),
        "ordinary": ([math.sin(i) * 100 for i in range(n)], "double", pyarrow.float64()),
        "constant": ([0.1] * n, "double", pyarrow.float64()),
        "f": ([float(numpy.float32(math.cos(i))) for i in range(n)], "float", pyarrow.float32()),
        "l": ([LONGS[i % len(LONGS)] for i in range(n)], "bigint", pyarrow.int64()),
        "id": ([2**53 + i * i for i in range(n)], "bigint", pyarrow.int64()),
        "i": ([(i * 7919) % 1000 - 500 for i in range(n)], "int", pyarrow.int32()),
        "s": ([i % 100 for i in range(n)], "tinyint", pyarrow.int8()),
        "b": ([i % 3 == 0 for i in range(n)], "boolean", pyarrow.bool_()),
        "d": ([decimal.Decimal(i * 12345) / 1000 for i in range(n)], "decimal(12,3)", pyarrow.decimal128(12, 3)),
        "big": (
            [decimal.Decimal(10) ** 30 / 7 ** (i % 20) for i in range(n)],
            "decimal(38,5)",
            pyarrow.decimal128(38, 5),
        ),
        "nullable": ([None if i % 5 == 0 else NAN if i % 7 == 0 else i / 3 for i in range(n)], "double", pyarrow.float64()),
        "longs": ([None if i % 4 == 0 else 2**60 + i for i in range(n)], "bigint", pyarrow.int64()),
    }
    context = decimal.Context(prec=38, rounding=decimal.ROUND_HALF_EVEN)
    columns["big"] = ([context.quantize(v, decimal.Decimal("0.00001")) for v in columns["big"][0]], *columns["big"][1:])
    columns["d"] = ([context.quantize(v, decimal.Decimal("0.001")) for v in columns["d"][0]], *columns["d"][1:])
    schema = ", ".join(f"{name} {kind}" for name, (_, kind, _) in columns.items())
    df = spark.createDataFrame(list(zip(*[values for values, _, _ in columns.values()])), schema)
    table = pyarrow.table({name: pyarrow.array(values, kind) for name, (values, _, kind) in columns.items()})
    return df.coalesce(1), table


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"correction": 1, "eps": 1e-3},
        {"withMean": False},
        {"withStd": False},
        {"eps": 1e-5, "gamma": [2.0 + j for j in range(14)], "beta": [0.5 * j for j in range(14)]},
    ],
    ids=str,
)
def test_columns_of_every_type(hostile, tmp_path, params):
    df, table = hostile
    names = table.column_names
    outputs = [f"{name}_out" for name in names]
    model = BatchNorm(inputCols=names, outputCols=outputs, handleInvalid="keep", **params).fit(df)
    local, _ = compare(model, tmp_path, df, table, outputs)
    normalized = local.transform(table).select(outputs)
    as_spark = model.transform(df).select(*outputs).coalesce(1)
    assert of_local(local.inverse(), normalized, names) == of_spark(model.inverse(), as_spark, names)
    model.toJson(str(tmp_path / "model.json"))
    assert of_local(LocalModel.from_json(tmp_path / "model.json"), table, outputs) == of_spark(model, df, outputs)


@pytest.mark.filterwarnings("ignore")
def test_running_statistics(hostile, tmp_path):
    df, table = hostile
    names = ["ordinary", "id", "f"]
    for kind in ("exponential", "cumulative"):
        stage = BatchNorm(inputCols=names, outputCols=names, runningStatistics=kind, handleInvalid="keep")
        model = stage.fit(df).update(df.limit(10))
        compare(model, tmp_path, df, table, names)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("handling", ["skip", "keep"])
def test_infinite_values_and_a_vector_of_columns(spark, tmp_path, handling):
    rows = [(1.0, 2.0), (INFINITY, 1.0), (2.5, None), (-INFINITY, NAN), (4.0, -0.0), (NAN, 3.0)]
    df = spark.createDataFrame(rows, "a double, b double").coalesce(1)
    table = pyarrow.table({"a": [a for a, _ in rows], "b": pyarrow.array([b for _, b in rows], pyarrow.float64())})
    model = BatchNorm(inputCols=["a", "b"], outputCol="v", handleInvalid=handling).fit(df)
    compare(model, tmp_path, df, table, ["a", "b", "v"])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("element, kind", [(DoubleType(), pyarrow.float64()), (FloatType(), pyarrow.float32())])
@pytest.mark.parametrize("handling", ["skip", "keep"])
def test_arrays(spark, tmp_path, element, kind, handling):
    rows = [[1.0, 0.1], [2.5, -3.0], None, [None, 2.0], [NAN, INFINITY], [1e10, 0.3]]
    df = spark.createDataFrame([(row,) for row in rows], StructType([StructField("v", ArrayType(element))])).coalesce(1)
    table = pyarrow.table({"v": pyarrow.array(rows, pyarrow.list_(kind))})
    model = BatchNorm(inputCol="v", outputCol="w", handleInvalid=handling).fit(df)
    local, _ = compare(model, tmp_path, df, table, ["v", "w"])
    assert local.transform(table).schema.field("w").type == pyarrow.list_(kind)


@pytest.mark.filterwarnings("ignore")
def test_vectors_and_wide_ones(spark, tmp_path):
    wide = numpy.random.default_rng(7).normal(1e3, 1e-3, (40, 500))
    schema = StructType([StructField("v", VectorUDT())])
    df = spark.createDataFrame([(Vectors.dense(row),) for row in wide], schema).coalesce(1)
    table = pyarrow.table({"v": list(wide)})
    model = BatchNorm(inputCol="v", outputCol="w", correction=1).fit(df)
    local, expected = compare(model, tmp_path, df, table, ["w"])
    assert [[bits(row)] for row in local.transform(wide).tolist()] == expected


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("unseen", ["global", "null"])
@pytest.mark.parametrize("small", ["global", "unit"])
def test_groups(spark, tmp_path, unseen, small):
    day = datetime.date(2026, 2, 28)
    time = datetime.datetime(1582, 10, 1, 12, tzinfo=datetime.timezone.utc)
    keys = [("x", 1, 0.0, day, time), ("x", 1, -0.0, day, time), (None, 2, NAN, None, None), ("", 2, NAN, day, time)]
    keys += [("y", 3, 1.5, None, time), ("y", None, None, day, None)]
    rows = [(*keys[i % len(keys)], 0.1 * i, 2**53 + i, None if i % 6 == 5 else 1e200 * i) for i in range(20)]
    rows.append(("lonely", 9, 9.0, None, None, 1.0, 2, 3.0))
    names = ["store", "number", "ratio", "day", "time", "a", "l", "huge"]
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    df = spark.createDataFrame(
        rows, "store string, number int, ratio double, day date, time timestamp, a double, l bigint, huge double"
    ).coalesce(1)
    more = [("new", 1, 0.0, day, time, 5.0, 6, 7.0), ("x", 4, 0.0, day, time, 5.0, 6, 7.0)]
    data = df.union(spark.createDataFrame(more, df.schema)).coalesce(1)
    kinds = [pyarrow.string(), pyarrow.int32(), pyarrow.float64(), pyarrow.date32(), pyarrow.timestamp("us", "UTC")]
    kinds += [pyarrow.float64(), pyarrow.int64(), pyarrow.float64()]
    columns = zip(*rows, *more)
    table = pyarrow.table({n: pyarrow.array(list(c), k) for n, c, k in zip(names, columns, kinds)})
    model = BatchNorm(
        inputCols=["a", "l", "huge"], outputCols=["a", "l", "huge"], groupCols=names[:5], handleInvalid="keep",
        unseenGroup=unseen, smallGroup=small,
    ).fit(df)
    compare(model, tmp_path, data, table, ["a", "l", "huge"])


@pytest.mark.parametrize("path", MODELS)
def test_models_of_every_format(spark, path):
    model = BatchNormModel.load(path)
    local = LocalModel.load(path)
    names = local.params.get("inputCols")
    rows = [(0.1, -0.0), (5e-324, 1e300), (None, NAN), (-7.25, 12.0)]
    keys = {}
    if "groupCols" in local.params:
        model.setUnseenGroup("global")
        local = local.copy(unseenGroup="global")
        described = [(field.name, field.type) for field in LocalModel.load(path)._groups.keys.type]
        keys = {name: pyarrow.array([None] * len(rows), kind) for name, kind in described}
    model.setHandleInvalid("keep")
    local = local.copy(handleInvalid="keep")
    if names is None:
        data = {"v": [list(row) for row in rows if None not in row]}
        df = spark.createDataFrame([(Vectors.dense(row),) for row in data["v"]], ["v"]).coalesce(1)
    else:
        data = {name: pyarrow.array([row[j] for row in rows], pyarrow.float64()) for j, name in enumerate(names)}
        schema = ", ".join(f"`{name}` double" for name in names)
        df = spark.createDataFrame(rows, schema).coalesce(1)
    for name, column in keys.items():
        kind = {"string": "string", "int32": "int", "date32[day]": "date"}[str(column.type)]
        df = df.withColumn(name, functions.lit(None).cast(kind))
    table = pyarrow.table({**data, **keys})
    outputs = local.params.get("outputCols") or [local.params["outputCol"]]
    assert of_local(local, table, outputs) == of_spark(model, df, outputs)


def test_a_directory_of_versions_gives_the_newest(spark):
    for writer in (FIXTURES / "golden").glob("*/versions"):
        newest = LocalModel.load(writer)
        assert newest.mean.tolist() == BatchNormModel.load(str(writer)).mean.toArray().tolist()
        assert newest.mean.tolist() == LocalModel.load(writer / "version=2").mean.tolist()


def error_of_spark(work):
    with pytest.raises(Exception) as raised:
        work()
    return str(raised.value)


@pytest.mark.parametrize("value", [None, NAN, INFINITY, -INFINITY])
def test_invalid_values_are_the_same_error(spark, tmp_path, value):
    clean = spark.createDataFrame([(1.0, 2.0), (3.0, 5.0)], "a double, b double")
    model = BatchNorm(inputCols=["a", "b"], outputCols=["a", "b"]).fit(clean)
    local = saved(model, tmp_path)
    df = spark.createDataFrame([(1.0, value)], "a double, b double")
    table = pyarrow.table({"a": [1.0], "b": pyarrow.array([value], pyarrow.float64())})
    with pytest.raises(ValueError) as raised:
        local.transform(table)
    assert str(raised.value) in error_of_spark(lambda: model.transform(df).collect())


def test_errors_of_columns_are_those_of_spark(spark, tmp_path):
    df = spark.createDataFrame([(1.0, 2.0, "x"), (3.0, 5.0, "y")], "a double, b double, s string")
    table = pyarrow.table({"a": [1.0, 3.0], "b": [2.0, 5.0], "s": ["x", "y"]})
    stage = BatchNorm(inputCols=["a", "b"], outputCol="v", groupCols=["s"], smallGroup="unit")
    model = stage.fit(df.union(df))
    local = saved(model, tmp_path)
    cases = [
        dict(inputCols=["a", "c"]),
        dict(inputCols=["a", "s"], groupCols=["b"]),
        dict(inputCols=["a"]),
        dict(outputCol="b"),
        dict(gamma=[1.0]),
        dict(inputCols=["a", "A"]),
        dict(inputCols=["b", "b"]),
        dict(inputCols=["a", "d"], groupCols=["b"]),
    ]
    table = table.append_column("d", table["a"])
    for params in cases:
        changed = model.copy()
        changed._set(**params)
        with pytest.raises(ValueError) as raised:
            local.copy(**params).transform(table)
        assert str(raised.value) in error_of_spark(lambda: changed.transform(df.withColumn("d", df.a)).collect())
    new = pyarrow.table({"a": [1.0], "b": [2.0], "s": ["z"]})
    with pytest.raises(ValueError) as raised:
        local.transform(new)
    rows = spark.createDataFrame([(1.0, 2.0, "z")], df.schema)
    assert str(raised.value) in error_of_spark(lambda: model.transform(rows).collect())


@pytest.mark.filterwarnings("ignore")
def test_a_small_group_is_the_same_error(spark, tmp_path):
    df = spark.createDataFrame([(1.0, "x"), (3.0, "x"), (2.0, "y")], "a double, s string")
    model = BatchNorm(inputCols=["a"], outputCols=["v"], groupCols=["s"]).fit(df).setSmallGroup("error")
    with pytest.raises(ValueError) as raised:
        saved(model, tmp_path).transform(pyarrow.table({"a": [1.0], "s": ["x"]}))
    assert str(raised.value) in error_of_spark(lambda: model.transform(df).collect())
