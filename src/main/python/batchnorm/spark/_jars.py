"""The jars that this package carries, one for each line of Spark."""

import os
import shlex
from pathlib import Path
from typing import Any, List, Optional

import pyspark

from batchnorm.spark._jvm import add_to_running_jvm

_JARS = Path(__file__).parent / "jars"


def jar() -> str:
    """Returns the path of the jar for the version of the installed pyspark.

    A session gets it before it starts: :func:`configure` adds it to the session's other jars.

    >>> jar().endswith(".jar")
    True
    """
    jars = {path.name.split("-")[2].split("_")[0]: path for path in _JARS.glob("*.jar")}
    for line, path in jars.items():
        # The jar of 4 is for every 4.x, that of 3.5 for every 3.5.x.
        if pyspark.__version__.startswith(line + "."):
            return str(path)
    raise RuntimeError(
        f"batchnorm-spark has no jar for pyspark {pyspark.__version__}; it has some for Spark "
        f"{', '.join(sorted(jars)) or '(none)'}. Install a pyspark of one of these lines."
    )


def configure(builder: Any) -> Any:
    """Adds the jar to those that a session is to start with, and returns the builder.

    What is there stays: ``spark.jars`` of the builder, of ``PYSPARK_SUBMIT_ARGS`` and of
    ``spark-defaults.conf``. A session that runs must be stopped before; over Spark Connect the jar goes
    to the server.

    >>> from pyspark.sql import SparkSession
    >>> spark = configure(SparkSession.builder.appName("notebook")).getOrCreate()
    """
    ours = jar()
    arguments = shlex.split(os.environ.get("PYSPARK_SUBMIT_ARGS", ""))
    found = (
        builder._options.get("spark.jars")
        or _argument(arguments, "--jars")
        or _configured(arguments)
        or _default_jars()
        or ""
    )
    jars = [name.strip() for name in found.split(",") if name.strip()]
    builder.config("spark.jars", _with(jars, ours))
    if _argument(arguments, "--jars") is not None:
        # spark-submit takes what is said there instead of spark.jars.
        there = arguments.index("--jars") + 1
        arguments[there] = _with(jars, ours)
        os.environ["PYSPARK_SUBMIT_ARGS"] = shlex.join(arguments)
    add_to_running_jvm(ours)
    return builder


def _with(jars: List[str], ours: str) -> str:
    return ",".join(jars if ours in jars else [*jars, ours])


def _argument(arguments: List[str], name: str) -> Optional[str]:
    """The value that follows an argument of spark-submit, if it is given."""
    at = arguments.index(name) + 1 if name in arguments else len(arguments)
    return arguments[at] if at < len(arguments) else None


def _configured(arguments: List[str]) -> Optional[str]:
    """The value of ``--conf spark.jars=...``, if it is given."""
    for argument, value in zip(arguments, arguments[1:]):
        if argument in ("--conf", "-c") and value.startswith("spark.jars="):
            return value.split("=", 1)[1]
    return None


def _default_jars() -> Optional[str]:
    """The jars of spark-defaults.conf, where Spark looks for it."""
    home = os.environ.get("SPARK_HOME") or str(Path(pyspark.__file__).parent)
    file = Path(os.environ.get("SPARK_CONF_DIR") or Path(home, "conf"), "spark-defaults.conf")
    if not file.is_file():
        return None
    for line in file.read_text(encoding="utf-8").splitlines():
        key, _, value = line.strip().replace("=", " ", 1).partition(" ")
        if key == "spark.jars":
            return value.strip()
    return None
