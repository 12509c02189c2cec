"""A newcomer's first hour: an empty home, a text terminal, no keyring, and everything that can go wrong.

The vendor is played on this machine; nothing of the newcomer's is patched, only what is typed and what is broken.
"""

import json
import os
import re
import shutil
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
from typing import Any, cast

import httpx2
import pytest

from connector_kit.access import Access
from connector_kit.oauth.profiles import JIRA, JIRA_GRANULAR, OAuthProfile
from connector_kit.testing.stdio import StdioServer
from jira_mcp import sandbox
from mcp_suite.sandbox import HOST, listen, with_oauth
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET, sandbox_authorizations
from mcp_suite.servers import find

pytestmark = [
    pytest.mark.stdio,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals and no signals of this kind"),
]
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
            [*_script(command)], env=self.env, cwd=self.home, input=given, capture_output=True, text=True, timeout=120
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


@pytest.fixture(scope="module")
def open_vendor(tmp_path_factory: pytest.TempPathFactory) -> Generator[Vendor]:
    """The vendor, on a port of its own."""
    with Vendor(tmp_path_factory.mktemp("vendor") / "jira.sqlite3").open() as vendor:
        yield vendor


@pytest.fixture
def vendor(open_vendor: Vendor) -> Vendor:
    """The vendor, whose clock is right and whose tokens live an hour."""
    open_vendor.reset()
    return open_vendor


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """Somebody who has nothing yet."""
    home = tmp_path / "home"
    home.mkdir()
    return Newcomer(home)


@pytest.fixture(scope="module")
def home_with_token(open_vendor: Vendor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of somebody who has logged in with an API token."""
    home = tmp_path_factory.mktemp("home")
    login = ("mcp-suite", "auth", "login", "jira", "--url", open_vendor.url, "--email", sandbox.SANDBOX_EMAIL)
    Newcomer(home).run(*login, "--token-stdin", "--yes", given=f"{sandbox.SANDBOX_TOKEN}\n")
    return home


@pytest.fixture
def with_token(newcomer: Newcomer, vendor: Vendor, home_with_token: Path) -> Newcomer:
    """Somebody who has logged in with an API token."""
    shutil.copytree(home_with_token, newcomer.home, dirs_exist_ok=True)
    return newcomer


@pytest.fixture
def with_login(newcomer: Newcomer, vendor: Vendor) -> Newcomer:
    """Somebody who has logged in with OAuth, by a script, for reading."""
    log_in_by_script(newcomer, vendor.url)
    return newcomer


def log_in_by_script(person: Newcomer, url: str, *more: str) -> str:
    """Log in with OAuth without a terminal; answers what was printed."""
    redirect = f"http://localhost:{free_port()}/callback"
    login = ("mcp-suite", "auth", "login", "jira", "--oauth", "--url", url, "--client-id", CLIENT_ID, "--secret-stdin")
    command = _script([*login, "--redirect-uri", redirect, "--no-browser", "--yes", *more])
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
    guide = Path(__file__).parents[2] / "setup_guides" / "jira.md"
    blocks = re.findall(r"(?:(?:^ {4,}.*)?\n)+", guide.read_text(encoding="utf-8"), re.MULTILINE)
    block = next(block for block in blocks if known_by in block)
    block = block.replace("http://127.0.0.1:8766", url).replace("/path/to/mcp-integration-suite/.venv/bin", str(BIN))
    lines = [line.strip() for line in block.splitlines() if not re.match(r" +(uv run|claude) ", line)]
    parts = [part.strip() for line in lines for part in line.split("…") if part.strip()]
    # The guide shows Linux; elsewhere the configuration folder has another name.
    return [part for part in parts if sys.platform == "linux" or "/.config/" not in part]


def _script(command: Sequence[str]) -> list[str]:
    """A command, with the script of this very environment."""
    return [str(BIN / command[0]) if (BIN / command[0]).exists() else command[0], *command[1:]]


# The way in


def test_a_newcomer_with_an_api_token_is_connected_in_one_command(newcomer: Newcomer, vendor: Vendor) -> None:
    from connector_kit.testing.terminal import Terminal

    with Terminal(_script(["mcp-suite", "auth", "login", "jira"]), newcomer.env, cwd=newcomer.home) as terminal:
        terminal.expect(r"1 or 2 \[1\]: ")
        terminal.type("1")
        terminal.expect("Site: ")
        terminal.type("127.0.0.1 or so")
        terminal.expect("Site: ")
        terminal.type(vendor.url)
        terminal.expect("E-mail: ")
        terminal.type(sandbox.SANDBOX_EMAIL)
        terminal.expect(r"as you paste it\): ")
        terminal.type("not the token")
        terminal.expect(r"as you paste it\): ")
        terminal.type("sandbox-token-wrong")
        terminal.expect("That did not work: ")
        for _ in ("site", "e-mail"):
            terminal.expect(r"\[.+\]: ")
            terminal.type("")
        terminal.expect(r"as you paste it\): ")
        terminal.type(sandbox.SANDBOX_TOKEN)
        terminal.expect("signed in to PM OS sandbox at .* as Human PM")
        terminal.expect(r"Other users of this machine cannot read it(.|\n)*\[y/N\]: ")
        terminal.type("y")
        assert terminal.ended() == 0, terminal.shown
    assert not [part for part in guide_shows("Two ways to log in", vendor.url) if part not in terminal.shown]
    assert sandbox.SANDBOX_TOKEN not in terminal.shown
    assert "sandbox-token-wrong" not in terminal.shown
    assert sandbox.SANDBOX_TOKEN not in newcomer.env_file.read_text()
    told = newcomer.run("mcp-suite", "auth", "status", "jira")
    assert f"{vendor.url}" in told or "127.0.0.1" in told
    assert "logged in" in told
    assert not troubles(newcomer.doctor(status=0))
    [line] = guide_shows("Human PM; access: read")
    assert line in newcomer.run("jira-mcp", "--check")


def test_a_newcomer_with_oauth_is_connected_by_agreeing_in_the_browser(newcomer: Newcomer, vendor: Vendor) -> None:
    from connector_kit.testing.terminal import Terminal

    redirect = f"http://localhost:{free_port()}/callback"
    command = ["mcp-suite", "auth", "login", "jira", "--no-browser", "--url", vendor.url, "--redirect-uri", redirect]
    with Terminal(_script(command), newcomer.env, cwd=newcomer.home) as terminal:
        assert redirect in terminal.expect(r"Callback URL, exactly this:\s+(\S+)")[1]
        terminal.expect("Client ID: ")
        terminal.type(CLIENT_ID)
        terminal.expect(r"as you paste it\): ")
        terminal.type(CLIENT_SECRET)
        terminal.expect(r"\[y/N\]: ")
        terminal.type("y")
        url = terminal.expect(rf"{vendor.url}/authorize\?\S+")[0]
        assert "You are logged in to Atlassian" in agree(url)
        assert terminal.ended() == 0, terminal.shown
    assert not [part for part in guide_shows("Open this address", vendor.url) if part not in terminal.shown]
    assert CLIENT_SECRET not in terminal.shown
    told = newcomer.run("mcp-suite", "auth", "status", "jira")
    for part in ("logged in", CLIENT_ID, vendor.url, "read:jira-work", "a private file"):
        assert part in told
    assert not troubles(newcomer.doctor(status=0))
    assert "as Human PM" in newcomer.run("jira-mcp", "--check")


def test_more_access_is_one_more_login_with_the_same_app(with_login: Newcomer, vendor: Vendor) -> None:
    told = with_login.run("jira-mcp", "--check")
    assert told.endswith("access: read\n")
    log_in_by_script(with_login, vendor.url, "--access", "write")
    assert with_login.run("jira-mcp", "--check").endswith("access: write\n")
    assert not troubles(with_login.doctor(status=0))


def test_two_accounts_have_a_login_each(with_token: Newcomer, vendor: Vendor) -> None:
    log_in_by_script(with_token, vendor.url, "--account", "work")
    assert "as Human PM" in with_token.run("jira-mcp", "--check")
    assert "as Human PM" in with_token.run("jira-mcp", "--account", "work", "--check")
    with_token.run("mcp-suite", "auth", "logout", "jira")
    with_token.run("jira-mcp", "--check", status=2)
    assert "as Human PM" in with_token.run("jira-mcp", "--account", "work", "--check")


def test_what_was_never_set_up_is_not_called_half_done(newcomer: Newcomer) -> None:
    states = json.loads(newcomer.run("mcp-suite", "auth", "status", "--json"))
    assert {one["state"] for one in states} == {"not logged in"}


def test_logging_out_leaves_no_secret_behind(with_login: Newcomer) -> None:
    told = with_login.run("mcp-suite", "auth", "logout", "jira")
    assert "Forgotten:" in told
    with_login.run("mcp-suite", "auth", "status", "jira", status=1)
    with_login.run("jira-mcp", "--check", status=2)
    left = [path for path in with_login.home.rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix == ".credential"]
    assert not [path for path in left if CLIENT_SECRET in path.read_text(errors="replace")]


@pytest.mark.skipif(shutil.which("claude") is None, reason="Claude Code is not installed here")
def test_claude_code_connects_after_install(with_token: Newcomer) -> None:
    told = with_token.run("mcp-suite", "install", "claude-code", "jira")
    assert not [part for part in guide_shows("jira added") if part not in told]
    quiet = Newcomer(with_token.home, {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"})
    assert re.search(r"jira: \S+/jira-mcp +- ✔ Connected", quiet.run("claude", "mcp", "list"))
    started = [one for one in with_token.doctor(status=0) if one["check"] in ("entry", "start")]
    assert [(one["subject"], one["state"]) for one in started] == [("Claude Code", "ok")] * 2


# What can go wrong: each is named, with its fix


def test_a_wrong_address_is_named(with_token: Newcomer, vendor: Vendor) -> None:
    with_token.change(vendor.url, CLOSED)
    found = the_trouble([one for one in with_token.doctor(status=1) if one["check"] != "settings"])
    assert (found["check"], "takes no connections" in found["told"]) == ("network", True)
    assert "JIRA_URL=" in found["fix"]
    assert str(with_token.env_file) in found["fix"]
    told = " ".join(with_token.run("mcp-suite", "doctor", "jira", status=1).split())
    assert not [part for part in guide_shows("takes no connections") if " ".join(part.split()) not in told]


def test_a_wrong_token_is_told_from_trouble_on_the_way(with_token: Newcomer) -> None:
    text = with_token.env_file.read_text()
    with_token.env_file.write_text(f"{text}JIRA_API_TOKEN=sandbox-token-wrong\n")
    findings = with_token.doctor(status=1)
    assert the_trouble(findings)["check"] == "credential"
    assert "mcp-suite auth login jira" in the_trouble(findings)["fix"]
    assert [one["state"] for one in findings if one["check"] == "network"] == ["ok"]


def test_an_env_file_that_others_may_read_is_named(with_token: Newcomer) -> None:
    with_token.env_file.chmod(0o644)
    found = troubles(with_token.doctor(status=1))["jira env file"]
    assert f"chmod 600 {with_token.env_file}" in found["fix"]
    assert "mode 0644" in with_token.run("jira-mcp", "--check", status=2)


def test_a_placeholder_that_nobody_replaced_is_named(with_token: Newcomer) -> None:
    text = with_token.env_file.read_text()
    with_token.env_file.write_text(text + "JIRA_API_TOKEN=${JIRA_API_TOKEN}\n")
    found = the_trouble(with_token.doctor(status=1))
    assert "JIRA_API_TOKEN" in found["told"]
    assert "placeholder" in found["told"]
    assert "line" in found["fix"]


def test_a_machine_without_a_keyring_is_told_what_that_means(with_token: Newcomer) -> None:
    [found] = [one for one in with_token.doctor(status=0) if one["check"] == "keyring"]
    assert (found["state"], "private files" in found["told"]) == ("warn", True)
    assert "MCP_SUITE_KEYRING=off" in found["fix"]


def test_an_access_token_that_expired_is_renewed_and_nobody_is_bothered(newcomer: Newcomer, vendor: Vendor) -> None:
    vendor.authorizations.lifetime = 1.0
    log_in_by_script(newcomer, vendor.url)
    before = vendor.authorizations.count("refreshed")
    time.sleep(1.0)
    assert "as Human PM" in newcomer.run("jira-mcp", "--check")
    assert vendor.authorizations.count("refreshed") > before
    assert not troubles(newcomer.doctor(status=0))


def test_a_login_that_was_revoked_is_named_with_the_command(newcomer: Newcomer, vendor: Vendor) -> None:
    vendor.authorizations.lifetime = 1.0
    log_in_by_script(newcomer, vendor.url)
    vendor.authorizations.revoke_all()
    time.sleep(1.0)
    found = troubles(newcomer.doctor(status=1))
    assert found
    assert all("mcp-suite auth login jira" in one["fix"] for one in found.values()), found
    told = newcomer.run("jira-mcp", "--check", status=1)
    assert "expired, was revoked or replaced" in told
    assert "mcp-suite auth login jira" in told


def test_a_scope_that_the_login_lacks_is_named_with_the_command(with_login: Newcomer) -> None:
    with_login.env_file.write_text(with_login.env_file.read_text() + "JIRA_ACCESS=write\n")
    found = the_trouble(with_login.doctor(status=1))
    assert "write:jira-work" in found["told"]
    assert re.search("mcp-suite auth login jira .*--access write", found["fix"])


def test_a_tool_says_which_scope_it_lacks_before_it_sends_anything(with_login: Newcomer) -> None:
    env = {**with_login.env, "JIRA_ACCESS": "write"}
    with StdioServer("jira_mcp", env) as server:
        server.initialize()
        told, failed = server.call("jira_add_comment", {"key": "PMOS-1", "body": "Hello."})
    assert failed
    assert "write:jira-work" in told
    assert "mcp-suite auth login jira --access write" in told


def test_a_clock_that_is_two_hours_off_is_named(with_token: Newcomer, vendor: Vendor) -> None:
    vendor.ahead = timedelta(hours=2)
    found = the_trouble(with_token.doctor(status=1))
    assert found["check"] == "clock"
    assert re.search("(1 h 59|2 h 0) min behind", found["told"])


def test_a_login_outlives_a_clock_that_is_two_hours_off(newcomer: Newcomer, vendor: Vendor) -> None:
    vendor.ahead = timedelta(hours=-2)
    vendor.authorizations.clock = lambda: time.time() - 7200
    vendor.authorizations.lifetime = 1.0
    log_in_by_script(newcomer, vendor.url)
    time.sleep(1.0)
    assert "as Human PM" in newcomer.run("jira-mcp", "--check")


def test_a_proxy_that_is_down_is_named(with_token: Newcomer, vendor: Vendor) -> None:
    # This machine is never reached through a proxy, so the site has to be elsewhere.
    with_token.change(vendor.url, "https://example.atlassian.net")
    text = with_token.env_file.read_text()
    with_token.env_file.write_text(f"{text}JIRA_API_TOKEN=sandbox-token-human-pm\n")
    found = the_trouble(with_token.doctor(status=1, HTTPS_PROXY=CLOSED))
    assert "the proxy 127.0.0.1:1 (HTTPS_PROXY) is down" in found["told"]
    assert "HTTPS_PROXY" in found["fix"]


def test_a_broken_client_configuration_is_named_with_its_position(with_token: Newcomer) -> None:
    with_token.run("mcp-suite", "install", "claude-code", "jira")
    path = with_token.home / ".claude.json"
    path.write_text(path.read_text().replace('"command":', '"command"', 1))
    found = the_trouble(with_token.doctor(status=1))
    assert (found["subject"], str(path) in found["told"]) == ("Claude Code", True)
    assert re.search(r"line \d+", found["told"] + found["fix"])
    assert "line" in with_token.run("mcp-suite", "install", "claude-code", "jira", status=1)


def test_a_script_that_was_moved_is_named(with_token: Newcomer) -> None:
    with_token.run("mcp-suite", "install", "claude-code", "jira")
    path = with_token.home / ".claude.json"
    entries = cast("dict[str, Any]", json.loads(path.read_text()))
    entries["mcpServers"]["jira"]["command"] = str(with_token.home / "moved" / "jira-mcp")
    path.write_text(json.dumps(entries))
    found = the_trouble(with_token.doctor(status=1))
    assert str(with_token.home / "moved" / "jira-mcp") in found["told"]
    assert "mcp-suite install claude-code jira" in found["fix"]
    with_token.run("mcp-suite", "install", "claude-code", "jira")
    assert not troubles(with_token.doctor(status=0))


# With what a login asks for, every tool works: the gateway judges each request by the vendor's own description


@pytest.mark.parametrize("profile", [JIRA, JIRA_GRANULAR], ids=["classic", "granular"])
def test_every_tool_works_with_the_scopes_that_a_login_asks_for(
    newcomer: Newcomer, vendor: Vendor, profile: OAuthProfile
) -> None:
    def called(server: StdioServer, name: str, /, **arguments: Any) -> str:
        names.discard(name)
        told, failed = server.call(name, arguments)
        assert not failed, f"{name}: {told}"
        return told

    with app_server(newcomer, vendor, profile, Access.DELETE) as server:
        server.initialize()
        names = {tool["name"] for tool in server.tools()}
        called(server, "jira_search_issues", project="PMOS", assignee="me", sprint="open", limit=2)
        called(server, "jira_search_issues", project="PMOS", count_only=True)
        everything = ["comments", "worklogs", "children", "changes", "transitions", "all_fields"]
        called(server, "jira_get_issue", key="PMOS-12", include=everything)
        called(server, "jira_list_projects")
        called(server, "jira_list_issue_types", project="PMOS")
        called(server, "jira_list_fields", project="PMOS", type="Task")
        called(server, "jira_search_users", query="alex", project="PMOS")
        called(server, "jira_search_users", query="alex")
        fields = {"priority": "High", "labels": ["a"]}
        told = called(
            server, "jira_create_issue", project="PMOS", type="Task", summary="A", assignee="me", fields=fields
        )
        made = re.search(r"PMOS-\d+", told)
        assert made
        called(server, "jira_create_issues", project="PMOS", issues=[{"type": "Task", "summary": "B"}])
        called(server, "jira_update_issue", key=made[0], fields={"summary": "C", "labels": {"add": ["b"]}})
        called(server, "jira_transition_issue", key=made[0], status="In Progress", comment="Begun.")
        said = re.search(r"comment (\d+)", called(server, "jira_add_comment", key=made[0], body="Hello."))
        assert said
        called(server, "jira_update_comment", key=made[0], comment_id=said[1], body="Hello again.")
        assert "Hello again." in called(server, "jira_list_comments", key=made[0])
        called(server, "jira_delete_comment", key=made[0], comment_id=said[1], confirm=True)
        called(server, "jira_add_attachment", key=made[0], name="notes.md", text="Noted.")
        assert "Noted." in called(server, "jira_get_attachment", key=made[0], attachment="notes.md")
        called(server, "jira_delete_attachment", key=made[0], attachment="notes.md", confirm=True)
        called(server, "jira_add_link", from_key=made[0], relation="blocks", to_key="PMOS-12")
        called(server, "jira_delete_issue", key=made[0], confirm=True)
        assert not names


@contextmanager
def app_server(person: Newcomer, vendor: Vendor, profile: OAuthProfile, access: Access) -> Generator[StdioServer]:
    """A server that got its login by variables, as in a container."""
    granted = vendor.authorizations.grant(*profile.scopes_for(access))
    login = {"JIRA_CLOUD_URL": vendor.url, "JIRA_CLIENT_ID": CLIENT_ID, "JIRA_CLIENT_SECRET": CLIENT_SECRET}
    given = {"JIRA_REFRESH_TOKEN": granted.refresh_token or "", "MCP_SUITE_KEYRING": "off"}
    with StdioServer("jira_mcp", {**person.env, **login, **given, "JIRA_ACCESS": access.value}) as server:
        yield server
