"""The door to the JVM: what the classes of this package share."""

from typing import Any

from pyspark.ml.common import _py2java
from pyspark.ml.util import _jvm
from pyspark.sql.utils import is_remote


def java_class(name: str) -> Any:
    """Returns a class of the Java package, which must be on Spark's class path."""
    # Clients of Spark Connect have no py4j, and come here never.
    from py4j.java_gateway import JavaPackage

    found = getattr(_jvm().batchnorm.spark, name)
    if isinstance(found, JavaPackage):
        raise RuntimeError(
            f"Spark does not find batchnorm.spark.{name}. Start the session with "
            '.config("spark.jars", batchnorm.spark.jar()), before there is another one.'
        )
    return found


def require_jar(stage: type) -> None:
    """Requires that the JVM of the session, if it has one, knows the class of a stage."""
    if not is_remote():
        java_class(stage.__name__)


def to_java(value: Any) -> Any:
    """Returns what a value of Python is for the JVM."""
    return _py2java(spark_context(), value)


def spark_context() -> Any:
    """Returns the context of the session, of which clients of Spark Connect do not know the class."""
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    assert context is not None
    return context


def require_classic(what: str, instead: str) -> None:
    """Requires a session with a JVM of its own, not one over Spark Connect."""
    if is_remote():
        raise NotImplementedError(f"Spark Connect does not offer {what}. {instead}")
