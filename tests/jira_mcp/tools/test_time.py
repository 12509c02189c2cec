"""Logged work as a model meets it: listed, corrected, deleted, with the scopes that it takes."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from connector_kit.output import ANSWER_BUDGET, size
from jira_mcp.sandbox.app import Sandbox

from .conversation import ERAS, SITE, Conversation, answering, converse, cursor_in

pytestmark = pytest.mark.anyio
KEY = "PMOS-40"


async def worklog(jira: Conversation, **arguments: Any) -> str:
    """The id of new work."""
    text = await jira.ask("jira_add_worklog", **{"key": KEY, "time_spent": "1h", **arguments})
    return text.split("worklog ")[1].split(",")[0]


async def test_work_is_listed_with_what_is_needed_to_correct_it(jira: Conversation) -> None:
    assert await jira.ask("jira_list_worklogs", key=KEY) == f"no work was logged on {KEY}"
    first = await worklog(jira, started="2026-02-03T09:30", comment="Read *much*.\n\n- and wrote")
    second = await worklog(jira, time_spent="1h 30m", started="2026-02-04T09:30")
    assert await jira.ask("jira_list_worklogs", key=KEY) == (
        f'<data from="worklogs of {KEY}">\n'
        f"[id {second} · 1h 30m · Human PM · 2026-02-04 09:30]\n\n"
        f"[id {first} · 1h · Human PM · 2026-02-03 09:30]\nRead *much*.\n\n- and wrote\n</data>\n"
        f"together 2h 30m; returned 2 worklogs; more: no; {SITE}/browse/{KEY}"
    )
    text = await jira.ask("jira_list_worklogs", key=KEY, started_from="2026-02-04", started_until="2026-02-04")
    assert f"id {second}" in text
    assert f"id {first}" not in text
    none = await jira.ask("jira_list_worklogs", key=KEY, started_from="2026-03-01")
    assert none == f"no work was logged on {KEY} in that time"


async def test_pages_reach_all_work_within_the_budget(jira: Conversation) -> None:
    ids = [await worklog(jira, started=f"2026-02-{day:02}T09:30", comment="word " * 800) for day in range(1, 15)]
    seen: list[str] = []
    cursor = ""
    while True:
        text = await jira.ask("jira_list_worklogs", key=KEY, cursor=cursor)
        assert size(text) < ANSWER_BUDGET + 500
        seen += [part.split()[0] for part in text.split("[id ")[1:]]
        assert "\nthese together " in text
        if "more: no" in text:
            break
        cursor = cursor_in(text)
    assert seen == ids[::-1]


async def test_work_is_corrected_and_the_estimate_with_it(jira: Conversation) -> None:
    await jira.ask("jira_update_issue", key=KEY, fields={"Original estimate": "8h", "Remaining estimate": "8h"})
    number = await worklog(jira)
    text = await jira.ask(
        "jira_update_worklog", key=KEY, worklog_id=number, time_spent="2.5h", started="2026-02-05", remaining="3h"
    )
    told = f"updated worklog {number} of {KEY}: 2h 30m, started 2026-02-05T12:00+0000; changed: time_spent, started"
    assert text == told
    assert "remaining 3h" in await jira.ask("jira_get_issue", key=KEY)
    text = await jira.ask("jira_update_worklog", key=KEY, worklog_id=number, comment="Well.")
    assert "changed: comment (5 characters)" in text
    text = await jira.ask("jira_update_worklog", key=KEY, worklog_id=number, comment="Well.")
    assert text == f"worklog {number} of {KEY} is so already; nothing was written {SITE}/browse/{KEY}"


@pytest.mark.parametrize(
    ("tool", "arguments", "name"),
    [
        ("jira_add_worklog", {"time_spent": "1h", "remaining": "+2h"}, "remaining"),
        ("jira_add_worklog", {"time_spent": "1h", "remaining": "later"}, "remaining"),
        ("jira_update_worklog", {"worklog_id": "1", "time_spent": "a while"}, "time_spent"),
        ("jira_update_worklog", {"worklog_id": "1", "time_spent": "1h", "remaining": "-2h"}, "remaining"),
        ("jira_update_worklog", {"worklog_id": "1", "started": "soon"}, "started"),
        ("jira_list_worklogs", {"started_from": "soon"}, "started_from"),
        ("jira_list_worklogs", {"started_until": "soon"}, "started_until"),
        ("jira_list_worklogs", {"cursor": "forged"}, "cursor"),
        ("jira_delete_worklog", {"worklog_id": "10007", "remaining": "-2h", "confirm": True}, "remaining"),
    ],
)
async def test_a_refusal_names_the_argument_as_the_tool_calls_it(
    jira: Conversation, tool: str, arguments: dict[str, Any], name: str
) -> None:
    text = await jira.refused(tool, **{"key": "PMOS-8", **arguments})
    assert f"[{name}: " in text
    assert not [each for each in jira.exchanges if each.method not in ("GET",)]


@pytest.mark.parametrize("era", ERAS)
async def test_work_is_deleted_only_with_a_yes(site: Sandbox, tmp_path: Path, era: str) -> None:
    questions: list[str] = []
    transport = httpx2.ASGITransport(site)
    async with converse(tmp_path / "a", transport=transport, mode=era) as jira:
        text = await jira.refused("jira_delete_worklog", key="PMOS-8", worklog_id="10007")
        assert "Delete the 1h that Human PM logged on PMOS-8 (2026-01-31 16:00) for good?" in text
        assert not [each for each in jira.exchanges if each.method == "DELETE"]
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path / "b", transport=transport, mode=era, elicitation=dialog) as jira:
        text = await jira.ask("jira_delete_worklog", key="PMOS-8", worklog_id="10007", remaining="keep")
        assert text == "deleted worklog 10007 of PMOS-8"
        assert len(questions) == 1
