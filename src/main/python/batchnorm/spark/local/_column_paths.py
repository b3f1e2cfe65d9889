"""Names of columns and of fields of structs, as Spark SQL parses them and the Java class ColumnPath has
them.
"""

import re
from typing import List, Optional

_NAME = re.compile(r"(?:`((?:[^`]|``)+)`|([^.`]+))(\.|$)")


def parsed(text: str) -> Optional[List[str]]:
    """Returns the name of a column, then those of fields; none if the text is not such a name."""
    names = []
    at = 0
    while at < len(text):
        name = _NAME.match(text, at)
        if name is None:
            return None
        names.append(name.group(1).replace("``", "`") if name.group(1) else name.group(2))
        at = name.end()
        if at == len(text) and name.group(3) == ".":
            return None
    return names or None


def canonical(text: str) -> str:
    names = parsed(text)
    if names is None:
        return text
    return names[0] if len(names) == 1 else ".".join(map(_quoted, names))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`" if "." in name or "`" in name else name
