"""`mcp-suite sandbox populate` as it is typed."""

import json
import os
from collections.abc import Callable

import pytest
from typer.testing import Result

from mcp_suite.sandbox import prepare
from mcp_suite.servers import find

Suite = Callable[..., Result]
SLACK = ("--service", "slack", "--channels", "trial-", "--sandbox")
ALL = (
    *("--project", "PMOS", "--space", "PMOS", "--channels", "trial-"),
    *("--database", "pm_os_analytics", "--schema", "public", "--sandbox"),
)


def test_a_place_that_is_not_named_is_asked_for(suite: Suite) -> None:
    told = suite("sandbox", "populate", "--project", "ACME")
    assert told.exit_code != 0
    assert "--space: is needed: Confluence space, by key. Without confluence: --service jira" in str(told.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--service", "jria"], "--service jria: takes jira, confluence, slack, snowflake."),
        (["--service", "slack", "--channels", "Trial!"], "--channels: takes small letters, digits and hyphens"),
        (["--service", "slack", "--channels", "a", "--scale", "0"], "--scale: takes a number from 1 to 100"),
        (["--service", "snowflake", "--database", 'x"; DROP'], "--database: is no name like PM_OS"),
    ],
)
def test_what_no_place_can_be_called_is_refused(suite: Suite, arguments: list[str], said: str) -> None:
    told = suite("sandbox", "populate", *arguments)
    assert said in str(told.exception)


@pytest.mark.stdio
def test_a_history_is_written_told_of_and_taken_away_by_the_command(suite: Suite) -> None:
    made = json.loads(suite("sandbox", "populate", *SLACK, "--yes", "--json").stdout)
    assert made["state"] == "finished"
    more = suite("sandbox", "populate", *SLACK, "--scale", "2")
    assert "#trial-alerts: 5 messages, 5 are there" in more.stdout
    assert "Nothing was changed. --yes goes on without asking." in str(more.exception)
    gone = json.loads(suite("sandbox", "populate", *SLACK, "--remove", "--yes", "--json").stdout)
    assert gone["slack"]["notes"] == []
    assert gone["slack"]["made"] == sum(unit["made"] for unit in made["outputs"].values())
    assert "No workflow was run yet." in suite("workflow", "status").stdout


@pytest.mark.stdio
@pytest.mark.skipif(
    os.environ.get("POPULATE_PROOF") != "full", reason="POPULATE_PROOF=full starts each server five times"
)
def test_all_four_services_are_written_to_and_left_as_they_were(suite: Suite) -> None:
    prepare(find("snowflake"), lambda _: None)
    made = json.loads(suite("sandbox", "populate", *ALL, "--yes", "--json").stdout)
    assert made["state"] == "finished"
    again = json.loads(suite("sandbox", "populate", *ALL, "--yes", "--json").stdout)
    assert sum(unit["made"] for unit in again["outputs"].values()) == 0
    gone = json.loads(suite("sandbox", "populate", *ALL, "--remove", "--yes", "--json").stdout)
    assert [each["notes"] for each in gone.values()] == [[], [], [], []]
    empty = json.loads(suite("sandbox", "populate", *ALL, "--dry-run", "--json").stdout)
    assert not any(each["there"] for each in empty)
