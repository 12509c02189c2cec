"""Every text that a server's tools take, and calls that are in order but for one of them."""

from collections.abc import Mapping
from typing import Any

from connector_kit.testing.contract import Spec, catalogue

Spot = tuple[str, str]
"""A tool and a path of names into its arguments, like `issues.0.summary`."""


def spots(spec: Spec, *, of_map: str = "name", effects: tuple[str, ...] = ()) -> list[Spot]:
    """The places of all texts that the tools take; those of tools with these effects only, if any are named.

    A map with names of the caller's counts as one text called `of_map`.
    """
    found: list[Spot] = []
    for tool in catalogue(spec):
        entry = spec.toolset.get(tool.name)
        if entry is not None and (not effects or entry.effect in effects):
            found += [(tool.name, path) for path in _paths(tool.input_schema, of_map)]
    return found


def labels(places: list[Spot]) -> list[str]:
    """The places as ids for a test's parameters."""
    return [f"{tool}.{path}" for tool, path in places]


def with_text(arguments: Mapping[str, Any], path: str, text: object) -> dict[str, Any]:
    """The arguments with `text` at the path, whose other steps are made where they are missing."""
    first, *rest = path.split(".")
    return {**arguments, first: _put(arguments.get(first), rest, text)}


def _paths(schema: dict[str, Any], of_map: str, path: str = "") -> list[str]:
    found: list[str] = []
    for name, child in schema.get("properties", {}).items():
        here = f"{path}.{name}".lstrip(".")
        kind = child.get("type")
        if kind == "string" and "enum" not in child:
            found.append(here)
        elif kind == "array" and child["items"].get("type") == "string":
            found += [] if "enum" in child["items"] else [f"{here}.0"]
        elif kind == "array":
            found += _paths(child["items"], of_map, f"{here}.0")
        elif kind == "object":
            found.append(f"{here}.{of_map}")
    return found


def _put(value: Any, path: list[str], text: object) -> Any:
    if not path:
        return text
    name, *rest = path
    if name.isdecimal():
        return [_put(value[0] if value else None, rest, text)]
    inner: dict[str, Any] = dict(value or {})
    inner[name] = _put(None, rest, text)
    return inner
