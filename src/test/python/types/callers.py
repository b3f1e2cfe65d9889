"""Calls of the package, of which mypy checks the types; nobody runs them."""

from datetime import timedelta
from pathlib import Path
from typing import List, assert_type

import numpy
from pyspark.ml import Pipeline
from pyspark.ml.linalg import DenseVector, Vectors
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

import batchnorm.spark
from batchnorm.spark import BatchNorm, BatchNormModel, RunningBatchNorm
from batchnorm.spark.functions import exact_sum, try_exact_avg
from batchnorm.spark.local import LocalModel


def start() -> SparkSession:
    assert_type(batchnorm.spark.jar(), str)
    builder = SparkSession.builder.appName("typed")
    assert_type(batchnorm.spark.configure(builder), SparkSession.Builder)
    return batchnorm.spark.configure(builder).getOrCreate()


def fit(df: DataFrame) -> BatchNormModel:
    stage = BatchNorm(inputCols=["a", "b"], outputCol="x", eps=1e-5, gamma=numpy.ones(2), beta=(0, 1.0))
    assert_type(stage.setCorrection(1).setBeta(Vectors.dense(0.0, 1.0)), BatchNorm)
    assert_type(stage.setParams(initialModel=Path("first")), BatchNorm)
    assert_type(stage.getEps(), float)
    assert_type(stage.getInputCols(), List[str])
    assert_type(stage.getOrDefault(stage.momentum), float)
    Pipeline(stages=[stage]).fit(df)
    return stage.fit(df)


def use(model: BatchNormModel, df: DataFrame) -> DataFrame:
    assert_type(model.mean, DenseVector)
    assert_type(model.count, int)
    assert_type(model.featureNames, List[str])
    assert_type(model.summary(), DataFrame)
    assert_type(model.setBeta([1.0]), BatchNormModel)
    assert_type(model.copy({model.eps: 0.5}), BatchNormModel)
    assert_type(model.update(df).merge(model, [model]).inverse(), BatchNormModel)
    assert_type(model.update(df, removed=df).subtract(model), BatchNormModel)
    assert_type(BatchNormModel.of([0.5], numpy.ones(1)), BatchNormModel)
    return model.transform(df)


def keep(stage: BatchNorm, model: BatchNormModel, folder: Path) -> BatchNormModel:
    stage.save(folder / "stage")
    assert_type(BatchNorm.load(folder / "stage"), BatchNorm)
    model.write().overwrite().save(str(folder / "model"))
    model.toOnnx(folder / "onnx", dtype="float32", overwrite=True)
    assert_type(BatchNormModel.read().load("model"), BatchNormModel)
    return BatchNormModel.load(folder / "model")


def aggregate(spark: SparkSession, df: DataFrame) -> DataFrame:
    batchnorm.spark.register(spark)
    assert_type(exact_sum("a"), Column)
    return df.agg(exact_sum("a"), try_exact_avg(df.b))


def score(scaler: object) -> numpy.ndarray:
    model = LocalModel.load(Path("model"))
    assert_type(model.copy(handleInvalid="keep").inverse(), LocalModel)
    assert_type(LocalModel.from_json("model.json").feature_names, List[str])
    return LocalModel.from_sklearn(scaler).mean


def learn(stage: BatchNorm, stream: DataFrame) -> StreamingQuery:
    def show(batch: DataFrame, number: int) -> None:
        batch.show()

    running = RunningBatchNorm(stage, Path("versions")).setKeptVersions(3).setNormalized("before", show)
    stream.writeStream.foreachBatch(running)
    return running.start(stream.writeStream.option("checkpointLocation", "checkpoint"))
