"""Access to the JVM, shared by the classes of this package."""

from typing import Any

from pyspark.ml.common import _py2java
from pyspark.ml.util import _jvm
from pyspark.sql.utils import is_remote

from batchnorm.spark._jars import jar

# A file in every jar of this library.
_MARK = "batchnorm/spark/BatchNorm.class"


def java_class(name: str) -> Any:
    """Returns a class of the Java package. A session on this machine alone gets the jar now if it was
    started without it; any other session must have it.
    """
    # A client of Spark Connect has no py4j and never calls this.
    from py4j.java_gateway import JavaPackage

    join_added_jar()
    found = getattr(_jvm().batchnorm.spark, name)
    if isinstance(found, JavaPackage) and _runs_in_one_jvm():
        add_to_running_jvm(jar())
        found = getattr(_jvm().batchnorm.spark, name)
    if isinstance(found, JavaPackage):
        raise RuntimeError(
            f"Spark does not find batchnorm.spark.{name}: this session was started without the jar. Stop it "
            "with spark.stop(), and start it again with "
            "batchnorm.spark.configure(SparkSession.builder).getOrCreate(); on a managed cluster, whose "
            "session is there before the notebook, install the jar of batchnorm.spark.jar() as a library of "
            "the cluster, and restart it."
        )
    return found


def join_added_jar() -> None:
    """Adds a jar of ``ADD JAR`` to the jars with which Spark was started.

    ``ADD JAR`` adds a jar only to the class loader of the SQL sessions. Tasks in the driver's JVM have
    another class loader, and a class loaded by both is two classes. The common parent is the class
    loader of the jars with which Spark was started: a class that it has is loaded only once.
    """
    jvm = _jvm()
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    resource = loader.getResource(_MARK)
    if resource is None or resource.getProtocol() != "jar":
        return
    started = _loader_of_spark_submit(loader)
    if started is not None and started.getResource(_MARK) is None:
        started.addURL(jvm.java.net.URL(resource.getPath()[: -len("!/" + _MARK)]))


def add_to_running_jvm(jar: str) -> None:
    """Adds a jar to the JVM of this process if it is running: the JVM outlives sessions, and its class
    path cannot be set again.
    """
    from pyspark import SparkContext

    jvm = SparkContext._jvm
    if jvm is None:
        return
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    if loader.getResource(_MARK) is None:
        started = _loader_of_spark_submit(loader)
        if started is not None:
            started.addURL(jvm.java.io.File(jar).toURI().toURL())


def _runs_in_one_jvm() -> bool:
    """Returns whether the tasks of the session run in the driver's JVM, so that its jars are theirs."""
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    master = context.master if context is not None else None
    return master is not None and (master == "local" or master.startswith("local["))


def _loader_of_spark_submit(loader: Any) -> Any:
    """Returns the outermost class loader that accepts jars: that of the jars with which Spark was
    started.
    """
    found = None
    while loader is not None:
        if loader.getClass().getName() == "org.apache.spark.util.MutableURLClassLoader":
            found = loader
        loader = loader.getParent()
    return found


def require_jar(stage: type) -> None:
    """Requires that the JVM of the session, if it has one, has the class of a stage."""
    if not is_remote():
        java_class(stage.__name__)


def to_java(value: Any) -> Any:
    """Converts a value of Python to the JVM."""
    return _py2java(spark_context(), value)


def to_python(value: Any) -> Any:
    """Converts a vector or an array of the JVM to Python, by one call and without a session."""
    from pyspark.serializers import CPickleSerializer

    pickled = _jvm().org.apache.spark.ml.python.MLSerDe.dumps(value)
    return CPickleSerializer().loads(bytes(pickled))  # type: ignore[no-untyped-call]


def spark_context() -> Any:
    """Returns the context of the session; clients of Spark Connect do not have its class."""
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    assert context is not None
    return context


def require_classic(what: str, instead: str) -> None:
    """Requires a session with a JVM, not one over Spark Connect."""
    if is_remote():
        raise NotImplementedError(f"Spark Connect does not offer {what}. {instead}")
