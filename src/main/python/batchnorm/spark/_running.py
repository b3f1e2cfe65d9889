"""Statistics of a stream."""

import os
from datetime import timedelta
from typing import Any, Callable, Optional, Union

from pyspark.ml.util import _jvm
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery
from pyspark.sql.streaming.readwriter import DataStreamWriter

from batchnorm.spark._jvm import java_class, require_classic, spark_context
from batchnorm.spark._stages import BatchNorm


class RunningBatchNorm:
    """Trains a model on a stream: every micro-batch updates its statistics and writes the next version
    of the model into a directory. :meth:`BatchNormModel.load` reads the newest version.

    Every batch counts exactly once, also one that Spark repeats after a crash. An instance is a function
    of a micro-batch for ``foreachBatch``; :meth:`start` does the same without calling Python for each
    batch.

    Parameters
    ----------
    batchNorm
        the stage with the columns and parameters
    modelDirectory
        the directory of the versions, which need not exist

    >>> import tempfile
    >>> versions = tempfile.mkdtemp() + "/versions"
    >>> running = RunningBatchNorm(BatchNorm(inputCol="a", outputCol="b"), versions)
    >>> running.onBatch(spark.createDataFrame([(1.0,), (3.0,)], ["a"]), 0)
    >>> running.onBatch(spark.createDataFrame([(8.0,)], ["a"]), 1)
    >>> BatchNormModel.load(versions).mean
    DenseVector([4.0])
    """

    __module__ = "batchnorm.spark"

    def __init__(self, batchNorm: BatchNorm, modelDirectory: Union[str, "os.PathLike[str]"]) -> None:
        require_classic(
            "streams that update a model", "Use a session that is not remote."
        )
        self._java_obj = java_class("RunningBatchNorm")(
            batchNorm._to_java(), os.fspath(modelDirectory)
        )

    def setKeptVersions(self, versions: int) -> "RunningBatchNorm":
        """Sets the number of versions to keep, 2 or more; 10 by default."""
        self._java_obj.setKeptVersions(versions)
        return self

    def setWindow(
        self, window: Union[int, timedelta], slide: Optional[timedelta] = None
    ) -> "RunningBatchNorm":
        """Sets a window of the newest rows, of which the statistics then are: what leaves it is subtracted,
        exactly.

        Parameters
        ----------
        window
            the number of last batches; or a duration, of which older batches leave, or with
            :meth:`setTimeCol` the length of the windows of event time
        slide
            the interval at which windows of event time begin, by default their length

        >>> import tempfile
        >>> versions = tempfile.mkdtemp() + "/versions"
        >>> last = RunningBatchNorm(BatchNorm(inputCol="a", outputCol="b"), versions).setWindow(1)
        >>> last.onBatch(spark.createDataFrame([(1.0,), (3.0,)], ["a"]), 0)
        >>> last.onBatch(spark.createDataFrame([(8.0,), (6.0,)], ["a"]), 1)
        >>> BatchNormModel.load(versions).mean
        DenseVector([7.0])
        """
        spans = [window] if slide is None else [window, slide]
        self._java_obj.setWindow(*[_java_span(span) for span in spans])
        return self

    def setTimeCol(self, column: str) -> "RunningBatchNorm":
        """Sets the column with the time of each row, a timestamp or a date, for a window of time."""
        self._java_obj.setTimeCol(column)
        return self

    def setNormalized(
        self, moment: str, sink: Callable[[DataFrame, int], None]
    ) -> "RunningBatchNorm":
        """Sets a function that is called with every normalized batch, like that of ``foreachBatch``.

        Parameters
        ----------
        moment
            ``before`` for the statistics without the batch, ``after`` for those with it
        sink
            a function of the normalized batch and its id
        """
        from pyspark.java_gateway import ensure_callback_server_started

        self._java_obj.setNormalized(moment, _Sink(sink))
        ensure_callback_server_started(spark_context()._gateway)  # type: ignore[no-untyped-call]
        return self

    def start(self, stream: Union[DataFrame, DataStreamWriter]) -> StreamingQuery:
        """Starts training on a stream, with a checkpoint in the directory of the versions; or with a
        writer of a stream, which sets checkpoint location, trigger and query name.
        """
        java = stream._jdf if isinstance(stream, DataFrame) else stream._jwrite
        return StreamingQuery(self._java_obj.start(java))

    def onBatch(self, batch: DataFrame, batchId: int) -> None:
        """Updates the model with a micro-batch; a batch that a version already contains changes nothing."""
        self._java_obj.onBatch(batch._jdf, batchId)

    def __call__(self, batch: DataFrame, batchId: int) -> None:
        self.onBatch(batch, batchId)


def _java_span(span: Union[int, timedelta]) -> Any:
    if not isinstance(span, timedelta):
        return span
    return _jvm().java.time.Duration.ofNanos(1000 * (span // timedelta(microseconds=1)))


class _Sink:
    """Function of a micro-batch that the JVM can call."""

    def __init__(self, function: Callable[[DataFrame, int], None]) -> None:
        self._function = function

    def call(self, java_frame: Any, batch_id: int) -> None:
        session = SparkSession(spark_context(), java_frame.sparkSession())
        self._function(DataFrame(java_frame, session), batch_id)

    class Java:
        implements = ["org.apache.spark.api.java.function.VoidFunction2"]
