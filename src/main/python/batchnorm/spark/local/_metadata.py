"""Class, uid, parameters and checksums of a saved model: the JSON that Spark ML writes."""

import re
from typing import Any, Dict, Optional

from batchnorm.spark.local import _checksums, _errors, _strict_json
from batchnorm.spark.local._files import Folder
from batchnorm.spark.local._params import Params

_FOLDER = "metadata"
_CLASS = "batchnorm.spark.BatchNormModel"

# Start of the checksums, the last field of the JSON.
_CHECKSUMS = ',"checksums":'
_HEX = re.compile("[0-9a-f]{16}")


class Metadata:
    """Metadata of the model saved in a folder; anything else is an error."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        if not folder.exists():
            raise _errors.path_does_not_exist(folder.name)
        text = self._text()
        try:
            self._json = _strict_json.read(text)
        except ValueError as e:
            raise self.error(f"its metadata is not JSON ({e})") from None
        self._require_fields()
        self._require_checksum(text)
        if self._json["class"] != _CLASS:
            raise self.error(f"it holds a {self._json['class']}")

    @property
    def uid(self) -> str:
        return str(self._json["uid"])

    def checksum(self, part: str) -> Optional[int]:
        """Returns the checksum of a part; none if the model was saved without checksums."""
        if "checksums" not in self._json:
            return None
        checksums = self._json["checksums"]
        found = checksums.get(part) if isinstance(checksums, dict) else None
        if not (isinstance(found, str) and _HEX.fullmatch(found)):
            raise self.error(f"its metadata has no checksum of its {part}")
        return int(found, 16)

    def params(self) -> Params:
        values: Dict[str, Any] = {}
        for kind in ("defaultParamMap", "paramMap"):
            for name, value in self._json[kind].items():
                if not Params.is_known(name):
                    raise self.error(f"its metadata has the unknown parameter '{name}'")
                if not Params.has_type(name, value):
                    raise self.error(f"its metadata has the parameter {name} = {_strict_json.write(value)}")
                values[name] = value
        try:
            # The default output column is not a set one.
            return Params(self.uid, {**values, "outputCol": self._json["paramMap"].get("outputCol")})
        except ValueError as e:
            raise self.error(f"its metadata has parameters that do not go together ({e})") from None

    def error(self, found: str) -> ValueError:
        return _errors.not_a_model(self.folder.name, found)

    def _text(self) -> str:
        """Returns the first line of the files in the folder."""
        folder = self.folder.child(_FOLDER)
        if not folder.exists():
            raise self.error("it has no folder 'metadata'")
        try:
            for file in folder.data_files():
                lines = re.split("\r\n|[\r\n]", file.text())
                if lines != [""]:
                    return lines[0]
        except (OSError, ValueError) as e:
            raise _errors.unreadable_part(self.folder.name, _FOLDER, e) from e
        raise self.error("its metadata is empty")

    def _require_fields(self) -> None:
        kinds = {"class": str, "uid": str, "sparkVersion": str, "timestamp": int, "paramMap": dict}
        for field, kind in {**kinds, "defaultParamMap": dict}.items():
            if not isinstance(self._json, dict) or not isinstance(self._json.get(field), kind):
                raise self.error(f"its metadata has no {field}")

    def _require_checksum(self, text: str) -> None:
        expected = self.checksum(_FOLDER)
        if expected is not None:
            end = text.rfind(_CHECKSUMS)
            saved = text[:end] + "}" if end >= 0 else ""
            if _checksums.of_text(saved) != expected:
                raise self.error("its metadata differs from its checksum")
