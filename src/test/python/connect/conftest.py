"""A Spark Connect server of its own process, with the jar; the tests are its client."""

import os
import re
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

import batchnorm.spark

LONGEST = 180

CACHE = "spark.connect.session.connectML.mlCache.memoryControl."


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("server")
    command = [
        str(Path(os.environ["CONNECT_SERVER_SPARK"], "bin", "spark-submit")),
        "--class=org.apache.spark.sql.connect.service.SparkConnectServer",
        "--master=local[2]",
        "--jars=" + batchnorm.spark.jar(),
        "--conf=spark.connect.grpc.binding.address=127.0.0.1",
        "--conf=spark.connect.grpc.binding.port=0",
        "--conf=spark.ui.enabled=false",
        "--conf=spark.sql.shuffle.partitions=2",
        "--conf=spark.driver.extraJavaOptions=-Djava.io.tmpdir=" + str(home),
    ]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    environment.pop("SPARK_HOME", None)
    process = subprocess.Popen(
        command,
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with open(home / "log", "w", buffering=1) as log:
        try:
            port, rest = started(process, log)
            yield "sc://127.0.0.1:" + port
        finally:
            process.terminate()
            process.wait()
        rest.join()


class NoAnswerError(Exception):
    """A request to the server that waits in vain."""


@pytest.fixture(autouse=True)
def answered(server):
    """Bounds a test, as a request that the server loses waits for ever."""

    def give_up(signum, frame):
        raise NoAnswerError(f"No answer for {LONGEST} s, when a test takes a few.")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)


def started(process, log):
    """The port that the server says it listens on when it does, and what takes the rest of its words to
    ``log``."""
    found = None
    for line in process.stdout:
        log.write(line)
        found = re.search(r"Spark Connect server started at: .*:(\d+)", line)
        if found:
            break
    if not found:
        raise RuntimeError(f"The server did not start: see {log.name}")
    # A full pipe would stop the server.
    rest = threading.Thread(target=shutil.copyfileobj, args=(process.stdout, log))
    rest.start()
    return found.group(1), rest


@pytest.fixture(scope="session", params=["kept in memory", "put aside on disk"])
def spark(request, server):
    """A session whose models stay in the server's memory, and one of which each is put aside at once."""
    size = "1" if request.param == "put aside on disk" else "1g"
    session = (
        SparkSession.builder.remote(server)
        .config(CACHE + "enabled", "true")
        .config(CACHE + "maxInMemorySize", size)
        .create()
    )
    yield session
    session.stop()
