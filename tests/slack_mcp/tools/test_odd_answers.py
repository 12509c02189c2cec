"""Answers of Slack that are JSON, but not what was promised, or full of characters that must not get through."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from connector_kit.http import Exchange
from connector_kit.output import ANSWER_LIMIT
from connector_kit.testing.conversation import path_of
from connector_kit.testing.families import Family, Recordings
from connector_kit.testing.faults import Fault, FaultServer
from connector_kit.testing.odd_json import Change, changes

from .families import FAMILIES, conversation, healthy

pytestmark = pytest.mark.anyio

STRUCTURE = frozenset(
    {"ok", "id", "ts", "thread_ts", "user", "channel", "channel_id", "author_user_id", "message_ts", "type", "subtype"}
    | {"user_id", "team_id", "bot_id", "next_cursor", "latest_reply", "file_id", "upload_url", "url", "mimetype"}
    | {"last_read", "members", "users", "scheduled_message_id", "canvas_id", "style"}
)
"""What an answer is steered by; the rest is for reading."""


def but_ok(change: Change) -> Change:
    """The change, but Slack still says that it worked: or nobody would look any further."""

    def changed(value: Any) -> Any:
        turned = change(value)
        return {**cast("dict[str, Any]", turned), "ok": True} if isinstance(turned, dict) else turned

    return changed


REFUSING = changes(STRUCTURE)
CHANGES = REFUSING | {f"{name}, yet ok": but_ok(change) for name, change in REFUSING.items()}


def turned(exchange: Exchange, change: Change, url: str) -> Fault:
    """The answer as recorded, with its JSON changed."""
    answer = healthy(exchange, url)
    try:
        body: Any = json.loads(answer.body)
    except ValueError:
        return answer
    return Fault.json(change(body), answer.status)


async def told(
    folder: Path, family: Family, exchanges: tuple[Exchange, ...], change: Change, only: bool
) -> tuple[str, str | None]:
    """The text and the kind of error of the family's call while Slack answers like this."""
    async with FaultServer() as server:
        for exchange in exchanges:
            odd = not only or family.is_target(exchange)
            answer = turned(exchange, change, server.url) if odd else healthy(exchange, server.url)
            server.queue(path_of(exchange), answer)
        async with conversation(folder, server, family) as slack:
            text, _ = await slack.attempt(family.tool, family.arguments)
            return text, slack.audited()[-1]["error_kind"]


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
async def test_an_answer_of_another_shape_does_not_crash_a_tool(
    family: Family, recordings: Recordings, tmp_path: Path
) -> None:
    for name, change in CHANGES.items():
        for only in (True, False):
            text, kind = await told(tmp_path / f"{name}{only}", family, recordings[family.name], change, only)
            assert kind != "crash", f"{name}: {text}"
            assert len(text.encode("utf-8")) < ANSWER_LIMIT + 200
            assert not any(char in text for char in "\x00\x1b\u202e")
            if "<data from=" in text:
                assert text.count("</data>") == text.count("<data from="), f"{name}: {text}"
