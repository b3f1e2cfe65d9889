"""Files of a saved model, on any file system of Arrow."""

import os
import re
from typing import Any, List, Optional, Tuple, Union

from pyarrow import fs

from batchnorm.spark.local import _errors

PathLike = Union[str, "os.PathLike[str]"]

# As in the Java class LiteralPath: a scheme, followed by an absolute path. Any other name is literal.
_WITH_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/.*")

# Hadoop's names of S3.
_S3 = re.compile(r"s3[an]://")


class Folder:
    """Folder or file on a file system.

    :ivar name: the path as it was given, for errors
    """

    def __init__(self, system: Any, path: str, name: str) -> None:
        self._system = system
        self._path = path
        self.name = name

    @staticmethod
    def of(path: PathLike, system: Optional[Any] = None) -> "Folder":
        text = os.fspath(path)
        if not isinstance(text, str) or not text.strip():
            raise _errors.empty_path()
        if system is not None:
            return Folder(system, text.rstrip("/"), text)
        if _WITH_SCHEME.match(text):
            found, inside = fs.FileSystem.from_uri(_S3.sub("s3://", re.sub("^file:/+", "file:///", text)))
            return Folder(found, inside.rstrip("/"), text)
        return Folder(fs.LocalFileSystem(), os.path.abspath(text), text)

    def child(self, name: str) -> "Folder":
        return Folder(self._system, f"{self._path}/{name}", f"{self.name.rstrip('/')}/{name}")

    @property
    def base_name(self) -> str:
        return self._path.rsplit("/", 1)[-1]

    def exists(self) -> bool:
        return bool(self._info().type != fs.FileType.NotFound)

    def size(self) -> Optional[int]:
        """The length of the file; none if there is no such file."""
        info = self._info()
        return info.size if info.type == fs.FileType.File else None

    def children(self) -> List[Tuple[str, bool]]:
        """Returns the names in the folder, sorted, each with True for a file; none in a file."""
        try:
            found = self._system.get_file_info(fs.FileSelector(self._path))
        except NotADirectoryError:
            return []
        return sorted((info.base_name, info.type == fs.FileType.File) for info in found)

    def data_files(self) -> "List[Folder]":
        """Returns the files in the folder that Spark reads."""
        return [self.child(name) for name, is_file in self.children() if is_file and name[0] not in "_."]

    def open(self) -> Any:
        return self._system.open_input_file(self._path)

    def text(self) -> str:
        """Returns the content, uncompressed if its name says that it is compressed."""
        with self._system.open_input_stream(self._path) as content:
            return bytes(content.read()).decode()

    def _info(self) -> Any:
        return self._system.get_file_info(self._path)
