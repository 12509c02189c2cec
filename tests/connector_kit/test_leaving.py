"""How a server ends, whatever its tools are doing: at once, and with every call in the audit log."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector_kit.testing.stdio import StdioServer, isolated_environment

pytestmark = pytest.mark.stdio
HERE = str(Path(__file__).parent)


def environment(folder: Path) -> dict[str, str]:
    return isolated_environment(folder, {"STUCK_ACCESS": "write", "PYTHONPATH": HERE})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StdioServer]:
    """A server on which nothing was called yet."""
    with StdioServer("stuck_server", environment(tmp_path)) as running:
        running.initialize()
        yield running


def audited(folder: Path) -> list[dict[str, Any]]:
    lines = [line for path in folder.glob("state/audit/*.jsonl") for line in path.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def begin(server: StdioServer, tool: str) -> None:
    """Call a tool and return when it runs."""
    server.send({"jsonrpc": "2.0", "id": "stuck", "method": "tools/call", "params": {"name": tool}})
    while "waiting" not in server.errors:
        assert server.process.poll() is None
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("tool", "end"),
    [
        *((tool, end) for tool in ("stuck_run_wait", "stuck_run_thread") for end in ("input", "SIGINT", "SIGTERM")),
        ("stuck_run_busily", "SIGINT"),
        ("stuck_run_busily", "SIGTERM"),
    ],
)
def test_a_call_that_the_end_cuts_off_is_recorded_once_and_holds_nobody_up(
    server: StdioServer, tmp_path: Path, tool: str, end: str
) -> None:
    begin(server, tool)
    status = server.close() if end == "input" else server.interrupt(signal.Signals[end])
    assert status == (130 if end == "SIGINT" else 0)
    assert [(record["tool"], record["outcome"]) for record in audited(tmp_path)] == [(tool, "cancelled")]
    assert server.noise == []


def test_a_client_that_stops_reading_ends_the_server(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "stuck_server"],
        stdin=subprocess.PIPE,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    )
    os.close(writing)
    os.close(reading)
    assert process.stdin is not None
    process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    process.stdin.flush()
    assert process.wait(20) == 1
    process.communicate()
