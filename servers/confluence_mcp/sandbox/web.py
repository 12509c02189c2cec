"""A request as the handlers see it, and the answers they give."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from confluence_mcp.sandbox.errors import bad_request
from confluence_mcp.sandbox.model import JsonObject
from confluence_mcp.sandbox.store import Store
from sandbox_kit.atlassian.web import Reply, SiteCall
from sandbox_kit.json_body import read_json

_MOST_IDS = 250
_LONG = re.compile(r"-?\d{1,18}")
WIKI = "/wiki"


@dataclass(frozen=True, slots=True)
class Call(SiteCall[Store]):
    """A request by a signed-in account, and what it works on."""

    site_url: str

    @property
    def base(self) -> str:
        """Where the wiki is, without a slash at its end."""
        return self.site_url + WIKI

    def numbers(self, name: str) -> list[int]:
        """A query parameter that is a list of ids; 400 when one is none, or when there are too many."""
        words = self.words(name)
        if len(words) > _MOST_IDS:
            raise bad_request(f"At most {_MOST_IDS} values can be provided for '{name}'")
        return [as_long(word, name) for word in words]

    def flag(self, name: str, default: bool = False) -> bool:
        """A query parameter that is true or false; 400 when it is neither."""
        value = self.text(name).lower()
        if value not in ("", "true", "false"):
            raise _mistyped(value, name, "boolean")
        return value == "true" if value else default

    def number(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """A query parameter that is a whole number; 400 when it is not, or outside its range."""
        text = self.text(name)
        if not text:
            return default
        if not _LONG.fullmatch(text):
            raise _mistyped(text, name, "int")
        value = int(text)
        if value < least or (most is not None and value > most):
            bounds = f"between {least} and {most}" if most is not None else f"at least {least}"
            raise bad_request(f"Provided value {{{value}}} for '{name}' is out of range. Expected value is {bounds}")
        return value

    def choice(self, name: str, known: Sequence[str], default: str = "") -> str:
        """A query parameter of which the vendor knows a few values; 400 for another."""
        value = self.text(name) or default
        if value and value not in known:
            raise unknown_value(value, name, known)
        return value

    def choices(self, name: str, known: Sequence[str], default: Sequence[str] = ()) -> list[str]:
        """A query parameter that is a list of such values."""
        values = self.words(name) or list(default)
        for value in values:
            if value not in known:
                raise unknown_value(value, name, known)
        return values

    def id(self, name: str = "id") -> int:
        """A number in the path; 400 when it is none."""
        return as_long(self.segment(name), name)

    def segment(self, name: str) -> str:
        """A part of the path as sent."""
        return self.path_values[name.replace("-", "_")]

    def json(self) -> object:
        """The body; 400 when it is not JSON."""
        try:
            return read_json(self.raw_body)
        except ValueError:
            raise bad_request("Invalid JSON: the request body could not be read", code="INVALID_MESSAGE") from None

    def json_object(self) -> JsonObject:
        """The body as an object; 400 when it is something else."""
        value = self.json()
        if not isinstance(value, dict):
            raise bad_request("Invalid message", code="INVALID_MESSAGE")
        return cast("JsonObject", value)


Handler: TypeAlias = Callable[[Call], Reply]
Routes: TypeAlias = Mapping[str, Mapping[str, Handler]]
"""Path -> method -> handler; `{name}` in a path is one segment."""


def as_long(value: object, name: str) -> int:
    """An id as sent; 400 when it is not a number."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return value
    if isinstance(value, str) and _LONG.fullmatch(value):
        return int(value)
    raise _mistyped(value, name, "long")


def unknown_value(value: object, name: str, known: Sequence[str]) -> Exception:
    """400 for a value that the vendor does not know."""
    expected = ", ".join(known)
    return bad_request(f"Provided value {{{str(value)[:100]}}} for '{name}' is not valid. Expected one of: {expected}")


def _mistyped(value: object, name: str, kind: str) -> Exception:
    sentence = f"Provided value {{{str(value)[:100]}}} for '{name}' is not the correct type. Expected type is {kind}"
    return bad_request(sentence)
