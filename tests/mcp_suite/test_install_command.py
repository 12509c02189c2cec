"""`mcp-suite install`: servers into a client's configuration, and out again."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.errors import SuiteError
from mcp_suite.install import command, entries
from mcp_suite.install.clients import CLIENTS, ClientName
from mcp_suite.install.edit import Document
from mcp_suite.install.jsonc import JsonValue
from mcp_suite.servers import Script, find

from .installing import JIRA, SECTIONS, Pens, Suite, read, refused


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, without any client's variables."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    return folder


@pytest.fixture
def two_servers(pens: Pens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A distribution with jira-mcp and pens-mcp, both ready to run."""
    script, spec = pens
    jira = find("jira")
    known = {"jira": jira, "pens": script}

    def load(_: Script) -> ServerSpec[Any, Any]:
        return spec

    def executable(one: Script) -> Path:
        return tmp_path / one.name

    monkeypatch.setattr(command, "scripts", lambda: [jira, script])
    monkeypatch.setattr(command, "find", known.__getitem__)
    monkeypatch.setattr(command, "load", load)
    monkeypatch.setattr(client_config, "executable", executable)
    for one in (jira, script):
        executable(one).touch()
    return script


@pytest.mark.parametrize("client", list(CLIENTS))
def test_a_client_gets_the_absolute_command_of_the_installed_script(
    client: ClientName, suite: Suite, home: Path
) -> None:
    result = suite("install", client, "jira")
    assert result.exit_code == 0, result.output
    (path,) = [one for one in home.rglob("*.json") if one.is_file()]
    entry = read(path)[SECTIONS[client]]["jira"]
    assert entry["command"] == JIRA
    assert Path(entry["command"]).is_absolute()
    assert Path(entry["command"]).is_file()
    assert entry["args"] == []
    assert entry.get("type") == ("stdio" if client in ("claude-code", "vscode") else None)
    assert str(path) in result.stdout
    assert "jira added" in result.stdout
    assert f"Check the account: {JIRA} --check" in result.stdout
    assert CLIENTS[client].afterwards in result.stdout


def test_no_secret_of_the_environment_or_the_env_file_reaches_the_configuration(
    suite: Suite, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_API_TOKEN", "s3cret-of-the-environment")
    monkeypatch.setenv("JIRA_EMAIL", "ada@example.com")
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    (folder / ".env.jira").write_text("JIRA_API_TOKEN=s3cret-of-the-file\n")
    (folder / ".env.jira").chmod(0o600)
    suite("install", "claude-code", "jira", "--sandbox")
    entry = read(home / ".claude.json")["mcpServers"]["jira"]
    assert entry["env"] == {
        "MCP_SUITE_ENV_DIR": str(folder),
        "MCP_SUITE_STATE_DIR": str(tmp_path / "state"),
        "JIRA_SANDBOX": "1",
        "JIRA_ACCESS": "write",
    }
    printed = suite("install", "claude-code", "jira", "--print").output
    assert "s3cret" not in (home / ".claude.json").read_text() + printed
    assert "ada@" not in (home / ".claude.json").read_text() + printed


def test_the_folders_that_were_not_moved_are_not_written(
    suite: Suite, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MCP_SUITE_ENV_DIR")
    monkeypatch.delenv("MCP_SUITE_STATE_DIR")
    suite("install", "cursor", "jira", "--access", "write")
    assert read(home / ".cursor/mcp.json")["mcpServers"]["jira"]["env"] == {"JIRA_ACCESS": "write"}


def test_what_others_wrote_stays_byte_for_byte(suite: Suite, home: Path) -> None:
    path = home / ".config/Code/User/mcp.json"
    path.parent.mkdir(parents=True)
    before = (
        '// servers of mine\r\n{\r\n\t"inputs": [ ],\r\n\t"servers": {\r\n'
        '\t\t"github": {"url": "https://x.example/\\u00e9", "n": 1.0e3}, // remote\r\n'
        '\t},\r\n\t"extra" : {"b":1 , "a":[1,2 ]} /* odd */\r\n}\r\n'
    )
    path.write_bytes(before.encode())
    assert suite("install", "vscode", "jira").exit_code == 0
    after = path.read_bytes().decode()
    start, end = after.index('\r\n\t\t"jira"'), after.index('\r\n\t},\r\n\t"extra"')
    assert after[:start] + after[end:] == before
    assert suite("install", "vscode", "jira", "--uninstall").exit_code == 0
    assert path.read_bytes().decode() == before


def test_a_dated_backup_is_kept_and_named(suite: Suite, home: Path) -> None:
    path = home / ".claude.json"
    path.write_text('{"numStartups": 3}')
    told = suite("install", "claude-code", "jira").stdout
    (backup,) = home.glob(".claude.json.*.bak")
    assert backup.read_text() == '{"numStartups": 3}'
    assert f"The old one is kept: {backup}" in told
    assert read(path)["numStartups"] == 3
    assert not (home / ".claude.json.lock").exists()


def test_doing_it_again_changes_nothing(suite: Suite, home: Path) -> None:
    suite("install", "claude-desktop", "jira")
    path = home / ".config/Claude/claude_desktop_config.json"
    before = path.read_bytes(), path.stat().st_mtime_ns
    told = suite("install", "claude-desktop", "jira")
    assert "jira is there already" in told.stdout
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert len(list(path.parent.iterdir())) == 1


def test_an_entry_of_ours_is_brought_up_to_date_and_keeps_what_the_user_added(suite: Suite, home: Path) -> None:
    path = home / ".cursor/mcp.json"
    path.parent.mkdir()
    entry = {
        "command": "/old/place/jira-mcp",
        "args": ["--sandbox"],
        "env": {"HTTPS_PROXY": "http://proxy", "JIRA_SANDBOX": "1", "JIRA_ACCESS": "write"},
        "disabled": False,
    }
    path.write_text(json.dumps({"mcpServers": {"jira": entry}}, indent=4))
    told = suite("install", "cursor", "jira", "--access", "delete").stdout
    now = read(path)["mcpServers"]["jira"]
    assert "jira brought up to date" in told
    assert now["command"] == JIRA
    assert now["args"] == []
    assert now["disabled"] is False
    assert now["env"]["HTTPS_PROXY"] == "http://proxy"
    assert now["env"]["JIRA_ACCESS"] == "delete"
    assert "JIRA_SANDBOX" not in now["env"]


@pytest.mark.parametrize("env", [None, 5, []])
def test_an_entry_with_a_wrong_environment_is_mended(env: JsonValue, suite: Suite, home: Path) -> None:
    path = home / ".cursor/mcp.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"mcpServers": {"jira": {"command": "jira-mcp", "env": env}}}))
    assert suite("install", "cursor", "jira", "--access", "read").exit_code == 0
    assert read(path)["mcpServers"]["jira"]["env"]["JIRA_ACCESS"] == "read"


def test_another_server_of_that_name_is_left_alone(suite: Suite, home: Path) -> None:
    path = home / ".cursor/mcp.json"
    path.parent.mkdir()
    text = '{"mcpServers": {"jira": {"command": "npx", "args": ["-y", "jira-mcp"]}}}'
    path.write_text(text)
    told = refused(suite("install", "cursor", "jira"))
    assert "there is already a server 'jira' that is not jira-mcp" in told
    assert str(path) in told
    assert "jira is another server of that name; left alone" in suite("install", "cursor", "jira", "--uninstall").stdout
    assert path.read_text() == text


@pytest.mark.parametrize("broken", [7, None, {}, {"command": 5, "args": ["x"]}])
def test_an_entry_that_starts_nothing_is_written_anew(broken: JsonValue, suite: Suite, home: Path) -> None:
    path = home / ".cursor/mcp.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"mcpServers": {"jira": broken, "b": {"url": "https://b.example"}}}))
    assert "jira brought up to date" in suite("install", "cursor", "jira").stdout
    assert read(path)["mcpServers"]["jira"]["command"] == JIRA
    assert read(path)["mcpServers"]["b"] == {"url": "https://b.example"}


@pytest.mark.parametrize(
    ("entry", "is_ours"),
    [
        ({"command": "/x/bin/jira-mcp"}, True),
        ({"command": "C:\\x\\Scripts\\JIRA-MCP.EXE"}, True),
        ({"command": "jira-mcp", "args": None}, True),
        ({"command": "uv", "args": ["run", "--directory", "/x", "jira-mcp"]}, True),
        ({"command": "uvx", "args": ["--from", "mcp-integration-suite[jira]", "jira-mcp"]}, True),
        ({"command": "/x/python3.12", "args": ["-m", "jira_mcp"]}, True),
        ({"command": "mcp-suite", "args": ["run", "jira"]}, True),
        ({"command": "mcp-suite", "args": ["run", "slack"]}, False),
        ({"command": "uv", "args": ["tool", "upgrade", "jira-mcp"]}, False),
        ({"command": "uvx", "args": ["jira-mcp"]}, False),
        ({"command": "npx", "args": ["-y", "jira-mcp"]}, False),
        ({"command": "docker", "args": ["run", "example.com/jira-mcp"]}, False),
        ({"url": "https://jira.example"}, False),
        ({"command": 5}, False),
        ("jira-mcp", False),
    ],
)
def test_an_entry_is_ours_by_what_it_starts(entry: JsonValue, is_ours: bool) -> None:
    assert entries.starts(Script("jira-mcp", "jira_mcp"), entry) is is_ours


def test_several_servers_are_put_in_at_once(suite: Suite, home: Path, two_servers: Script) -> None:
    path = home / ".claude.json"
    assert suite("install", "claude-code", "pens", "jira", "jira").exit_code == 0
    assert list(read(path)["mcpServers"]) == ["pens", "jira"]
    assert suite("install", "claude-code", "pens", "--uninstall").exit_code == 0
    assert list(read(path)["mcpServers"]) == ["jira"]
    assert suite("install", "claude-code").exit_code == 0
    assert list(read(path)["mcpServers"]) == ["jira", "pens"]


def test_without_a_name_every_entry_of_ours_is_taken_out_under_whatever_name(
    suite: Suite, home: Path, two_servers: Script
) -> None:
    path = home / ".claude.json"
    suite("install", "claude-code")
    value = read(path)
    value["mcpServers"]["work"] = {"command": "/elsewhere/jira-mcp"}
    value["mcpServers"]["theirs"] = {"command": "/elsewhere/theirs"}
    path.write_text(json.dumps(value))
    told = suite("install", "claude-code", "--uninstall").stdout
    assert read(path)["mcpServers"] == {"theirs": {"command": "/elsewhere/theirs"}}
    assert "work removed" in told
    assert "none of its servers is of this suite" in suite("install", "claude-code", "--uninstall").stdout


def test_a_server_that_is_not_ready_is_left_out_and_refused_by_name(
    suite: Suite, home: Path, two_servers: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(script: Script, spec: object) -> str:
        return "ink is not installed." if script == two_servers else ""

    monkeypatch.setattr(command, "lacking", lacking)
    result = suite("install", "claude-code")
    assert list(read(home / ".claude.json")["mcpServers"]) == ["jira"]
    assert "pens is left out: ink is not installed." in result.stderr
    assert refused(suite("install", "claude-code", "pens")) == "ink is not installed."
    monkeypatch.setattr(command, "scripts", lambda: [two_servers])
    assert "No server is ready to run here" in refused(suite("install", "claude-code"))


def test_a_server_that_cannot_be_loaded_is_left_out(
    suite: Suite, two_servers: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(script: Script) -> object:
        raise SuiteError(f"{script.name} cannot be loaded")

    monkeypatch.setattr(command, "load", load)
    assert refused(suite("install", "claude-code", "pens")) == "pens-mcp cannot be loaded"


def test_a_script_that_was_moved_is_told(suite: Suite, home: Path, two_servers: Script, tmp_path: Path) -> None:
    (tmp_path / "pens-mcp").unlink()
    assert "does not exist; install the package again" in refused(suite("install", "claude-code", "pens"))
    assert not (home / ".claude.json").exists()


def test_a_script_of_the_users_own_installation_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def folder(name: str, scheme: str = "") -> str:
        return str(tmp_path / ("own" if scheme else "system"))

    monkeypatch.setattr("sysconfig.get_path", folder)
    script = Script("pens-mcp", "pens_mcp")
    assert client_config.executable(script) == tmp_path / "system" / "pens-mcp"
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pens-mcp").touch()
    assert client_config.executable(script) == tmp_path / "own" / "pens-mcp"


def test_an_environment_of_uvx_is_warned_about(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/home/ada/.cache/uv/archive-v0/abc")
    assert "is temporary; install for good first" in suite("install", "claude-code", "jira", "--print").stderr


@pytest.mark.parametrize("client", ["claude-desktop", "claude-code"])
def test_a_malformed_configuration_is_refused_with_its_place(client: ClientName, suite: Suite, home: Path) -> None:
    path = home / (".claude.json" if client == "claude-code" else ".config/Claude/claude_desktop_config.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{\n  "mcpServers": {},\n}')
    told = refused(suite("install", client, "jira"))
    assert told == (
        f"{path}, line 2, column 19: a comma stands before the closing bracket. "
        "Nothing was changed; correct it or use --print."
    )
    assert path.read_text() == '{\n  "mcpServers": {},\n}'
    assert [one for one in path.parent.iterdir() if one.is_file()] == [path]


@pytest.mark.parametrize("written", ["", "1"])
def test_an_edit_that_would_go_wrong_is_not_written(
    written: str, suite: Suite, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / ".claude.json"
    path.write_text('{"a": 1}')

    def wrong(self: Document, value: JsonValue) -> str:
        return written

    monkeypatch.setattr(Document, "_compact", wrong)
    assert "cannot be changed safely" in refused(suite("install", "claude-code", "jira"))
    assert path.read_text() == '{"a": 1}'


def test_printing_changes_nothing_and_gives_json_to_paste(suite: Suite, home: Path) -> None:
    result = suite("install", "vscode", "jira", "--print", "--sandbox")
    assert list(json.loads(result.stdout)) == ["servers"]
    assert json.loads(result.stdout)["servers"]["jira"]["command"] == JIRA
    assert f"For {home / '.config/Code/User/mcp.json'} (sandbox, access write):" in result.stderr
    assert list(home.iterdir()) == []


def test_another_file_can_be_named(suite: Suite, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "mine.json"
    assert suite("install", "cursor", "jira", "--config-file", str(path)).exit_code == 0
    assert "jira" in read(path)["mcpServers"]
    assert suite("install", "cursor", "jira", "--uninstall", "--config-file", str(path)).exit_code == 0
    assert read(path) == {"mcpServers": {}}
    assert list(home.iterdir()) == []


def test_a_client_that_seems_not_to_be_installed_is_told(suite: Suite, home: Path) -> None:
    result = suite("install", "cursor", "jira")
    assert f"{home / '.cursor'} did not exist and was made; is Cursor installed?" in result.stderr


def test_uninstalling_where_nothing_is_changes_nothing(suite: Suite, home: Path) -> None:
    result = suite("install", "claude-code", "--uninstall")
    assert result.exit_code == 0
    assert "does not exist" in result.stdout
    (home / ".claude.json").write_text("{}")
    assert "jira was not there" in suite("install", "claude-code", "jira", "--uninstall").stdout
    assert (home / ".claude.json").read_text() == "{}"


@pytest.mark.parametrize("other", ["--print", "--sandbox", "--access=read"])
def test_uninstalling_goes_with_no_other_wish(other: str, suite: Suite) -> None:
    result = suite("install", "cursor", "--uninstall", other)
    assert isinstance(result.exception, SuiteError)
    assert result.exception.status == 2


def test_an_account_by_name_has_an_entry_of_its_own(suite: Suite, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / ".env.jira.work").touch(mode=0o600)
    assert suite("install", "claude-code", "jira").exit_code == 0
    result = suite("install", "claude-code", "jira", "--account", "work")
    assert "jira-work added" in result.stdout
    assert "Servers use: account work, access as the env file says, else read" in result.stdout
    assert f"Check the account: {JIRA} --account work --check" in result.stdout
    assert "There is no account" not in result.stderr
    entries = read(home / ".claude.json")["mcpServers"]
    assert {name: entry["args"] for name, entry in entries.items()} == {"jira": [], "jira-work": ["--account", "work"]}
    assert suite("install", "claude-code", "--uninstall", "--account", "work").exit_code == 0
    assert list(read(home / ".claude.json")["mcpServers"]) == ["jira"]


def test_an_account_that_is_not_there_yet_is_told_with_the_command_to_log_in(suite: Suite, home: Path) -> None:
    result = suite("install", "claude-code", "jira", "--account", "work")
    assert result.exit_code == 0
    assert "There is no account work of jira yet; run: mcp-suite auth login jira --account work" in result.stderr


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("install", "cursor", "jira", "--account", "A/B"), "is no name of an account"),
        (("install", "cursor", "jira", "--account", "work", "--sandbox"), "--account goes with --live"),
        (("config", "jira", "--live", "--account", "A/B"), "is no name of an account"),
        (("config", "jira", "--account", "work"), "--account goes with --live"),
    ],
)
def test_an_account_that_cannot_be_meant_is_refused(
    command: tuple[str, ...], told: str, suite: Suite, home: Path
) -> None:
    assert told in refused(suite(*command))
    assert list(home.iterdir()) == []


def test_an_unknown_client_or_server_is_named(suite: Suite) -> None:
    assert suite("install", "netscape").exit_code == 2
    assert "There is no server 'nosuch'" in refused(suite("install", "cursor", "nosuch"))
