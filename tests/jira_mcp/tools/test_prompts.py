"""Prompts, resources and completions: what a person picks, attaches and types, in both eras of the protocol."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CompleteResult,
    GetPromptResult,
    PromptReference,
    ReadResourceResult,
    ResourceTemplateReference,
    TextContent,
    TextResourceContents,
)

from connector_kit.access import Access
from connector_kit.testing.conversation import outside
from connector_kit.testing.sandboxes import break_it
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.settings import JiraSettings
from jira_mcp.tools import TOOLS
from jira_mcp.tools.prompts import PROMPTS

from .conversation import ERAS, Conversation, converse, tokens

pytestmark = pytest.mark.anyio

PICKED: dict[str, dict[str, str]] = {
    "jira_issues_from_requirements": {"project": "PMOS", "requirements": "Users log in with a key.", "epic": "PMOS-30"},
    "jira_plan_sprint": {"board": "PM OS delivery", "sprint": "Phase 5", "availability": "Alex is away on Friday"},
    "jira_review_sprint": {"sprint": "last", "board": "PM OS delivery"},
    "jira_triage": {"project": "PMOS", "window": "3d"},
    "jira_follow_git_event": {"event": "merged", "branch": "feature/PMOS-1", "title": "x", "url": "https://e.org/1"},
    "jira_weekly_summary": {"project": "PMOS", "window": "14d", "audience": "the board"},
    "jira_assess_issue": {"key": "PMOS-30", "focus": "security"},
    "jira_audit_finished": {"project": "PMOS", "window": "14d", "criteria": "a link to a test"},
}
NAMED = re.compile(r"\bjira_[a-z_]+")


@pytest.fixture(params=ERAS)
async def either(library: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Conversation]:
    """A session in one era of the protocol, with the usual tools only."""
    settings = JiraSettings(sandbox=True, access=Access.WRITE)
    transport = httpx2.ASGITransport(library)
    async with converse(tmp_path, transport=transport, settings=settings, mode=request.param) as jira:
        yield jira


def text_of(result: object) -> str:
    assert isinstance(result, GetPromptResult)
    (message,) = result.messages
    assert isinstance(message.content, TextContent)
    return message.content.text


async def test_the_menu_offers_each_prompt_with_its_arguments(either: Conversation) -> None:
    listed = (await either.client.list_prompts()).prompts
    assert [prompt.name for prompt in listed] == list(PICKED)
    for prompt in listed:
        assert prompt.title
        assert prompt.description
        assert all(argument.description for argument in prompt.arguments or [])
        assert {argument.name for argument in prompt.arguments or []} >= set(PICKED[prompt.name])
        needed = [argument.name for argument in prompt.arguments or [] if argument.required]
        assert set(needed) <= {"project", "requirements", "event", "key"}


@pytest.mark.parametrize("name", PICKED)
async def test_a_prompt_names_what_was_given_and_only_tools_that_exist(either: Conversation, name: str) -> None:
    text = text_of(await either.client.get_prompt(name, PICKED[name]))
    assert all(value in text for value in PICKED[name].values())
    named = set(NAMED.findall(text))
    assert named
    assert all(TOOLS.get(tool) for tool in named)
    assert tokens(text) < 700


@pytest.mark.parametrize("name", PICKED)
async def test_a_prompt_says_which_toolset_it_needs(either: Conversation, name: str) -> None:
    text = text_of(await either.client.get_prompt(name, PICKED[name]))
    for tool in set(NAMED.findall(text)):
        entry = TOOLS.get(tool)
        assert entry is not None
        if entry.toolset:
            asked = f"This needs the toolset {entry.toolset}." in text
            optional = re.search(rf"If (?:jira_\w+ and )?{tool}(?: and jira_\w+)? (?:is|are) offered", text)
            assert asked or optional, tool


@pytest.mark.parametrize("name", PICKED)
async def test_a_prompt_writes_nothing_unasked(either: Conversation, name: str) -> None:
    text = text_of(await either.client.get_prompt(name, PICKED[name]))
    assert "agree" in text or "Change nothing in Jira" in text


def test_prompts_leave_out_what_was_not_given() -> None:
    for prompt in PROMPTS:
        required = {name: value for name, value in PICKED[prompt.name].items() if name in ("project", "event", "key")}
        if prompt.name == "jira_issues_from_requirements":
            required["requirements"] = "x"
        text = prompt.fn(**required)
        assert "None" not in text
        assert "  " not in text
        assert ": \n" not in text


async def attached(jira: Conversation, uri: str) -> str:
    result = await jira.client.read_resource(uri)
    assert isinstance(result, ReadResourceResult)
    (content,) = result.contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "text/markdown"
    return content.text


async def test_an_issue_can_be_attached_by_its_key(either: Conversation) -> None:
    text = await attached(either, "jira://issue/pmos-35")
    assert text.startswith("PMOS-35 · Story · To Do · https://")
    assert "Jira MCP server" in text
    assert "Jira MCP server" not in outside(text)


async def test_a_project_can_be_attached_by_its_key(either: Conversation) -> None:
    text = await attached(either, "jira://project/pmos")
    assert text.startswith('<data from="project PMOS">\nissue types: Epic, ')
    assert text.count("PMOS-") >= 20
    assert tokens(text) < 1_500


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("jira://issue/PMOS-4711", "does not exist"),
        ("jira://issue/nonsense", "should look like PROJ-123"),
        ("jira://issue/PMOS-1%2F..%2F..", "Unknown resource"),
        ("jira://project/NOSUCH", "No project"),
        ("jira://project/a%22%20OR%20x", "should look like PROJ"),
    ],
)
async def test_what_cannot_be_attached_is_told(reader: Conversation, uri: str, said: str) -> None:
    with pytest.raises(MCPError) as refused:
        await reader.client.read_resource(uri)
    assert said in str(refused.value)


async def test_the_allowed_projects_hold_for_what_is_attached_and_proposed(library: Sandbox, tmp_path: Path) -> None:
    settings = JiraSettings(sandbox=True, projects=("PMOS",))
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), settings=settings) as jira:
        for uri in ("jira://issue/NOVA-1999", "jira://project/NOVA"):
            with pytest.raises(MCPError, match="JIRA_PROJECTS"):
                await jira.client.read_resource(uri)
        assert await proposed(jira, "key", "NOVA-") == []
        assert await proposed(jira, "project", "") == ["PMOS"]


async def proposed(jira: Conversation, name: str, typed: str, *, prompt: str = "") -> list[str]:
    ref = (
        PromptReference(type="ref/prompt", name=prompt)
        if prompt
        else ResourceTemplateReference(type="ref/resource", uri="jira://issue/{key}")
    )
    result = await jira.client.complete(ref, {"name": name, "value": typed})
    assert isinstance(result, CompleteResult)
    return list(result.completion.values)


async def test_keys_and_names_are_proposed_while_they_are_typed(either: Conversation) -> None:
    assert await proposed(either, "project", "pm", prompt="jira_triage") == ["PMOS"]
    assert await proposed(either, "key", "pm") == ["PMOS-"]
    keys = await proposed(either, "key", "pmos-4")
    assert "PMOS-40" in keys
    assert all(key.startswith("PMOS-4") for key in keys)
    assert "PMOS-30" in await proposed(either, "epic", "PMOS-30", prompt="jira_issues_from_requirements")
    assert await proposed(either, "status", "review") == ["In Review"]
    assert await proposed(either, "event", "merged", prompt="jira_follow_git_event") == ["pull_request_merged"]
    assert len(await proposed(either, "key", "NOVA-")) == 100


@pytest.mark.parametrize(
    "typed", ["", " ", "\x00", "NOSUCH-1", "PMOS-x", 'PMOS" OR project = "NOVA-', "x" * 5_000, "-"]
)
async def test_whatever_is_typed_proposes_something_or_nothing(reader: Conversation, typed: str) -> None:
    for name in ("key", "project", "status", "event", "requirements"):
        for value in await proposed(reader, name, typed):
            assert len(value) <= 200


async def test_a_service_that_fails_proposes_nothing(site: Sandbox, jira: Conversation) -> None:
    await break_it(site, "/rest/api/3/project/search", status=403, count=10)
    assert await proposed(jira, "project", "pm") == []
