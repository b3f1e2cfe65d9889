"""JSON without repeated fields, NaN and text after the value."""

import json
from typing import Any, Dict, List, Tuple


def read(text: str) -> Any:
    """Parses a text; anything else is a ValueError."""
    return json.loads(text, object_pairs_hook=_without_repetition, parse_constant=_refused)


def write(value: Any) -> str:
    """Returns the text without spaces, as Jackson writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _without_repetition(fields: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(fields)
    if len(found) < len(fields):
        names = [name for name, _ in fields]
        raise ValueError("Duplicate field '" + next(name for name in names if names.count(name) > 1) + "'")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"Non-standard token '{constant}'")
