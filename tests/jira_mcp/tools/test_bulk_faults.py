"""Bulk operations when Jira is unwell or refuses: submitted once, followed as far as possible, told in words."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from connector_kit.testing.sandboxes import break_it
from jira_mcp.client import bulk_tasks
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.settings import JiraSettings

from .bulk_calls import API, CHANGES, KEYS, QUEUE, SUBMITS, preview, submitted
from .conversation import Conversation, converse

pytestmark = pytest.mark.anyio
EACH = pytest.mark.parametrize("tool", SUBMITS)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox works a step whenever it is asked."""
    monkeypatch.setattr(bulk_tasks, "PAUSES", (0.0,))


async def running(jira: Conversation, tool: str) -> dict[str, Any]:
    """The arguments that run what was just shown."""
    _, token = await preview(jira, tool, keys=KEYS, **CHANGES[tool])
    return {"run": token, **({"confirm": True} if tool == "jira_delete_issues" else {})}


@EACH
@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_submission_without_a_clear_answer_is_not_sent_again(
    site: Sandbox, jira: Conversation, tool: str, status: int
) -> None:
    arguments = await running(jira, tool)
    await break_it(site, SUBMITS[tool], "POST", count=5, status=status)
    text = await jira.refused(tool, **arguments)
    assert "Before repeating it, look: jira_" in text
    assert submitted(jira, tool) == 1
    assert "used already" in await jira.refused(tool, **arguments)
    assert submitted(jira, tool) == 1


class Dropping(httpx2.AsyncBaseTransport):
    """A way to the site on which the answer to a submission gets lost."""

    def __init__(self, site: Sandbox) -> None:
        self._within = httpx2.ASGITransport(site)

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._within.handle_async_request(request)
        if request.method == "POST" and "/bulk/issues/" in request.url.path:
            raise httpx2.ReadError("the connection was lost", request=request)
        return answer


async def test_an_operation_whose_answer_was_lost_shows_as_done_in_a_new_preview(site: Sandbox, tmp_path: Path) -> None:
    change = {"labels": {"add": ["bulk"]}}
    async with converse(tmp_path / "a", transport=Dropping(site)) as jira:
        _, token = await preview(jira, "jira_update_issues", keys=KEYS, fields=change)
        text = await jira.refused("jira_update_issues", run=token)
        assert "without run, tells which are so already" in text
        assert submitted(jira, "jira_update_issues") == 1
    async with converse(tmp_path / "b", transport=httpx2.ASGITransport(site)) as jira:
        done = await jira.ask("jira_get_bulk_task", task="10641")
        assert done == "done: processed 2 issues (task 10641): PMOS-40..41"
        text = await jira.ask("jira_update_issues", keys=KEYS, fields=change)
        assert "so already, left out: 2 (PMOS-40..41)" in text


@EACH
@pytest.mark.parametrize("body", ["<html>", {}, {"taskId": "../1"}, {"taskId": [5]}, [], None])
async def test_a_submission_without_a_usable_task_is_not_sent_again(
    site: Sandbox, jira: Conversation, tool: str, body: object
) -> None:
    arguments = await running(jira, tool)
    await break_it(site, SUBMITS[tool], "POST", count=5, status=201, body=body)
    assert "Before repeating it, look: jira_" in await jira.refused(tool, **arguments)
    assert submitted(jira, tool) == 1


@EACH
async def test_too_many_operations_at_once_are_told_as_that(site: Sandbox, jira: Conversation, tool: str) -> None:
    arguments = await running(jira, tool)
    body = {"errors": [{"message": "There are 5 bulk operations running already."}]}
    await break_it(site, SUBMITS[tool], "POST", status=400, body=body)
    text = await jira.refused(tool, **arguments)
    assert "There are 5 bulk operations running already" in text
    assert "Nothing was changed. Jira runs at most 5 bulk operations of a site at once: wait" in text


async def test_a_submission_that_jira_puts_off_is_sent_again(site: Sandbox, jira: Conversation) -> None:
    arguments = await running(jira, "jira_update_issues")
    await break_it(site, SUBMITS["jira_update_issues"], "POST", status=429, retry_after=0)
    assert "edited 2 issues" in await jira.ask("jira_update_issues", **arguments)
    assert submitted(jira, "jira_update_issues") == 2


@pytest.mark.parametrize(("status", "said"), [(400, "Nothing was changed"), (401, "token"), (403, "permission")])
async def test_a_refusal_says_that_nothing_was_changed_or_what_is_lacking(
    site: Sandbox, jira: Conversation, status: int, said: str
) -> None:
    arguments = await running(jira, "jira_update_issues")
    body = {"errors": [{"message": "Some of the issues are not valid"}]}
    await break_it(site, SUBMITS["jira_update_issues"], "POST", count=5, status=status, body=body)
    text = await jira.refused("jira_update_issues", **arguments)
    assert said in text
    assert "Some of the issues are not valid" in text or status == 401


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_look_at_the_task_is_repeated(site: Sandbox, jira: Conversation, status: int) -> None:
    arguments = await running(jira, "jira_update_issues")
    await break_it(site, QUEUE, status=status, count=2, retry_after=0)
    assert "edited 2 issues" in await jira.ask("jira_update_issues", **arguments)
    assert submitted(jira, "jira_update_issues") == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 404},
        {"status": 200, "body": "<html>"},
        {"status": 200, "body": []},
        {"status": 200, "body": {"progressPercent": 7}},
    ],
)
async def test_a_task_that_cannot_be_followed_keeps_its_id(
    site: Sandbox, jira: Conversation, fault: dict[str, Any]
) -> None:
    arguments = await running(jira, "jira_update_issues")
    await break_it(site, QUEUE, count=20, **fault)
    text = await jira.ask("jira_update_issues", **arguments)
    assert "Jira took the operation (task 10641), but how far it is could not be read" in text
    assert "jira_get_bulk_task with task=10641" in text
    assert submitted(jira, "jira_update_issues") == 1


@pytest.mark.parametrize("state", ["FAILED", "DEAD", "CANCELLED"])
async def test_an_operation_that_jira_gave_up_tells_what_was_done(
    site: Sandbox, jira: Conversation, state: str
) -> None:
    arguments = await running(jira, "jira_update_issues")
    body = {
        "taskId": "10641",
        "status": state,
        "progressPercent": 50,
        "processedAccessibleIssues": [10040],
        "failedAccessibleIssues": {"10041": ["No <b>luck</b>\nat all"]},
        "totalIssueCount": 2,
    }
    await break_it(site, QUEUE, status=200, body=body)
    text = await jira.ask("jira_update_issues", **arguments)
    assert text.splitlines() == [
        "ended before its time: edited 1 of 2 issues (task 10641): PMOS-40",
        "failed: 1",
        "keys | why",
        "PMOS-41 | No <b>luck</b> at all",
    ]


async def test_issues_of_which_jira_says_nothing_are_named(site: Sandbox, jira: Conversation) -> None:
    arguments = await running(jira, "jira_update_issues")
    body = {"status": "COMPLETE", "processedAccessibleIssues": [10040, "x", None], "failedAccessibleIssues": [1]}
    await break_it(site, QUEUE, status=200, body=body)
    text = await jira.ask("jira_update_issues", **arguments)
    assert "Jira does not say what became of 1, look: PMOS-41" in text


async def test_each_issue_fails_for_its_own_reason(site: Sandbox, jira: Conversation) -> None:
    _, token = await preview(jira, "jira_transition_issues", keys=KEYS, status="In Progress")
    await jira.ask("jira_transition_issue", key="PMOS-41", status="In Progress")
    text = await jira.ask("jira_transition_issues", run=token)
    assert "done: transitioned 1 of 2 issues (task 10641): PMOS-40" in text
    assert "PMOS-41 | The transition 31 is not valid for the current status of the issue." in text


async def test_issues_that_vanish_after_the_preview_are_told(jira: Conversation) -> None:
    arguments = await running(jira, "jira_update_issues")
    await jira.ask("jira_delete_issue", key="PMOS-41", confirm=True)
    text = await jira.refused("jira_update_issues", **arguments)
    assert "Some of the issues in the issueIdsOrKeys are not valid" in text
    assert "Nothing was changed. Call again without run" in text


async def test_a_call_that_runs_out_of_time_tells_how_to_go_on(
    site: Sandbox, jira: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_tasks, "_RESERVE", 1_000.0)
    arguments = await running(jira, "jira_update_issues")
    text = await jira.ask("jira_update_issues", **arguments)
    assert text.startswith("still running, 0 per cent are done (task 10641). jira_get_bulk_task with task=10641")
    monkeypatch.setattr(bulk_tasks, "_RESERVE", 1.0)
    assert await jira.ask("jira_get_bulk_task", task="10641") == "done: edited 2 issues (task 10641): PMOS-40..41"


async def test_progress_is_told_while_it_runs(jira: Conversation) -> None:
    told: list[tuple[float, float | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    _, token = await preview(
        jira, "jira_update_issues", jql="project = NOVA AND key <= NOVA-600", fields={"labels": {"add": ["bulk"]}}
    )
    text, is_error = await jira.attempt("jira_update_issues", {"run": token}, progress=note)
    assert not is_error
    assert "edited 600 issues" in text
    assert told[0] == (0, 100)
    assert told[-1] == (100, 100)
    assert told == sorted(told)


async def test_an_account_without_the_permission_is_told_so(site: Sandbox, tmp_path: Path) -> None:
    body = {"errors": [{"message": "You do not have the global permission to make bulk changes."}]}
    async with converse(tmp_path, transport=httpx2.ASGITransport(site)) as jira:
        await break_it(site, f"{API}/bulk/issues/fields", "GET", status=403, body=body)
        text = await jira.refused("jira_update_issues", keys=KEYS, fields={"priority": "High"})
        assert "You do not have the global permission to make bulk changes" in text


# Projects that tools may touch


def only_pmos() -> JiraSettings:
    return JiraSettings.model_validate({"sandbox": True, "access": "delete", "toolsets": ("bulk",), "projects": "PMOS"})


@EACH
async def test_other_projects_are_out_of_reach(site: Sandbox, tmp_path: Path, tool: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=only_pmos()) as jira:
        change = {"project": "PMOS", "type": "Bug"} if "project" in CHANGES[tool] else CHANGES[tool]
        assert "outside of the projects that JIRA_PROJECTS allows" in await jira.refused(
            tool, keys=["NOVA-7"], **change
        )
        assert "No issue matches" in await jira.refused(tool, jql="project = NOVA", **change)
        text = await jira.ask(tool, jql="key in (PMOS-40, NOVA-7) OR key = NOVA-8 ORDER BY key", **change)
        assert "PMOS-40" in text
        assert "NOVA" not in text


async def test_nothing_is_moved_out_of_the_allowed_projects(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=only_pmos()) as jira:
        assert "JIRA_PROJECTS" in await jira.refused("jira_move_issues_to_project", keys=KEYS, project="NOVA")
        text = await jira.refused(
            "jira_move_issues_to_project", keys=KEYS, project="PMOS", type="Sub-task", parent="NOVA-7"
        )
        assert "JIRA_PROJECTS" in text


@EACH
async def test_an_issue_that_left_the_allowed_projects_since_the_preview_is_not_touched(
    site: Sandbox, tmp_path: Path, tool: str
) -> None:
    async with (
        converse(tmp_path / "a", transport=httpx2.ASGITransport(site), settings=only_pmos()) as jira,
        converse(tmp_path / "b", transport=httpx2.ASGITransport(site)) as other,
    ):
        change = {"project": "PMOS", "type": "Story"} if "project" in CHANGES[tool] else CHANGES[tool]
        _, token = await preview(jira, tool, keys=KEYS, **change)
        _, moving = await preview(other, "jira_move_issues_to_project", keys=["PMOS-41"], project="NOVA")
        await other.ask("jira_move_issues_to_project", run=moving)
        sure = {"confirm": True} if tool == "jira_delete_issues" else {}
        text = await jira.refused(tool, run=token, **sure)
        assert "left the projects of JIRA_PROJECTS: PMOS-41" in text
        assert submitted(jira, tool) == 0
        text, _ = await preview(jira, tool, keys=KEYS, **change)
        assert "PMOS-41 | was moved to a project outside of JIRA_PROJECTS" in text
        assert "NOVA" not in text


async def test_a_task_about_other_projects_shows_numbers_only(site: Sandbox, tmp_path: Path) -> None:
    async with (
        converse(tmp_path / "a", transport=httpx2.ASGITransport(site)) as jira,
        converse(tmp_path / "b", transport=httpx2.ASGITransport(site), settings=only_pmos()) as narrow,
    ):
        _, token = await preview(jira, "jira_update_issues", keys=["PMOS-40", "NOVA-7"], fields={"priority": "Low"})
        await jira.ask("jira_update_issues", run=token)
        text = await narrow.ask("jira_get_bulk_task", task="10641")
        assert "processed 1 of 2 issues (task 10641): PMOS-40" in text
        assert "1 issue outside of JIRA_PROJECTS, not shown" in text
        assert "NOVA" not in text


async def test_a_token_ends_with_the_process(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path / "a", transport=httpx2.ASGITransport(site)) as jira:
        arguments = await running(jira, "jira_delete_issues")
    async with converse(tmp_path / "b", transport=httpx2.ASGITransport(site)) as jira:
        assert "tokens end when the server does" in await jira.refused("jira_delete_issues", **arguments)
