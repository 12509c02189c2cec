"""Lists with cursors: `_links.next` and the Link header name the next page.

Documentation: developer.atlassian.com/cloud/confluence/rest/v2/intro/#pagination.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, cast
from urllib.parse import quote

from confluence_mcp.sandbox.errors import bad_request
from confluence_mcp.sandbox.web import Call
from sandbox_kit.atlassian.web import Reply

T = TypeVar("T")
Key: TypeAlias = Sequence[str | int | float]
Sorts: TypeAlias = dict[str, Callable[[T], Key]]
"""What `sort` may say -> what is then sorted by, which must tell all items apart."""
MOST = 250


def limit(call: Call, default: int = 25) -> int:
    """How many results are wanted at once."""
    return call.number("limit", default, least=1, most=MOST)


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """Sorted items, what they are sorted by – which tells all of them apart – and whether the largest is first."""

    items: Sequence[T]
    key: Callable[[T], Key]
    falling: bool = False


def ordered(call: Call, items: Iterable[T], keys: Sorts[T], default: str) -> Listed[T]:
    """The items as `sort` wants them. A name with a minus in front sorts the other way round."""
    known = [name for each in keys for name in (each, f"-{each}")]
    wanted = call.choice("sort", known, default)
    key, falling = keys[wanted.removeprefix("-")], wanted.startswith("-")
    return Listed(sorted(items, key=lambda item: tuple(key(item)), reverse=falling), key, falling)


def page(call: Call, listed: Listed[T], show: Callable[[T], object], *, default: int = 25) -> Reply:
    """One page of a list, from behind the item that the cursor names.

    An item that is gone since is no trouble: the place is found by its key.
    """
    size = limit(call, default)
    items, start = listed.items, 0
    if cursor := call.text("cursor"):
        last = _read(cursor)
        start = sum(_reached(tuple(listed.key(item)), last, falling=listed.falling) for item in items)
    shown = items[start : start + size]
    links = {"base": call.base}
    headers: dict[str, str] = {}
    if start + size < len(items):
        links["next"] = f"{call.path}?{_query(call, size, _write(listed.key(shown[-1])))}"
        headers["Link"] = f'<{links["next"]}>; rel="next", <{call.base}>; rel="base"'
    return Reply(200, {"results": [show(item) for item in shown], "_links": links}, headers)


def _query(call: Call, size: int, cursor: str) -> str:
    """The query of the next page: that of this one, with another cursor."""
    kept = [
        f"{quote(name)}={quote(value)}"
        for name, values in call.query.items()
        if name not in ("cursor", "limit")
        for value in values
    ]
    return "&".join([*kept, f"limit={size}", f"cursor={quote(cursor)}"])


def _reached(key: tuple[Any, ...], last: tuple[Any, ...], *, falling: bool) -> bool:
    try:
        return key >= last if falling else key <= last
    except TypeError:
        raise _no_cursor() from None


def _write(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps({"after": list(key)}).encode()).decode()


def _read(cursor: str) -> tuple[Any, ...]:
    try:
        held: object = json.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError):
        raise _no_cursor() from None
    after: object = cast("dict[str, object]", held).get("after") if isinstance(held, dict) else None
    if not isinstance(after, list):
        raise _no_cursor()
    return tuple(cast("list[Any]", after))


def _no_cursor() -> Exception:
    return bad_request("Invalid cursor")
