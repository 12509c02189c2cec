"""Cursors: base64 of a word that tells what is paged through, and of where to go on."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.web import Call

T = TypeVar("T")


def encode(kind: str, place: str) -> str:
    """A cursor such as dXNlcjpVMDYxTkZUVDI=."""
    return base64.b64encode(f"{kind}:{place}".encode()).decode()


def decode(kind: str, cursor: str) -> str:
    """The place that a cursor stands for; `ApiError` invalid_cursor for one of another kind, or for anything else."""
    try:
        word, colon, place = base64.b64decode(cursor, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise ApiError("invalid_cursor") from None
    if word != kind or not colon or not place:
        raise ApiError("invalid_cursor")
    return place


def limit(call: Call, usual: int, most: int = 999) -> int:
    """The argument `limit`, as long as it is sensible."""
    number = call.number("limit", usual)
    if number < 1 or number > most + 1:
        raise ApiError("invalid_limit")
    return min(number, most)


def page(call: Call, kind: str, items: Sequence[T], usual: int = 100) -> tuple[Sequence[T], str]:
    """The part of a list that is asked for, and the cursor of the next; "" when there is none."""
    start = 0
    if call.given("cursor"):
        place = decode(kind, call.text("cursor"))
        if not place.isdecimal() or len(place) > 9 or int(place) > len(items):
            raise ApiError("invalid_cursor")
        start = int(place)
    end = start + limit(call, usual)
    return items[start:end], encode(kind, str(end)) if end < len(items) else ""
