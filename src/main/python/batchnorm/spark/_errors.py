"""Exceptions of PySpark with the text of the JVM's error, without Java's stack trace."""

from typing import Any


def install() -> None:
    """Makes PySpark find errors of this library among the errors in which Spark wraps them.

    PySpark converts an exception of the JVM by its class and ignores its causes: the text of a task's
    error would be in the middle of a hundred lines of Java. Other errors do not change.
    """
    try:
        import py4j  # noqa: F401
    except ImportError:
        # A client only of Spark Connect has no JVM.
        return
    from pyspark.errors.exceptions import captured

    convert = captured.convert_exception
    if hasattr(convert, "_of_batchnorm"):
        return

    def convert_exception(e: Any) -> Any:
        converted = convert(e)
        if isinstance(converted, captured.UnknownException):
            found = _own_error(e)
            if found is not None:
                converted = _as_pyspark(captured, found)
        return _with_its_text(converted)

    convert_exception._of_batchnorm = True  # type: ignore[attr-defined]
    captured.convert_exception = convert_exception


def _with_its_text(converted: Any) -> Any:
    """Makes ``getMessage`` of Spark 4 return the text; it would look it up among Spark's conditions."""
    if hasattr(converted, "getCondition") and hasattr(converted, "_desc"):
        if (converted.getCondition() or "").startswith("BATCHNORM_"):
            text = converted._desc
            converted.getMessage = lambda: text
    return converted


def _own_error(error: Any) -> Any:
    """Returns this library's error among an error and its causes, if there is one."""
    from py4j.java_gateway import JavaPackage
    from pyspark import SparkContext

    jvm = SparkContext._jvm
    errors = getattr(jvm, "batchnorm.spark.errors.OwnErrors")
    if isinstance(errors, JavaPackage):
        return None
    return errors.innermost(error).orElse(None)


def _as_pyspark(captured: Any, error: Any) -> Any:
    from py4j.java_gateway import is_instance_of
    from pyspark import SparkContext

    argument = is_instance_of(SparkContext._gateway, error, "java.lang.IllegalArgumentException")
    kind = captured.IllegalArgumentException if argument else captured.SparkRuntimeException
    return kind(origin=error)
