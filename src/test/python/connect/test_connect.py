"""The stages over Spark Connect."""

import math
import weakref
from fractions import Fraction
from pathlib import Path

import pytest
from pyspark.errors import ArithmeticException
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.clustering import KMeans
from pyspark.ml.evaluation import RegressionEvaluator
from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.ml.linalg import DenseVector, Vectors
from pyspark.ml.regression import LinearRegression
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession as PySparkSession
from pyspark.sql import functions
from pyspark.sql.connect.session import SparkSession as RemoteSession

import batchnorm.spark
from batchnorm.spark import BatchNorm, BatchNormModel, RunningBatchNorm
from batchnorm.spark.functions import exact_sum, exact_var_pop

ROWS = [(1.0, 2.0), (3.0, 5.0), (5.0, 4.0), (8.0, 8.0)]
COLUMNS = [list(column) for column in zip(*ROWS)]


def exact(values, correction=0):
    """Mean and variance as fractions, rounded once."""
    numbers = [Fraction(value) for value in values]
    mean = sum(numbers) / len(numbers)
    squares = sum((number - mean) ** 2 for number in numbers)
    return float(mean), float(squares / (len(numbers) - correction))


@pytest.fixture
def table(spark):
    return spark.createDataFrame(ROWS, ["a", "b"])


def stage(**params):
    return BatchNorm(**{"inputCols": ["a", "b"], "outputCols": ["x", "y"], **params})


def test_the_session_is_remote(spark):
    assert isinstance(spark, RemoteSession)


def test_fit_and_transform(table):
    model = stage(eps=0.0).fit(table)
    expected = []
    for a, b in ROWS:
        row = [a, b]
        for value, column in zip((a, b), COLUMNS):
            mean, variance = exact(column)
            row.append((value - mean) * (1 / math.sqrt(variance)))
        expected.append(tuple(row))
    assert [tuple(row) for row in model.transform(table).collect()] == expected


@pytest.mark.parametrize("correction", [0, 1])
def test_a_model_tells_what_it_knows(table, correction):
    model = stage(correction=correction).fit(table)
    expected = [exact(column, correction) for column in COLUMNS]
    assert model.mean == DenseVector([mean for mean, _ in expected])
    assert model.variance == DenseVector([variance for _, variance in expected])
    assert model.std == DenseVector([math.sqrt(variance) for _, variance in expected])
    assert (model.count, model.numFeatures, model.numBatchesTracked) == (4, 2, 0)
    assert model.featureNames == ["a", "b"]
    summary = model.summary().collect()
    assert [(row["name"], row["count"], row["mean"], row["variance"]) for row in summary] == [
        (name, 4, *statistics) for name, statistics in zip("ab", expected)
    ]
    assert "numFeatures=2" in repr(model)


@pytest.mark.filterwarnings("ignore:eps shrinks")
def test_every_kind_of_param_reaches_the_server(table):
    model = stage(
        withMean=False,
        eps=0.25,
        correction=1,
        gamma=[2.0, 3.0],
        beta=[0.5, 1.0],
        handleInvalid="keep",
        aggregationDepth=3,
    ).fit(table)
    row = model.transform(table).first()
    for found, value, column, gamma, beta in zip(
        (row.x, row.y), ROWS[0], COLUMNS, (2.0, 3.0), (0.5, 1.0)
    ):
        scale = gamma / math.sqrt(exact(column, 1)[1] + 0.25)
        assert found == pytest.approx(value * scale + beta, rel=1e-15)
    shifted = model.copy().setBeta([100.0, 100.0]).transform(table).first()
    assert shifted.x - row.x == pytest.approx(99.5, rel=1e-12)


def test_vectors_and_the_default_output(spark):
    frame = spark.createDataFrame([(Vectors.dense(a, b),) for a, b in ROWS], ["v"])
    norm = BatchNorm(inputCol="v", eps=0.0)
    model = norm.fit(frame)
    assert model.transform(frame).columns == ["v", norm.uid + "__output"]
    assert model.featureNames == ["v_0", "v_1"]


def test_errors_have_the_text_of_java(table):
    with pytest.raises(Exception, match="eps is -1.0; expected a finite number of at least 0"):
        stage(eps=-1.0).fit(table)
    with pytest.raises(Exception, match="'nowhere'") as error:
        stage(inputCols=["nowhere", "b"]).fit(table)
    assert error.value.getCondition() == "BATCHNORM_COLUMN_NOT_FOUND"


def test_what_a_transform_refuses_begins_with_a_sentence(table):
    normalized = stage().fit(table).transform(table.selectExpr("a", "if(a > 4, null, b) b"))
    for action in (normalized.collect, normalized.show):
        with pytest.raises(Exception) as error:
            action()
        # The client shows the stack of the server after it, unless the session is told not to.
        assert str(error.value).partition("\n\nJVM stacktrace:\n")[0] == (
            "Column 'b' has a missing value (null or NaN); handleInvalid is 'error'. Set handleInvalid to "
            "'skip' to drop such rows or to 'keep' to keep them missing, or clean the data."
        )
        assert error.value.getCondition() == "BATCHNORM_INVALID_VALUES"


def test_models_are_saved_and_loaded(table, tmp_path):
    model = stage(gamma=[2.0, 3.0]).fit(table)
    path = str(tmp_path / "model")
    model.save(path)
    loaded = BatchNormModel.load(path)
    assert (loaded.uid, loaded.getGamma()) == (model.uid, [2.0, 3.0])
    assert loaded.variance == model.variance
    assert loaded.transform(table).collect() == model.transform(table).collect()
    with pytest.raises(Exception, match="already exists"):
        model.save(path)
    model.setEps(0.5).write().overwrite().save(path)
    assert BatchNormModel.load(path).getEps() == 0.5


def test_a_model_that_nobody_has_is_freed_at_once(table, tmp_path):
    """By its last reference, since the garbage collector, which is off here, would free it in the middle of
    another request."""
    model = stage(eps=0.0).fit(table)
    model.save(str(tmp_path / "model"))
    loaded = BatchNormModel.load(str(tmp_path / "model"))
    inverse = loaded.inverse()
    assert inverse.transform(model.transform(table)).count() == loaded.summary().count() * 2
    watched = [weakref.ref(each) for each in (model, loaded, inverse)]
    del model, loaded, inverse
    assert [each() for each in watched] == [None] * 3


def test_models_that_java_saved_load(spark):
    model = BatchNormModel.load(str(Path("src/test/resources/fixtures/model-format-2").resolve()))
    assert model.featureNames == ["mean radius", "a.b"]
    assert model.mean == DenseVector([0.25, 1 / 3.0])


def test_stages_are_saved_and_loaded(spark, tmp_path):
    saved = stage(eps=0.5, beta=[1.0, 2.0])
    saved.save(str(tmp_path / "stage"))
    loaded = BatchNorm.load(str(tmp_path / "stage"))
    assert (loaded.uid, loaded.getEps(), loaded.getBeta()) == (saved.uid, 0.5, [1.0, 2.0])
    assert loaded.getInputCols() == ["a", "b"]


def test_pipelines(table, tmp_path):
    pipeline = Pipeline(stages=[stage(outputCols=None, outputCol="features"), KMeans(k=2, seed=1)])
    fitted = pipeline.fit(table)
    pipeline.save(str(tmp_path / "pipeline"))
    fitted.save(str(tmp_path / "fitted"))
    assert isinstance(Pipeline.load(str(tmp_path / "pipeline")).getStages()[0], BatchNorm)
    loaded = PipelineModel.load(str(tmp_path / "fitted"))
    assert isinstance(loaded.stages[0], BatchNormModel)
    assert loaded.transform(table).collect() == fitted.transform(table).collect()


@pytest.mark.filterwarnings("ignore:eps shrinks")
def test_a_cross_validator_chooses_among_params(spark):
    frame = (
        spark.range(40)
        .select(functions.rand(1).alias("a"), functions.randn(2).alias("b"))
        .withColumn("label", functions.expr("a + b"))
    )
    norm = stage(outputCols=None, outputCol="features")
    grid = ParamGridBuilder().addGrid(norm.eps, [0.0, 100.0]).build()
    validator = CrossValidator(
        estimator=Pipeline(stages=[norm, LinearRegression(maxIter=2, regParam=0.1)]),
        estimatorParamMaps=grid,
        evaluator=RegressionEvaluator(),
        numFolds=2,
        seed=1,
    )
    model = validator.fit(frame)
    best = grid[min(range(2), key=lambda i: model.avgMetrics[i])][norm.eps]
    assert model.bestModel.stages[0].getEps() == best


def test_a_fit_continues_a_saved_model(table, tmp_path):
    stage().fit(table.filter("a < 4")).save(str(tmp_path / "first"))
    continued = stage(initialModel=str(tmp_path / "first")).fit(table.filter("a > 4"))
    assert continued.summary().collect() == stage().fit(table).summary().collect()


def test_inverse_maps_back(table):
    model = stage(eps=0.0).fit(table)
    back = model.inverse().transform(model.transform(table).drop("a", "b"))
    for row, (a, b) in zip(back.collect(), ROWS):
        assert (row.a, row.b) == (pytest.approx(a, rel=1e-14), pytest.approx(b, rel=1e-14))


def test_groups(table):
    grouped = table.withColumn("store", functions.expr("if(a < 4, 'x', null)"))
    model = BatchNorm(inputCols=["a"], outputCols=["a"], groupCols=["store"], eps=0.0).fit(grouped)
    assert sorted(row.a for row in model.transform(grouped).collect()) == [-1.0, -1.0, 1.0, 1.0]
    rows = {(row.store, row["count"], row.uses) for row in model.summary().collect()}
    assert rows == {("x", 2, "group"), (None, 2, "group")}
    assert model.mean == DenseVector([exact(COLUMNS[0])[0]])


def test_running_statistics(table, tmp_path):
    norm = stage(runningStatistics="exponential", momentum=0.5)
    first = norm.fit(table)
    first.save(str(tmp_path / "first"))
    second = norm.setInitialModel(str(tmp_path / "first")).fit(table)
    assert (first.numBatchesTracked, second.numBatchesTracked) == (1, 2)


def test_what_connect_does_not_offer_says_what_to_do_instead(table, tmp_path):
    model = stage().fit(table)
    for call, text in [
        (lambda: model.update(table), "fit with initialModel set to its path"),
        (lambda: model.merge(model), "Spark Connect does not offer merge. Save the models"),
        (lambda: model.subtract(model), "Spark Connect does not offer subtract. Save the models"),
        (lambda: stage().setInitialModel(model), "Save the model, and give its path"),
        (
            lambda: BatchNormModel.of(Vectors.dense(0.0), Vectors.dense(1.0)),
            "Spark Connect does not offer models of known statistics",
        ),
        (
            lambda: RunningBatchNorm(stage(), str(tmp_path)),
            "Spark Connect does not offer streams that update a model",
        ),
        (lambda: model.toOnnx(str(tmp_path / "m")), "Spark Connect does not offer exports"),
        (lambda: model.toTorch(str(tmp_path / "m")), "Spark Connect does not offer exports"),
        (lambda: model.toJson(str(tmp_path / "m")), "Spark Connect does not offer exports"),
        (lambda: BatchNormModel.fromTorch("m"), "Spark Connect does not offer imports"),
        (lambda: BatchNormModel.fromJson("m"), "Spark Connect does not offer imports"),
    ]:
        with pytest.raises(NotImplementedError, match=text):
            call()


@pytest.mark.parametrize("session", [PySparkSession, RemoteSession])
def test_a_client_gives_no_jar_to_its_server(session):
    with pytest.raises(NotImplementedError) as error:
        batchnorm.spark.configure(session.builder.remote("sc://server:15002"))
    assert str(error.value) == (
        "Spark Connect does not offer jars for a server that runs already. Start the server with --jars "
        f"{batchnorm.spark.jar()}, and make the session without batchnorm.spark.configure."
    )


def test_spark_s_own_stages_are_found_beside_ours(table):
    assembled = VectorAssembler(inputCols=["a", "b"], outputCol="v").transform(table)
    scaler = StandardScaler(inputCol="v", outputCol="s", withMean=True).fit(assembled)
    assert scaler.mean[0] == pytest.approx(exact(COLUMNS[0])[0])


def test_exact_aggregates_of_the_servers_extension(spark, table):
    found = table.agg(exact_sum("a"), exact_var_pop(table.b), functions.call_function("exact_avg", "a")).first()
    assert tuple(found) == (17.0, exact(COLUMNS[1])[1], 4.25)
    assert spark.sql("SELECT exact_sum(id) FROM range(4)").first()[0] == 6
    with pytest.raises(ArithmeticException, match="Use 'try_exact_sum' to tolerate overflow"):
        spark.sql("SELECT exact_sum(9223372036854775807 - id) FROM range(2)").collect()


def test_functions_are_not_registered_by_a_client(spark):
    with pytest.raises(NotImplementedError, match="spark.sql.extensions=batchnorm.spark.sql.ExactAggregatesExtension"):
        batchnorm.spark.register(spark)
