"""Prompts: what a person picks from a menu names only tools that there are, in both eras of the protocol."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mcp_types import GetPromptResult, TextContent

from snowflake_mcp.settings import SnowflakeSettings
from snowflake_mcp.tools import TOOLS

from .conversation import ERAS, converse

pytestmark = pytest.mark.anyio
PICKED: dict[str, dict[str, str]] = {
    "snowflake_explore_dataset": {"subject": "agent events", "question": "which agent costs most"},
    "snowflake_weekly_metrics": {"metrics": "v_system_health", "week": "2026-01-31"},
    "snowflake_why_it_moved": {"number": "credits of PM_OS_WH", "window": "2026-01-20..2026-01-27"},
    "snowflake_answer_question": {"question": "Which agent is the fastest?", "source": "agent_performance"},
}
NOWHERE = SnowflakeSettings.load(environ={})
"""Prompts need no account."""


def text_of(result: object) -> str:
    """What a prompt says."""
    assert isinstance(result, GetPromptResult)
    (message,) = result.messages
    assert isinstance(message.content, TextContent)
    return message.content.text


@pytest.mark.parametrize("era", ERAS)
async def test_the_menu_offers_each_prompt_with_its_arguments(tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, NOWHERE, mode=era) as snowflake:
        listed = (await snowflake.client.list_prompts()).prompts
        assert [prompt.name for prompt in listed] == list(PICKED)
        for prompt in listed:
            assert prompt.title
            assert prompt.description
            assert all(argument.description for argument in prompt.arguments or [])
            assert {argument.name for argument in prompt.arguments or []} == set(PICKED[prompt.name])


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", PICKED)
async def test_a_prompt_names_what_was_given_and_only_tools_that_only_read(tmp_path: Path, era: str, name: str) -> None:
    async with converse(tmp_path, NOWHERE, mode=era) as snowflake:
        text = text_of(await snowflake.client.get_prompt(name, PICKED[name]))
    assert all(value in text for value in PICKED[name].values())
    named = re.findall(r"\bsnowflake_[a-z_]+", text)
    assert named
    assert all((tool := TOOLS.get(each)) and tool.effect == "reads" for each in named)
    assert "Change nothing." in text


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("snowflake_explore_dataset", "question"),
        ("snowflake_weekly_metrics", "week"),
        ("snowflake_answer_question", "source"),
    ],
)
async def test_what_may_be_left_out_leaves_no_trace(tmp_path: Path, name: str, left_out: str) -> None:
    given = {key: value for key, value in PICKED[name].items() if key != left_out}
    async with converse(tmp_path, NOWHERE) as snowflake:
        text = text_of(await snowflake.client.get_prompt(name, given))
    assert "In the end" not in text
    assert "Take it from" not in text
    assert ("last whole week" in text) == (left_out == "week")
