"""The stages are those of any Spark ML in Python: in pipelines, copied, tuned, saved, loaded."""

import pytest
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.clustering import KMeans
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.tuning import CrossValidator, CrossValidatorModel, ParamGridBuilder
from pyspark.sql import functions

from batchnorm.spark import BatchNorm, BatchNormModel


@pytest.fixture
def table(spark):
    return (
        spark.range(60)
        .select(functions.rand(1).alias("a"), functions.randn(2).alias("b"))
        .withColumn("label", functions.expr("double(a + b > 0.5)"))
        .persist()
    )


def stage():
    return BatchNorm(inputCols=["a", "b"], outputCol="features")


def test_a_pipeline_of_python_loads_in_python(table, tmp_path):
    pipeline = Pipeline(stages=[stage(), KMeans(k=2, seed=1)])
    fitted = pipeline.fit(table)
    pipeline.save(str(tmp_path / "pipeline"))
    fitted.save(str(tmp_path / "fitted"))

    again = Pipeline.load(str(tmp_path / "pipeline"))
    assert isinstance(again.getStages()[0], BatchNorm)
    assert again.getStages()[0].getInputCols() == ["a", "b"]
    loaded = PipelineModel.load(str(tmp_path / "fitted"))
    assert isinstance(loaded.stages[0], BatchNormModel)
    assert loaded.stages[0].mean == fitted.stages[0].mean
    assert loaded.transform(table).collect() == fitted.transform(table).collect()


def test_a_pipeline_of_java_loads_in_python(table, jvm, spark, tmp_path):
    java_stage = jvm.batchnorm.spark.BatchNorm()
    names = spark.sparkContext._gateway.new_array(jvm.java.lang.String, 2)
    names[0], names[1] = "a", "b"
    java_stage.setInputCols(names).setOutputCol("features").setEps(0.5)
    stages = spark.sparkContext._gateway.new_array(jvm.org.apache.spark.ml.PipelineStage, 1)
    stages[0] = java_stage
    pipeline = jvm.org.apache.spark.ml.Pipeline().setStages(stages)
    pipeline.save(str(tmp_path / "pipeline"))
    fitted = pipeline.fit(table._jdf)
    fitted.save(str(tmp_path / "fitted"))

    unfitted = Pipeline.load(str(tmp_path / "pipeline")).getStages()[0]
    assert isinstance(unfitted, BatchNorm)
    assert (unfitted.uid, unfitted.getEps()) == (java_stage.uid(), 0.5)
    loaded = PipelineModel.load(str(tmp_path / "fitted"))
    assert isinstance(loaded.stages[0], BatchNormModel)
    assert loaded.stages[0].getEps() == 0.5
    assert list(loaded.stages[0].mean) == list(fitted.stages()[0].mean().toArray())


def test_a_pipeline_of_python_loads_in_java(table, jvm, tmp_path):
    fitted = Pipeline(stages=[stage().setGamma([2.0, 3.0])]).fit(table)
    fitted.save(str(tmp_path / "fitted"))
    loaded = jvm.org.apache.spark.ml.PipelineModel.load(str(tmp_path / "fitted")).stages()[0]
    assert loaded.getClass().getName() == "batchnorm.spark.BatchNormModel"
    assert list(loaded.getGamma()) == [2.0, 3.0]
    assert list(loaded.mean().toArray()) == list(fitted.stages[0].mean)


def test_a_stage_loads_as_it_was_saved(spark, tmp_path):
    saved = stage().setCorrection(1).setBeta([1.0, 2.0]).setHandleInvalid("keep")
    saved.write().overwrite().save(str(tmp_path / "stage"))
    loaded = BatchNorm.load(str(tmp_path / "stage"))
    assert loaded.uid == saved.uid
    assert loaded.extractParamMap() == saved.extractParamMap()


def test_a_model_is_overwritten_only_when_asked(table, tmp_path):
    path = str(tmp_path / "model")
    model = stage().fit(table)
    model.save(path)
    with pytest.raises(Exception, match="already exists"):
        model.save(path)
    model.setEps(0.5).write().overwrite().save(path)
    assert BatchNormModel.load(path).getEps() == 0.5


def test_a_stage_is_not_a_model(spark, table, tmp_path):
    stage().save(str(tmp_path / "stage"))
    with pytest.raises(Exception, match="it holds a batchnorm.spark.BatchNorm"):
        BatchNormModel.load(str(tmp_path / "stage"))


def test_copies_share_uid_and_params_and_nothing_that_changes(table):
    original = stage()
    copied = original.copy({original.eps: 0.5})
    assert (copied.uid, copied.getEps(), original.getEps()) == (original.uid, 0.5, 0.0)
    model = original.fit(table)
    twin = model.copy({model.outputCol: "twin"})
    assert (twin.uid, twin.mean) == (model.uid, model.mean)
    assert "twin" in twin.transform(table).columns
    assert "features" in model.transform(table).columns


@pytest.mark.filterwarnings("ignore:eps shrinks")
def test_params_given_to_fit_count_for_that_fit(table):
    original = stage()
    models = original.fit(table, [{original.eps: 0.5}, {original.eps: 2.0}])
    assert [model.getEps() for model in models] == [0.5, 2.0]
    assert original.getEps() == 0.0


@pytest.mark.filterwarnings("ignore:eps shrinks")
def test_a_cross_validator_chooses_among_params(table, tmp_path):
    norm = stage()
    grid = ParamGridBuilder().addGrid(norm.eps, [0.0, 100.0]).build()
    validator = CrossValidator(
        estimator=Pipeline(stages=[norm, LogisticRegression(maxIter=3)]),
        estimatorParamMaps=grid,
        evaluator=BinaryClassificationEvaluator(),
        numFolds=2,
        seed=1,
    )
    model = validator.fit(table)
    assert len(model.avgMetrics) == 2
    chosen = grid[max(range(2), key=lambda i: model.avgMetrics[i])]
    best = model.bestModel.stages[0]
    assert isinstance(best, BatchNormModel)
    assert best.getEps() == chosen[norm.eps]
    model.save(str(tmp_path / "validated"))
    loaded = CrossValidatorModel.load(str(tmp_path / "validated"))
    assert loaded.bestModel.stages[0].mean == best.mean
