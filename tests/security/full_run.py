"""A full run of the suite in which secrets, addresses and texts are planted, and all that it leaves behind.

The four servers are called on their sandboxes and on vendors that misbehave; the commands that look at accounts,
write configurations or run workflows are run beside them.
"""

import json
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from connector_kit.env_files import env_file_of
from connector_kit.testing.faults import ReceivedRequest
from connector_kit.testing.stdio import StdioServer, isolated_environment
from mcp_suite.app import app

from .calls import calls_of
from .keys import encrypted_key
from .planted import Planted
from .vendor import Vendor

SERVICES = ("confluence", "jira", "slack", "snowflake")
ACCOUNTS = (
    ("jira", ""),
    ("confluence", ""),
    ("confluence", "token"),
    ("slack", ""),
    ("slack", "bot"),
    ("snowflake", ""),
    ("snowflake", "key"),
    ("snowflake", "password"),
)
SANDBOXED = {"SANDBOX": "1", "ACCESS": "delete", "TIMEOUT": "45"}


@dataclass(frozen=True)
class Answer:
    """What a tool said to a call, and what the call said."""

    server: str
    asked: str
    told: str
    failed: bool


@dataclass
class Evidence:
    """What a full run left: texts by where they were found."""

    planted: Planted
    home: Path
    logs: dict[str, str] = field(default_factory=dict[str, str])
    answers: list[Answer] = field(default_factory=list["Answer"])
    printed: dict[str, str] = field(default_factory=dict[str, str])
    command_lines: set[str] = field(default_factory=set[str])
    strangers: list[ReceivedRequest] = field(default_factory=list[ReceivedRequest])
    arrived: list[ReceivedRequest] = field(default_factory=list[ReceivedRequest])

    def files(self, pattern: str) -> dict[str, str]:
        """What is in the files of the state folder, by their names."""
        state = self.home / "state"
        return {
            path.relative_to(state).as_posix(): path.read_bytes().decode("utf-8", "replace")
            for path in sorted(state.glob(pattern))
            if path.is_file()
        }


class Watching:
    """Notes the command line of every process of this machine again and again, while the block runs."""

    def __init__(self, into: set[str]) -> None:
        """Put them there."""
        self._into = into
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self._into.update(_command_lines())


def _command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue  # it has ended


def run(home: Path, planted: Planted) -> Evidence:
    """Do all of it in a folder of its own."""
    evidence = Evidence(planted, home)
    with Vendor(planted) as vendor, Watching(evidence.command_lines):
        configure(home, planted, vendor.url)
        with ThreadPoolExecutor(len(SERVICES)) as pool:
            for where, variables in (("sandbox", SANDBOXED), ("live", {})):
                conversations = [pool.submit(converse, evidence, service, where, variables) for service in SERVICES]
                for each in conversations:
                    each.result()
        requirement = home / "prd.md"
        requirement.write_text(f"# {planted.text('title')}\n\n{planted.text('prd')}\n\n## Stories\n\n- One (3)\n")
        proposal = ["workflow", "run", "feature-proposal", "--input", f"prd={requirement}"]
        command(evidence, "proposal", [*proposal, "--sandbox"])
        command(evidence, "proposal live", [*proposal, "--live"], status=1)
        command(evidence, "status", ["workflow", "status", "--json"])
        command(evidence, "doctor", ["doctor", "--json"], status=1)
        command(evidence, "config", ["config", "--live"])
        command(evidence, "install", ["install", "claude-desktop", "--print"])
        command(evidence, "auth status", ["auth", "status"])
        command(evidence, "audit", ["audit", "--json", "--limit", "1000"])
        evidence.strangers, evidence.arrived = vendor.stranger.requests, vendor.vendor.requests
    return evidence


def configure(home: Path, planted: Planted, url: str) -> None:
    """The env files of usual accounts and of further ones, each way of signing in once."""
    key, connections = home / "snowflake_key.p8", home / "connections.toml"
    key.write_bytes(encrypted_key(planted))
    port = url.rpartition(":")[2]
    connections.write_text(
        f'[planted]\naccount = "o-a"\nuser = "{planted.address("snowflake")}"\n'
        f'password = "{planted.secret("password")}"\nhost = "127.0.0.1"\nport = {port}\nprotocol = "http"\n'
    )
    atlassian = {"TIMEOUT": "2", "ACCESS": "delete", "URL": url}
    app = {
        "CLIENT_ID": "planted-app",
        "CLIENT_SECRET": planted.secret("client"),
        "REFRESH_TOKEN": planted.secret("refresh"),
    }
    snowflake = {
        "ACCOUNT": "o-a",
        "USER": planted.address("snowflake"),
        "API_URL": url,
        "TIMEOUT": "3",
        "ACCESS": "delete",
    }
    slack = {"API_URL": url, "TIMEOUT": "2", "ACCESS": "delete"}
    accounts: dict[tuple[str, str], dict[str, str]] = {
        ("jira", ""): {**atlassian, "EMAIL": planted.address("jira"), "API_TOKEN": planted.secret("jira")},
        ("confluence", ""): {**atlassian, **app},
        ("confluence", "token"): {
            **atlassian,
            "EMAIL": planted.address("confluence"),
            "API_TOKEN": planted.secret("confluence"),
        },
        ("slack", ""): {**slack, "TOKEN": planted.secret("user", "xoxp-")},
        ("slack", "bot"): {**slack, "TOKEN": planted.secret("bot", "xoxb-")},
        ("snowflake", ""): {**snowflake, "TOKEN": planted.secret("pat")},
        ("snowflake", "key"): {
            **snowflake,
            "PRIVATE_KEY_FILE": str(key),
            "PRIVATE_KEY_PASSPHRASE": planted.secret("passphrase"),
        },
        ("snowflake", "password"): {
            "CONNECTION": "planted",
            "CONNECTIONS_FILE": str(connections),
            "TIMEOUT": "3",
            "ACCESS": "delete",
        },
    }
    assert tuple(accounts) == ACCOUNTS
    (home / "config").mkdir(mode=0o700)
    made = [key, connections]
    for (service, account), variables in accounts.items():
        path = env_file_of(service, account, {"MCP_SUITE_ENV_DIR": str(home / "config")})
        path.write_text("".join(f"{service.upper()}_{name}={value}\n" for name, value in variables.items()))
        made.append(path)
    for path in made:
        path.chmod(0o600)


def converse(evidence: Evidence, service: str, where: str, variables: dict[str, str]) -> None:
    """Call a server's tools with texts, addresses and secrets in the arguments."""
    variables = {f"{service.upper()}_{name}": value for name, value in variables.items()}
    server = StdioServer(
        f"{service}_mcp", environment(evidence.home, **variables), args=["--log-level", "DEBUG"], timeout=120
    )
    server.initialize()
    name = f"{service} {where}"
    for tool, arguments in calls_of(service, evidence.planted):
        text, is_error = server.call(tool, arguments)
        evidence.answers.append(Answer(name, f"{tool} {json.dumps(arguments)}", text, is_error))
    server.close()
    evidence.logs[name] = "\n".join([*server.errors, *server.noise])


def command(evidence: Evidence, name: str, arguments: Sequence[str], *, status: int = 0) -> None:
    """Run a command of mcp-suite to its end; the servers that it starts are processes."""
    done = CliRunner().invoke(app, list(arguments), env=environment(evidence.home, COLUMNS="200"))
    assert done.exit_code == status, f"{arguments} left with {done.exit_code}: {done.output} {done.exception!r}"
    evidence.printed[name] = done.output


def environment(home: Path, **variables: str) -> dict[str, str]:
    """A machine on which nothing else is configured; the packages of a sandbox are where this user has them."""
    packages = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv")
    found = {name: value for name, value in os.environ.items() if name.startswith("UV_")}
    return isolated_environment(home, {**found, "UV_CACHE_DIR": packages, **variables})
