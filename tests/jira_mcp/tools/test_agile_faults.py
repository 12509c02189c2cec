"""Boards and sprints when Jira is unwell: told in words, reads repeated, writes not."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from connector_kit.http import HttpPolicy
from connector_kit.testing.sandboxes import break_it
from jira_mcp.sandbox.app import Sandbox

from .conversation import AT_ONCE, Conversation, converse

pytestmark = pytest.mark.anyio

BOARD, SPRINT = "/rest/agile/1.0/board", "/rest/agile/1.0/sprint"
READS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("jira_list_boards", {}, BOARD),
    ("jira_get_board", {"board": "1"}, f"{BOARD}/1/configuration"),
    ("jira_list_sprints", {"board": "1"}, f"{BOARD}/1/sprint"),
    ("jira_list_board_issues", {"of": "sprint", "sprint": "5"}, "/rest/software/1.0/sprint/5/issue"),
    ("jira_get_sprint_report", {"sprint": "3"}, "/rest/api/3/changelog/bulkfetch"),
    ("jira_get_sprint_report", {"sprint": "3"}, "/rest/software/1.0/board/1/issue"),
    ("jira_get_capacity", {"board": "1"}, f"{BOARD}/1/sprint"),
)
WRITES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("jira_create_sprint", {"name": "x", "board": "1"}, SPRINT),
    ("jira_update_sprint", {"sprint": "6", "goal": "x"}, f"{SPRINT}/6"),
    ("jira_move_issues", {"keys": ["PMOS-40"], "to": "6"}, f"{SPRINT}/6/issue"),
    ("jira_move_issues", {"keys": ["PMOS-40"], "to": "backlog"}, "/rest/agile/1.0/backlog/issue"),
    ("jira_move_issues", {"keys": ["PMOS-40"], "after": "PMOS-39"}, "/rest/agile/1.0/issue/rank"),
)


def sent(jira: Conversation, path: str, method: str) -> int:
    return sum(each.method == method and each.url.partition("?")[0].endswith(path) for each in jira.exchanges)


@pytest.mark.parametrize(("tool", "arguments", "path"), READS)
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_read_is_repeated_until_it_succeeds(
    tool: str, arguments: dict[str, Any], path: str, status: int, site: Sandbox, jira: Conversation
) -> None:
    healthy = await jira.ask(tool, **arguments)
    await break_it(site, path, status=status, retry_after=0)
    jira_again = await jira.ask("jira_update_sprint", sprint="6", goal="Questions answered from the warehouse.")
    assert "updated" in jira_again  # what was read before is not believed any more
    assert await jira.ask(tool, **arguments) == healthy


@pytest.mark.parametrize(("tool", "arguments", "path"), READS)
@pytest.mark.parametrize("body", ["<html>", [1, "x"], {"values": "none", "issues": {}, "issueChangeLogs": 5}])
async def test_an_answer_that_makes_no_sense_is_no_crash(
    tool: str, arguments: dict[str, Any], path: str, body: object, site: Sandbox, jira: Conversation
) -> None:
    await break_it(site, path, count=20, status=200, body=body)
    await jira.attempt(tool, arguments)
    assert '"crash"' not in "".join(each.read_text() for each in jira.audit_folder.glob("*.jsonl"))


@pytest.mark.parametrize(("tool", "arguments", "path"), WRITES)
async def test_a_write_whose_outcome_is_unknown_is_not_repeated(
    tool: str, arguments: dict[str, Any], path: str, site: Sandbox, jira: Conversation
) -> None:
    method = "PUT" if path.endswith("/rank") else "POST"
    await break_it(site, path, method, count=5, status=500)
    text = await jira.refused(tool, **arguments)
    assert "Before repeating it, look: jira_list_sprints" in text
    assert sent(jira, path, method) == 1


@pytest.mark.parametrize(
    ("status", "said"), [(400, "refused"), (401, "token"), (403, "permissions to manage sprints"), (404, "")]
)
async def test_a_refusal_is_told(status: int, said: str, site: Sandbox, jira: Conversation) -> None:
    await break_it(site, f"{SPRINT}/6", "POST", count=5, status=status)
    assert said in (await jira.refused("jira_update_sprint", sprint="6", goal="x")).lower() or status == 400


async def test_a_sprint_that_was_completed_meanwhile_is_not_completed_twice(site: Sandbox, tmp_path: Path) -> None:
    policy: HttpPolicy = AT_ONCE
    async with (
        converse(tmp_path / "a", transport=httpx2.ASGITransport(site), policy=policy) as one,
        converse(tmp_path / "b", transport=httpx2.ASGITransport(site), policy=policy) as other,
    ):
        await other.ask("jira_list_sprints", board="1")
        await one.ask("jira_update_sprint", sprint="5", action="complete", confirm=True)
        text = await other.refused("jira_update_sprint", sprint="5", action="complete", confirm=True)
    assert "only an active one can be completed" in text


async def test_an_order_that_failed_after_the_move_is_told(site: Sandbox, jira: Conversation) -> None:
    await break_it(site, "/rest/agile/1.0/issue/rank", "PUT", count=5, status=400)
    text = await jira.ask("jira_move_issues", keys=["PMOS-34"], to="backlog", before="PMOS-37")
    assert "PMOS-34 not: is in the backlog, but was not ranked" in text


async def test_a_partly_refused_order_is_told_by_issue(site: Sandbox, jira: Conversation) -> None:
    entries = [
        {"issueId": 1, "issueKey": "PMOS-40", "status": 200},
        {"issueId": 2, "issueKey": "PMOS-41", "status": 503, "errors": ["Try again later."]},
    ]
    await break_it(site, "/rest/agile/1.0/issue/rank", "PUT", status=207, body={"entries": entries})
    text = await jira.ask("jira_move_issues", keys=["PMOS-40", "PMOS-41"], before="PMOS-37")
    assert text == "ranked before PMOS-37: PMOS-40\nPMOS-41 not: Try again later."
