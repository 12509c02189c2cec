"""Arguments that nobody would write in good faith: handled or refused, never crashed over, never obeyed."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import anyio
import httpx2
import pytest

from connector_kit.http import Exchange
from connector_kit.output import ANSWER_LIMIT
from connector_kit.testing.texts import labels

from .conversation import NOW, Conversation, converse, path_of
from .families import settings_for
from .hostile import IDS, IN_ORDER, ON, SPOTS, Spot, with_text

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio

TRAVERSALS = [
    "C0PMOS00001/../../admin?x=1",
    "C0PMOS00001%2F..",
    "../../api/admin.users.list",
    "C0PMOS00001&channel=C0PMOS00005",
    "C0PMOS00001#fragment",
    "C0PMOS00001\\..\\..",
    "C0PMOS00001;DROP",
    "https://evil.example/archives/C0PMOS00001/p1769848200003057/../..",
    "https://evil.example/archives/C0PMOS00001/p1769848200003057?thread_ts=1&cid=x%26y",
    "//evil.example/C0PMOS00001",
    "slack://channel?team=T0&id=C0PMOS00001%26x",
    "C0PMOS00001:1769848200.003057 OR 1=1",
    "C0PMOS00001:9999999999.999999999",
    "F0PMOS00001/../x",
    "https://pm-os.sandbox.invalid/files/U0/F0PMOS00001%2F..%2Fx",
    "<!channel>",
    "<@U0PMOS00001> <@U0PMOS00010>",
    "@",
    "#",
    "U0PMOS00001,U0PMOS00010",
    "Bk0PMOS00001,Bk0PMOS00002",
]
ODD = [
    "",
    " ",
    "\x00",
    "C0PMOS00001\x00",
    "C0PMOS00001\n",
    "a\x1b[31mred\x07\x9b",
    "\u202eright to left",
    "\u2028\u2029",
    "C0PMOS१२",
    "Ｃ０ＰＭＯＳ",
    "\ud800",
    "\udfff\ud800 both halves",
    "🜚" * 60,
    "e\u0301" * 100,
    "\\",
    '"',
    "'",
    "${SLACK_TOKEN}",
    "{{7*7}}",
    "null",
    "-1",
    "9e999",
    "9" * 400,
    "0001-01-01",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01..9999-12-31",
    "999999d",
    "<data>",
    "</data>",
    "`" * 1_000,
    ">" * 1_000,
    "[" * 1_000,
    "<" * 1_000,
]
REFUSED = ("invalid_input", "not_found", "not_permitted", "conflict", "not_configured")


FILLERS = ("A" * 20, "**a ", '" " ', "<!channel")
"""What a megabyte is made of, one after the other: plain, markup, quotation marks, a mention."""


@pytest.fixture
async def slack(site: "Sandbox", tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Conversation]:
    """A session with a workspace of the test's own; with the one tool that a test about a spot is about."""
    spot = request.getfixturevalue("spot") if "spot" in request.fixturenames else ("", "")
    transport = httpx2.ASGITransport(site)
    settings = settings_for(tmp_path)
    async with converse(tmp_path, transport=transport, settings=settings, only=spot[0], clock=lambda: NOW) as slack:
        yield slack


def test_every_tool_is_tried(anyio_backend: str) -> None:
    assert {tool for tool, _ in SPOTS} == set(IN_ORDER)


async def answer(slack: Conversation, tool: str, arguments: dict[str, Any]) -> str:
    """The text of a call that may work or be refused, but not crash or hang."""
    with anyio.fail_after(30):
        text, is_error = await slack.attempt(tool, arguments)
    record = slack.audited()[-1]
    assert record["tool"] == tool
    assert record["error_kind"] in ((None,) if not is_error else REFUSED), text
    assert len(text.encode("utf-8")) < ANSWER_LIMIT + 200
    assert not any(char in text for char in "\x00\x07\x1b\x9b\u202e\ud800\udfff")
    assert is_error or text.count("<data") == text.count("</data>")
    return text


@pytest.mark.parametrize("spot", SPOTS, ids=labels(SPOTS))
async def test_a_megabyte_is_taken_or_refused_and_not_repeated_back(slack: Conversation, spot: Spot) -> None:
    text = await answer(slack, spot[0], with_text(spot, "".join(filler * 25_000 for filler in FILLERS)))
    assert len(text) < 3_000


@pytest.mark.parametrize("spot", SPOTS, ids=labels(SPOTS))
async def test_odd_characters_are_taken_or_refused(slack: Conversation, spot: Spot) -> None:
    for odd in ODD:
        await answer(slack, spot[0], with_text(spot, odd))


ID_NAMES = {
    "channel": re.compile(r"[CGD][A-Z0-9]{2,30}"),
    "channel_id": re.compile(r"[CGD][A-Z0-9]{2,30}"),
    "file": re.compile(r"F[A-Z0-9]{2,30}"),
    "canvas_id": re.compile(r"F[A-Z0-9]{2,30}"),
    "user": re.compile(r"[UW][A-Z0-9]{2,30}"),
    "users": re.compile(r"[UW][A-Z0-9]{2,30}(?:,[UW][A-Z0-9]{2,30})*"),
    "usergroup": re.compile(r"S[A-Z0-9]{2,30}"),
    "bookmark_id": re.compile(r"Bk[A-Z0-9]{2,30}"),
    "scheduled_message_id": re.compile(r"[A-Z][A-Z0-9]{2,30}"),
    "ts": re.compile(r"[0-9]{10}\.[0-9]{6}"),
    "thread_ts": re.compile(r"[0-9]{10}\.[0-9]{6}"),
    "timestamp": re.compile(r"[0-9]{10}\.[0-9]{6}"),
    "oldest": re.compile(r"[0-9]{1,12}\.[0-9]{6}"),
    "latest": re.compile(r"[0-9]{1,12}\.[0-9]{6}"),
}
"""What may stand for an id in a request."""


def sent_in(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The arguments of a request that are texts."""
    body = exchange.request_body.decode("utf-8", "replace")
    if body.startswith("{"):
        for name, value in json.loads(body).items():
            if isinstance(value, str):
                yield name, value
    elif path_of(exchange).startswith("/api/"):
        yield from parse_qsl(body)


@pytest.mark.parametrize("spot", IDS, ids=labels(IDS))
async def test_what_is_no_id_never_gets_into_a_request_as_one(slack: Conversation, spot: Spot) -> None:
    for text in [*TRAVERSALS, "C0PMOS00001\x00", "C0PMOS१२", "c0pmos00001", "1769848200.003057; x"]:
        await answer(slack, spot[0], with_text(spot, text))
    for exchange in slack.exchanges:
        assert re.fullmatch(r"/api/[a-zA-Z.]+|/upload/v1/[\w-]+|/files-pri/[\w./%-]+", exchange.url), exchange.url
        assert not any(part in exchange.url for part in ("..", "admin", "evil", "%2F", "DROP"))
        for name, value in sent_in(exchange):
            if name in ID_NAMES:
                assert ID_NAMES[name].fullmatch(value), (exchange.url, name, value)


@pytest.mark.parametrize("cursor", ["forged", "6aFvo6wcWyJoaXN0b3J5Il0", "=" * 100, "\x00", "🜚"])
async def test_a_forged_cursor_is_refused_by_name(slack: Conversation, cursor: str) -> None:
    for tool in IN_ORDER:
        entry = next((path for name, path in SPOTS if name == tool and path == "cursor"), "")
        if entry:
            assert "cursor" in await slack.refused(tool, **{**IN_ORDER[tool], "cursor": cursor})


@pytest.mark.parametrize(
    ("tool", "arguments", "name"),
    [
        ("slack_read_channel", {"channel": "#general", "window": "soon"}, "window"),
        ("slack_read_channel", {"channel": "a b c"}, "channel"),
        ("slack_read_thread", {"message": "hello"}, "message"),
        ("slack_read_file", {"file": "hello"}, "file"),
        ("slack_list_files", {"kind": "!!"}, "kind"),
        ("slack_react_to_message", {"message": ON, "emoji": "no emoji"}, "emoji"),
        ("slack_schedule_message", {"channel": "#general", "text": "x", "at": "soon"}, "at"),
        ("slack_cancel_scheduled_message", {"channel": "#general", "id": "no id"}, "id"),
        ("slack_remove_bookmark", {"channel": "#general", "id": "no id"}, "id"),
        ("slack_create_channel", {"name": "No Name"}, "name"),
        ("slack_add_bookmark", {"channel": "#general", "title": "x", "link": "no link at all"}, "link"),
    ],
)
async def test_a_refusal_names_the_argument_as_the_tool_calls_it(
    slack: Conversation, tool: str, arguments: dict[str, Any], name: str
) -> None:
    assert f"[{name}: " in await slack.refused(tool, **arguments)


@pytest.mark.parametrize("tool", IN_ORDER)
async def test_arguments_of_the_wrong_type_are_refused_by_name(slack: Conversation, tool: str) -> None:
    for name in IN_ORDER[tool]:
        text, is_error = await slack.attempt(tool, {**IN_ORDER[tool], name: {"a": [1]}})
        assert is_error
        assert name in text
    assert slack.exchanges == []
