"""A session with a JVM of its own, set up as the README says."""

import pytest
from pyspark.sql import SparkSession

import batchnorm.spark


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars", batchnorm.spark.jar())
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def jvm(spark):
    """The Java classes themselves."""
    return spark._jvm
