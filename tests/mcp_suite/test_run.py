"""`mcp-suite run SERVICE`: a server by the suite's own script, as registries start it."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from connector_kit.testing.stdio import isolated_environment

RUN = (sys.executable, "-m", "mcp_suite", "run", "jira")


def test_what_follows_the_service_is_the_servers_own(tmp_path: Path) -> None:
    ended = subprocess.run([*RUN, "--version"], env=isolated_environment(tmp_path), capture_output=True, timeout=60)
    assert ended.returncode == 0
    assert ended.stdout.decode().strip() == f"jira-mcp {version('mcp-integration-suite')}"


def test_an_unknown_service_is_named(tmp_path: Path) -> None:
    ended = subprocess.run([*RUN[:-1], "nosuch"], env=isolated_environment(tmp_path), capture_output=True, timeout=60)
    assert ended.returncode == 2
    assert b"There is no server 'nosuch'" in ended.stderr


@pytest.mark.stdio
@pytest.mark.anyio
async def test_a_client_is_served(tmp_path: Path) -> None:
    server = StdioServerParameters(command=RUN[0], args=list(RUN[1:]), env=isolated_environment(tmp_path))
    with anyio.fail_after(60):
        async with stdio_client(server) as (reading, writing), ClientSession(reading, writing) as session:
            hello = await session.initialize()
            listed = await session.list_tools()
    assert hello.server_info.name == "jira-mcp"
    assert "jira_search_issues" in [tool.name for tool in listed.tools]
