"""Values of a foreign JSON document, read without trusting its shape.

Slack's answers vary with the app that wrote a message and grow without notice. Each function here gives the
empty value of its kind for what is not of that kind, so that a message is read as far as it makes sense.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, cast

_NOTHING: Final[Mapping[str, object]] = {}
_LARGEST: Final = 10**18
"""Beyond this a number is no size and no time; the digits of a huge one would be costly to write."""


def mapping(value: object) -> Mapping[str, object]:
    """An object, or an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else _NOTHING


def sequence(value: object) -> Sequence[object]:
    """An array, or an empty one; text is not taken apart."""
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()


def mappings(value: object) -> list[Mapping[str, object]]:
    """The objects in an array."""
    return [cast("Mapping[str, object]", item) for item in sequence(value) if isinstance(item, Mapping)]


def string(value: object) -> str:
    """A text, with line feeds for line ends of other kinds, or a number in digits; empty for everything else."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else ""
    return str(value) if isinstance(value, int) and abs(value) < _LARGEST else ""


def whole(value: object) -> int:
    """A whole number, or 0; a text of digits counts as one."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else 0
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and abs(value) < _LARGEST else 0
    if isinstance(value, str) and len(value) < 18 and value.isascii() and value.isdecimal():
        return int(value)
    return 0


def first_string(source: Mapping[str, object], *keys: str) -> str:
    """The first of the texts under `keys` that is not blank."""
    return next((text for key in keys if (text := string(source.get(key)).strip())), "")
