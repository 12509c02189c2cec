"""The sample data: the history of PM OS and what tests and demonstrations rely on."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.sandbox import attachment_store
from jira_mcp.sandbox.adf import is_valid
from jira_mcp.sandbox.model import Issue
from jira_mcp.sandbox.sample.desk import INJECTION_KEY
from jira_mcp.sandbox.sample.pmos_phase0 import PHASE_0
from jira_mcp.sandbox.sample.pmos_phases123 import PHASES_1_TO_3
from jira_mcp.sandbox.store import Store
from jira_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio
_ADF = find_spec("adf-full.atlaskit-57.7.22.json")


def stored(database: Path) -> list[Issue]:
    store = Store(database)
    with store.reading() as session:
        issues = [row.current for row in session.changed_since(0)]
    store.close()
    return issues


def table(store: Store, number: int) -> list[list[str]]:
    """The lines of a table that is attached to an issue, without its head."""
    with store.reading() as session:
        text = attachment_store.content(session, number).decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()[1:]]


def test_the_tables_on_issues_tell_the_sums_of_the_issues(database: Path) -> None:
    done = (*PHASE_0, *PHASES_1_TO_3)
    sums = [
        [f"Phase {phase}", str(len(points)), str(int(sum(points)))]
        for phase in range(4)
        if (points := [each.points or 0 for each in done if each.phase == phase])
    ]
    store = Store(database)
    velocity, metrics = table(store, 10005), table(store, 10004)
    store.close()
    assert velocity == [[phase, points] for phase, _, points in sums]
    assert [line[:3] for line in metrics] == sums


def documents(issue: Issue) -> Iterator[dict[str, Any]]:
    rich = [issue.description, issue.environment, *(each["body"] for each in issue.comments)]
    rich += [each["comment"] for each in issue.worklogs]
    yield from (each for each in rich if each)


async def test_pm_os_has_eight_epics_and_what_belongs_to_them(jira: Visitor) -> None:
    assert len(await jira.found("project = PMOS and issuetype = Epic")) == 8
    phases = {
        phase: await jira.found(f"project = PMOS and type = Story and pm_os_phase = 'Phase {phase}'")
        for phase in range(8)
    }
    assert {phase: len(keys) for phase, keys in phases.items()} == {0: 8, 1: 5, 2: 5, 3: 7, 4: 6, 5: 4, 6: 4, 7: 4}
    assert len(await jira.found("project = PMOS")) >= 45
    assert await jira.found("project = PMOS and issuetype not in (Epic) and parent is EMPTY") == []


async def test_what_was_delivered_has_its_whole_story(jira: Visitor) -> None:
    done = await jira.found("project = PMOS and status = Done and issuetype = Story")
    assert len(done) == 25
    complete = (
        "assignee is not EMPTY and 'Story Points' > 0 and sprint in closedSprints() and resolved is not EMPTY "
        "and timeSpent > 0 and worklogAuthor is not EMPTY and agent_owner is not EMPTY and artifact_type is not EMPTY "
        "and acceptance_rate = 100 and component is not EMPTY and fixVersion in releasedVersions()"
    )
    assert sorted(await jira.found(f"project = PMOS and status = Done and issuetype = Story and {complete}")) == sorted(
        done
    )
    fields = await jira.fields("PMOS-2")
    assert fields["resolutiondate"] == "2026-01-31T11:30:00.000+0000"
    assert fields["timespent"] == 7200
    assert fields["customfield_10020"][0]["name"] == "Phase 0"


async def test_what_is_planned_has_not_been_worked_on(jira: Visitor) -> None:
    assert await jira.found("project = PMOS and pm_os_phase in ('Phase 4', 'Phase 7') and timeSpent > 0") == []
    assert len(await jira.found("project = PMOS and sprint in openSprints()")) >= 3


async def test_a_first_name_can_mean_two_people_and_one_account_is_closed(jira: Visitor) -> None:
    assert len(await jira.get("/user/search", query="alex")) == 2
    (gone,) = await jira.get("/user/search", query="jordan")
    assert gone["active"] is False


async def test_one_ticket_tries_to_give_orders(jira: Visitor) -> None:
    assert "ignore all previous instructions" in json.dumps((await jira.fields(INJECTION_KEY))["description"])
    assert await jira.found("text ~ 'ignore all previous instructions'") == [INJECTION_KEY]


def test_the_generated_project_is_varied(database: Path) -> None:
    issues = [issue for issue in stored(database) if issue.key.startswith("NOVA-")]
    for attribute in ("type", "status", "priority", "assignee", "resolution"):
        share = Counter(getattr(issue, attribute) for issue in issues).most_common(1)[0][1]
        assert share < 0.9 * len(issues), attribute
    assert len({issue.summary for issue in issues}) > 150
    assert any(issue.description is None for issue in issues)
    assert all(issue.updated >= issue.created for issue in issues)


def test_every_sample_text_is_a_document_that_jira_would_take(database: Path) -> None:
    for issue in stored(database):
        assert all(is_valid(document) for document in documents(issue)), issue.key


@pytest.mark.skipif(_ADF is None, reason=REASON)
def test_every_sample_text_follows_the_schema_of_documents(database: Path) -> None:
    assert _ADF
    validator: Any = Draft4Validator(json.loads(_ADF.read_text()))
    for issue in stored(database):
        if not issue.key.startswith("NOVA-") or issue.number % 50 == 0:
            for document in documents(issue):
                complaints = [error.message for error in validator.iter_errors(document)]
                assert complaints == [], issue.key


async def test_every_link_leads_to_an_issue(visit: Callable[[str], Visitor]) -> None:
    everywhere = visit("Human PM")
    for key in await everywhere.found("project = PMOS"):
        for link in (await everywhere.fields(key, "issuelinks"))["issuelinks"]:
            assert (link.get("inwardIssue") or link["outwardIssue"])["fields"]["summary"]
