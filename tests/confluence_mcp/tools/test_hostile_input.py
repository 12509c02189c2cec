"""Arguments that nobody would write in good faith: handled or refused, never crashed over, never obeyed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.server import SERVER
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.output import ANSWER_LIMIT

from .conversation import Conversation, converse
from .hostile import IN_ORDER, SPOTS, calls_of, with_text_at

pytestmark = pytest.mark.anyio

TRAVERSALS = [
    "98432/../../admin?x=1",
    "98432%2F..",
    "../../rest/api/user/current",
    "98432#fragment",
    "98432?expand=*",
    "98432\\..\\..",
    "98432;DROP",
    "PMOS/../../x",
    "PMOS/a?b=c&d=e#f",
    "https://evil.example/wiki/spaces/PMOS/pages/98432",
    "//evil.example/98432",
    "-1",
    "0",
    "9" * 40,
    "१२३",
    "att98432/..",
]
ODD = [
    "",
    " ",
    "\x00",
    "98432\x00",
    "a\x1b[31mred\x07\x9b",
    "\u202eright to left",
    "\u2028\u2029",
    "\ud800",
    "\udfff\ud800 both halves",
    "🜚" * 60,
    "e\u0301" * 100,
    "\\",
    '"',
    "'",
    '" OR space = KB OR text ~ "',
    "${CONFLUENCE_API_TOKEN}",
    "]]>",
    "</ac:structured-macro><script>",
    "&nbsp;&unknown;",
    "{{7*7}}",
    "null",
    "9e999",
    "<data>",
    "[@x](mention:",
    "::: adf:123456 panel",
    "`" * 1_000,
    ">" * 1_000,
    "[" * 1_000,
]
MEGABYTE = 1_000_000
FINE = ("invalid_input", "not_found", "not_permitted", "conflict")
TOOLS = sorted(IN_ORDER)
TAKES_TEXT = [tool for tool in TOOLS if calls_of(tool)]


@pytest.fixture
async def confluence(site: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Conversation]:
    """A session with a site of the test's own; with the one tool that a test about a tool is about."""
    tool = request.getfixturevalue("tool") if "tool" in request.fixturenames else ""
    (tmp_path / "allowed").mkdir()
    given = {
        "sandbox": True,
        "access": "delete",
        "toolsets": SERVER.toolset.optional,
        "files_dir": tmp_path / "allowed",
    }
    settings = ConfluenceSettings.model_validate(given)
    transport = httpx2.ASGITransport(site)
    async with converse(tmp_path, transport=transport, settings=settings, only=tool) as confluence:
        yield confluence


def test_every_tool_is_tried(anyio_backend: str) -> None:
    assert {tool for tool, _ in SPOTS} <= set(IN_ORDER)
    assert {entry.name for entry in SERVER.toolset} == set(IN_ORDER)


async def answer(confluence: Conversation, tool: str, arguments: dict[str, Any]) -> str:
    """The text of a call that may work or be refused, but not crash or hang."""
    with anyio.fail_after(30):
        text, is_error = await confluence.attempt(tool, arguments)
    record = confluence.audited()[-1]
    assert record["tool"] == tool
    assert record["error_kind"] in ((None,) if not is_error else FINE), f"{arguments!r:.300}: {text}"
    assert len(text.encode("utf-8")) < ANSWER_LIMIT + 200
    assert not any(char in text for char in "\x00\x07\x1b\x9b\u202e\ud800\udfff")
    return text


@pytest.mark.parametrize("tool", TAKES_TEXT)
async def test_odd_characters_are_taken_or_refused(confluence: Conversation, tool: str) -> None:
    for path in calls_of(tool):
        for odd in ODD:
            await answer(confluence, tool, with_text_at((tool, path), odd))


@pytest.mark.parametrize("tool", TAKES_TEXT)
async def test_a_megabyte_is_taken_or_refused_and_not_repeated_back(confluence: Conversation, tool: str) -> None:
    for path in calls_of(tool):
        text = await answer(confluence, tool, with_text_at((tool, path), "A" * MEGABYTE))
        assert len(text) < 2_500
    assert confluence.audit_text().count("AAAAAAAAAA") == 0


NAMING = ("page", "pages", "parent", "target", "under", "space", "task", "template", "attachment", "run")
NAMING_COMMENTS = ("comment_id", "reply_to")
PLACES = [spot for spot in SPOTS if spot[1].split(".")[0] in (*NAMING, *NAMING_COMMENTS)]


@pytest.mark.parametrize("tool", sorted({tool for tool, _ in PLACES}))
async def test_a_name_cannot_lead_to_another_path(confluence: Conversation, tool: str) -> None:
    for _, path in (spot for spot in PLACES if spot[0] == tool):
        for text in TRAVERSALS:
            await answer(confluence, tool, with_text_at((tool, path), text))
    for exchange in confluence.exchanges:
        path = exchange.url.partition("?")[0]
        assert path.startswith(("/wiki/api/v2/", "/wiki/rest/api/"))
        assert not any(part in path for part in ("..", "admin", "evil", "%2F", "%5C", "DROP", "#"))


@pytest.mark.parametrize("tool", TOOLS)
async def test_arguments_of_the_wrong_type_are_refused_by_name(confluence: Conversation, tool: str) -> None:
    for name in IN_ORDER[tool]:
        wrong = 7.5 if name == "values" else {"a": [1]}
        text, is_error = await confluence.attempt(tool, {**IN_ORDER[tool], name: wrong})
        assert is_error
        assert name in text
    assert confluence.exchanges == []


@pytest.mark.parametrize(
    ("tool", "arguments", "name"),
    [
        ("confluence_get_page", {"page": "no page"}, "page"),
        ("confluence_search", {"since": "soon"}, "since"),
        ("confluence_search", {"since": "2026-13-45"}, "since"),
        ("confluence_search", {"text": "***"}, "text"),
        ("confluence_search", {"cql": 'text ~ "open'}, "cql"),
        ("confluence_search", {"text": "agent", "cursor": "forged"}, "cursor"),
        ("confluence_list_pages", {"page": "98400", "space": "PMOS"}, "page"),
        ("confluence_list_tasks", {"due_before": "soon"}, "due_before"),
        ("confluence_get_views", {"page": "98432", "since": "soon"}, "since"),
    ],
)
async def test_a_refusal_names_the_argument_as_the_tool_calls_it(
    confluence: Conversation, tool: str, arguments: dict[str, Any], name: str
) -> None:
    assert f"[{name}: " in await confluence.refused(tool, **arguments)
