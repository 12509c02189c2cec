"""The agents in Claude Code itself, with a model on loopback and without a login: CLAUDE_PROOF=full runs this.

It needs `claude` on the PATH.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mcp_suite.agents.definitions import Agent, shipped
from mcp_suite.agents.lacking import together
from mcp_suite.client_config import executable
from mcp_suite.servers import find

from .model_on_loopback import model_that_hands_on

pytestmark = [
    pytest.mark.stdio,
    pytest.mark.skipif(os.environ.get("CLAUDE_PROOF") != "full", reason="CLAUDE_PROOF=full starts Claude Code"),
]
AGENTS = shipped()
OF_CLAUDE_CODE = {"DeferredToolPlaceholder"}
"""What Claude Code puts beside an agent's tools."""


def claude(home: Path, model: str, *arguments: str) -> None:
    """Run Claude Code once on a home and a model of its own."""
    command = shutil.which("claude")
    assert command, "claude is not on the PATH"
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
    }
    told = subprocess.run(
        [command, "--print", *arguments],
        env=environ,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def servers(home: Path, agent: Agent) -> Path:
    """A configuration with the servers that an agent needs, on their sandboxes, set as its file says and no further."""
    entries: dict[str, object] = {}
    for service, needs in together([agent]).items():
        prefix = service.upper()
        env = {f"{prefix}_SANDBOX": "1", f"{prefix}_ACCESS": needs.access, "MCP_SUITE_STATE_DIR": str(home / "state")}
        toolsets = {f"{prefix}_TOOLSETS": ",".join(needs.toolsets)} if needs.toolsets else {}
        command = str(executable(find(service)))
        entries[service] = {"type": "stdio", "command": command, "args": [], "env": {**env, **toolsets}}
    path = home / "servers.json"
    path.write_text(json.dumps({"mcpServers": entries}), encoding="utf-8")
    return path


@pytest.mark.parametrize("agent", AGENTS.values(), ids=list(AGENTS))
def test_claude_code_gives_an_agent_its_instructions_and_just_its_tools(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    subprocess.run([executable(find("jira")).with_name("mcp-suite"), "install", "agents"], check=True)
    config = servers(tmp_path, agent)
    with model_that_hands_on(agent.name) as (model, requests):
        claude(tmp_path, model, "Hand it on.", "--strict-mcp-config", "--mcp-config", str(config))
    [asked] = [request for request in requests if request["messages"][0]["content"] == "Do it."]
    system = "\n".join(block["text"] for block in asked["system"])
    assert agent.text.split("---\n", 2)[2].strip() in system
    assert {tool["name"] for tool in asked["tools"]} - OF_CLAUDE_CODE == set(agent.tools)
