"""A Spark Connect server of its own process, with the jar; the tests are its client."""

import gc
import os
import re
import signal
import subprocess
import time
from collections import deque
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

import batchnorm.spark

# Seconds, some five times what each takes on a machine that has nothing else to do.
TO_START = 90
TO_ANSWER = 60
TO_END = 10

CACHE = "spark.connect.session.connectML.mlCache.memoryControl."

# How much of a session's models stays in the server's memory: all of them, or none.
CACHES = {"kept in memory": "1g", "put aside on disk": "1"}


class NoAnswerError(Exception):
    """A request to the server that waits in vain."""


class Server:
    """A process that is started anew, once, when it does not answer, and the one session with it."""

    def __init__(self, home):
        self._home = home
        self._starts = 0
        self._process = None
        self._session = None
        self._cache = None

    def run(self):
        """Starts the process unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        self.stop()
        if self._starts == 2:
            self._give_up("The server ended, or did not answer, for the second time")
        self._starts += 1
        with open(self._log, "w") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self._home,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        latest = time.monotonic() + TO_START
        while self._port() is None:
            if self._process.poll() is not None:
                self._give_up(f"The server ended with {self._process.returncode} as it started")
            if time.monotonic() > latest:
                self._give_up(f"The server did not start in {TO_START} s")
            time.sleep(0.1)

    def session(self, cache):
        """The session whose models are kept as ``cache`` says. Another one ends."""
        if self._cache != cache:
            self._leave()
            self._session = SparkSession.builder.remote(f"sc://127.0.0.1:{self._port()}").create()
            # By itself a client tries for ten minutes to reach a server that has ended.
            self._session.client.set_retry_policies([])
            self._session.conf.set(CACHE + "enabled", "true")
            self._session.conf.set(CACHE + "maxInMemorySize", CACHES[cache])
            self._cache = cache
        return self._session

    def kill(self):
        """Ends the process so that whatever waits for it waits no longer."""
        self._process.kill()

    def stop(self):
        """Ends the process and the session."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        # After the process, as what the session still waits for then comes to nothing.
        self._leave()

    def last_words(self):
        """The end of what the process printed."""
        with open(self._log, errors="replace") as log:
            return "".join(deque(log, maxlen=40))

    @property
    def _log(self):
        return self._home / f"log-{self._starts}"

    def _port(self):
        said = self._log.read_text(errors="replace")
        found = re.search(r"Spark Connect server started at: .*:(\d+)", said)
        return found and found.group(1)

    def _leave(self):
        if self._session is not None:
            # Else it asks the server to forget the session, and may wait in vain.
            self._session.release_session_on_close = False
            self._session.stop()
        self._session = self._cache = None

    def _give_up(self, reason):
        pytest.exit(f"{reason}. The end of {self._log}:\n{self.last_words()}", returncode=1)

    def _command(self):
        return [
            str(Path(os.environ["CONNECT_SERVER_SPARK"], "bin", "spark-submit")),
            "--class=org.apache.spark.sql.connect.service.SparkConnectServer",
            "--master=local[2]",
            "--jars=" + batchnorm.spark.jar(),
            "--conf=spark.connect.grpc.binding.address=127.0.0.1",
            "--conf=spark.connect.grpc.binding.port=0",
            "--conf=spark.sql.extensions=batchnorm.spark.sql.ExactAggregatesExtension",
            "--conf=spark.ui.enabled=false",
            "--conf=spark.sql.shuffle.partitions=2",
            "--conf=spark.driver.extraJavaOptions=-Djava.io.tmpdir=" + str(self._home),
        ]


def environment():
    variables = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    variables.pop("SPARK_HOME", None)
    return variables


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    # A model that Python frees asks the server to delete it. Where the garbage collector frees it while the client is
    # sending another request, the thread waits for a lock of the channel that it holds itself: SPARK-55020.
    gc.disable()
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()
    gc.enable()


@pytest.fixture(autouse=True)
def answered(server):
    """Bounds a test, as a request may wait for ever."""
    server.run()

    def give_up(signum, frame):
        server.kill()
        raise NoAnswerError(f"No answer for {TO_ANSWER} s, when a test takes a few.")

    signal.signal(signal.SIGALRM, give_up)
    # More than once, since what is raised where Python frees an object is lost.
    signal.setitimer(signal.ITIMER_REAL, TO_ANSWER, 10)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.fixture(scope="session", params=CACHES)
def cache(request):
    return request.param


@pytest.fixture
def spark(server, cache):
    """A session whose models stay in the server's memory, and one of which each is put aside at once."""
    return server.session(cache)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed and "server" in item.funcargs:
        report.sections.append(("What the server said last", item.funcargs["server"].last_words()))
    return report
