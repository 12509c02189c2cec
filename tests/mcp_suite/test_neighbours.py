"""All servers at once, as one client starts them: the same folders, and no server in another's way."""

import json
import os
import signal
import sys
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mcp_suite import client_config
from mcp_suite.bench.wire import WireClient
from mcp_suite.servers import scripts

pytestmark = [
    pytest.mark.stdio,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind"),
]

READS: dict[str, tuple[str, dict[str, Any]]] = {
    "confluence": ("confluence_search", {"text": "velocity", "limit": 3}),
    "jira": ("jira_search_issues", {"project": "PMOS", "limit": 3}),
    "slack": ("slack_read_channel", {"channel": "#pm-os-dev", "limit": 3}),
    "snowflake": ("snowflake_run_query", {"sql": "SELECT phase_name FROM phase_history", "limit": 3}),
}
"""A call of each server's that its sandbox answers."""


@pytest.fixture
def neighbours(tmp_path: Path) -> Generator[dict[str, WireClient]]:
    """Every server, started at the same time with the configuration that `mcp-suite config` prints."""
    config = client_config.desktop(
        {script: str(client_config.executable(script)) for script in scripts()}, sandbox=True
    )
    folders = {"MCP_SUITE_ENV_DIR": str(tmp_path / "config"), "MCP_SUITE_STATE_DIR": str(tmp_path / "state")}
    started: dict[str, WireClient] = {}
    with ExitStack() as running:
        for name, entry in config["mcpServers"].items():
            command = [entry["command"], *entry["args"]]
            environment = {"PATH": os.environ["PATH"], **folders, **entry["env"]}
            client = WireClient(command, environment, tmp_path, tmp_path / f"{name}.log")
            started[name] = running.enter_context(client)
        for client in started.values():
            client.initialize()
        yield started


def test_every_server_has_a_call_here() -> None:
    assert list(READS) == [script.extra for script in scripts()]


def test_no_two_servers_have_a_tool_of_the_same_name(neighbours: dict[str, WireClient]) -> None:
    names = [tool["name"] for client in neighbours.values() for tool in client.send("tools/list").result()["tools"]]
    assert len(set(names)) == len(names)


def test_all_answer_at_once_and_keep_their_own_records(neighbours: dict[str, WireClient], tmp_path: Path) -> None:
    rounds = 5
    calls = [
        (name, neighbours[name].send("tools/call", {"name": tool, "arguments": arguments}))
        for _ in range(rounds)
        for name, (tool, arguments) in READS.items()
    ]
    for name, pending in calls:
        answer = pending.result()
        assert not answer.get("isError"), (name, answer)
    written = [path.read_text(encoding="utf-8") for path in (tmp_path / "state" / "audit").glob("*.jsonl")]
    records = [json.loads(line) for text in written for line in text.splitlines()]
    for name, (tool, _) in READS.items():
        mine = [record for record in records if record["server"] == f"{name}-mcp"]
        assert [record["tool"] for record in mine] == [tool] * rounds
        assert {record["outcome"] for record in mine} == {"ok"}
    stores = {path.name.partition(".")[0] for path in (tmp_path / "state" / "sandbox").iterdir()}
    assert stores == set(READS)


def test_a_server_that_dies_takes_no_other_with_it(neighbours: dict[str, WireClient]) -> None:
    for name in list(READS)[:-1]:
        os.kill(neighbours.pop(name).pid, signal.SIGKILL)
    for name, client in neighbours.items():
        tool, arguments = READS[name]
        text, _ = client.call(tool, arguments)
        assert text
