"""Reading JSON of which nothing is promised: each function answers something usable for any value."""

from collections.abc import Mapping
from typing import TypeAlias, TypeGuard

JsonObject: TypeAlias = Mapping[str, object]

_NOTHING: JsonObject = {}


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether it is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether it is a JSON array."""
    return isinstance(value, list)


def as_object(value: object) -> JsonObject:
    """`value` if it is a JSON object, else an empty one."""
    return value if is_object(value) else _NOTHING


def as_list(value: object) -> list[object]:
    """`value` if it is a JSON array, else an empty one."""
    return value if is_list(value) else []


def objects(value: object) -> list[JsonObject]:
    """The objects in an array."""
    return [item for item in as_list(value) if is_object(item)]


def texts(value: object) -> list[str]:
    """The texts in an array that are not blank."""
    return [item for item in as_list(value) if isinstance(item, str) and item.strip()]


def as_text(value: object) -> str:
    """`value` if it is a text, a number as text, else ""."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def as_int(value: object) -> int | None:
    """`value` if it is a whole number, or a text that says one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19 else None


def as_flag(value: object, default: bool = False) -> bool:
    """`value` if it is true or false, else `default`."""
    return value if isinstance(value, bool) else default
