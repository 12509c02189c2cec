"""Answers of Jira that are JSON, but not what was promised, or full of characters that must not get through."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector_kit.http import Exchange
from connector_kit.output import ANSWER_LIMIT
from connector_kit.testing.conversation import path_of
from connector_kit.testing.families import Family, Recordings, healthy
from connector_kit.testing.faults import Fault, FaultServer
from connector_kit.testing.odd_json import changes

from .families import FAMILIES, conversation

pytestmark = pytest.mark.anyio

STRUCTURE = frozenset({"key", "id", "self", "accountId", "nextPageToken", "type", "fieldId", "iconUrl", "system"})
"""What an answer is steered by; the rest is for reading."""


def turned(change: Callable[[Any], Any]) -> Callable[[Exchange], Fault]:
    """Answers as recorded, with their JSON changed."""

    def answer(exchange: Exchange) -> Fault:
        if not exchange.response_body:
            return healthy(exchange)
        assert exchange.status is not None
        return Fault.json(change(json.loads(exchange.response_body)), exchange.status)

    return answer


CHANGES = changes(STRUCTURE)


async def told(
    folder: Path, family: Family, exchanges: tuple[Exchange, ...], answer: Callable[[Exchange], Fault], only: bool
) -> tuple[str, str | None]:
    """The text and the kind of error of the family's call while Jira answers like this."""
    async with FaultServer() as server:
        for exchange in exchanges:
            odd = not only or family.is_target(exchange)
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
