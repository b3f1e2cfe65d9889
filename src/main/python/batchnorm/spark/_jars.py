"""The jars in this package, one for each line of Spark."""

from pathlib import Path

import pyspark

_JARS = Path(__file__).parent / "jars"


def jar() -> str:
    """Returns the path of the jar for the version of the installed pyspark.

    A session needs the jar when it starts: :func:`configure` adds it to the session's other jars.

    Raises
    ------
    RuntimeError
        The package contains no jar for the installed pyspark.

    Examples
    --------
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
