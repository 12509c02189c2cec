"""What `mcp-suite sandbox populate --remove` leaves alone, though somebody gave it the label of what was made."""

from collections.abc import Mapping
from typing import Any

import pytest

from mcp_suite.populate.command import everything
from mcp_suite.populate.contents import MARK, Work
from mcp_suite.populate.jira import Jira
from mcp_suite.populate.samples import contents
from mcp_suite.populate.texts import References
from mcp_suite.workflow.model import Arguments

pytestmark = pytest.mark.anyio
ISSUES = {
    "To Do": [("PMOS-7", "CLONE - Ours", 1), ("PMOS-8", "Pay the salaries", 2)],
    "Done": [("PMOS-1", "Ours", 1), ("PMOS-2", "Ours as well", 3)],
}


class Told:
    """Answers as the tools of Jira do, and keeps what it was asked to delete."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def __call__(self, server: str, tool: str, arguments: Arguments) -> str:
        assert server == "jira"
        if tool == "jira_list_issue_types":
            return "name | level | x\nTask | standard | -"
        if tool == "jira_search_issues":
            return self._listed(arguments)
        if tool == "jira_delete_issues":
            keys: list[str] = list(arguments.get("keys", []))
            if not keys:  # the run of a preview
                return f"done: deleted {len(self.deleted)} issues (task 1): {'; '.join(self.deleted)}"
            self.deleted += keys
            return "preview: run=a.b"
        return ""

    def _listed(self, arguments: Mapping[str, Any]) -> str:
        found = [row for category, rows in ISSUES.items() if f'"{category}"' in arguments["jql"] for row in rows]
        lines = [f"{key} | Task | x | {MARK}, {MARK}-{number} | {summary}" for key, summary, number in found]
        end = "returned some; more: no; each at https://x.example/browse/<key>"
        return "\n".join(["key | type | status | labels | summary", *lines, end])


async def test_an_issue_with_our_label_and_another_summary_is_not_deleted(anyio_backend: str) -> None:
    summaries = {1: "Ours", 2: "Write the plan", 3: "Ours as well"}
    work = [Work(number, "standard", "Task", summary, "", None, None, "open") for number, summary in summaries.items()]
    told = Told()
    jira = Jira(work, "PMOS", References())
    await jira.look(told)
    made = await jira.remove(told)
    assert sorted(told.deleted) == ["PMOS-1", "PMOS-2"]
    assert "PMOS-7, PMOS-8 stay" in made.notes[0]


async def test_an_issue_that_somebody_renamed_is_not_made_again(anyio_backend: str) -> None:
    summaries = {1: "Ours", 2: "Write the plan", 3: "Ours as well"}
    work = [Work(number, "standard", "Task", summary, "", None, None, "open") for number, summary in summaries.items()]
    jira = Jira(work, "PMOS", References())
    await jira.look(Told())
    assert jira.missing() == []
    assert jira.keys == {1: "PMOS-1", 2: "PMOS-8", 3: "PMOS-2"}


def test_removal_knows_the_summaries_of_what_may_have_been_made() -> None:
    assert {work.summary for work in everything(("jira",)).work} > {
        work.summary for work in contents(7, ("jira",)).work
    }
