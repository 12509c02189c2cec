"""What four services say of one phase is compared: each thing that differs is told."""

from collections.abc import Mapping
from typing import Any

import pytest

from mcp_suite.demo.agreement import LATEST, PHASES, Now, counted, follow, last_complete, parts, tells
from mcp_suite.demo.display import glanced
from mcp_suite.demo.steps import StepError

LINKS = (
    "Epic: [PMOS-29](https://pm.example/browse/PMOS-29); "
    "report: [Phase 3 completion report](https://pm.example/wiki/spaces/PMOS/pages/98454)."
)
MESSAGE = f"[19:00 DocMaintainer · 177.0] **Phase 3 is COMPLETE!** All 7 deliverables are done.\n  {LINKS}"
ANSWERS = {
    "slack_read_channel": f"[18:00 A · 1.0] Phase 2 is COMPLETE! No links.\n{MESSAGE}\nreturned 2 messages",
    "jira_get_issue": "PMOS-29 · Epic · Done · https://pm.example/browse/PMOS-29\n# Phase 3 - Self-Improvement Loop",
    "jira_search_issues": "key | summary\nreturned 7 issues; more: no; each at https://pm.example/browse/<key>",
    "confluence_get_page": (
        "# Report\nPMOS-29\n| Began | 2026-02-01 |\n| Ended | 2026-02-02 |\n| Deliverables | 7 | 7 |"
    ),
    PHASES: (
        "columns: PHASE_ID INT, STATUS VARCHAR, DELIVERABLES_COMPLETED INT, START_DATE DATE, END_DATE DATE, "
        "ESTIMATED_DAYS INT\n"
        '[2,"Complete",5,"2026-01-31","2026-02-01",21]\n[3,"Complete",7,"2026-02-01","2026-02-02",21]\n'
        '[4,"Planned",0,null,null,8]\nrows 1-3 of 3'
    ),
    LATEST: (
        "columns: METRIC_DATE DATE, DELIVERABLES_COMPLETE INT, DELIVERABLES_TOTAL INT\n"
        '["2026-02-02",12,46]\nrows 1-1 of 1'
    ),
}


async def _follow(changed: Mapping[str, str], *, warehouse: bool = True) -> tuple[list[str], Now | None]:
    async def ask(
        server: str, ask: str, tool: str, arguments: Mapping[str, Any], *, shows: str = "", glance: str = ""
    ) -> str:
        del ask, shows
        assert tool.startswith(server)
        answer = {**ANSWERS, **changed}[str(arguments.get("sql", tool))]
        assert glanced(answer, glance)
        return answer

    return await follow(ask, warehouse=warehouse)


@pytest.mark.anyio
async def test_what_is_the_same_everywhere_is_told_with_where_the_history_ends() -> None:
    same, now = await _follow({})
    assert same[0] == "Phase 3 is complete with 7 deliverables: Slack, Jira, Confluence and Snowflake say so."
    assert same[2].startswith("12 of 46 deliverables")
    assert now == Now("2026-02-02", 4, "", 8)
    assert await _follow({}, warehouse=False) == (
        ["Phase 3 is complete with 7 deliverables: Slack, Jira and Confluence say so."],
        None,
    )
    _, over = await _follow({PHASES: ANSWERS[PHASES].replace("Planned", "Complete")})
    assert over is not None
    assert over.phase is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("place", "old", "new", "told"),
    [
        ("slack_read_channel", "All 7", "All 8", "Slack does not say that Phase 3 had 7"),
        ("slack_read_channel", "Epic", "Issue", "does not name a phase, its epic and its report"),
        ("slack_read_channel", "COMPLETE", "begun", "no message calls a phase complete"),
        ("jira_get_issue", "Done", "In Progress", "Jira does not call PMOS-29 the finished epic"),
        ("jira_search_issues", "7 issues", "6 issues", "Slack does not say that Phase 3 had 6"),
        ("jira_search_issues", "more: no", "more: yes", "how many issues there are in all"),
        ("confluence_get_page", "PMOS-29", "PMOS-28", "does not name PMOS-29"),
        ("confluence_get_page", "| 7 | 7", "| 5 | 5", "Confluence does not say that Phase 3 had 7"),
        ("confluence_get_page", "2026-02-01", "2026-01-30", "went from 2026-02-01 to 2026-02-02, Confluence does not"),
        (PHASES, '3,"Complete",7', '3,"Complete",6', "Snowflake has Phase 3 as Complete with 6"),
        (PHASES, '3,"Complete",7', '3,"Current",7', "Snowflake has Phase 3 as Current with 7"),
        (PHASES, "[3,", "[5,", "Snowflake has no row of Phase 3"),
        (LATEST, ",12,", ",13,", "12 deliverables in all, the figures of 2026-02-02 13"),
        (LATEST, "columns", "nothing", "Snowflake answered something else than rows"),
    ],
)
async def test_whoever_says_something_else_is_named(place: str, old: str, new: str, told: str) -> None:
    with pytest.raises(StepError, match=told):
        await _follow({place: ANSWERS[place].replace(old, new)})


def test_a_message_is_taken_with_all_of_its_lines() -> None:
    assert parts(last_complete(ANSWERS["slack_read_channel"])) == (3, "PMOS-29", "98454")


def test_a_number_is_told_only_where_deliverables_are() -> None:
    assert tells("All 7 deliverables", 7)
    assert tells("| Deliverables | 17 | 7 |", 7)
    assert not tells("All 17 deliverables in 7.5 days", 7)
    assert not tells("7 days\nno deliverables", 7)
    assert counted("returned 1 issue; more: no") == 1


def test_a_glance_shows_the_lines_that_matter_or_all() -> None:
    assert glanced("a\nb1\nb2", "^B") == "b1\nb2"
    assert glanced("a\nb", "nowhere") == "a\nb"
    assert glanced("a\nb", "") == "a\nb"
