"""Directory of the versions of a model, as RunningBatchNorm and fitIncrementally write it."""

import re
from typing import Any, Dict, List, Optional, Tuple

from batchnorm.spark.local import _checksums, _errors, _strict_json
from batchnorm.spark.local._files import Folder

_FORMAT = 1
_VERSION = re.compile(r"version=([1-9][0-9]{0,17})")
_STAGED = re.compile(r"\.version=[1-9][0-9]{0,17}\..+")
_CHECKPOINT = "_checkpoint"


def newest_in(folder: Folder) -> Folder:
    """Returns the newest complete version, if the folder is a directory of versions, else the folder."""
    if not folder.exists() or folder.child("metadata").exists():
        return folder
    names = [name for name, is_file in folder.children() if not is_file]
    if not any(_VERSION.fullmatch(name) or _STAGED.fullmatch(name) or name == _CHECKPOINT for name in names):
        return folder
    numbers = sorted((int(name.group(1)) for name in map(_VERSION.fullmatch, names) if name), reverse=True)
    for number in numbers:
        version = folder.child(f"version={number}")
        if _is_complete(version):
            return version
    raise _errors.no_complete_version(folder.name)


def _is_complete(version: Folder) -> bool:
    """Returns whether all files of a version exist with their lengths, as its description has them."""
    try:
        found = _strict_json.read(version.child("_version.json").text())
    except (FileNotFoundError, ValueError):
        return False
    if not isinstance(found, dict):
        return False
    format_version: Any = found.get("formatVersion")
    if _strict_json.is_integer(format_version) and format_version > _FORMAT:
        raise _errors.newer_format(version.name, format_version, _FORMAT)
    files = found.get("files")
    if not isinstance(files, dict) or not files or not _is_as_written(found):
        return False
    # No name leads out of the folder.
    return all(
        not {"", ".", ".."} & set(file.split("/")) and version.child(file).size() == size
        for file, size in files.items()
    )


def _is_as_written(found: Dict[str, Any]) -> bool:
    if "checksum" not in found:
        return True
    try:
        text = _strict_json.write(_described(found))
    except (KeyError, TypeError, AttributeError):
        return False
    return bool(found["checksum"] == f"{_checksums.of_text(text):016x}")


def _described(found: Dict[str, Any]) -> Dict[str, Any]:
    """Returns the fields of which the checksum is, in the order of the Java class ModelVersion."""
    described = {name: found[name] for name in ("formatVersion", "version")}
    if "previous" in found:
        described["previous"] = found["previous"]
    described.update((name, found[name]) for name in ("writer", "queryId", "batchId"))
    described["batches"] = _sorted(found["batches"])
    window: Optional[Dict[str, Any]] = found.get("window")
    if window is not None:
        parts: List[Dict[str, Any]] = window["parts"]
        described["window"] = {
            "kind": window["kind"],
            "parts": [{"version": part["version"], "time": part["time"]} for part in parts],
        }
    described["files"] = _sorted(found["files"])
    return described


def _sorted(fields: Dict[str, Any]) -> Dict[str, Any]:
    """Returns the fields in the order of their names in Java."""

    def key(field: Tuple[str, Any]) -> bytes:
        return field[0].encode("utf-16-be")

    return dict(sorted(fields.items(), key=key))
