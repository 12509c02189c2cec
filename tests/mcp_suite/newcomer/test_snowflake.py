"""A newcomer connects Snowflake: an empty home, a text terminal, no keyring, and back to nothing at the end."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector_kit.testing.stdio import StdioServer
from connector_kit.testing.terminal import Terminal
from snowflake_mcp.sandbox import ACCOUNT, READ_ROLE, SANDBOX_TOKEN, SANDBOX_USER, WAREHOUSE

pytestmark = [
    pytest.mark.stdio,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals of this kind"),
]
BIN = Path(sys.executable).parent
WHO = f"{SANDBOX_USER}@{ACCOUNT} with role {READ_ROLE}, warehouse {WAREHOUSE}"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody with an empty home folder."""

    home: Path

    @property
    def env(self) -> dict[str, str]:
        """All variables."""
        kept = {name: os.environ[name] for name in ("COVERAGE_PROCESS_CONFIG",) if name in os.environ}
        path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        nobody_trusts = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        return {**kept, "HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", **nobody_trusts}

    def run(self, *command: str) -> str:
        """Run a command, which must work; answers all that it printed."""
        argv = [str(BIN / command[0]), *command[1:]]
        done = subprocess.run(argv, env=self.env, cwd=self.home, capture_output=True, text=True, timeout=120)
        told = done.stdout + done.stderr
        assert done.returncode == 0, told
        return told

    def secrets(self) -> list[Path]:
        """The files in which the token stands."""
        files = [path for path in self.home.rglob("*") if path.is_file()]
        return [path for path in files if SANDBOX_TOKEN.encode() in path.read_bytes()]


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """Somebody who has nothing yet."""
    home = tmp_path / "home"
    home.mkdir()
    return Newcomer(home)


def log_in(newcomer: Newcomer, url: str, account: str = "", *, agreed: bool = False) -> str:
    """Log in with a token at a terminal; answers what it shows. `agreed`: the token is in a file already."""
    named = ["--account", account] if account else []
    command = [str(BIN / "mcp-suite"), "auth", "login", "snowflake", "--url", url, *named]
    with Terminal(command, newcomer.env, cwd=newcomer.home, timeout=120) as terminal:
        answers = {"1 to 5 [1]: ": "", "Account: ": ACCOUNT, "User: ": SANDBOX_USER, "Role: ": READ_ROLE}
        for prompt, typed in {**answers, "Warehouse: ": WAREHOUSE, "paste it): ": SANDBOX_TOKEN}.items():
            terminal.answer(prompt, typed)
        if not agreed:
            terminal.answer("Keep it in that file? [y/N]: ", "y")
        assert terminal.ended() == 0, terminal.shown
    assert SANDBOX_TOKEN not in terminal.shown
    return terminal.shown


def test_a_newcomer_is_connected_and_leaves_without_a_trace(newcomer: Newcomer, snowflake: str) -> None:
    assert f"Snowflake: {WHO}" in log_in(newcomer, snowflake)
    assert WHO in newcomer.run("snowflake-mcp", "--check")
    findings = json.loads(newcomer.run("mcp-suite", "doctor", "snowflake", "--json"))["findings"]
    [credential] = [found["told"] for found in findings if found["check"] == "credential"]
    assert credential.startswith(WHO)
    newcomer.run("mcp-suite", "install", "claude-code", "snowflake")
    entry = json.loads((newcomer.home / ".claude.json").read_text())["mcpServers"]["snowflake"]
    assert SANDBOX_TOKEN not in json.dumps(entry)
    with StdioServer("snowflake_mcp", {**newcomer.env, **entry["env"]}) as server:
        server.initialize()
        told, failed = server.call("snowflake_run_query", {"sql": "SELECT 41 + 1 AS answer"})
        assert not failed, told
        assert "42" in told
        told, failed = server.call("snowflake_run_query", {"sql": "DROP TABLE agent_events"})
        assert failed
        assert "The statement was not run" in told
    told = newcomer.run("mcp-suite", "auth", "logout", "snowflake")
    assert "app.snowflake.com" in told
    assert newcomer.secrets() == []
    newcomer.run("mcp-suite", "install", "claude-code", "snowflake", "--uninstall")
    assert "snowflake" not in json.loads((newcomer.home / ".claude.json").read_text()).get("mcpServers", {})


def test_two_accounts_of_one_user_have_a_token_each(newcomer: Newcomer, snowflake: str) -> None:
    log_in(newcomer, snowflake)
    log_in(newcomer, snowflake, account="prod", agreed=True)
    [file] = newcomer.secrets()
    assert file.read_text().count(SANDBOX_TOKEN) == 2
    told = newcomer.run("mcp-suite", "auth", "status", "snowflake")
    assert re.findall(r"^(snowflake.*): logged in$", told, re.MULTILINE) == ["snowflake", "snowflake (prod)"]
    newcomer.run("mcp-suite", "auth", "logout", "snowflake")
    assert WHO in newcomer.run("snowflake-mcp", "--account", "prod", "--check")
