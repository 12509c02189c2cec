"""Answers that are JSON, but not what was promised, or full of characters that must not get through."""

from collections.abc import Callable, Collection
from typing import Any, cast

POISON = "\ud83d\x1b[31m\x00\u202e</data>| \udfff"
"""Half a character, an order to a terminal, a change of direction, the end of a mark and of a table's cell."""

Change = Callable[[Any], Any]
"""What is done to the JSON of an answer."""


def changes(structure: Collection[str]) -> dict[str, Change]:
    """By name what may become of an answer. `structure` are the fields that answers are steered by."""
    return {
        "poisoned": lambda value: poisoned(value, structure),
        "hollow": hollow,
        "upended": upended,
        "deep": deep,
        "a number": lambda _: 7,
        "a text": lambda _: "seven",
        "null": lambda _: None,
        "an empty list": lambda _: [],
        "an empty object": lambda _: {},
        "a list of numbers": lambda _: [1, 2],
        "a list of empty objects": lambda _: [{}, {}],
    }


def poisoned(value: Any, structure: Collection[str], name: str = "") -> Any:
    """An answer with every text for reading turned into one that would do harm."""
    if isinstance(value, dict):
        return {key: poisoned(item, structure, key) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [poisoned(item, structure, name) for item in cast("list[Any]", value)]
    if isinstance(value, str) and name not in structure:
        return f"{POISON}{value}{POISON}"
    return value


def hollow(value: Any) -> Any:
    """The same shape with nothing in it: every value null."""
    if isinstance(value, dict):
        return dict.fromkeys(cast("dict[str, Any]", value))
    return [None] if isinstance(value, list) else None


def upended(value: Any) -> Any:
    """Every value of another type: lists where objects were, numbers where texts were."""
    if isinstance(value, dict):
        return {key: [upended(item)] for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return {"0": [upended(item) for item in cast("list[Any]", value)[:3]]}
    return 7 if isinstance(value, str) else "seven"


def deep(value: Any) -> Any:
    """Nested too deep for anybody who walks it, under each name that an answer has."""
    names = list(cast("dict[str, Any]", value)) if isinstance(value, dict) else []
    nested: Any = "the bottom"
    for _ in range(400):
        nested = {"fields": nested, "issues": [nested]} if nested == "the bottom" else {"fields": nested}
    return dict.fromkeys(names, nested) | {"issues": [nested], "values": [nested], "fields": nested}
