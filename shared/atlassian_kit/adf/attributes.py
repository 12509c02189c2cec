"""The checks of ADF's attributes, from which `schema` builds its tables."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from atlassian_kit.adf.nodes import is_script_link

Check: TypeAlias = Callable[[object], bool]


def text(value: object) -> bool:
    """Whether a value is a string."""
    return isinstance(value, str)


def name(value: object) -> bool:
    """Whether a value is a string with at least one character."""
    return isinstance(value, str) and value != ""


def flag(value: object) -> bool:
    """Whether a value is a boolean."""
    return isinstance(value, bool)


def anything(_: object) -> bool:
    """Any value will do."""
    return True


def number(low: float = -math.inf, high: float = math.inf) -> Check:
    """Return the check of a number within bounds."""

    def check(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high

    return check


def one_of(*values: str) -> Check:
    """Return the check of a string that is one of those named."""
    return lambda value: isinstance(value, str) and value in values


def like(pattern: str) -> Check:
    """Return the check of a string that matches a pattern as a whole."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def numbers(value: object) -> bool:
    """Whether a value is a list of numbers."""
    return isinstance(value, list) and all(map(number(), cast("list[object]", value)))


def texts(value: object) -> bool:
    """Whether a value is a list of strings, not empty."""
    return isinstance(value, list) and value != [] and all(map(text, cast("list[object]", value)))


def url(value: object) -> bool:
    """Whether a value is a link that carries no script."""
    return isinstance(value, str) and not is_script_link(value)


def datasource(value: object) -> bool:
    """Whether a value is the source of a card that shows a list."""
    if not isinstance(value, dict):
        return False
    source = cast("dict[str, object]", value)
    views = source.get("views")
    if source.keys() != {"id", "parameters", "views"} or not text(source["id"]) or not isinstance(views, list):
        return False
    listed = cast("list[object]", views)
    return listed != [] and all(
        isinstance(view, dict)
        and text(cast("dict[str, object]", view).get("type"))
        and cast("dict[str, object]", view).keys() <= {"type", "properties"}
        for view in listed
    )


@dataclass(frozen=True, slots=True)
class Attrs:
    """The attributes that a node or mark may have, and those that it must have."""

    checks: Mapping[str, Check]
    required: frozenset[str]

    def accept(self, attrs: Mapping[str, object]) -> bool:
        return self.required <= attrs.keys() and all(
            name in self.checks and self.checks[name](value) for name, value in attrs.items()
        )


def attributes(checks: Mapping[str, Check], *, local_id: bool = True) -> Attrs:
    """Return a set of attributes; the name of one that is required ends with "!"."""
    named = {name.rstrip("!"): check for name, check in checks.items()}
    if local_id:
        named.setdefault("localId", text)
    return Attrs(named, frozenset(name.rstrip("!") for name in checks if name.endswith("!")))
