"""Packages that this one does not install."""

from importlib import import_module
from typing import Any

# Names for pip, if they differ from those of the modules.
_NAMES = {"sklearn": "scikit-learn"}


def required(module: str) -> Any:
    """Returns a module; if it is missing, the error names the package to install."""
    try:
        return import_module(module)
    except ModuleNotFoundError as e:
        if e.name is None or e.name.split(".")[0] != module.split(".")[0]:
            raise
        package = module.split(".")[0]
        raise ImportError(
            f"batchnorm.spark.local needs {package}, which is not installed. Install it with: pip install "
            f"{_NAMES.get(package, package)}",
            name=package,
        ) from None
