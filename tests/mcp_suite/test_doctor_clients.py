"""What clients are told about our servers: each entry that would not work is named with its fix."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jira_mcp.server import SERVER
from mcp_suite import client_config
from mcp_suite.doctor.client_entries import Clients, check_clients
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.install.clients import CLIENTS, ClientName, Machine
from mcp_suite.servers import Script, find

JIRA = find("jira")
COMMAND = str(client_config.executable(JIRA))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A Linux machine whose user's home is a folder of the test's, with settings in the usual place."""
    for name in ("MCP_SUITE_ENV_DIR", "MCP_SUITE_STATE_DIR"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Machine("linux", {}, tmp_path)


@pytest.fixture
def examined(machine: Machine) -> Callable[..., Clients]:
    """What is found when a client's file holds this entry for jira, or this text."""

    def write(entry: object = None, *, client: ClientName = "cursor", name: str = "jira", text: str = "") -> Clients:
        path = CLIENTS[client].locate(machine)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or json.dumps({CLIENTS[client].section: {name: entry}}))
        return check_clients({JIRA: SERVER}, machine)

    return write


def entry(command: str = COMMAND, **more: object) -> dict[str, object]:
    return {"command": command, "args": [], "env": {}, **more}


def failure(found: Clients) -> Finding:
    [failed] = [finding for finding in found.findings if finding.state is State.FAIL]
    assert failed.fix
    return failed


def test_a_machine_without_clients_is_told_how_to_connect_one(machine: Machine) -> None:
    [found] = check_clients({JIRA: SERVER}, machine).findings
    assert (found.state, found.fix) == (
        State.SKIP,
        "Run: mcp-suite install claude-desktop jira (or claude-code, cursor, vscode)",
    )


@pytest.mark.parametrize("client", list(CLIENTS))
def test_a_good_entry_is_well_in_every_client_and_can_be_started(
    client: ClientName, examined: Callable[..., Clients]
) -> None:
    found = examined(entry(env={"JIRA_SANDBOX": "1"}), client=client)
    assert [(finding.state, finding.subject) for finding in found.findings] == [(State.OK, CLIENTS[client].title)]
    [launch] = found.launches
    assert (launch.command, launch.env) == ((COMMAND,), {"JIRA_SANDBOX": "1"})


def test_other_peoples_servers_are_left_alone(examined: Callable[..., Clients]) -> None:
    text = json.dumps({"mcpServers": {"other": {"command": "npx", "env": {"TOKEN": "x" * 20}}, "odd": 7}})
    [found] = examined(text=text).findings
    assert found.state is State.SKIP


def test_a_remote_server_of_the_same_name_is_left_alone(examined: Callable[..., Clients]) -> None:
    [found] = examined({"url": "https://mcp.example.com"}).findings
    assert found.state is State.SKIP


def test_malformed_json_is_told_with_its_position(examined: Callable[..., Clients]) -> None:
    found = failure(examined(text='{\n  "mcpServers": {\n    "jira": {"command": "x"}\n    "b": {}\n  }\n}'))
    assert "line 4, column 5" in found.told
    assert "mcp.json at line 4, column 5" in found.fix
    assert found.subject == "Cursor"


def test_a_file_in_another_encoding_is_told(examined: Callable[..., Clients], machine: Machine) -> None:
    examined(entry())
    CLIENTS["cursor"].locate(machine).write_bytes(b'{"mcpServers": "\xff"}')
    found = failure(check_clients({JIRA: SERVER}, machine))
    assert "is not UTF-8" in found.told


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (entry("/no/such/place/jira-mcp"), "does not exist: it was moved or uninstalled"),
        (entry("jira-mcp"), "no absolute path"),
        (entry("uv", args=["run", "jira-mcp"]), "no absolute path"),
        (7, "is not an object"),
        ({}, "names no command"),
        ({"command": ["jira-mcp"], "args": ["jira-mcp"]}, "names no command"),
        (entry(args=[1]), "names no command"),
        (entry(args="jira-mcp"), "names no command"),
        (entry(env=[]), '"env" is not an object of texts'),
        (entry(env={"JIRA_SANDBOX": 1}), '"env" is not an object of texts'),
    ],
)
def test_an_entry_that_cannot_start_is_written_anew_by_command(
    broken: object, told: str, examined: Callable[..., Clients]
) -> None:
    found = failure(examined(broken))
    assert told in found.told
    assert '"jira" in ' in found.told
    assert found.fix == "Run: mcp-suite install cursor jira"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission")
def test_a_script_that_cannot_be_executed_is_told(tmp_path: Path, examined: Callable[..., Clients]) -> None:
    script = tmp_path / "jira-mcp"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o644)
    assert failure(examined(entry(str(script)))).fix == f"Run: chmod +x {script}"


def test_a_secret_in_the_file_is_named_and_never_shown(examined: Callable[..., Clients]) -> None:
    found = failure(examined(entry(env={"JIRA_API_TOKEN": "hunter2-hunter2"}, args=["--api-token=swordfish"])))
    assert found.check == "secrets"
    assert "JIRA_API_TOKEN, --api-token" in found.told
    assert ".env.jira" in found.fix
    assert "hunter2" not in str(found)
    assert "swordfish" not in str(found)


def test_a_reference_is_no_secret_but_claude_desktop_does_not_replace_it(examined: Callable[..., Clients]) -> None:
    reference = entry(env={"JIRA_API_TOKEN": "${JIRA_API_TOKEN}"})
    assert [finding.state for finding in examined(reference, client="claude-code").findings] == [State.OK]
    found = failure(examined(reference, client="claude-desktop"))
    assert "${…} in JIRA_API_TOKEN, which Claude Desktop passes on as it is" in found.told
    assert ".env.jira" in found.fix


def test_a_value_that_the_server_would_refuse_is_told(examined: Callable[..., Clients]) -> None:
    found = failure(examined(entry(env={"JIRA_ACCESS": "everything"})))
    assert "JIRA_ACCESS" in found.told
    assert '"env": correct or delete JIRA_ACCESS' in found.fix


def test_a_typing_error_in_a_variable_is_told_with_what_was_meant(examined: Callable[..., Clients]) -> None:
    [found] = examined(entry(env={"JIRA_SANDBX": "1"})).findings
    assert found.state is State.WARN
    assert "JIRA_SANDBX is not a setting of jira; did you mean JIRA_SANDBOX?" in found.told


def test_settings_in_another_folder_than_this_terminals_are_told(
    examined: Callable[..., Clients], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"MCP_SUITE_ENV_DIR": "/mine/config", "MCP_SUITE_STATE_DIR": "/mine/state"}
    for name, folder in here.items():
        monkeypatch.setenv(name, folder)
    assert [finding.state for finding in examined(entry(env=here)).findings] == [State.OK]
    [found] = examined(entry(env={**here, "MCP_SUITE_ENV_DIR": "/elsewhere"})).findings
    assert found.state is State.WARN
    assert "MCP_SUITE_ENV_DIR at /elsewhere" in found.told
    assert found.fix == "Run: mcp-suite install cursor jira"


@pytest.mark.parametrize(("name", "told"), [("my jira", "letters, digits"), ("j" * 50, "more than 64")])
def test_a_name_that_models_do_not_take_is_told(name: str, told: str, examined: Callable[..., Clients]) -> None:
    found = failure(examined(entry(), name=name))
    assert found.check == "names"
    assert told in found.told
    assert found.fix.endswith(f'rename "{name}" to "jira"')


def test_an_entry_that_is_switched_off_is_told(examined: Callable[..., Clients]) -> None:
    [found] = examined(entry(disabled=True)).findings
    assert found.state is State.WARN
    assert 'delete "disabled": true' in found.fix


def test_claude_codes_entries_of_single_projects_are_looked_at(examined: Callable[..., Clients]) -> None:
    projects = {"/work": {"mcpServers": {"jira": entry("/gone/jira-mcp")}}, "/other": {}, "/odd": 7}
    found = failure(examined(text=json.dumps({"projects": projects}), client="claude-code"))
    assert "/gone/jira-mcp, which does not exist" in found.told


def test_a_server_that_python_starts_is_ours_as_well(examined: Callable[..., Clients]) -> None:
    [launch] = examined(entry(sys.executable, args=["-m", "jira_mcp"]), name="tickets").launches
    assert launch.script == Script("jira-mcp", "jira_mcp")


@pytest.mark.parametrize("args", [["--account", "work"], ["--account=work"]])
def test_an_entry_of_an_account_that_is_not_there_is_told(
    args: list[str], examined: Callable[..., Clients], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path))
    missing = examined(entry(args=args, env={"MCP_SUITE_ENV_DIR": str(tmp_path)}), name="jira-work")
    found = failure(missing)
    assert "uses the account work, which does not exist here" in found.told
    assert found.fix == "Run: mcp-suite auth login jira --account work"
    (tmp_path / ".env.jira.work").touch()
    well = examined(entry(args=args, env={"MCP_SUITE_ENV_DIR": str(tmp_path)}), name="jira-work")
    assert [finding.state for finding in well.findings] == [State.OK]
    assert well.launches[0].command == (COMMAND, *args)


def test_a_broken_entry_of_an_account_is_written_anew_for_that_account(examined: Callable[..., Clients]) -> None:
    found = [
        one for one in examined(entry("/gone/jira-mcp", args=["--account", "A/B"])).findings if one.state is State.FAIL
    ]
    assert found[-1].fix == "Run: mcp-suite install cursor jira --account A/B"
