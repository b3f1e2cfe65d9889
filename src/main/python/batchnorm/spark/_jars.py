"""The jars that this package carries, one for each line of Spark."""

from pathlib import Path

import pyspark

_JARS = Path(__file__).parent / "jars"


def jar() -> str:
    """Returns the path of the jar for the version of the installed pyspark.

    A session gets it before it starts: ``SparkSession.builder.config("spark.jars", jar())``.

    >>> jar().endswith(".jar")
    True
    """
    line = ".".join(pyspark.__version__.split(".")[:2])
    found = sorted(_JARS.glob(f"batchnorm-spark-{line}_*.jar"))
    if not found:
        lines = sorted(path.name.split("-")[2].split("_")[0] for path in _JARS.glob("*.jar"))
        raise RuntimeError(
            f"batchnorm-spark has no jar for pyspark {pyspark.__version__}; it has some for Spark "
            f"{', '.join(lines) or '(none)'}. Install a pyspark of one of these lines."
        )
    return str(found[0])
