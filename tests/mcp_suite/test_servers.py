"""Finding servers, and telling a client how to start them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config, servers
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script


def test_the_servers_are_the_scripts_of_this_distribution() -> None:
    assert servers.scripts() == [
        Script("confluence-mcp", "confluence_mcp"),
        Script("jira-mcp", "jira_mcp"),
        Script("slack-mcp", "slack_mcp"),
        Script("snowflake-mcp", "snowflake_mcp"),
    ]
    assert servers.find("jira") == servers.find("jira-mcp") == Script("jira-mcp", "jira_mcp")


def test_each_server_is_listed_with_its_tools_and_state(suite: Callable[..., Result]) -> None:
    rows = json.loads(suite("servers", "--json").stdout)
    assert [(row["script"], row["service"], row["state"]) for row in rows] == [
        ("confluence-mcp", "Confluence", "ready"),
        ("jira-mcp", "Jira", "ready"),
        ("slack-mcp", "Slack", "ready"),
        ("snowflake-mcp", "Snowflake", "ready"),
    ]
    told = suite("servers").stdout
    assert "jira-mcp" in told
    assert "delete" in told


def test_a_missing_extra_is_named_with_the_command_that_installs_it(pens: tuple[Script, ServerSpec[Any, Any]]) -> None:
    script, spec = pens
    assert servers.lacking(script, spec) == ""
    object.__setattr__(spec, "modules", ("json", "no_such_module"))
    assert servers.lacking(script, spec) == (
        'no_such_module is not installed. Install the extra: pip install "mcp-integration-suite[pens]"'
    )


def test_a_module_whose_package_is_missing_as_well_is_missing(pens: tuple[Script, ServerSpec[Any, Any]]) -> None:
    script, spec = pens
    object.__setattr__(spec, "modules", ("no_such_package.part", "json.no_such_part", "json.decoder"))
    assert servers.lacking(script, spec).startswith("no_such_package.part, json.no_such_part is not installed. ")


@pytest.mark.parametrize(
    ("package", "told"), [("no_such_package", "no_such_package is not installed"), ("email", "email.server")]
)
def test_a_script_that_is_no_server_is_told_apart(package: str, told: str) -> None:
    with pytest.raises(SuiteError, match=told):
        servers.load(Script("odd-mcp", package))


def test_the_configuration_names_a_script_that_exists(suite: Callable[..., Result]) -> None:
    config = json.loads(suite("config", "jira", "--json").stdout)
    entry = config["mcpServers"]["jira"]
    assert Path(entry["command"]).is_absolute()
    assert entry["env"] == {"JIRA_SANDBOX": "1", "JIRA_ACCESS": "write"}


def test_a_real_account_gets_no_sandbox_and_no_secret_in_the_configuration(suite: Callable[..., Result]) -> None:
    entry = json.loads(suite("config", "jira", "--live", "--json").stdout)["mcpServers"]["jira"]
    assert entry["env"] == {}
    told = suite("config", "jira", "--live").stdout
    assert ".env.jira" in told
    assert "mcp-suite auth login jira" in told


def test_without_a_name_all_servers_are_configured(suite: Callable[..., Result]) -> None:
    entries = json.loads(suite("config", "--json").stdout)["mcpServers"]
    assert list(entries) == [script.extra for script in servers.scripts()]
    told = suite("config").stdout
    assert told.startswith("Confluence, Jira, Slack and Snowflake on their sandboxes.\n")
    assert told.count("claude mcp add") == len(entries)
    live = suite("config", "--live").stdout
    for service in entries:
        assert f"mcp-suite auth login {service}\n" in live
        assert f".env.{service}." in live
    assert str(suite("config", "--live", "--account", "work").exception) == "--account goes with one server: name it."


def test_claude_code_is_given_variables_before_the_command() -> None:
    command = client_config.code_command(Script("pens-mcp", "pens_mcp"), "/a b/pens-mcp", sandbox=True)
    assert command == ("claude mcp add --scope user pens -e PENS_SANDBOX=1 -e PENS_ACCESS=write -- '/a b/pens-mcp'")


def test_an_account_by_name_is_connected_by_its_name(suite: Callable[..., Result]) -> None:
    config = json.loads(suite("config", "jira", "--live", "--account", "work", "--json").stdout)
    assert config["mcpServers"]["jira-work"]["args"] == ["--account", "work"]
    told = suite("config", "jira", "--live", "--account", "work").stdout
    assert "mcp-suite auth login jira --account work" in told
    assert "jira-mcp --account work --check" in told
    assert ".env.jira.work" in told
    assert "claude mcp add --scope user jira-work -- " in told
