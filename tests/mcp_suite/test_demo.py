"""The demonstration as a person starts it: a real server process, spoken to over its pipes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from typer.testing import Result

from mcp_suite.demo.display import SilentDisplay
from mcp_suite.demo.steps import Player, StepError

pytestmark = pytest.mark.stdio


def _demo(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JIRA_", "COLUMNS"))},
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


def test_every_step_is_done_by_the_server_and_checked(tmp_path: Path) -> None:
    ran = _demo(tmp_path, "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert told["server"].startswith("jira-mcp ")
    assert told["failure"] == ""
    steps = told["steps"]
    assert all(step["ok"] and step["answer"] and step["seconds"] > 0 for step in steps)
    assert [step["number"] for step in steps] == list(range(1, len(steps) + 1))
    assert {step["tool"] for step in steps} == {
        "jira_search_issues",
        "jira_get_issue",
        "jira_create_issue",
        "jira_transition_issue",
        "jira_add_comment",
        "jira_add_worklog",
        "jira_add_link",
        "jira_create_issues",
    }
    assert not (tmp_path / "state").exists()


def test_a_narrow_dumb_terminal_reads_the_steps_and_how_to_go_on(tmp_path: Path) -> None:
    ran = _demo(tmp_path, COLUMNS="50", TERM="dumb")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    head, _, end = ran.stdout.partition("Your own Jira, in three lines:")
    assert "\x1b" not in ran.stdout
    assert max(map(len, head.splitlines())) <= 50
    assert "50 of 120" in head
    assert "https://id.atlassian.com/manage-profile/security/api-tokens" in end
    assert "mcp-suite auth login jira" in end
    assert "claude mcp add" in end
    assert "all answered as expected" in " ".join(end.split())
    assert ran.stderr == ""


def test_a_refused_step_ends_the_demonstration_with_what_the_server_said(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp_suite.demo.story.PROJECT", "NOPE")
    result = suite("demo")
    assert result.exit_code == 1
    assert "The demonstration failed in step 1:" in result.output
    assert "NOPE" in result.output
    assert "three lines" not in result.output


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
