"""Somebody with an empty home, and the vendor that they log in to, played on this machine."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Generator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2

from jira_mcp import sandbox
from mcp_suite.sandbox import HOST, listen, with_oauth
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET, sandbox_authorizations
from mcp_suite.servers import find

BIN = Path(sys.executable).parent
CLOSED = "http://127.0.0.1:1"
Finding = dict[str, str]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody with an empty home folder; variables come on top of the few that every login session has."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def env(self) -> dict[str, str]:
        """All variables. On a machine with a keyring, this person's is one that nobody may trust."""
        kept = {name: os.environ[name] for name in ("COVERAGE_PROCESS_CONFIG",) if name in os.environ}
        path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        usual = {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8"}
        return {**kept, **usual, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **self.variables}

    @property
    def env_file(self) -> Path:
        """Where the settings of Jira are, wherever this system keeps settings."""
        [found] = self.home.rglob(".env.jira")
        return found

    def run(self, *command: str, status: int = 0, given: str = "") -> str:
        """Run a command to its end, which must have this exit status; answers all that it printed."""
        done = subprocess.run(
            [*script_of(command)], env=self.env, cwd=self.home, input=given, capture_output=True, text=True, timeout=120
        )
        told = done.stdout + done.stderr
        assert done.returncode == status, told
        assert "Traceback" not in told
        return told

    def doctor(self, *, status: int, **variables: str) -> list[Finding]:
        """What `mcp-suite doctor jira` finds."""
        patient = Newcomer(self.home, {**self.variables, **variables})
        return json.loads(patient.run("mcp-suite", "doctor", "jira", "--json", status=status))["findings"]

    def change(self, old: str, new: str) -> None:
        """Edit the env file."""
        text = self.env_file.read_text()
        assert old in text
        self.env_file.write_text(text.replace(old, new))


class Vendor:
    """Atlassian on this machine: a site, the OAuth hosts, the gateway. `ahead` is how far its clock is."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.authorizations = sandbox_authorizations()
        self.url = ""
        self.reset()

    def reset(self) -> None:
        """Bring clock and lifetimes back to what is usual."""
        self.ahead = timedelta()
        self.authorizations.clock = time.time
        self.authorizations.lifetime = 3600.0

    @contextmanager
    def open(self) -> Generator["Vendor"]:
        """Serve it from a thread, without any login so far."""
        import uvicorn

        with listen(0) as listener:
            self.url = f"http://{HOST}:{listener.getsockname()[1]}"
            inner = sandbox.create_app(self._database, search_lag=0)
            app = with_oauth(find("jira"), sandbox, self.url, inner, authorizations=self.authorizations)

            async def dated(scope: Any, receive: Any, send: Any) -> None:
                async def answer(message: MutableMapping[str, Any]) -> None:
                    if message["type"] == "http.response.start":
                        date = format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)
                        message["headers"] = [*message["headers"], (b"date", date.encode())]
                    await send(message)

                await app(scope, receive, answer)

            config = uvicorn.Config(dated, log_level="error", lifespan="off", date_header=False)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.should_exit = True
                thread.join(20)
                inner.close()


def log_in_by_script(person: Newcomer, url: str, *more: str) -> str:
    """Log in with OAuth without a terminal; answers what was printed."""
    redirect = f"http://localhost:{free_port()}/callback"
    login = ("mcp-suite", "auth", "login", "jira", "--oauth", "--url", url, "--client-id", CLIENT_ID, "--secret-stdin")
    command = script_of([*login, "--redirect-uri", redirect, "--no-browser", "--yes", *more])
    with subprocess.Popen(
        command, env=person.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as login_process:
        assert login_process.stdin
        assert login_process.stdout
        login_process.stdin.write(f"{CLIENT_SECRET}\n")
        login_process.stdin.close()
        told = ""
        for line in login_process.stdout:
            told += line
            if line.startswith(f"{url}/authorize?"):
                agree(line.strip())
    assert login_process.returncode == 0, told
    return told


def agree(url: str) -> str:
    """What a person does in the browser: agrees, and goes where that leads. Answers the page at the end."""
    with httpx2.Client(trust_env=False, follow_redirects=True) as browser:
        return browser.post(url, data={"decision": "accept"}).text


def free_port() -> int:
    """A port that nobody listens on."""
    with listen(0) as listener:
        return int(listener.getsockname()[1])


def troubles(findings: Sequence[Finding]) -> dict[str, Finding]:
    """The failures by what was checked."""
    return {f"{one['subject']} {one['check']}": one for one in findings if one["state"] == "fail"}


def the_trouble(findings: Sequence[Finding]) -> Finding:
    """The only failure; it has a fix."""
    [found] = troubles(findings).values()
    assert found["fix"]
    return found


def guide_shows(known_by: str, url: str = "") -> list[str]:
    """What the guide shows of a terminal, in the parts between "…": the block that holds these words."""
    guide = Path(__file__).parents[3] / "setup_guides" / "jira.md"
    blocks = re.findall(r"(?:(?:^ {4,}.*)?\n)+", guide.read_text(encoding="utf-8"), re.MULTILINE)
    block = next(block for block in blocks if known_by in block)
    block = block.replace("http://127.0.0.1:8766", url).replace("/path/to/mcp-integration-suite/.venv/bin", str(BIN))
    lines = [line.strip() for line in block.splitlines() if not re.match(r" +(uv run|claude) ", line)]
    parts = [part.strip() for line in lines for part in line.split("…") if part.strip()]
    # The guide shows Linux; elsewhere the configuration folder has another name.
    return [part for part in parts if sys.platform == "linux" or "/.config/" not in part]


def script_of(command: Sequence[str]) -> list[str]:
    """A command, with the script of this very environment."""
    return [str(BIN / command[0]) if (BIN / command[0]).exists() else command[0], *command[1:]]
