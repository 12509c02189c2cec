"""The agents, their versions and what they made are the same everywhere."""

import re

import pytest

from .telling import Row, Told

AGENTS = (
    "Orchestrator",
    "Product Architect",
    "Engineering Partner",
    "UX Strategist",
    "Data Analyst",
    "GTM Strategist",
    "System Evaluator",
    "Documentation Maintainer",
)


def performance(told: Told, agent: str) -> Row:
    """An agent's row in the warehouse."""
    (row,) = [row for row in told.tables["agent_performance"] if row["agent_name"] == agent]
    return row


def made(told: Told, agent: str) -> list[Row]:
    """What an agent finished, in Jira."""
    return [row for row in told.issues.values() if row["assignee"] == agent and row["status"] == "Done"]


def deployments(told: Told, agent: str) -> dict[str, str]:
    """The versions of an agent that Slack was told of, and on which day."""
    day, found = "", dict[str, str]()
    for line in told.channels["#pm-os-dev"].splitlines():
        if begun := re.match(r"## (\d{4}-\d\d-\d\d)", line):
            day = begun[1]
        for version in re.findall(rf"\[{agent}\]\([^)]*\) v([\d.]+) is deployed", line):
            found[version] = day
    return found


def test_these_are_all_agents(told: Told) -> None:
    assert [row["agent_name"] for row in told.tables["agent_performance"]] == list(AGENTS)
    assert [row["Agent"] for row in told.rows("Quality dashboard", "Agent", "Version")] == list(AGENTS)
    assert f"{len(AGENTS)} agents" in told.page("PM OS")


@pytest.mark.parametrize("agent", AGENTS)
def test_the_version_and_the_day_of_an_agent_are_the_same_everywhere(told: Told, agent: str) -> None:
    row, page = performance(told, agent), told.page(agent)
    (shown,) = [line for line in told.rows("Quality dashboard", "Agent", "Version") if line["Agent"] == agent]
    version = row["version"].removeprefix("v")
    assert shown["Version"] == version
    announced = deployments(told, agent)
    assert list(announced)[-1] == version
    assert announced["1.0"] == row["deployed_date"]
    since = row["last_upgrade_date"] or row["deployed_date"]
    assert announced[version] == since
    assert re.search(rf"Version.*\[{re.escape(version)}\]\(status:", page)
    assert re.search(rf"In use since.*\[{since}\]", page)
    (key,) = re.findall(r"Issue.*?\b(PMOS-\d+)", page)[:1]
    assert told.issues[key]["resolved"][:10] == since
    assert told.issues[key]["artifact_type"] == "Agent"
    assert told.issues[key]["pm_os_phase"] in (
        f"Phase {row['phase_deployed']}",
        f"Phase {int(row['phase_deployed']) + 1}",
    )


@pytest.mark.parametrize("agent", AGENTS)
def test_what_an_agent_made_is_the_same_everywhere(told: Told, agent: str) -> None:
    row = performance(told, agent)
    (shown,) = [line for line in told.rows("Quality dashboard", "Agent", "Version") if line["Agent"] == agent]
    artifacts = [artifact for artifact in told.tables["artifact_catalog"] if artifact["created_by_agent"] == agent]
    assert int(shown["Deliverables"]) == len(made(told, agent))
    assert int(shown["Artefacts"]) == int(row["artifacts_generated"] or 0) == len(artifacts)
    assert shown["Mean time"] == (f"{float(row['avg_time_hours']):g} h" if row["avg_time_hours"] else "")
    assert shown["Accepted at first"] == (f"{float(row['acceptance_rate']):g} %" if row["acceptance_rate"] else "")
    days = {(issue["resolved"][:10], issue["pm_os_phase"]) for issue in made(told, agent)}
    assert {(artifact["created_date"], f"Phase {artifact['phase']}") for artifact in artifacts} <= days
