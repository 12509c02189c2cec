"""A request as the handlers see it, and the answers they give."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

from jira_mcp.sandbox.beans import IssueRenderer
from jira_mcp.sandbox.errors import bad_request
from jira_mcp.sandbox.index import IssueIndex
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.store import Store
from sandbox_kit.atlassian.web import Reply, SiteCall
from sandbox_kit.json_body import read_json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(SiteCall[Store]):
    """A request by a signed-in account, and what it works on."""

    index: IssueIndex
    show: Renderer

    def issues(self, session: Session) -> IssueRenderer:
        """Shows issues to this account."""
        return IssueRenderer(self.show, session, self.account)

    def flag(self, name: str, default: bool = False) -> bool:
        """A query parameter that is true or false."""
        return self.text(name, str(default)).lower() == "true"

    def number(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """A query parameter that is a whole number, brought into its range as Jira does."""
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise bad_request(f"Invalid value '{text[:50]}' for parameter '{name}': a whole number is expected.")
        value = max(least, int(text))
        return value if most is None else min(value, most)

    def json(self) -> object:
        """The body; 400 when it is not JSON."""
        try:
            return read_json(self.raw_body)
        except ValueError:
            raise bad_request("There was an error parsing JSON. Check that your request body is valid.") from None

    def json_object(self, *known: str) -> JsonObject:
        """The body as an object; 400 when it is something else or holds a name besides the `known` ones."""
        value = self.json()
        if not isinstance(value, dict):
            raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
        body = cast("JsonObject", value)
        if known and not set(body) <= set(known):
            raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
        return body


Handler: TypeAlias = Callable[[Call], Reply]


def part(body: JsonObject, name: str) -> JsonObject:
    """The object that a body holds under this name, empty when there is none; 400 when it is not an object."""
    value: object = body.get(name) or {}
    if not isinstance(value, dict):
        raise bad_request(f"'{name}' must be an object.")
    return cast("JsonObject", value)


def string_list(value: Any) -> list[str] | None:
    """The value if it is a list of strings."""
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    return [str(item) for item in items] if all(isinstance(item, str) for item in items) else None


def page(items: Sequence[T], call: Call, show: Callable[[T], object], *, size: int, most: int) -> JsonObject:
    """One page of a list with `startAt`, `maxResults`, `total` and `isLast` (`PageBean`)."""
    start = call.number("startAt", 0)
    count = call.number("maxResults", size, least=1, most=most)
    end = start + count
    return {
        "self": call.show.site_url + call.path,
        "maxResults": count,
        "startAt": start,
        "total": len(items),
        "isLast": end >= len(items),
        "values": [show(item) for item in items[start:end]],
    }
