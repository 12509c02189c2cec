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

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings
from confluence_mcp.tools import TOOLS
from connector_kit.access import Access
from connector_kit.testing.conversation import outside

from .conversation import ERAS, Conversation, converse, tokens

pytestmark = pytest.mark.anyio

PICKED: dict[str, dict[str, str]] = {
    "confluence_prd_from_requirements": {
        "space": "PMOS",
        "requirements": "Users log in with a key.",
        "parent": "PMOS/Product Requirements",
        "label": "draft",
    },
    "confluence_weekly_report": {"space": "PMOS", "window": "14d", "parent": "98405", "audience": "the board"},
    "confluence_what_we_know": {"topic": "rate limits", "space": "PMOS", "label": "spec"},
    "confluence_audit_space": {"space": "PMOS", "criteria": "an owner and a date", "stale": "30d"},
}
NEEDED = {"space", "requirements", "topic"}
NAMED = re.compile(r"\bconfluence_[a-z_]+")


@pytest.fixture(params=ERAS)
async def either(library: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Conversation]:
    """A session in one era of the protocol, with the usual tools only."""
    settings = ConfluenceSettings(sandbox=True, access=Access.WRITE)
    transport = httpx2.ASGITransport(library)
    async with converse(tmp_path, transport=transport, settings=settings, mode=request.param) as confluence:
        yield confluence


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
        assert {argument.name for argument in prompt.arguments or []} == set(PICKED[prompt.name])
        needed = [argument.name for argument in prompt.arguments or [] if argument.required]
        assert set(needed) <= NEEDED


@pytest.mark.parametrize("name", PICKED)
async def test_a_prompt_names_what_was_given_and_only_tools_that_exist(either: Conversation, name: str) -> None:
    text = text_of(await either.client.get_prompt(name, PICKED[name]))
    assert all(value in text for value in PICKED[name].values())
    named = set(NAMED.findall(text))
    assert named
    assert all(TOOLS.get(tool) for tool in named)
    assert tokens(text) < 700
    few = {key: value for key, value in PICKED[name].items() if key in NEEDED}
    assert text_of(await either.client.get_prompt(name, few))


async def read(either: Conversation, uri: str) -> str:
    result = await either.client.read_resource(uri)
    assert isinstance(result, ReadResourceResult)
    (content,) = result.contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def test_a_page_and_a_space_can_be_attached(either: Conversation) -> None:
    page = await read(either, "confluence://page/98432")
    assert "# Product Architect" in page
    assert "Product Architect" not in outside(page)
    space = await read(either, "confluence://space/PMOS")
    assert "98403 Agent Specifications" in space
    assert "changed last:" in space
    templates = (await either.client.list_resource_templates()).resource_templates
    assert {each.uri_template for each in templates} == {"confluence://page/{id}", "confluence://space/{key}"}


@pytest.mark.parametrize(
    "uri", ["confluence://page/99999999", "confluence://space/NOPE", "confluence://page/x%2F..%2Fy"]
)
async def test_what_cannot_be_attached_is_told(either: Conversation, uri: str) -> None:
    with pytest.raises(MCPError):
        await read(either, uri)


async def proposed(either: Conversation, name: str, typed: str, prompt: str = "confluence_weekly_report") -> list[str]:
    reference = PromptReference(name=prompt)
    if name in ("id", "key"):
        uri = "confluence://page/{id}" if name == "id" else "confluence://space/{key}"
        result = await either.client.complete(ResourceTemplateReference(uri=uri), {"name": name, "value": typed})
    else:
        result = await either.client.complete(reference, {"name": name, "value": typed})
    assert isinstance(result, CompleteResult)
    return result.completion.values


async def test_spaces_labels_and_pages_are_proposed_while_typing(either: Conversation) -> None:
    assert await proposed(either, "space", "know") == ["KB"]
    assert "PMOS" in await proposed(either, "key", "")
    assert "agent-spec" in await proposed(either, "label", "Agent", "confluence_what_we_know")
    assert "PMOS/Product Architect" in await proposed(either, "parent", "product arch")
    assert await proposed(either, "parent", "KB/Product Architect") == []
    assert "98432" in await proposed(either, "id", "Product Arch")
    assert await proposed(either, "audience", "x") == []


@pytest.mark.parametrize("typed", ["", '"', "*", "a" * 5_000, "\x00", "../..", "PMOS/", "') OR space = KB"])
async def test_typing_anything_proposes_or_does_not(either: Conversation, typed: str) -> None:
    for name in ("space", "label", "parent", "id"):
        assert isinstance(await proposed(either, name, typed), list)
