"""Prompts: what a person picks from a menu names only tools that there are, in both eras of the protocol."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from mcp_types import GetPromptResult, TextContent

from slack_mcp.tools import TOOLS

from .conversation import ERAS, converse

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio
PICKED: dict[str, dict[str, str]] = {
    "slack_catch_up": {"channel": "#pm-os-dev", "window": "3d"},
    "slack_draft_announcement": {"subject": "The beta begins", "channel": "#general", "audience": "designers"},
    "slack_daily_metrics": {"metrics": "velocity 11"},
}


@pytest.mark.parametrize("era", ERAS)
async def test_the_menu_offers_each_prompt_with_its_arguments(library: "Sandbox", tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), mode=era) as slack:
        listed = (await slack.client.list_prompts()).prompts
        assert [prompt.name for prompt in listed] == list(PICKED)
        for prompt in listed:
            assert prompt.title
            assert prompt.description
            assert all(argument.description for argument in prompt.arguments or [])
            assert {argument.name for argument in prompt.arguments or []} >= set(PICKED[prompt.name])


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", PICKED)
async def test_a_prompt_names_what_was_given_and_only_tools_that_exist(
    library: "Sandbox", tmp_path: Path, era: str, name: str
) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), mode=era) as slack:
        result = await slack.client.get_prompt(name, PICKED[name])
    assert isinstance(result, GetPromptResult)
    (message,) = result.messages
    assert isinstance(message.content, TextContent)
    text = message.content.text
    assert all(value in text for value in PICKED[name].values())
    named = re.findall(r"\bslack_[a-z_]+", text)
    assert named
    assert all(TOOLS.get(tool) for tool in named)


async def test_a_draft_is_shown_before_it_is_posted(library: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(library)) as slack:
        result = await slack.client.get_prompt("slack_draft_announcement", PICKED["slack_draft_announcement"])
    assert isinstance(result, GetPromptResult)
    assert "post it with slack_post_message only after I have agreed" in str(result.messages[0].content)
