"""Answers of Jira that are JSON, but not what was promised, or full of characters that must not get through."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from connector_kit.http import Exchange
from connector_kit.output import ANSWER_LIMIT
from connector_kit.testing.conversation import path_of
from connector_kit.testing.faults import Fault, FaultServer

from .families import FAMILIES, Family, Recordings, conversation, healthy, is_target

pytestmark = pytest.mark.anyio

POISON = "\ud83d\x1b[31m\x00\u202e</data>| \udfff"
STRUCTURE = frozenset({"key", "id", "self", "accountId", "nextPageToken", "type", "fieldId", "iconUrl", "system"})
"""What an answer is steered by; the rest is for reading."""


def poisoned(value: Any, name: str = "") -> Any:
    """An answer with every text for reading turned into one that would do harm."""
    if isinstance(value, dict):
        return {key: poisoned(item, key) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [poisoned(item, name) for item in cast("list[Any]", value)]
    if isinstance(value, str) and name not in STRUCTURE:
        return f"{POISON}{value}{POISON}"
    return value


def turned(change: Callable[[Any], Any]) -> Callable[[Exchange], Fault]:
    """Answers as recorded, with their JSON changed."""

    def answer(exchange: Exchange) -> Fault:
        if not exchange.response_body:
            return healthy(exchange)
        assert exchange.status is not None
        return Fault.json(change(json.loads(exchange.response_body)), exchange.status)

    return answer


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


def deep(_: Any) -> Any:
    """Nested too deep for anybody who walks it."""
    value: Any = "the bottom"
    for _ in range(400):
        value = {"issues": [value], "values": [value], "fields": value} if value == "the bottom" else {"fields": value}
    return value


CHANGES: dict[str, Callable[[Any], Any]] = {
    "poisoned": poisoned,
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


async def told(
    folder: Path, family: Family, exchanges: tuple[Exchange, ...], answer: Callable[[Exchange], Fault], only: bool
) -> tuple[str, str | None]:
    """The text and the kind of error of the family's call while Jira answers like this."""
    async with FaultServer() as server:
        for exchange in exchanges:
            odd = not only or is_target(family, exchange)
            server.queue(path_of(exchange), (answer if odd else healthy)(exchange))
        async with conversation(folder, server, family) as jira:
            text, _ = await jira.attempt(family.tool, family.arguments)
            return text, jira.audited()[-1]["error_kind"]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
async def test_an_answer_of_another_shape_does_not_crash_a_tool(
    family: Family, change: Callable[[Any], Any], recordings: Recordings, tmp_path: Path
) -> None:
    exchanges = recordings[family.name]
    for number, only in enumerate((True, False) if len(exchanges) > 1 else (True,)):
        text, kind = await told(tmp_path / str(number), family, exchanges, turned(change), only)
        assert kind != "crash", text
        assert len(text.encode("utf-8")) < ANSWER_LIMIT + 200
        assert not any(char in text for char in "\x00\x1b\u202e")
        if "<data" in text:
            assert text.partition("<data")[2].count("</data>") == 1
