"""A fit follows a table as in Java."""

import pytest

from batchnorm.spark import BatchNorm, BatchNormModel


def test_a_fit_reads_what_was_added(spark, tmp_path):
    table, models = tmp_path / "table", tmp_path / "models"
    stage = BatchNorm(inputCol="a", outputCol="b")
    spark.createDataFrame([(1.0,), (3.0,)], ["a"]).write.parquet(str(table))
    assert list(stage.fitIncrementally(table, models).mean) == [2.0]
    spark.createDataFrame([(8.0,)], ["a"]).write.mode("append").parquet(str(table))
    model = stage.fitIncrementally(str(table), str(models))
    whole = stage.fit(spark.read.parquet(str(table)))
    assert (model.count, model.mean, model.variance) == (3, whole.mean, whole.variance)
    assert BatchNormModel.load(models).variance == whole.variance


def test_what_is_no_table_is_a_sentence(spark, tmp_path):
    with pytest.raises(Exception, match="There is no table or folder /no/such"):
        BatchNorm(inputCol="a", outputCol="b").fitIncrementally("/no/such", tmp_path / "models")
