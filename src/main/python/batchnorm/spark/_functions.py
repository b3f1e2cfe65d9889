"""Registration of the exact aggregate functions."""

from pyspark.sql import SparkSession

from batchnorm.spark._jvm import java_class, require_classic


def register(spark: SparkSession) -> None:
    """Adds the exact aggregate functions to a session.

    SQL has ``exact_sum``, ``exact_avg``, ``exact_var_pop``, ``exact_var_samp``, ``try_exact_sum`` and
    ``try_exact_avg`` then, and DataFrames the functions of :mod:`batchnorm.spark.functions`.

    Over Spark Connect the server needs an extension instead:
    ``spark.sql.extensions=batchnorm.spark.sql.ExactAggregatesExtension``.

    Parameters
    ----------
    spark : SparkSession
        A session with a JVM.

    Raises
    ------
    NotImplementedError
        The session is one of Spark Connect.

    Examples
    --------
    >>> register(spark)
    >>> spark.sql("SELECT exact_sum(id / 10) AS total FROM range(11)").collect()
    [Row(total=5.5)]
    """
    require_classic(
        "functions that a client registers",
        "Start the server with --conf spark.sql.extensions=batchnorm.spark.sql.ExactAggregatesExtension.",
    )
    java_class("sql.ExactAggregates").register(spark._jsparkSession)
