"""Errors of the JVM as PySpark has them: an exception whose text is the sentence that a user needs."""

from typing import Any


def install() -> None:
    """Lets PySpark find errors of this library among those that Spark wraps around them.

    PySpark knows an exception of the JVM by its own class, not by its causes: what a task refuses would
    be text in the middle of a hundred lines of Java. Errors of anybody else stay as PySpark has them.
    """
    try:
        import py4j  # noqa: F401
    except ImportError:
        # A client of Spark Connect alone has no JVM.
        return
    from pyspark.errors.exceptions import captured

    convert = captured.convert_exception
    if hasattr(convert, "_of_batchnorm"):
        return

    def convert_exception(error: Any) -> Any:
        converted = convert(error)
        if isinstance(converted, captured.UnknownException):
            found = _own_error(error)
            if found is not None:
                converted = _as_pyspark(captured, found)
        return _with_its_text(converted)

    convert_exception._of_batchnorm = True  # type: ignore[attr-defined]
    captured.convert_exception = convert_exception


def _with_its_text(converted: Any) -> Any:
    """Lets ``getMessage`` of Spark 4 return the text, which it looks up among Spark's own conditions."""
    if hasattr(converted, "getCondition") and hasattr(converted, "_desc"):
        if (converted.getCondition() or "").startswith("BATCHNORM_"):
            text = converted._desc
            converted.getMessage = lambda: text
    return converted


def _own_error(error: Any) -> Any:
    """The error of this library that others are wrapped around, if there is one."""
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
