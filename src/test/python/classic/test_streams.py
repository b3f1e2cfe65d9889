"""A stream is learned from as in Java."""

from datetime import datetime, timedelta

import pytest

from batchnorm.spark import BatchNorm, BatchNormModel, RunningBatchNorm

SCHEMA = "a double"


def stage():
    return BatchNorm(inputCol="a", outputCol="b", eps=0.0)


def write(spark, folder, values):
    spark.createDataFrame([(value,) for value in values], SCHEMA).coalesce(1).write.mode(
        "append"
    ).parquet(str(folder))


@pytest.fixture
def arriving(spark, tmp_path):
    write(spark, tmp_path / "arriving", [1.0, 3.0])
    write(spark, tmp_path / "arriving", [5.0, 8.0, 9.0])
    return tmp_path / "arriving"


def stream(spark, folder):
    return (
        spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 1).parquet(str(folder))
    )


def run(query):
    try:
        query.processAllAvailable()
    finally:
        query.stop()


def test_a_stream_ends_with_the_model_of_all_its_rows(spark, arriving, tmp_path):
    versions = str(tmp_path / "versions")
    run(RunningBatchNorm(stage(), versions).start(stream(spark, arriving)))
    learned = BatchNormModel.load(versions)
    whole = stage().fit(spark.read.parquet(str(arriving)))
    assert (learned.count, learned.mean, learned.variance) == (5, whole.mean, whole.variance)


def test_it_goes_on_where_it_stopped(spark, arriving, tmp_path):
    versions = str(tmp_path / "versions")
    run(RunningBatchNorm(stage(), versions).start(stream(spark, arriving)))
    write(spark, arriving, [100.0, 200.0])
    run(RunningBatchNorm(stage(), versions).start(stream(spark, arriving)))
    whole = stage().fit(spark.read.parquet(str(arriving)))
    assert BatchNormModel.load(versions).variance == whole.variance


def test_a_function_of_python_s_own_foreach_batch_counts_every_batch_once(spark, arriving, tmp_path):
    versions, checkpoint = str(tmp_path / "versions"), str(tmp_path / "checkpoint")
    for _ in range(2):
        running = RunningBatchNorm(stage(), versions)
        writer = stream(spark, arriving).writeStream.foreachBatch(running)
        run(writer.option("checkpointLocation", checkpoint).start())
    assert BatchNormModel.load(versions).count == 5
    # A query of its own counts again: batches are told apart by their query.
    writer = stream(spark, arriving).writeStream.foreachBatch(RunningBatchNorm(stage(), versions))
    run(writer.option("checkpointLocation", str(tmp_path / "other")).start())
    assert BatchNormModel.load(versions).count == 10


def test_a_writer_brings_its_own_checkpoint(spark, arriving, tmp_path):
    versions = str(tmp_path / "versions")
    writer = stream(spark, arriving).writeStream.option(
        "checkpointLocation", str(tmp_path / "checkpoint")
    )
    run(RunningBatchNorm(stage(), versions).start(writer))
    assert BatchNormModel.load(versions).count == 5
    assert (tmp_path / "checkpoint" / "metadata").exists()


def test_normalized_batches_come_to_a_function(spark, arriving, tmp_path):
    came = {}

    def sink(batch, number):
        came[number] = sorted(row.b for row in batch.collect())

    running = RunningBatchNorm(stage(), str(tmp_path / "versions")).setNormalized("after", sink)
    run(running.start(stream(spark, arriving)))
    assert sorted(came) == [0, 1]
    assert came[0] == [-1.0, 1.0]
    assert len(came[1]) == 3


def test_an_error_of_the_function_stops_the_query(spark, arriving, tmp_path):
    def sink(batch, number):
        raise ValueError("no room left")

    running = RunningBatchNorm(stage(), str(tmp_path / "versions")).setNormalized("after", sink)
    with pytest.raises(Exception, match="no room left"):
        run(running.start(stream(spark, arriving)))


def test_the_newest_versions_are_kept(spark, tmp_path):
    running = RunningBatchNorm(stage(), str(tmp_path / "versions")).setKeptVersions(2)
    for number in range(4):
        running.onBatch(spark.createDataFrame([(1.0,), (2.0,)], SCHEMA), number)
    kept = sorted(path.name for path in (tmp_path / "versions").glob("version=*"))
    assert kept == ["version=3", "version=4"]
    with pytest.raises(Exception, match="keptVersions is 1; expected at least 2"):
        running.setKeptVersions(1)


def test_what_is_no_stream_is_refused(spark, arriving, tmp_path):
    with pytest.raises(Exception, match="stream"):
        RunningBatchNorm(stage(), str(tmp_path / "versions")).start(
            spark.read.parquet(str(arriving))
        )


def test_a_window_has_the_last_batches(spark, arriving, tmp_path):
    versions = str(tmp_path / "versions")
    run(RunningBatchNorm(stage(), versions).setWindow(1).start(stream(spark, arriving)))
    last = stage().fit(spark.createDataFrame([(5.0,), (8.0,), (9.0,)], SCHEMA))
    found = BatchNormModel.load(versions)
    assert (found.count, found.mean, found.variance) == (3, last.mean, last.variance)


def test_a_window_of_event_time_has_its_rows(spark, tmp_path):
    versions = str(tmp_path / "versions")
    running = RunningBatchNorm(stage(), versions).setTimeCol("at")
    running.setWindow(timedelta(hours=2), slide=timedelta(hours=1))
    rows = [(float(hour), datetime(2026, 1, 1, hour, 30)) for hour in range(6)]
    running.onBatch(spark.createDataFrame(rows, SCHEMA + ", at timestamp"), 0)
    assert list(BatchNormModel.load(versions).mean) == [4.5]
    with pytest.raises(Exception, match="The window is PT1H and its slide PT45M; expected a multiple"):
        running.setWindow(timedelta(hours=1), timedelta(minutes=45))
