"""Sessions that start with the jar of this package."""

import os
import re
import shlex
from pathlib import Path
from typing import Dict, List, Optional

import pyspark
from pyspark.sql import SparkSession

from batchnorm.spark._jars import jar
from batchnorm.spark._jvm import add_to_running_jvm

# How --conf sets the jars.
_SETTING = "spark.jars="


def configure(builder: "SparkSession.Builder") -> "SparkSession.Builder":
    """Adds the jar to the jars with which a session starts, and returns the builder.

    Jars that ``spark.jars`` already has in the builder, in ``PYSPARK_SUBMIT_ARGS`` or in
    ``spark-defaults.conf`` are kept. A second call changes nothing. Call this last: a later
    ``config("spark.jars", ...)`` replaces the jars. Stop a session on a cluster that runs without the jar
    first.

    Over Spark Connect the server needs the jar, not the client. A server started by PySpark, as with
    ``remote("local")``, gets the jar by this call. Start any other server with ``--jars``.

    Parameters
    ----------
    builder : SparkSession.Builder
        Builder of the session.

    Returns
    -------
    SparkSession.Builder
        The same builder.

    Raises
    ------
    NotImplementedError
        The session is one of a running Spark Connect server.
    RuntimeError
        The package contains no jar for the installed pyspark.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> spark = configure(SparkSession.builder.appName("notebook")).getOrCreate()
    """
    options: Optional[Dict[str, str]] = getattr(builder, "_options", None)
    if options is None:
        raise TypeError(
            f"configure got a {type(builder).__name__}; expected the builder of a session. Give "
            "SparkSession.builder."
        )
    if _is_of_running_server(builder, options):
        raise NotImplementedError(
            "Spark Connect does not offer jars for a server that runs already. Start the server with "
            f"--jars {jar()}, and make the session without batchnorm.spark.configure."
        )
    ours = jar()
    arguments = _submit_arguments()
    jars = _names(options.get("spark.jars"))
    at = _place_of_jars(arguments)
    if at is not None:
        # spark-submit uses these instead of the builder's.
        prefix = _SETTING if arguments[at].startswith(_SETTING) else ""
        jars += _names(arguments[at][len(prefix) :])
        arguments[at] = prefix + _with(jars, ours)
        os.environ["PYSPARK_SUBMIT_ARGS"] = shlex.join(arguments)
    elif not jars:
        jars = _names(_default_jars())
    builder.config("spark.jars", _with(jars, ours))
    add_to_running_jvm(ours)
    return builder


def _is_of_running_server(builder: object, options: Dict[str, str]) -> bool:
    """Returns whether a session is one of a Spark Connect server that PySpark does not start."""
    # A pyspark without it is only the client.
    if not hasattr(pyspark, "SparkContext") or type(builder).__module__.startswith("pyspark.sql.connect."):
        return True
    url = options.get("spark.remote", os.environ.get("SPARK_REMOTE", "local"))
    return not url.startswith("local")


def _names(jars: Optional[str]) -> List[str]:
    return [name.strip() for name in (jars or "").split(",") if name.strip()]


def _with(jars: List[str], ours: str) -> str:
    """Returns the value of ``spark.jars``: jars and ours, each once."""
    return ",".join(dict.fromkeys([*jars, ours]))


def _submit_arguments() -> List[str]:
    """Returns the arguments of spark-submit in the environment; one like ``--jars=...`` becomes two."""
    arguments: List[str] = []
    for argument in shlex.split(os.environ.get("PYSPARK_SUBMIT_ARGS", "")):
        joined = re.match(r"(--jars|--conf)=(.+)", argument)
        arguments.extend(joined.groups() if joined else [argument])
    return arguments


def _place_of_jars(arguments: List[str]) -> Optional[int]:
    """Returns the index of the value of ``--jars``, else of ``--conf spark.jars=...``, if one is given."""
    names = list(enumerate(arguments[:-1], start=1))
    jars = [at for at, name in names if name == "--jars"]
    settings = [
        at for at, name in names if name in ("--conf", "-c") and arguments[at].startswith(_SETTING)
    ]
    # spark-submit uses the last of several.
    return (settings + jars)[-1] if settings or jars else None


def _default_jars() -> Optional[str]:
    """Returns the jars of spark-defaults.conf, where Spark looks for it."""
    home = os.environ.get("SPARK_HOME") or str(Path(pyspark.__file__).parent)
    file = Path(os.environ.get("SPARK_CONF_DIR") or Path(home, "conf"), "spark-defaults.conf")
    if not file.is_file():
        return None
    set_there = re.search(
        r"^[ \t]*spark\.jars(?:[ \t]*[=:][ \t]*|[ \t]+)(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    return set_there.group(1) if set_there else None
