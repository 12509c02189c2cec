"""The demonstration as a person starts it: real server processes, spoken to over their pipes."""

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from typer.testing import Result

from mcp_suite.demo.command import Outcome
from mcp_suite.demo.display import SilentDisplay
from mcp_suite.demo.steps import Display, Player, StepError
from mcp_suite.demo.stories import Story
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script

pytestmark = pytest.mark.stdio
FOREIGN = ("JIRA_", "SLACK_", "SNOWFLAKE_", "COLUMNS")
"""Variables that would show elsewhere what is there."""


def _demo(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)},
        "MCP_SUITE_ENV_DIR": str(folder / "config"),
        "MCP_SUITE_STATE_DIR": str(folder / "state"),
        "PYTHONIOENCODING": "utf-8",
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", "mcp_suite", "demo", *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=folder,
        timeout=120,
    )


TOOLS = {
    "confluence": {
        "confluence_search",
        "confluence_list_pages",
        "confluence_get_page",
        "confluence_create_page",
        "confluence_update_page",
        "confluence_compare_versions",
        "confluence_add_comment",
        "confluence_add_attachment",
        "confluence_list_comments",
    },
    "jira": {
        "jira_search_issues",
        "jira_get_issue",
        "jira_create_issue",
        "jira_transition_issue",
        "jira_add_comment",
        "jira_add_attachment",
        "jira_add_link",
        "jira_create_issues",
    },
    "slack": {
        "slack_list_channels",
        "slack_read_channel",
        "slack_search_messages",
        "slack_post_alert",
        "slack_post_message",
        "slack_react_to_message",
        "slack_read_thread",
        "slack_list_unread",
    },
    "snowflake": {
        "snowflake_search_objects",
        "snowflake_describe_table",
        "snowflake_run_query",
        "snowflake_get_costs",
        "snowflake_list_queries",
        "snowflake_get_warehouse_load",
        "snowflake_run_change",
        "snowflake_create_view",
    },
}


def test_each_server_alone_is_shown_on_a_narrow_dumb_terminal(tmp_path: Path) -> None:
    shown = {service: tools for service, tools in TOOLS.items() if service != "slack"}  # told as data below
    ran = _demo(tmp_path, *shown, COLUMNS="50", TERM="dumb")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    head, _, end = ran.stdout.partition("Your own Confluence, in three lines:")
    assert "\x1b" not in ran.stdout
    assert max(map(len, head.splitlines())) <= 50
    called = {line.split()[0] for line in head.splitlines() if re.match(r"    [a-z]+_[a-z_]+( |$)", line)}
    assert set().union(*shown.values()) <= called
    assert "50 of 120" in head
    assert "snowflake-mcp in its sandbox" in " ".join(head.split())
    assert "https://id.atlassian.com/manage-profile/security/api-tokens" in end
    for service in shown:
        assert f"mcp-suite auth login {service}" in end
    assert "Your own Snowflake, in three lines:" in end
    assert "claude mcp add" in end
    assert "all answered as expected" in " ".join(end.split())
    assert ran.stderr == ""
    assert not (tmp_path / "state").exists()


def test_one_server_alone_is_told_as_data(suite: Callable[..., Result]) -> None:
    result = suite("demo", "slack", "--json")
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)
    assert told["server"].startswith("slack-mcp ")
    assert told["failure"] == ""
    assert all(step["ok"] and step["answer"] and step["seconds"] > 0 for step in told["steps"])
    assert [step["number"] for step in told["steps"]] == list(range(1, len(told["steps"]) + 1))
    assert {step["tool"] for step in told["steps"]} == TOOLS["slack"]


def test_a_refused_step_ends_the_demonstration_with_what_the_server_said(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp_suite.demo.stories.confluence.SPACE", "NOPE")
    result = suite("demo", "confluence", "jira")
    assert result.exit_code == 1
    assert "The demonstration failed in step 1:" in result.output
    assert "NOPE" in result.output
    assert "jira-mcp" not in result.output
    assert "three lines" not in result.output


def test_a_server_that_cannot_run_is_left_out_unless_it_was_named(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(script: Script, spec: object) -> str:
        return "nothing is installed for it." if script.extra != "slack" else ""

    def played(script: Script, story: Story, display: Display, *, pause: float) -> Outcome:
        del story, display, pause
        return Outcome(script.name)

    monkeypatch.setattr("mcp_suite.demo.command.lacking", lacking)
    monkeypatch.setattr("mcp_suite.demo.chain.lacking", lacking)
    monkeypatch.setattr("mcp_suite.demo.command.play", played)
    output = suite("demo", "--fast").output
    assert "slack-mcp in its sandbox" in output
    assert 'All together, as one story: pip install "mcp-integration-suite[all]"' in output
    assert "Your own Slack" in output
    assert "jira" not in output
    named = suite("demo", "jira")
    assert isinstance(named.exception, SuiteError)
    assert str(named.exception) == "nothing is installed for it."


def test_a_server_without_a_story_is_told(suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    def none(service: str) -> None:
        """Nobody has written one."""

    monkeypatch.setattr("mcp_suite.demo.command.story_of", none)
    assert "slack-mcp has no demonstration." in str(suite("demo", "slack").exception)


@pytest.mark.parametrize(
    ("module", "find"),
    [("jira", "first_key"), ("confluence", "page_in"), ("slack", "message_in"), ("snowflake", "token_in")],
)
def test_an_answer_without_what_the_next_step_needs_fails_the_step(module: str, find: str) -> None:
    finding = getattr(importlib.import_module(f"mcp_suite.demo.stories.{module}"), find)
    with pytest.raises(StepError, match="the answer names no"):
        finding("nothing of use")


@pytest.mark.anyio
async def test_a_step_fails_when_the_answer_is_an_error_or_not_what_was_expected() -> None:
    server = MCPServer("pens")

    @server.tool(structured_output=False)
    async def pens_find(text: str) -> str:
        """Find pens."""
        if text == "none":
            raise ToolError("there are no pens")
        return f"found {text}"

    async with Client(server) as client:
        player = Player(client, SilentDisplay())
        assert await player.call("Find red ones.", "pens_find", {"text": "red"}, shows="red") == "found red"
        with pytest.raises(StepError, match="there are no pens"):
            await player.call("Find none.", "pens_find", {"text": "none"})
        with pytest.raises(StepError, match="does not show 'green'"):
            await player.call("Find blue ones.", "pens_find", {"text": "blue"}, shows="green")
    assert [step.ok for step in player.steps] == [True, False, False]
    assert "no pens" in player.steps[1].answer
    assert player.steps[2].answer == "found blue"
