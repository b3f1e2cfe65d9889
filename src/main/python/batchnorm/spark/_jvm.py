"""The door to the JVM: what the classes of this package share."""

from typing import Any, Callable, TypeVar

from py4j.java_gateway import JavaPackage
from pyspark.ml.util import _jvm
from pyspark.sql.utils import is_remote

F = TypeVar("F", bound=Callable[..., Any])


def java_class(name: str) -> Any:
    """Returns a class of the Java package, which must be on Spark's class path."""
    found = getattr(_jvm().batchnorm.spark, name)
    if isinstance(found, JavaPackage):
        raise RuntimeError(
            f"Spark does not find batchnorm.spark.{name}. Start the session with "
            '.config("spark.jars", batchnorm.spark.jar()), before there is another one.'
        )
    return found


def require_classic(what: str, instead: str) -> None:
    """Requires a session with a JVM of its own, not one over Spark Connect."""
    if is_remote():
        raise NotImplementedError(f"Spark Connect does not offer {what}. {instead}")
