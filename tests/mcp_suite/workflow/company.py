"""The four sandboxes as a company works in them: workflows are run, and tools say what is there afterwards."""

import json
from collections.abc import Mapping
from typing import Any

import anyio
from typer.testing import CliRunner

from mcp_suite.app import app
from mcp_suite.workflow.connection import connected, launcher
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.model import Arguments

Told = Any  # what the JSON of a command holds


class Company:
    """The four sandboxes of one test, and the command that works on them."""

    def run(self, *arguments: str, status: int = 0) -> Told:
        """Run `mcp-suite workflow …`; answers its JSON."""
        done = CliRunner().invoke(app, ["workflow", *arguments, "--json"])
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)

    def ask(self, asked: Mapping[str, tuple[str, Arguments]]) -> dict[str, str]:
        """Call tools of one server each, `asked` being tool and arguments by a name; answers their texts by it."""
        flow = workflow_of("feature-proposal")
        answers: dict[str, str] = {}

        async def work() -> None:
            servers = sorted({tool.partition("_")[0] for tool, _ in asked.values()})
            async with connected(servers, launcher(flow, sandbox=True)) as connections:
                for name, (tool, arguments) in asked.items():
                    answers[name] = await connections(tool.partition("_")[0], tool, arguments)

        anyio.run(work)
        return answers


def given(**inputs: str) -> list[str]:
    return [part for name, value in inputs.items() for part in ("--input", f"{name}={value}")]


def search(jql: str) -> tuple[str, Arguments]:
    return "jira_search_issues", {"jql": jql, "limit": 100}


def query(sql: str) -> tuple[str, Arguments]:
    return "snowflake_run_query", {"sql": sql}


def channel(name: str) -> tuple[str, Arguments]:
    return "slack_read_channel", {"channel": name, "window": "2d", "limit": 100}
