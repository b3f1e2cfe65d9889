"""A Spark Connect server of its own process, with the jar; the tests are its client."""

import os
import re
import subprocess
import threading
from pathlib import Path

import pyspark
import pytest
from pyspark.sql import SparkSession

import batchnorm.spark

CACHE = "spark.connect.session.connectML.mlCache.memoryControl."


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("server")
    command = [
        str(Path(pyspark.__file__).parent / "bin" / "spark-submit"),
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
    try:
        yield "sc://127.0.0.1:" + port(process)
    finally:
        process.terminate()
        process.wait()


def port(process):
    """The port that the server says it listens on; it says so when it does."""
    said = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"Spark Connect server started at: .*:(\d+)", line)
        if found:
            # Nobody reads on, and a full pipe would stop the server.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return found.group(1)
    raise RuntimeError("The server did not start:\n" + "".join(said))


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
