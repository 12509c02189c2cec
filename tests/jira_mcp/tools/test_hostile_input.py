"""Arguments that nobody would write in good faith: handled or refused, never crashed over, never obeyed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from connector_kit.output import ANSWER_LIMIT
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.server import SERVER
from jira_mcp.settings import JiraSettings

from .conversation import Conversation, converse
from .hostile import IN_ORDER, SPOTS, Spot, with_text

pytestmark = pytest.mark.anyio

TRAVERSALS = [
    "A-1/../../admin?x=1",
    "PMOS-1%2F..",
    "PMOS-1%252F..%252F..",
    "../../rest/api/3/myself",
    "PMOS-1#fragment",
    "PMOS-1?fields=*all",
    "PMOS-1\\..\\..",
    "PMOS-1;DROP",
    "https://evil.example/browse/PMOS-1/../..",
    "//evil.example/PMOS-1",
]
ODD = [
    "",
    " ",
    "\x00",
    "PMOS-40\x00",
    "PMOS-40\n",
    "a\x1b[31mred\x07\x9b",
    "\u202eright to left",
    "\u2028\u2029",
    "PMOS-१२",
    "ＰＭＯＳ-40",
    "\ud800",
    "\udfff\ud800 both halves",
    "🜚" * 60,
    "e\u0301" * 100,
    "\\",
    '"',
    "'",
    "${JIRA_API_TOKEN}",
    "{{7*7}}",
    "null",
    "-1",
    "9e999",
    "9" * 400,
    "<data>",
    "[@x](mention:",
    "`" * 1_000,
    ">" * 1_000,
    "[" * 1_000,
]
FILLERS = ("A" * 30, "**a ", '" " ')
"""What a megabyte is made of, one after the other: plain, markup, quotation marks."""
LABELS = [f"{tool}.{path}" for tool, path in SPOTS]


@pytest.fixture
async def jira(site: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Conversation]:
    """A session with a site of the test's own; with the one tool that a test about a spot is about."""
    spot = request.getfixturevalue("spot") if "spot" in request.fixturenames else ("", "")
    (tmp_path / "allowed").mkdir()
    given = {
        "sandbox": True,
        "access": "delete",
        "toolsets": SERVER.toolset.optional,
        "files_dir": tmp_path / "allowed",
    }
    settings = JiraSettings.model_validate(given)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings, only=spot[0]) as jira:
        yield jira


def test_every_tool_is_tried(anyio_backend: str) -> None:
    assert {tool for tool, _ in SPOTS} == set(IN_ORDER)


async def answer(jira: Conversation, tool: str, arguments: dict[str, Any]) -> str:
    """The text of a call that may work or be refused, but not crash or hang."""
    with anyio.fail_after(30):
        text, is_error = await jira.attempt(tool, arguments)
    record = jira.audited()[-1]
    assert record["tool"] == tool
    assert record["error_kind"] in ((None,) if not is_error else ("invalid_input", "not_found", "not_permitted")), text
    assert len(text.encode("utf-8")) < ANSWER_LIMIT + 200
    assert not any(char in text for char in "\x00\x07\x1b\x9b\u202e\ud800\udfff")
    return text


@pytest.mark.parametrize("spot", SPOTS, ids=LABELS)
async def test_a_megabyte_is_taken_or_refused_and_not_repeated_back(jira: Conversation, spot: Spot) -> None:
    text = await answer(jira, spot[0], with_text(spot, "".join(filler * 25_000 for filler in FILLERS)))
    assert len(text) < 2_000
    assert jira.audit_text().count("AAAAAAAAAA") == 0


@pytest.mark.parametrize("spot", SPOTS, ids=LABELS)
async def test_odd_characters_are_taken_or_refused(jira: Conversation, spot: Spot) -> None:
    for odd in ODD:
        await answer(jira, spot[0], with_text(spot, odd))


KEYS = [spot for spot in SPOTS if spot[1].split(".")[-1] in ("key", "from_key", "to_key", "parent", "project")]


@pytest.mark.parametrize("spot", KEYS, ids=[f"{tool}.{path}" for tool, path in KEYS])
async def test_a_key_cannot_lead_to_another_path(jira: Conversation, spot: Spot) -> None:
    for text in [*TRAVERSALS, "PMOS-40\x00", "PMOS-१२", "PMOS-0", "PMOS--1", "PMOS-99999999999"]:
        await answer(jira, spot[0], with_text(spot, text))
    for exchange in jira.exchanges:
        assert exchange.url.startswith("/rest/api/3/")
        assert not any(part in exchange.url for part in ("..", "admin", "evil", "myself", "%2F", "%5C", "DROP"))


def nested(depth: int, *, as_list: bool = False) -> Any:
    value: Any = "the bottom"
    for _ in range(depth):
        value = [value] if as_list else {"a": value}
    return value


WRONG_VALUES: list[Any] = [
    nested(150),
    nested(150, as_list=True),
    {"add": nested(100)},
    {"add": None},
    {"add": [], "remove": []},
    {"set": ["x"]},
    [None],
    [[]],
    {},
    True,
    -0.0,
    1e308,
    10**300,
    2**63,
    {"accountId": ["x"]},
    {"id": {"id": 1}},
]
FIELDS = [
    "Summary",
    "Description",
    "Assignee",
    "Reviewers",
    "Labels",
    "Components",
    "Priority",
    "Parent",
    "Sprint",
    "Story Points",
    "Due date",
    "Time tracking",
    "pm_os_phase",
    "Target date",
]


@pytest.mark.parametrize("name", FIELDS)
async def test_a_value_of_the_wrong_shape_is_taken_or_refused(jira: Conversation, name: str) -> None:
    for value in WRONG_VALUES:
        for tool in ("jira_update_issue", "jira_create_issue"):
            await answer(jira, tool, {**IN_ORDER[tool], "fields": {name: value}})


@pytest.mark.parametrize("value", [{}, {"a": {}}, {"displayNam": "Human PM"}, {"accountId": ""}, {"active": True}])
async def test_an_object_that_names_nobody_does_not_unassign(jira: Conversation, value: dict[str, object]) -> None:
    await jira.ask("jira_update_issue", key="PMOS-40", fields={"assignee": "me"})
    text = await jira.refused("jira_update_issue", key="PMOS-40", fields={"assignee": value})
    assert "null for nobody" in text
    assert "assignee: Human PM" in await jira.ask("jira_get_issue", key="PMOS-40")


@pytest.mark.parametrize(
    "value", [{"displayName": "Data Analyst"}, {"emailAddress": "data.analyst@pm-os.example"}, {"name": "data analyst"}]
)
async def test_an_object_that_names_somebody_is_understood(jira: Conversation, value: dict[str, object]) -> None:
    text = await jira.ask("jira_update_issue", key="PMOS-40", fields={"assignee": value})
    assert "Assignee: Data Analyst" in text


async def test_ten_thousand_fields_are_too_many(jira: Conversation) -> None:
    many = {f"field {number}": number for number in range(10_000)}
    text = await jira.refused("jira_update_issue", key="PMOS-40", fields=many)
    assert "at most 200" in text


async def test_a_comment_that_cannot_be_sent_is_found_before_the_issue_is_moved(jira: Conversation) -> None:
    text = await jira.refused("jira_transition_issue", key="PMOS-40", status="In Progress", comment="x" * 1_000_000)
    assert "too long" in text
    assert "Backlog" in (await jira.ask("jira_get_issue", key="PMOS-40")).splitlines()[0]


@pytest.mark.parametrize(
    ("tool", "arguments", "name"),
    [
        ("jira_transition_issue", {"key": "PMOS-40", "status": "Nirvana"}, "status"),
        ("jira_add_link", {"from_key": "PMOS-40", "relation": "loves", "to_key": "PMOS-39"}, "relation"),
        ("jira_search_issues", {"updated_after": "soon"}, "updated_after"),
        ("jira_search_issues", {"category": "nearly"}, "category"),
        ("jira_add_worklog", {"key": "PMOS-40", "time_spent": "a while"}, "time_spent"),
        ("jira_add_worklog", {"key": "PMOS-40", "time_spent": "1h", "started": "soon"}, "started"),
        ("jira_list_issue_types", {"project": "no key"}, "project"),
        ("jira_list_fields", {"project": "PMOS", "type": "Saga"}, "type"),
        ("jira_get_issue", {"key": "no key"}, "key"),
        ("jira_search_issues", {"project": "PMOS", "cursor": "forged"}, "cursor"),
    ],
)
async def test_a_refusal_names_the_argument_as_the_tool_calls_it(
    jira: Conversation, tool: str, arguments: dict[str, Any], name: str
) -> None:
    assert f"[{name}: " in await jira.refused(tool, **arguments)


@pytest.mark.parametrize("tool", IN_ORDER)
async def test_arguments_of_the_wrong_type_are_refused_by_name(jira: Conversation, tool: str) -> None:
    for name in IN_ORDER[tool]:
        text, is_error = await jira.attempt(tool, {**IN_ORDER[tool], name: 7.5 if name == "fields" else {"a": [1]}})
        assert is_error
        assert name in text
    assert jira.exchanges == []
