"""Many issues at once: a preview that changes nothing, a token that runs just that, a result for each issue."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from connector_kit.access import Access
from jira_mcp.client import bulk_tasks
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.settings import JiraSettings

from .bulk_calls import CHANGES, KEYS, SUBMITS, preview, run, submitted
from .conversation import Conversation, answering, converse

pytestmark = pytest.mark.anyio
EACH = pytest.mark.parametrize("tool", SUBMITS)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox works a step whenever it is asked."""
    monkeypatch.setattr(bulk_tasks, "PAUSES", (0.0,))


@EACH
async def test_a_preview_changes_nothing_and_its_token_runs_it_once(jira: Conversation, tool: str) -> None:
    text, token = await preview(jira, tool, keys=KEYS, **CHANGES[tool])
    assert "PMOS-40" in text
    assert "Jira mails nobody" in text
    assert submitted(jira, tool) == 0
    assert "Backlog" in await jira.ask("jira_get_issue", key="PMOS-40")
    done = (
        await jira.ask(tool, run=token, confirm=True)
        if tool == "jira_delete_issues"
        else await jira.ask(tool, run=token)
    )
    assert "2 issues (task 10641): PMOS-40..41" in done
    again, is_error = await jira.attempt(tool, {"run": token})
    assert is_error
    assert "used already" in again
    assert submitted(jira, tool) == 1


@EACH
async def test_a_token_is_for_its_own_tool_and_for_what_was_shown(jira: Conversation, tool: str) -> None:
    _, token = await preview(jira, tool, keys=KEYS, **CHANGES[tool])
    other = next(each for each in SUBMITS if each != tool)
    assert "use the tool that gave it" in await jira.refused(other, run=token)
    sure = {"confirm": True} if tool == "jira_delete_issues" else {}
    assert "[keys: differs from the preview" in await jira.refused(tool, run=token, keys=["PMOS-1"], **sure)
    assert "[jql: differs from the preview" in await jira.refused(tool, run=token, jql="project = PMOS", **sure)
    assert "[notify: differs from the preview" in await jira.refused(tool, run=token, notify=True, **sure)
    assert "is no token of a preview" in await jira.refused(tool, run=f"{token}x")
    assert submitted(jira, tool) == submitted(jira, other) == 0
    await jira.ask(tool, run=token, keys=KEYS, **CHANGES[tool], **sure)
    assert submitted(jira, tool) == 1


@EACH
async def test_keys_or_a_query_are_needed_and_not_both(jira: Conversation, tool: str) -> None:
    assert "give keys or jql" in await jira.refused(tool, **CHANGES[tool])
    assert "not both" in await jira.refused(tool, keys=KEYS, jql="project = PMOS", **CHANGES[tool])
    assert "No issue matches" in await jira.refused(tool, jql="project = PMOS AND key < PMOS-1", **CHANGES[tool])
    assert "labels" in await jira.refused(tool, jql="lables = x", **CHANGES[tool])


@EACH
async def test_more_than_a_thousand_are_refused_with_their_number(jira: Conversation, tool: str) -> None:
    text = await jira.refused(tool, jql="project = NOVA", **CHANGES[tool])
    assert "about 2,000 issues match, and Jira takes at most 1,000" in text
    many = [f"NOVA-{number}" for number in range(1, 1_002)]
    assert "1000" in await jira.refused(tool, keys=many, **CHANGES[tool])


@EACH
async def test_issues_that_are_not_there_are_told_and_left_out(jira: Conversation, tool: str) -> None:
    text, token = await preview(jira, tool, keys=["PMOS-40", "RISK-1", "PMOS-4711"], **CHANGES[tool])
    assert "1 of 3 issues" in text
    assert "RISK-1; PMOS-4711 | does not exist, or this account may not see it" in text
    nothing = await jira.ask(tool, keys=["PMOS-4711"], **CHANGES[tool])
    assert nothing.startswith("nothing to ")
    assert "0 of 1 issue would change\nnot possible, left out: 1" in nothing
    sure = {"confirm": True} if tool == "jira_delete_issues" else {}
    assert "1 issue (task 10641): PMOS-40" in await jira.ask(tool, run=token, **sure)


async def test_an_edit_tells_each_value_before_and_after(jira: Conversation) -> None:
    change = {
        "labels": {
            "add": ["api"],
        },
        "priority": "High",
        "assignee": "Engineering Partner",
        "Story Points": 3,
    }
    text, token = await preview(jira, "jira_update_issues", keys=["PMOS-40", "PMOS-41"], fields=change)
    assert "Labels: phase-4 → phase-4, api; Priority: Medium → High; Assignee: (empty) → Engineering Partner" in text
    await jira.ask("jira_update_issues", run=token)
    shown = await jira.ask("jira_get_issue", key="PMOS-40", fields=["Story Points"], include=["changes"])
    assert "priority: High; assignee: Engineering Partner" in shown
    assert "labels: phase-4, api" in shown
    assert "Story Points: 3" in shown
    assert "labels: phase-4 → phase-4 api; priority: Medium → High; assignee: (empty) → Engineering Partner" in shown


VALUES: list[tuple[str, Any, str]] = [
    ("labels", ["one", "two"], "labels: one, two"),
    ("labels", None, ""),
    ("labels", {"remove": ["phase-4"]}, ""),
    ("components", {"add": ["Quality"]}, "Components: Integrations, Quality"),
    ("components", [], ""),
    ("fixVersions", ["1.0"], "Fix versions: 1.0"),
    ("fixVersions", {"remove": ["0.4"]}, ""),
    ("assignee", "me", "assignee: Human PM"),
    ("reporter", "Data Analyst", "reporter: Data Analyst"),
    ("due", "2026-12-24", "due: 2026-12-24"),
    ("Target date", "2027-01-31", "Target date: 2027-01-31"),
    ("Story Points", 8, "Story Points: 8"),
    ("Story Points", None, ""),
    ("pm_os_phase", "Phase 6", "pm_os_phase: Phase 6"),
    ("pm_os_phase", None, ""),
    ("Reviewers", ["Human PM", "Data Analyst"], "Reviewers: Human PM, Data Analyst"),
    ("Reviewers", [], ""),
    ("description", "**New** text", "**New** text"),
    ("environment", "staging", "[Environment]\nstaging"),
    ("summary", "The same for all", "# The same for all"),
    ("type", "Bug", "PMOS-40 · Bug ·"),
    ("priority", "Lowest", "priority: Lowest"),
]


@pytest.mark.parametrize(("name", "value", "shown"), VALUES, ids=[f"{name}={value}" for name, value, _ in VALUES])
async def test_fields_of_every_kind_are_set_by_their_names(
    jira: Conversation, name: str, value: object, shown: str
) -> None:
    if value in (None, []) and name in ("Story Points", "Reviewers"):
        await jira.ask("jira_update_issue", key="PMOS-40", fields={name: 5 if name == "Story Points" else ["me"]})
    done = await run(jira, "jira_update_issues", keys=["PMOS-40"], fields={name: value})
    assert done == "done: edited 1 issue (task 10641): PMOS-40"
    text = await jira.ask("jira_get_issue", key="PMOS-40", include=["all_fields"])
    assert shown in text
    if not shown:
        assert f"\n{name}: " not in text
        assert "phase-4" not in text or name != "labels"


async def test_an_issue_whose_text_says_more_than_markdown_can_is_left_out(jira: Conversation) -> None:
    """The table of PMOS-35 has numbered rows, which Markdown does not show."""
    fields = {"description": "New text"}
    shown, _ = await preview(jira, "jira_update_issues", keys=["PMOS-35", "PMOS-40"], fields=fields)
    assert "edit 1 of 2 issues" in shown
    assert "PMOS-35 | Description would lose what Markdown cannot say; jira_update_issue names it" in shown


async def test_what_is_so_already_is_left_out_and_told(jira: Conversation) -> None:
    await run(jira, "jira_update_issues", keys=["PMOS-40"], fields={"labels": {"add": ["api"]}})
    text, _ = await preview(jira, "jira_update_issues", keys=KEYS, fields={"labels": {"add": ["api"]}})
    assert "edit 1 of 2 issues" in text
    assert "so already, left out: 1 (PMOS-40)" in text
    text = await jira.ask("jira_update_issues", keys=["PMOS-40"], fields={"labels": {"add": ["api"]}})
    assert text == "nothing to edit: 0 of 1 issue would change\nso already, left out: 1 (PMOS-40)"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Nothing to change was given"),
        ({"Sprint": "Phase 4"}, "Sprint: cannot be edited in bulk"),
        ({"parent": "PMOS-26"}, "jira_update_issue"),
        ({"Original estimate": "1d"}, "cannot be edited in bulk"),
        ({"labels": {"add": ["a"], "remove": ["b"]}}, "make two calls"),
        ({"Reviewers": {"add": ["me"]}}, "replaces its whole list"),
        ({"lables": ["a"]}, "Did you mean Labels"),
        ({"priority": "Hihg"}, "Did you mean High"),
        ({"status": "Done"}, "jira_transition_issue"),
    ],
)
async def test_what_cannot_be_edited_in_bulk_is_named_with_what_to_do_instead(
    jira: Conversation, fields: dict[str, Any], said: str
) -> None:
    assert said in await jira.refused("jira_update_issues", keys=KEYS, fields=fields)
    assert submitted(jira, "jira_update_issues") == 0


async def test_a_field_that_one_project_lacks_leaves_out_its_issues_only(jira: Conversation) -> None:
    text, _ = await preview(jira, "jira_update_issues", keys=["PMOS-40", "NOVA-7"], fields={"pm_os_phase": "Phase 6"})
    assert "edit 1 of 2 issues" in text
    assert "NOVA-7 | pm_os_phase: is not on the edit screen" in text


async def test_a_value_that_one_project_lacks_leaves_out_its_issues_only(jira: Conversation) -> None:
    text, _ = await preview(jira, "jira_update_issues", keys=["PMOS-40", "NOVA-7"], fields={"components": ["Search"]})
    assert "PMOS-40 | components: 'Search' is not among its values" in text


async def test_a_transition_tells_who_cannot_go_and_why(jira: Conversation) -> None:
    text, token = await preview(
        jira, "jira_transition_issues", keys=["PMOS-40", "PMOS-1", "NOVA-1999"], status="in progress"
    )
    assert "Status: Backlog → In Progress | 1 | PMOS-40" in text
    assert "transitioned 3 issues" in await jira.ask("jira_transition_issues", run=token)
    text = await jira.ask("jira_transition_issues", keys=["PMOS-40", "PMOS-41", "NOVA-1999"], status="Resolved")
    assert "nothing to transition: 0 of 3 issues" in text
    assert "NOVA-1999 | the transition Resolve issue has a screen (Resolution, Fix versions, Assignee)" in text
    assert "PMOS-41 | cannot go from Backlog to there in one step in bulk; possible: To Do, In Progress" in text


async def test_a_transition_is_found_by_its_own_name_too(jira: Conversation) -> None:
    text, _ = await preview(jira, "jira_transition_issues", keys=KEYS, status="select for sprint")
    assert "Status: Backlog → To Do | 2 | PMOS-40..41" in text


async def test_a_move_tells_new_keys_and_what_becomes_of_statuses(jira: Conversation) -> None:
    arguments = {"keys": ["PMOS-40", "PMOS-35", "PMOS-55"], "project": "nova", "statuses": {"Backlog": "In Progress"}}
    text, token = await preview(jira, "jira_move_issues_to_project", **arguments)
    assert "Project: PMOS → NOVA; Status: Backlog → In Progress | 1 | PMOS-40" in text
    assert "2 sub-tasks go with them." in text
    done = await jira.ask("jira_move_issues_to_project", run=token)
    assert "done: moved 2 issues (task 10641): PMOS-35, 40" in done
    assert "PMOS-40 → NOVA-2001" in done
    assert "NOVA-2001 · Task · In Progress" in await jira.ask("jira_get_issue", key="PMOS-40")


async def test_a_type_that_the_target_lacks_is_asked_for(jira: Conversation) -> None:
    text = await jira.ask("jira_move_issues_to_project", keys=["PMOS-41"], project="DESK")
    assert "PMOS-41 | DESK has no type Bug: say which it shall become (type)" in text
    text = await jira.refused("jira_move_issues_to_project", keys=["PMOS-41"], project="DESK", type="Bug")
    assert "[type: one of Task, Incident, Service Request]" in text


async def test_a_field_that_the_target_requires_is_asked_for_and_set(site: Sandbox, tmp_path: Path) -> None:
    settings = JiraSettings.model_validate({"sandbox": True, "access": Access.DELETE, "toolsets": ("bulk",)})
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as jira:
        text = await jira.ask("jira_move_issues_to_project", keys=["PMOS-40"], project="DESK", type="Incident")
        assert "PMOS-40 | DESK requires Severity for type Incident: give it in fields" in text
        text, token = await preview(
            jira,
            "jira_move_issues_to_project",
            keys=["PMOS-40"],
            project="DESK",
            type="Incident",
            fields={"customfield_10105": "SEV-2"},
        )
        assert "moved 1 issue" in await jira.ask("jira_move_issues_to_project", run=token)
        shown = await jira.ask("jira_get_issue", key="PMOS-40", include=["all_fields"])
        assert "SEV-2" in shown


async def test_a_deletion_asks_with_what_would_be_lost(site: Sandbox, tmp_path: Path) -> None:
    questions: list[str] = []
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), elicitation=dialog) as jira:
        text, token = await preview(jira, "jira_delete_issues", keys=["PMOS-26", "PMOS-40"])
        assert questions == []
        assert "issues that stay lose their parent" in text
        assert "deleted 2 issues" in await jira.ask("jira_delete_issues", run=token)
    (question,) = questions
    assert "Delete these 2 issues for good" in question
    assert 'PMOS-26 "Phase 0 - Bootstrap Foundation"' in question


@pytest.mark.parametrize("answer", ["decline", "cancel"])
async def test_without_a_yes_nothing_is_deleted_and_the_token_stays_good(
    site: Sandbox, tmp_path: Path, answer: Any
) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), elicitation=answering(answer)) as jira:
        _, token = await preview(jira, "jira_delete_issues", keys=KEYS)
        assert "did not agree" in await jira.refused("jira_delete_issues", run=token, confirm=True)
        assert submitted(jira, "jira_delete_issues") == 0


async def test_sub_tasks_are_deleted_with_their_parent_only_if_asked_for(jira: Conversation) -> None:
    text, _ = await preview(jira, "jira_delete_issues", keys=["PMOS-35", "PMOS-40"])
    assert "PMOS-35 | has sub-tasks that were not selected: delete_subtasks=true" in text
    text, token = await preview(jira, "jira_delete_issues", keys=["PMOS-35", "PMOS-40"], delete_subtasks=True)
    assert "2 sub-tasks besides go with them: PMOS-55, PMOS-56" in text
    assert "PMOS-55" in await jira.refused("jira_delete_issues", run=token)
    await jira.ask("jira_delete_issues", run=token, confirm=True)
    await jira.refused("jira_get_issue", key="PMOS-56")


@pytest.mark.parametrize("access", [Access.READ, Access.WRITE])
async def test_a_server_that_may_not_delete_says_how_to_allow_it(site: Sandbox, tmp_path: Path, access: Access) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), access=access) as jira:
        text, is_error = await jira.attempt("jira_delete_issues", {"keys": KEYS})
        assert is_error
        assert "JIRA_ACCESS=delete" in text
        assert jira.exchanges == []


async def test_people_are_mailed_only_if_asked_for(jira: Conversation) -> None:
    text, token = await preview(jira, "jira_update_issues", keys=KEYS, fields={"priority": "High"}, notify=True)
    assert "Jira mails those who watch" in text
    await jira.ask("jira_update_issues", run=token)
    await run(jira, "jira_update_issues", keys=KEYS, fields={"priority": "Low"})
    sent = [each.request_body for each in jira.sent("POST", SUBMITS["jira_update_issues"])]
    assert [b'"sendBulkNotification":true' in body.replace(b": ", b":") for body in sent] == [True, False]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["PMOS-35"], "1 of them has a parent and may lose it"),
        (["PMOS-35", "PMOS-36"], "2 of them have a parent and may lose it"),
        (["PMOS-26"], "1 of them is above others, which stay where they are"),
    ],
)
async def test_a_move_tells_how_many_leave_a_parent_or_others_behind(
    jira: Conversation, keys: list[str], said: str
) -> None:
    text = await jira.ask("jira_move_issues_to_project", keys=keys, project="NOVA")
    assert said in text
