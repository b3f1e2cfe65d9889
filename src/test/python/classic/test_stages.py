"""Fitted models are those of Java, and of exact arithmetic."""

import math
import random
import warnings
from fractions import Fraction
from pathlib import Path

import numpy
import pytest
from pyspark.errors import IllegalArgumentException, PySparkException
from pyspark.ml.linalg import DenseVector, Vectors
from pyspark.sql import functions

from batchnorm.spark import BatchNorm, BatchNormModel, RunningBatchNorm

# Those of every format, and those that another line of Spark saved.
MODELS = sorted(
    str(path.parent)
    for path in Path("src/test/resources/fixtures").glob("**/data")
    if "stages" not in path.parts
)


def exact(values, correction=0):
    """Mean and variance as fractions, rounded once."""
    numbers = [Fraction(value) for value in values]
    mean = sum(numbers) / len(numbers)
    squares = sum((number - mean) ** 2 for number in numbers)
    return float(mean), float(squares / (len(numbers) - correction))


def bits(rows):
    """Every number of rows to its last bit, which tells -0.0 and NaN apart as well."""
    def of(value):
        if isinstance(value, float):
            return value.hex()
        if hasattr(value, "toArray"):
            return [float(x).hex() for x in value.toArray()]
        if isinstance(value, list):
            return [of(element) for element in value]
        return value

    return [[of(value) for value in row] for row in rows]


@pytest.fixture
def table(spark):
    return spark.createDataFrame([(1.0, 2.0), (3.0, 5.0), (5.0, 4.0), (8.0, 8.0)], ["a", "b"])


@pytest.mark.parametrize("correction", [0, 1])
@pytest.mark.filterwarnings("ignore:The values of 'b' vary so little")
def test_statistics_are_those_of_exact_arithmetic(spark, correction):
    seed = random.randrange(1 << 32)
    print("seed", seed)
    source = random.Random(seed)
    columns = [
        [source.uniform(-1, 1) for _ in range(200)],
        [1e15 + source.random() for _ in range(200)],
        [source.gauss(0, 1) * 10.0 ** source.randint(-150, 150) for _ in range(200)],
        [1e100] * 200,
    ]
    frame = spark.createDataFrame(list(zip(*columns)), ["a", "b", "c", "d"]).repartition(3)
    model = BatchNorm(
        inputCols=["a", "b", "c", "d"], outputCol="out", correction=correction
    ).fit(frame)
    expected = [exact(column, correction) for column in columns]
    assert list(model.mean) == [mean for mean, _ in expected]
    assert list(model.variance) == [variance for _, variance in expected]
    assert list(model.std) == [math.sqrt(variance) for _, variance in expected]
    assert (model.count, model.numFeatures, model.numBatchesTracked) == (200, 4, 0)
    assert model.featureNames == ["a", "b", "c", "d"]


def test_a_model_tells_what_the_java_model_tells(table):
    model = BatchNorm(inputCols=["a", "b"], outputCol="out").fit(table)
    java = model._java_obj
    assert isinstance(model.mean, DenseVector)
    assert list(model.mean) == list(java.mean().toArray())
    assert list(model.variance) == list(java.variance().toArray())
    assert list(model.std) == list(java.std().toArray())
    assert (model.count, model.numFeatures) == (java.count(), java.numFeatures())
    assert model.featureNames == list(java.featureNames())
    assert repr(model) == java.toString()
    assert model.summary().columns == [
        "name",
        "count",
        "missing",
        "mean",
        "variance",
        "std",
        "min",
        "max",
        "constant",
        "smallerThanEps",
        "stdAfter",
    ]
    assert [row.mean for row in model.summary().collect()] == list(model.mean)
    least, greatest = (table.agg({"a": name, "b": name}).first() for name in ("min", "max"))
    found = [(row.min, row.max) for row in model.summary().collect()]
    assert found == [(least[f"min({name})"], greatest[f"max({name})"]) for name in ("a", "b")]


def test_the_variance_is_that_of_the_correction_that_is_set(table):
    model = BatchNorm(inputCols=["a", "b"], outputCol="out").fit(table)
    expected = [exact(column, 1)[1] for column in ([1, 3, 5, 8], [2, 5, 4, 8])]
    assert list(model.setCorrection(1).variance) == expected


@pytest.mark.parametrize("path", MODELS)
def test_models_of_java_give_the_same_bits(spark, jvm, path):
    model = BatchNormModel.load(path)
    java = jvm.batchnorm.spark.BatchNormModel.load(path)
    assert model.uid == java.uid()
    assert bits([[model.mean, model.variance]]) == [
        [[x.hex() for x in java.mean().toArray()], [x.hex() for x in java.variance().toArray()]]
    ]


def test_a_transform_gives_the_bits_of_java(spark, jvm, table, tmp_path):
    model = BatchNorm(inputCols=["a", "b"], outputCols=["x", "y"], gamma=[2.0, 3.0]).fit(table)
    model.save(str(tmp_path / "model"))
    java = jvm.batchnorm.spark.BatchNormModel.load(str(tmp_path / "model"))
    java_rows = [[row.get(i) for i in range(4)] for row in java.transform(table._jdf).collectAsList()]
    assert bits(model.transform(table).collect()) == bits(java_rows)


def test_known_statistics(spark):
    known = BatchNormModel.of(Vectors.dense(0.5, 3.0), Vectors.dense(0.25, 4.0))
    known.setInputCols(["a", "b"]).setOutputCols(["a", "b"]).setEps(0.0)
    frame = spark.createDataFrame([(1.0, 7.0)], ["a", "b"])
    assert known.transform(frame).collect() == [(1.0, 2.0)]
    assert known.count == 0
    with pytest.raises(Exception, match="negative"):
        BatchNormModel.of(Vectors.dense(0.0), Vectors.dense(-1.0))


def test_inverse_maps_back(table):
    model = BatchNorm(inputCols=["a", "b"], outputCols=["x", "y"], eps=0.0).fit(table)
    there = model.transform(table)
    back = model.inverse().transform(there.drop("a", "b"))
    assert [round(row.a, 12) for row in back.collect()] == [1.0, 3.0, 5.0, 8.0]
    assert model.inverse().inverse().transform(table).collect() == there.collect()
    assert not model.getInverted()


def test_models_of_parts_merge_to_the_model_of_all(table):
    stage = BatchNorm(inputCols=["a", "b"], outputCol="out")
    parts = [stage.fit(table.filter(condition)) for condition in ("a < 4", "a > 4")]
    merged = parts[0].merge(parts[1])
    whole = stage.fit(table)
    assert bits(merged.summary().collect()) == bits(whole.summary().collect())
    assert merged.uid == parts[0].uid
    three = parts[0].merge(parts[1], stage.fit(table))
    assert three.count == 8
    assert parts[0].merge().count == 2


def test_a_model_takes_in_more_data(table):
    stage = BatchNorm(inputCols=["a", "b"], outputCol="out")
    first = stage.fit(table.filter("a < 4"))
    whole = bits(stage.fit(table).summary().collect())
    assert bits(first.update(table.filter("a > 4")).summary().collect()) == whole
    assert first.count == 2


def test_a_fit_continues_a_model_or_its_path(table, tmp_path):
    stage = BatchNorm(inputCols=["a", "b"], outputCol="out")
    first = stage.fit(table.filter("a < 4"))
    first.save(str(tmp_path / "first"))
    rest = table.filter("a > 4")
    whole = bits(stage.fit(table).summary().collect())
    for initial in (first, str(tmp_path / "first")):
        continued = stage.copy().setInitialModel(initial)
        assert bits(continued.fit(rest).summary().collect()) == whole
        assert bits(continued.copy().fit(rest).summary().collect()) == whole
    by_path_then_model = stage.copy().setInitialModel("nowhere").setInitialModel(first)
    assert not by_path_then_model.isSet(by_path_then_model.initialModel)
    assert bits(by_path_then_model.fit(rest).summary().collect()) == whole
    by_model_then_path = stage.copy().setInitialModel(first).setInitialModel(str(tmp_path / "first"))
    by_model_then_path.clear(by_model_then_path.initialModel)
    assert by_model_then_path.fit(rest).count == 2


@pytest.mark.filterwarnings("ignore:eps shrinks")
def test_models_go_to_other_systems_and_come_back(table, tmp_path):
    model = BatchNorm(inputCols=["a", "b"], outputCols=["x", "y"], eps=0.25).fit(table)
    normalized = bits(model.transform(table).collect())
    path = str(tmp_path / "model")
    for write, read in (
        (model.toJson, BatchNormModel.fromJson),
        (model.toTorch, BatchNormModel.fromTorch),
    ):
        write(path)
        with pytest.raises(Exception, match="exists"):
            write(path)
        write(path, overwrite=True)
        back = read(path).setInputCols(["a", "b"]).setOutputCols(["x", "y"])
        assert bits(back.transform(table).collect()) == normalized
        (tmp_path / "model").unlink()
    model.toOnnx(path, dtype="float32")
    assert b"BatchNormalization" in (tmp_path / "model").read_bytes()


def test_running_statistics(table):
    model = BatchNorm(
        inputCols=["a", "b"], outputCol="out", runningStatistics="exponential", momentum=0.5
    ).fit(table)
    assert model.numBatchesTracked == 1
    assert model.update(table).numBatchesTracked == 2
    assert list(model.mean) == [exact([1, 3, 5, 8])[0] / 2, exact([2, 5, 4, 8])[0] / 2]


def test_groups(table):
    grouped = table.withColumn("store", functions.expr("if(a < 4, 'x', 'y')"))
    model = BatchNorm(inputCols=["a"], outputCols=["a"], groupCols=["store"], eps=0.0).fit(grouped)
    assert sorted(row.a for row in model.transform(grouped).collect()) == [-1.0, -1.0, 1.0, 1.0]
    rows = sorted(model.summary().select("store", "name", "count", "uses").collect())
    assert rows == [("x", "a", 2, "group"), ("y", "a", 2, "group")]
    assert list(model.mean) == [exact([1, 3, 5, 8])[0]]
    with pytest.raises(Exception, match="was not fitted on; unseenGroup is 'error'"):
        model.transform(grouped.withColumn("store", functions.lit("z"))).collect()


def test_a_transform_tells_what_the_model_knows(table):
    model = BatchNorm(inputCols=["a", "b"], outputCol="out").fit(table)
    statistics = model.copy({model.output: "statistics"}).transform(table)
    assert statistics.columns == [
        "count",
        "numBatchesTracked",
        "numFeatures",
        "featureNames",
        "mean",
        "variance",
        "std",
        "warnings",
    ]
    assert statistics.count() == 1
    assert model.getOutput() == "normalized"
    with pytest.raises(Exception, match="output is 'all'; expected 'normalized', 'summary' or"):
        model.copy().setOutput("all").transform(table)


@pytest.mark.parametrize("kind", [list, tuple, numpy.array, Vectors.dense])
def test_known_statistics_of_any_sequence(spark, kind):
    known = BatchNormModel.of(kind([0.5, 3]), kind([0.25, 4.0]))
    assert (list(known.mean), list(known.variance)) == ([0.5, 3.0], [0.25, 4.0])


def test_what_is_no_sequence_of_numbers_is_refused(spark):
    with pytest.raises(TypeError, match="^variance is 'x'; expected a list, array or vector of numbers"):
        BatchNormModel.of([0.5], "x")


def test_what_is_taken_out_leaves_the_model_of_the_rest(table):
    stage = BatchNorm(inputCols=["a", "b"], outputCol="v")
    first, rest = table.filter("a < 4"), table.filter("a >= 4")
    expected = bits(stage.fit(rest).summary().drop("min", "max").collect())
    whole = stage.fit(table)
    for remaining in (whole.subtract(stage.fit(first)), stage.fit(first).update(rest, removed=first)):
        assert bits(remaining.summary().drop("min", "max").collect()) == expected
        assert {(row.min, row.max) for row in remaining.summary().collect()} == {(None, None)}
    with pytest.raises(IllegalArgumentException, match="^The models cannot be subtracted: the first has the count"):
        whole.subtract(whole.merge(whole))
    with pytest.raises(TypeError, match="^subtract got a int; expected a fitted model"):
        whole.subtract(1)


def test_models_are_merged_from_a_list(table):
    model = BatchNorm(inputCols=["a", "b"], outputCol="out").fit(table)
    assert model.merge([model, model], model).count == 16
    with pytest.raises(TypeError, match="^merge got a int; expected fitted models"):
        model.merge([1])


def test_a_model_to_continue_is_an_argument_of_the_constructor(table):
    first = BatchNorm(inputCols=["a", "b"], outputCol="out").fit(table)
    stage = BatchNorm(inputCols=["a", "b"], outputCol="out", initialModel=first)
    assert stage.fit(table).count == 8
    assert BatchNorm(inputCols=["a", "b"]).setParams(initialModel=first).fit(table).count == 8


def test_paths_of_pathlib(table, tmp_path):
    stage = BatchNorm(inputCols=["a", "b"], outputCol="out")
    model = stage.fit(table)
    model.save(tmp_path / "model")
    model.write().overwrite().save(tmp_path / "model")
    stage.save(tmp_path / "stage")
    assert BatchNorm.load(tmp_path / "stage").uid == stage.uid
    assert BatchNormModel.read().load(tmp_path / "model").count == 4
    assert BatchNorm(inputCols=["a", "b"], initialModel=tmp_path / "model").fit(table).count == 8
    model.toJson(tmp_path / "json")
    assert BatchNormModel.fromJson(tmp_path / "json").mean == model.mean
    model.toTorch(tmp_path / "torch")
    assert BatchNormModel.fromTorch(tmp_path / "torch").mean == model.mean
    model.toOnnx(tmp_path / "onnx")
    running = RunningBatchNorm(stage, tmp_path / "versions")
    running.onBatch(table, 0)
    assert BatchNormModel.load(tmp_path / "versions").count == 4


@pytest.mark.parametrize(
    "use", [lambda model: model.mean, lambda model: model.count, lambda model: model.save("nowhere")]
)
def test_a_model_without_statistics_says_so(spark, jvm, use):
    model = BatchNormModel()
    with pytest.raises(RuntimeError) as error:
        use(model)
    text = str(error.value)
    with pytest.raises(Exception) as java:
        jvm.batchnorm.spark.BatchNormModel(model.uid).mean()
    assert text == str(java.value)


def test_what_a_transform_refuses_is_a_sentence(table, tmp_path):
    missing = table.selectExpr("a", "if(a > 4, null, b) b")
    model = BatchNorm(inputCols=["a", "b"], outputCol="out").fit(table)
    normalized = model.transform(missing)
    for action in (
        normalized.collect,
        normalized.show,
        lambda: normalized.write.parquet(str(tmp_path / "written")),
    ):
        with pytest.raises(PySparkException) as error:
            action()
        assert str(error.value) == (
            "Column 'b' has a missing value (null or NaN); handleInvalid is 'error'. Set handleInvalid to "
            "'skip' to drop such rows or to 'keep' to keep them missing, or clean the data."
        )
        assert condition(error.value) == "BATCHNORM_INVALID_VALUES"


@pytest.mark.parametrize(
    "refused, expected",
    [
        (lambda table, path: BatchNorm(inputCol="x").fit(table), "BATCHNORM_COLUMN_NOT_FOUND"),
        (lambda table, path: BatchNormModel.load(path), "BATCHNORM_MODEL_NOT_FOUND"),
        (lambda table, path: BatchNorm(inputCols=["a"]).fit(table.limit(1)), "BATCHNORM_TOO_FEW_ROWS"),
    ],
)
def test_errors_tell_their_condition(table, tmp_path, refused, expected):
    with pytest.raises(PySparkException) as error:
        refused(table, str(tmp_path / "nowhere"))
    assert condition(error.value) == expected
    if hasattr(error.value, "getMessage"):
        assert error.value.getMessage() == str(error.value)


def condition(error):
    """The condition of an error, which was called its class before Spark 4."""
    return error.getCondition() if hasattr(error, "getCondition") else error.getErrorClass()


def test_a_model_tells_without_jobs_and_in_no_time(spark, table):
    model = BatchNorm(inputCols=["a", "b"], outputCol="out").fit(table)
    spark.sparkContext.setJobGroup("tells", "what a model tells")
    model.mean, model.variance, model.std, model.count, model.featureNames, repr(model)
    assert list(spark.sparkContext.statusTracker().getJobIdsForGroup("tells")) == []
    assert "inputCols='a', 'b'" in repr(model) and repr(model.inverse()).endswith(", inverse")


def test_fit_warns_of_what_eps_shrinks(spark):
    small = spark.createDataFrame([(1e-3, 1.0), (3e-3, 2.0)], ["a", "b"])
    stage = BatchNorm(inputCols=["a", "b"], outputCol="features", eps=1e-5)
    with pytest.warns(UserWarning, match="eps shrinks the normalized values of 'a' to a std of 0.30"):
        stage.fit(small)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stage.setEps(0.0).fit(small)
