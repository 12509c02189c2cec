"""Each server is lost in turn, also when it has done what it was asked for: after it is resumed, all is there once."""

import sys
from pathlib import Path
from typing import Any

import pytest

from mcp_suite.workflow import connection
from mcp_suite.workflow.answers import issues_listed, rows
from mcp_suite.workflow.connection import Launch, launcher

from .company import Company, channel, given, query, search


@pytest.mark.stdio
@pytest.mark.parametrize(
    ("service", "number", "moment"),
    [
        ("confluence", 1, "after"),
        ("confluence", 3, "after"),
        ("jira", 2, "after"),
        ("jira", 2, "before"),
        ("slack", 1, "after"),
        ("snowflake", 2, "after"),
    ],
)
def test_what_a_lost_server_has_done_is_not_done_again(
    company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: str, number: int, moment: str
) -> None:
    flag = tmp_path / "lost"
    proxy = [sys.executable, str(Path(__file__).with_name("unreliable.py")), str(flag), moment, str(number)]

    def unreliable(*flow: Any, **how: Any) -> Any:
        real = launcher(*flow, **how)

        def launch(name: str) -> Launch:
            usual = real(name)
            return Launch([*proxy, *usual.command], usual.environment) if name == service else usual

        return launch

    monkeypatch.setattr(connection, "launcher", unreliable)
    inputs = given(title="Lost and found", summary="Why.", stories="One;Two")
    stopped = company.run("run", "feature-proposal", "--sandbox", *inputs, status=1)
    assert flag.exists()
    assert stopped["resume"] == f"mcp-suite workflow resume {stopped['run']}"
    done = company.run("resume", stopped["run"])
    assert done["state"] == "finished"
    epic = done["outputs"]["epic"]["key"]
    told = company.ask(
        {
            "epics": search('project = PMOS AND issuetype = Epic AND summary ~ "Lost and found"'),
            "stories": search(f"parent = {epic} ORDER BY key ASC"),
            "page": ("confluence_get_page", {"page": "PMOS/Lost and found"}),
            "post": channel("#pm-os-dev"),
            "row": query("SELECT * FROM artifact_catalog WHERE artifact_name = 'Lost and found'"),
        }
    )
    assert [issue["key"] for issue in issues_listed(told["epics"])] == [epic]
    assert [issue["summary"] for issue in issues_listed(told["stories"])] == ["One", "Two"]
    assert told["page"].count("## Work in Jira") == 1
    assert told["post"].count("New PRD: **Lost and found**") == 1
    assert len(rows(told["row"])) == 1
