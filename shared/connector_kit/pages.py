"""Parts of lists, and cursors: where a list goes on, as one opaque text that a model passes back unread.

A cursor is bound to the list it came from, to the question that was asked, and to the site. Its checksum finds
damage and invention, but is no signature: what a cursor says is still checked like any argument.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from pydantic import JsonValue

from connector_kit.errors import BadAnswer, InvalidInput
from connector_kit.sites import current_site

LONGEST = 4_000
"""Characters. A vendor's page token is some hundred; a model must be able to repeat it."""
_CHECK_BYTES = 6

ItemT = TypeVar("ItemT", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """A part of a list: `cursor` asks for what follows and is None at the end.

    `total` is how many there are in all, where the service says so. `warnings` are the service's remarks on the
    question, or say what is lacking from the list and why.
    """

    items: tuple[ItemT, ...]
    cursor: str | None = None
    total: int | None = None
    warnings: tuple[str, ...] = ()


def fingerprint(*parts: JsonValue) -> str:
    """12 characters that differ between questions: pass all arguments but the cursor and the limit."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def encode_cursor(kind: str, state: Mapping[str, JsonValue], fingerprint: str = "") -> str:
    """The cursor of list `kind`, which goes on at `state`, for the question with this fingerprint.

    Raises:
        BadAnswer: the state is too long for a cursor.
    """
    content = json.dumps([kind, fingerprint, dict(state), *_site()], separators=(",", ":")).encode()
    cursor = base64.urlsafe_b64encode(_check(content) + content).decode().rstrip("=")
    if len(cursor) > LONGEST:
        raise BadAnswer(
            "The service's page token is too long to pass on.", next_step="Narrow the query instead of paging."
        )
    return cursor


def decode_cursor(kind: str, text: str, fingerprint: str = "") -> dict[str, JsonValue]:
    """The state in a cursor that `encode_cursor` made for the same list and question.

    Raises:
        InvalidInput: it is damaged, invented, or belongs to another list or question.
    """
    found = _content(text.strip())
    if found is None:
        raise _refused("is not one that this server gave")
    its_kind, its_fingerprint, state, its_site = found
    if its_kind != kind:
        raise _refused("belongs to another tool's list")
    if its_site != _site():
        raise _refused("belongs to another site's list")
    if its_fingerprint != fingerprint:
        raise _refused("belongs to a question with other arguments")
    return state


def _site() -> list[str]:
    """The site that the running call is about; none where there is only one, so that cursors are no longer then."""
    site = current_site.get()
    return [site] if site else []


def _content(text: str) -> tuple[str, str, dict[str, JsonValue], list[object]] | None:
    if not text or len(text) > LONGEST or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        check, content = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if check != _check(content):
            return None
        parts: object = json.loads(content)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(parts, list):
        return None
    items = cast("list[object]", parts)
    if len(items) not in (3, 4) or not isinstance(items[0], str) or not isinstance(items[1], str):
        return None
    if not isinstance(items[2], dict):
        return None
    return items[0], items[1], cast("dict[str, JsonValue]", items[2]), items[3:]


def _check(content: bytes) -> bytes:
    return hashlib.blake2s(content, digest_size=_CHECK_BYTES, person=b"cursor").digest()


def _refused(reason: str) -> InvalidInput:
    return InvalidInput(
        "The list cannot be continued.",
        fields={"cursor": reason},
        next_step="Repeat the call without cursor to start over, or pass the next cursor of the last answer"
        " unchanged with the same arguments.",
    )
