"""Settings that cannot be used, and secrets: what the process says, and what it must not."""

import base64
import json
import socket
from pathlib import Path

import pytest

from connector_kit.testing.stdio import StdioServer

from .conftest import Run, Start

pytestmark = pytest.mark.stdio

EMAIL = "someone@example.org"
TOKEN = "ATATT3xFfGF0-a-token-that-nobody-may-see-4711"
SECRETS = (TOKEN, base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode(), "nobody-may-see")


@pytest.fixture
def nobody() -> str:
    """The address of a loopback port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def env_file(home: Path, url: str, *, mode: int = 0o600, token: str = TOKEN) -> Path:
    path = home / "config" / ".env.jira"
    path.write_text(f"JIRA_URL={url}\nJIRA_EMAIL={EMAIL}\nJIRA_API_TOKEN={token}\n")
    path.chmod(mode)
    return path


def refusal(server: StdioServer) -> str:
    server.initialize()
    text, is_error = server.call("jira_list_projects")
    assert is_error
    return text


def test_an_env_file_that_others_may_read_is_refused_with_the_command_to_run(
    start: Start, home: Path, nobody: str
) -> None:
    path = env_file(home, nobody, mode=0o644)
    text = refusal(start(JIRA_SANDBOX="0"))
    assert f"chmod 600 {path}" in text
    assert TOKEN not in text


def test_a_placeholder_that_was_never_filled_is_refused_by_name(start: Start, home: Path, nobody: str) -> None:
    env_file(home, nobody, token="${JIRA_TOKEN}")
    text = refusal(start(JIRA_SANDBOX="0"))
    assert "JIRA_API_TOKEN: still holds a placeholder" in text


def test_the_environment_goes_before_the_env_file(start: Start, home: Path, nobody: str) -> None:
    env_file(home, nobody, token="${JIRA_TOKEN}")
    text = refusal(start(JIRA_SANDBOX="0", JIRA_API_TOKEN=TOKEN, JIRA_TIMEOUT="1"))
    assert "cannot be reached" in text


def test_all_that_is_missing_is_told_at_once_with_its_meaning(start: Start) -> None:
    text = refusal(start(JIRA_SANDBOX="0"))
    for name in ("JIRA_URL", "JIRA_EMAIL", "JIRA_API_TOKEN"):
        assert name in text
    assert "setup_guides/jira.md" in text


def test_an_env_file_of_another_place_is_read_when_named(start: Start, home: Path, nobody: str, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere.env"
    env_file(home, nobody).rename(moved)
    text = refusal(start("--env-file", str(moved), JIRA_SANDBOX="0", JIRA_TIMEOUT="1"))
    assert "cannot be reached" in text


def test_an_env_file_in_the_current_folder_is_not_read(start: Start, home: Path, nobody: str) -> None:
    env_file(home, nobody).rename(home / ".env.jira")
    (home / ".env").write_text(f"JIRA_URL={nobody}\n")
    assert "JIRA_URL" in refusal(start(JIRA_SANDBOX="0"))


def test_a_secret_is_on_no_stream_and_in_no_file_that_the_server_writes(start: Start, home: Path, nobody: str) -> None:
    env_file(home, nobody)
    server = start("--log-level", "DEBUG", JIRA_SANDBOX="0", JIRA_TIMEOUT="1")
    server.initialize()
    said = [server.call("jira_list_projects")[0]]
    said.append(server.call("jira_create_issue", {"project": "PMOS", "type": "Task", "summary": TOKEN})[0])
    said.append(server.call("jira_get_issue", {"key": f"PMOS-1 {TOKEN}"})[0])
    server.close()
    assert len(server.errors) > 3
    for line in server.errors:
        json.loads(line)
    written = "".join(path.read_text("utf-8") for path in (home / "state").rglob("*.jsonl"))
    assert "jira_list_projects" in written
    for secret in SECRETS:
        assert secret not in "\n".join(server.errors)
        assert secret not in written
        assert secret not in said[0]


def test_a_site_without_encryption_is_refused_before_anything_is_sent(start: Start, home: Path) -> None:
    env_file(home, "http://jira.example.org")
    text = refusal(start(JIRA_SANDBOX="0"))
    assert "JIRA_URL" in text
    assert "https://" in text
    assert TOKEN not in text


def test_the_records_and_the_sandbox_are_for_the_owner_alone(start: Start, home: Path) -> None:
    server = start()
    server.initialize()
    server.call("jira_list_projects")
    server.close()
    files = [path for path in (home / "state").rglob("*") if path.is_file()]
    assert any(path.suffix == ".jsonl" for path in files)
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_a_check_that_works_says_who_and_where(run: Run) -> None:
    done = run("--check", "--sandbox")
    assert (done.returncode, done.stderr) == (0, "")
    assert "at https://pm-os.sandbox.invalid as Human PM; access: read\n" in done.stdout


def test_a_check_without_settings_leaves_with_2_and_names_them(run: Run) -> None:
    done = run("--check")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "JIRA_API_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_check_that_cannot_reach_the_site_leaves_with_1(run: Run, nobody: str) -> None:
    done = run("--check", JIRA_URL=nobody, JIRA_EMAIL=EMAIL, JIRA_API_TOKEN=TOKEN, JIRA_TIMEOUT="1")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "cannot be reached" in done.stderr
    assert not [secret for secret in SECRETS if secret in done.stderr]


def test_a_check_warns_of_a_variable_that_is_none(run: Run) -> None:
    done = run("--check", "--sandbox", JIRA_ACESS="write")
    assert done.returncode == 0
    assert "JIRA_ACESS" in done.stderr
    assert "JIRA_ACCESS" in done.stderr


def test_the_version_is_told(run: Run) -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("jira-mcp ")
    assert done.stdout.count(".") == 2


def test_the_tools_are_told_as_a_table_and_as_json(run: Run) -> None:
    table = run("--list-tools").stdout.splitlines()
    listed = json.loads(run("--list-tools", "--json").stdout)
    assert table[0].split() == ["tool", "effect", "access", "title", "scopes"]
    assert [line.split()[0] for line in table[1:]] == [entry["tool"] for entry in listed]
    assert {"tool": "jira_delete_issue", "effect": "destroys", "access": "delete"}.items() <= {
        key: value for entry in listed if entry["tool"] == "jira_delete_issue" for key, value in entry.items()
    }.items()


def test_an_unknown_option_leaves_with_2_and_the_usage(run: Run) -> None:
    done = run("--sandbx")
    assert done.returncode == 2
    assert "usage: jira-mcp" in done.stderr
    assert done.stdout == ""
