"""Writes models of src/test/resources/fixtures/golden/rows.csv in every form, as batchnorm.spark.GoldenModels does in Java.

    python src/reference/python/golden_models.py FOLDER

The package, with its jar, and a pyspark must be installed; README.md beside the rows has the versions.
"""

import sys
from pathlib import Path

import batchnorm.spark
from batchnorm.spark import BatchNorm, RunningBatchNorm
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession

ROWS = "src/test/resources/fixtures/golden/rows.csv"
SCHEMA = "store string, batch int, w double, a double, b double"


def stage(**params):
    return BatchNorm(outputCol="normalized", weightCol="w", handleInvalid="keep", eps=0.25, **params)


def main(folder):
    spark = batchnorm.spark.configure(SparkSession.builder).getOrCreate()
    table = spark.read.schema(SCHEMA).option("header", True).csv(ROWS)
    assembler = VectorAssembler(inputCols=["a", "b"], outputCol="v", handleInvalid="keep")
    rows = assembler.transform(table)
    batches = [rows.where(f"batch = {number}") for number in (1, 2)]
    columns = ["a", "b"]

    model = stage(inputCols=columns).fit(rows)
    model.save(f"{folder}/columns")
    model.toJson(f"{folder}/model.json")
    model.toTorch(f"{folder}/layer.safetensors")
    stage(inputCol="v").fit(rows).save(f"{folder}/vectors")
    stage(inputCols=columns, groupCols=["store"]).fit(rows).save(f"{folder}/groups")
    for statistics in ("exponential", "cumulative"):
        first = stage(inputCols=columns, runningStatistics=statistics).fit(batches[0])
        first.update(batches[1]).save(f"{folder}/{statistics}")
    running = RunningBatchNorm(stage(inputCols=columns), f"{folder}/versions")
    for number, batch in enumerate(batches, 1):
        running.onBatch(batch, number)


main(Path(sys.argv[1]).resolve())
