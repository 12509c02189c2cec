"""`mcp-suite install agents`: files into Claude Code's folders, and out again, without touching the user's."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from connector_kit.paths import state_dir
from mcp_suite.agents import definitions
from mcp_suite.agents.definitions import Agent, shipped
from mcp_suite.errors import SuiteError

Suite = Callable[..., Result]
NAMES = list(shipped())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's agents are: in a home of the test's own."""
    for name in [name for service in ("jira", "confluence", "slack", "snowflake") for name in variables(service)]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home" / ".claude" / "agents"


def variables(service: str) -> list[str]:
    return [f"{service.upper()}_{name}" for name in ("ACCESS", "TOOLSETS", "SANDBOX")]


def refused(result: Result) -> str:
    assert isinstance(result.exception, SuiteError), result.output
    return str(result.exception)


def well(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the agents are another version's, which has a scribe besides."""
    changed = {name: Agent(name, f"{agent.text}\nNew.\n") for name, agent in shipped().items()}
    monkeypatch.setattr(definitions, "shipped", lambda: changed)


def test_agents_are_put_into_the_users_folder_once(suite: Suite, folder: Path) -> None:
    told = well(suite("install", "agents"))
    assert str(folder) in told
    assert [line.strip() for line in told.splitlines() if line.endswith(" added")] == [
        f"{name} added" for name in NAMES
    ]
    assert {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {
        name: agent.text for name, agent in shipped().items()
    }
    again = well(suite("install", "agents"))
    assert again.count("is there already") == len(NAMES)
    assert "Start claude anew" in told
    assert "Start claude anew" not in again


def test_claude_codes_own_variable_says_where_the_folder_is(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "elsewhere"))
    well(suite("install", "agents", "data-analyst"))
    assert [path.name for path in (tmp_path / "elsewhere" / "agents").iterdir()] == ["data-analyst.md"]


def test_a_project_gets_its_own(suite: Suite, folder: Path, tmp_path: Path) -> None:
    well(suite("install", "agents", "--project", "data-analyst", "data-analyst"))
    assert [path.name for path in (tmp_path / ".claude" / "agents").iterdir()] == ["data-analyst.md"]
    assert not folder.exists()
    assert "data-analyst removed" in well(suite("install", "agents", "--project", "--uninstall"))


def test_what_the_user_changed_stays_until_it_is_forced_and_then_a_copy_does(suite: Suite, folder: Path) -> None:
    well(suite("install", "agents"))
    file = folder / "data-analyst.md"
    file.write_text("mine", encoding="utf-8")
    told = well(suite("install", "agents"))
    assert "data-analyst was changed by you; left alone" in told
    assert "mcp-suite install agents data-analyst --force" in told
    assert file.read_text(encoding="utf-8") == "mine"
    assert "was changed by you; left alone" in well(suite("install", "agents", "--uninstall", "data-analyst"))
    assert file.read_text(encoding="utf-8") == "mine"
    told = well(suite("install", "agents", "data-analyst", "--force"))
    [kept] = folder.glob("data-analyst.md.*.bak")
    assert f"replaced; yours is kept: {kept}" in told
    assert kept.read_text(encoding="utf-8") == "mine"
    assert file.read_text(encoding="utf-8") == shipped()["data-analyst"].text


def test_an_agent_of_the_same_name_that_is_the_users_own_is_left_alone(suite: Suite, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "data-analyst.md").write_text("mine", encoding="utf-8")
    assert "data-analyst was not put there by mcp-suite; left alone" in well(suite("install", "agents"))
    assert "data-analyst was not put there by mcp-suite" in well(
        suite("install", "agents", "--uninstall", "data-analyst", "product-architect")
    )
    assert (folder / "data-analyst.md").read_text(encoding="utf-8") == "mine"
    assert not (folder / "product-architect.md").exists()


def test_an_equal_file_that_somebody_else_put_there_is_not_removed(suite: Suite, folder: Path) -> None:
    folder.mkdir(parents=True)
    text = shipped()["data-analyst"].text
    (folder / "data-analyst.md").write_bytes(text.replace("\n", "\r\n").encode())
    assert "data-analyst is there already" in well(suite("install", "agents", "data-analyst"))
    assert "left alone" in well(suite("install", "agents", "--uninstall", "data-analyst"))
    assert (folder / "data-analyst.md").exists()


def test_a_new_version_replaces_what_nobody_changed(
    suite: Suite, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    well(suite("install", "agents"))
    (folder / "data-analyst.md").write_text("mine", encoding="utf-8")
    another_version(monkeypatch)
    told = well(suite("install", "agents"))
    assert told.count("brought up to date") == len(NAMES) - 1
    assert "data-analyst was changed by you" in told
    assert (folder / "product-architect.md").read_text(encoding="utf-8").endswith("New.\n")
    assert not list(folder.glob("*.bak"))


def test_removing_takes_what_was_put_there_and_nothing_else(suite: Suite, folder: Path) -> None:
    well(suite("install", "agents"))
    (folder / "scribe.md").write_text("another's", encoding="utf-8")
    (folder / "data-analyst.md").unlink()
    told = well(suite("install", "agents", "--uninstall"))
    assert told.count(" removed") == len(NAMES) - 1
    assert "data-analyst was not there" in told
    assert [path.name for path in folder.iterdir()] == ["scribe.md"]
    assert "none of its agents was put there" in well(suite("install", "agents", "--uninstall"))
    assert "no agent 'scribe'" in refused(suite("install", "agents", "--uninstall", "scribe"))


def test_an_agent_that_a_newer_version_no_longer_has_can_be_removed(
    suite: Suite, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    well(suite("install", "agents"))
    monkeypatch.setattr(definitions, "shipped", dict[str, Agent])
    assert "data-analyst removed" in well(suite("install", "agents", "--uninstall", "data-analyst"))
    assert well(suite("install", "agents", "--uninstall")).count(" removed") == len(NAMES) - 1
    assert not list(folder.iterdir())


def test_printing_changes_nothing(suite: Suite, folder: Path) -> None:
    result = suite("install", "agents", "--print", "data-analyst")
    assert result.stdout == shipped()["data-analyst"].text
    assert str(folder / "data-analyst.md") in result.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["agents", "--sandbox"], "no other options"),
        (["agents", "--access", "write"], "no other options"),
        (["agents", "--force", "--print"], "--force goes with neither"),
        (["agents", "scribe"], "no agent 'scribe'"),
        (["cursor", "--force"], "go with agents"),
        (["cursor", "--project"], "go with agents"),
    ],
)
def test_options_that_make_no_sense_are_refused(suite: Suite, folder: Path, options: list[str], said: str) -> None:
    result = suite("install", *options)
    assert said in refused(result)
    assert not folder.exists()


def test_a_record_that_cannot_be_read_changes_nothing(suite: Suite, folder: Path) -> None:
    well(suite("install", "agents"))
    record = state_dir() / "agents.json"
    record.write_text("[", encoding="utf-8")
    assert f"{record} is damaged" in refused(suite("install", "agents", "--uninstall"))
    record.chmod(0o644)
    assert "may be read or changed by others" in refused(suite("install", "agents"))
    assert len(list(folder.iterdir())) == len(NAMES)


def test_a_folder_that_cannot_be_written_is_told(suite: Suite, folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file in its place", encoding="utf-8")
    assert str(folder) in refused(suite("install", "agents"))


# What is missing


def connect(home: Path, entries: dict[str, dict[str, str]]) -> Path:
    """Claude Code's configuration, with servers that have these variables."""
    path = home / ".claude.json"
    home.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"mcpServers": {name: {"command": f"/x/{name}-mcp", "env": env} for name, env in entries.items()}}),
        encoding="utf-8",
    )
    return path


def settings(service: str, text: str) -> None:
    file = Path(os.environ["MCP_SUITE_ENV_DIR"]) / f".env.{service}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)


def missing(told: str) -> list[str]:
    return [line.strip() for line in told.partition("Still missing")[2].splitlines()[1:] if line.startswith("  ")]


def test_servers_and_settings_that_are_missing_are_told_with_what_to_do(suite: Suite, tmp_path: Path) -> None:
    told = missing(well(suite("install", "agents", "engineering-partner", "system-evaluator")))
    config = tmp_path / "config"
    assert told == [
        "Claude Code has no server confluence, jira, slack, snowflake: "
        "mcp-suite install claude-code confluence jira slack snowflake",
        f"CONFLUENCE_ACCESS=write in {config / '.env.confluence'}",
        f"JIRA_ACCESS=write in {config / '.env.jira'}",
        f"JIRA_TOOLSETS=agile,history,links in {config / '.env.jira'}",
        f"SLACK_ACCESS=write in {config / '.env.slack'}",
    ]


def test_nothing_is_missing_where_all_is_set(suite: Suite, tmp_path: Path) -> None:
    connect(tmp_path / "home", {"snowflake": {}, "slack": {"SLACK_ACCESS": "write"}, "confluence": {}})
    settings("confluence", "CONFLUENCE_ACCESS=delete\n")
    assert "Still missing" not in well(suite("install", "agents", "data-analyst"))


def test_a_setting_is_told_where_it_has_to_be_changed_and_keeps_what_is_on(suite: Suite, tmp_path: Path) -> None:
    path = connect(tmp_path / "home", {"snowflake": {}, "confluence": {}, "jira": {"JIRA_ACCESS": "read"}})
    settings("confluence", "CONFLUENCE_ACCESS=write\n")
    settings("jira", "JIRA_TOOLSETS=time\n")
    told = missing(well(suite("install", "agents", "engineering-partner")))
    assert told == [
        f"JIRA_ACCESS=write in the env of jira in {path}",
        f"JIRA_TOOLSETS=links,time in {tmp_path / 'config' / '.env.jira'}",
    ]


def test_a_server_of_the_project_counts_and_one_of_another_name_does_not(suite: Suite, tmp_path: Path) -> None:
    connect(tmp_path / "home", {"slack-work": {}})
    (tmp_path / ".mcp.json").write_text(
        json.dumps({"mcpServers": {"snowflake": {"command": "snowflake-mcp"}, "slack": {"url": "https://x.example"}}})
    )
    told = missing(well(suite("install", "agents", "data-analyst")))
    assert told[0].startswith("Claude Code has no server confluence, slack: ")


def test_an_account_of_its_own_is_looked_at(suite: Suite, tmp_path: Path) -> None:
    path = tmp_path / "home" / ".claude.json"
    path.parent.mkdir(parents=True)
    work = {"command": "confluence-mcp", "args": ["--account", "work"]}
    others = {name: {"command": f"{name}-mcp", "env": {"SLACK_ACCESS": "write"}} for name in ("slack", "snowflake")}
    path.write_text(json.dumps({"projects": {str(tmp_path): {"mcpServers": {"confluence": work, **others}}}}))
    settings("confluence.work", "")
    told = missing(well(suite("install", "agents", "data-analyst")))
    assert told == [f"CONFLUENCE_ACCESS=write in {tmp_path / 'config' / '.env.confluence.work'}"]


def test_what_cannot_be_read_is_told_beside_what_was_done(suite: Suite, tmp_path: Path) -> None:
    connect(tmp_path / "home", {}).write_text("{", encoding="utf-8")
    told = well(suite("install", "agents", "data-analyst"))
    assert "data-analyst added" in told
    assert "Claude Code's configuration cannot be read" in told
    connect(tmp_path / "home", {"snowflake": {}, "slack": {}, "confluence": {}})
    settings("slack", "SLACK_ACCESS=everything\n")
    assert "slack's settings are wrong" in well(suite("install", "agents", "data-analyst"))
