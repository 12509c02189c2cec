"""Issues that follow branches and pull requests, as a model has them follow."""

from pathlib import Path

import httpx2
import pytest

from connector_kit.access import Access
from connector_kit.testing.sandboxes import break_it
from jira_mcp.client.git_events import keys_in
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.settings import JiraSettings

from .conversation import Conversation, converse, tokens

pytestmark = pytest.mark.anyio

TOOL = "jira_apply_git_event"
PULL = "https://github.com/pm-os/agents/pull/7"


async def status_of(jira: Conversation, key: str) -> str:
    return (await jira.ask("jira_get_issue", key=key, include=[])).split(" · ")[2]


@pytest.mark.parametrize(
    ("branch", "title", "message", "expected"),
    [
        ("feature/PMOS-34-oauth", "", "", ["PMOS-34"]),
        ("feature/pmos-34", "PMOS-34: OAuth", "", ["PMOS-34"]),
        ("PMOS-34_PMOS-35", "", "", ["PMOS-34", "PMOS-35"]),
        ("x_pmos-34", "", "", ["X_PMOS-34", "PMOS-34"]),
        ("", "[PMOS-1] and (PMOS-2), PMOS-3.", "fixes PMOS-1, NOVA-9!", ["PMOS-1", "PMOS-2", "PMOS-3", "NOVA-9"]),
        ("", "release-2026 of pmos-34", "utf-8", []),
        ("main", "No key", "PMOS-0 PMOS- PMOS-034 PMOS-12a APMOS-12345678901 ÄPMOS-3 A-1", []),
        ("PMOS-1/../../PMOS-2?x#y", "", "", ["PMOS-1", "PMOS-2"]),
    ],
)
def test_keys_are_found_in_names_and_messages(branch: str, title: str, message: str, expected: list[str]) -> None:
    assert keys_in(branch, title, message) == expected


async def test_an_issue_follows_its_branch_to_the_end(jira: Conversation) -> None:
    branch = "feature/pmos-40-guide"
    plan = await jira.ask(TOOL, event="branch_created", branch=branch, dry_run=True)
    assert plan.splitlines() == [
        "dry run, nothing was changed; branch created (feature/pmos-40-guide)",
        "PMOS-40 would move Backlog → In Progress | Write a setup guide for every server",
    ]
    assert await status_of(jira, "PMOS-40") == "Backlog"
    assert "PMOS-40 Backlog → In Progress" in await jira.ask(TOOL, event="branch_created", branch=branch)
    text = await jira.ask(TOOL, event="pull_request_opened", branch=branch, title="PMOS-40: A guide", url=PULL)
    assert "PMOS-40 In Progress → In Review; link added" in text
    again = await jira.ask(TOOL, event="pull_request_opened", branch=branch, title="PMOS-40: A guide", url=PULL + "/")
    assert "PMOS-40 stays In Review: it is there already; linked already" in again
    text = await jira.ask(TOOL, event="pull_request_merged", branch=branch, title="PMOS-40: A guide", url=PULL)
    assert "PMOS-40 In Review → Done; link updated" in text
    late = await jira.ask(TOOL, event="branch_created", branch=branch, url=PULL)
    assert "PMOS-40 stays Done: it is further than in progress; linked already" in late
    links = await jira.ask("jira_list_remote_links", key="PMOS-40")
    assert links.splitlines()[1:] == [f"10000 | development | PMOS-40: A guide | {PULL} | resolved"]
    assert tokens(text) < 100


async def test_where_nobody_reviews_an_open_request_means_work(jira: Conversation) -> None:
    text = await jira.ask(TOOL, event="pull_request_opened", title="PMOS-34 and NOVA-1999", dry_run=True)
    assert "PMOS-34 would move To Do → In Progress" in text
    assert "NOVA-1999 would move To Do → In Progress" in text


async def test_an_issue_is_never_moved_backwards(jira: Conversation) -> None:
    for event in ("branch_created", "pull_request_opened", "pull_request_declined"):
        for status in ("", "In Progress", "Backlog"):
            text = await jira.ask(TOOL, event=event, title="PMOS-5", status=status)
            assert "PMOS-5 stays Done" in text
    assert "would be a step back" in await jira.ask(TOOL, event="branch_created", title="PMOS-5", status="Backlog")


async def test_a_declined_request_moves_nothing_unless_told(jira: Conversation) -> None:
    await jira.ask(TOOL, event="branch_created", branch="PMOS-40")
    await jira.ask(TOOL, event="pull_request_opened", branch="PMOS-40", url=PULL)
    text = await jira.ask(TOOL, event="pull_request_declined", branch="PMOS-40", url=PULL)
    assert "stays In Review: a declined pull request moves nothing unless a status is given; link updated" in text
    text = await jira.ask(TOOL, event="pull_request_declined", branch="PMOS-40", url=PULL, status="in progress")
    assert "PMOS-40 In Review → In Progress; linked already" in text
    text = await jira.ask(TOOL, event="pull_request_opened", branch="PMOS-40", url=PULL)
    assert "PMOS-40 In Progress → In Review; link updated" in text
    assert "resolved" not in await jira.ask("jira_list_remote_links", key="PMOS-40")


async def test_what_cannot_be_reached_is_told_and_does_not_hold_up_the_rest(jira: Conversation) -> None:
    await jira.ask(TOOL, event="branch_created", branch="PMOS-35")
    text = await jira.ask(
        TOOL, event="pull_request_merged", title="PMOS-40 PMOS-35 NOVA-1999 UTF-8 PMOS-4711", url=PULL
    )
    assert "PMOS-40 stays Backlog: done cannot be reached from Backlog: from there only To Do, In Progress" in text
    assert "PMOS-35 In Progress → Done; link added" in text
    assert "NOVA-1999 stays To Do: Resolved asks for Resolution: repeat with these in fields" in text
    assert "no issues that this account can see: UTF-8, PMOS-4711" in text
    text = await jira.ask(TOOL, event="pull_request_merged", title="NOVA-1999", fields={"resolution": "Done"})
    assert "NOVA-1999 To Do → Resolved" in text
    text = await jira.ask(TOOL, event="pull_request_merged", title="NOVA-1998", fields={"resolution": "Dnoe"})
    assert "NOVA-1998 failed: " in text
    assert "Done" in text


async def test_a_status_by_name_wins_over_the_usual_one(jira: Conversation) -> None:
    text = await jira.ask(TOOL, event="branch_created", branch="PMOS-40", status="to do")
    assert "PMOS-40 Backlog → To Do" in text
    text = await jira.ask(TOOL, event="branch_created", branch="PMOS-40", status="Nirvana")
    assert "stays To Do: Nirvana cannot be reached from To Do: from there only" in text


async def test_a_text_without_keys_is_refused_and_many_keys_are_too_many(jira: Conversation) -> None:
    assert "No issue key was found" in await jira.refused(TOOL, event="branch_created", branch="main")
    many = " ".join(f"NOVA-{number}" for number in range(100, 130))
    assert "30 issues at once are too many" in await jira.refused(TOOL, event="branch_created", message=many)
    lots = " ".join(f"X-{number}" for number in range(100, 130))
    assert "No issue key" in await jira.refused(TOOL, event="branch_created", message=lots)
    lots = " ".join(f"XY-{number}" for number in range(100, 200))
    assert "100 different keys are too many" in await jira.refused(TOOL, event="branch_created", message=lots)
    text = await jira.refused(TOOL, event="branch_created", branch="PMOS-40", url="http://example.org")
    assert "https://" in text
    assert jira.exchanges[-1].method == "POST"  # the last request read issues, nothing was written
    assert await status_of(jira, "PMOS-40") == "Backlog"


async def test_projects_that_tools_may_not_touch_are_left_alone(site: Sandbox, tmp_path: Path) -> None:
    settings = JiraSettings(sandbox=True, access=Access.WRITE, projects=("PMOS",), toolsets=("development", "links"))
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as jira:
        text = await jira.ask(TOOL, event="branch_created", branch="PMOS-40-NOVA-1999", url=PULL)
        assert "PMOS-40 Backlog → In Progress" in text
        assert "in projects that JIRA_PROJECTS does not allow, left alone: NOVA-1999" in text
        text = await jira.ask(TOOL, event="branch_created", branch="NOVA-1999")
        assert "no issue: nothing to do" in text
        assert not any("NOVA-1999" in exchange.url for exchange in jira.exchanges)


async def test_a_link_that_fails_after_the_move_is_told(site: Sandbox, jira: Conversation) -> None:
    await break_it(site, "/rest/api/3/issue/PMOS-40/remotelink", "POST", status=403, count=5)
    text = await jira.ask(TOOL, event="branch_created", branch="PMOS-40 PMOS-35", url=PULL)
    assert "PMOS-40 failed: PMOS-40 is In Progress now, but the link was not added" in text
    assert "PMOS-35 To Do → In Progress; link added" in text


async def test_what_was_not_tried_after_a_failure_is_told(site: Sandbox, jira: Conversation) -> None:
    await break_it(site, "/rest/api/3/issue/PMOS-35/transitions", "POST", status=500)
    text = await jira.ask(TOOL, event="branch_created", branch="PMOS-40 PMOS-35 PMOS-34")
    assert "PMOS-40 Backlog → In Progress" in text
    assert "PMOS-35 failed: " in text
    assert "Before repeating it, look: jira_get_issue PMOS-35" in text
    assert "not tried: PMOS-34. It does no harm to repeat the call." in text
    again = await jira.ask(TOOL, event="branch_created", branch="PMOS-40 PMOS-35 PMOS-34")
    assert "PMOS-40 stays In Progress" in again
    assert "PMOS-34 To Do → In Progress" in again


async def test_somebody_elses_move_meanwhile_is_seen(site: Sandbox, tmp_path: Path) -> None:
    async with (
        converse(tmp_path / "a", transport=httpx2.ASGITransport(site)) as one,
        converse(tmp_path / "b", transport=httpx2.ASGITransport(site)) as other,
    ):
        await one.ask("jira_transition_issue", key="PMOS-40", status="In Progress")
        plan = await one.ask(TOOL, event="pull_request_opened", branch="PMOS-40", dry_run=True)
        assert "would move In Progress → In Review" in plan
        await other.ask("jira_transition_issue", key="PMOS-40", status="Done")
        text = await one.ask(TOOL, event="pull_request_opened", branch="PMOS-40")
        assert "PMOS-40 stays Done" in text
