"""Creating many issues: a result for each, progress meanwhile, nothing sent twice."""

import json

import pytest

from .conversation import Conversation, rows

pytestmark = pytest.mark.anyio
BULK = "/rest/api/3/issue/bulk"


def stories(count: int) -> list[dict[str, object]]:
    return [{"type": "Story", "summary": f"Made in bulk {number}"} for number in range(count)]


async def test_each_item_is_told_with_its_key_in_order(jira: Conversation) -> None:
    text = await jira.ask("jira_create_issues", project="PMOS", issues=stories(3))
    assert text == "created 3 of 3 issues in PMOS\nissues[0..2] → PMOS-57..PMOS-59"
    found = rows(await jira.ask("jira_search_issues", jql='project = PMOS AND summary ~ "bulk" ORDER BY key ASC'))
    assert [(row[0], row[-1]) for row in found] == [(f"PMOS-{57 + n}", f"Made in bulk {n}") for n in range(3)]


async def test_one_wrong_item_does_not_stop_the_others(jira: Conversation) -> None:
    items = stories(4)
    items[1]["fields"] = {"Nope": 1}
    items[2] = {"type": "Sub-task", "summary": "An orphan"}
    text = await jira.ask("jira_create_issues", project="PMOS", issues=items)
    head, first, last, columns, *wrong = text.splitlines()
    assert head == "created 2 of 4 issues in PMOS; 2 failed"
    assert (first, last) == ("issues[0] → PMOS-57", "issues[3] → PMOS-58")
    assert columns == "item | summary | what is wrong"
    assert wrong[0].startswith("issues[1] | Made in bulk 1 | ")
    assert "Nope: is no field" in wrong[0]
    assert wrong[1].startswith("issues[2] | An orphan | ")
    assert "parent" in wrong[1]
    assert "Made in bulk 3" in await jira.ask("jira_get_issue", key="PMOS-58")
    await jira.refused("jira_get_issue", key="PMOS-59")


async def test_all_wrong_says_so_for_each(jira: Conversation) -> None:
    items: list[dict[str, object]] = [{"type": "Sub-task", "summary": f"Orphan {number}"} for number in range(2)]
    text, _ = await jira.attempt("jira_create_issues", {"project": "PMOS", "issues": items})
    assert "created 0 of 2" in text
    assert "Orphan 0" in text
    assert "Orphan 1" in text


async def test_fifty_go_in_a_request_and_progress_is_told_after_each(jira: Conversation) -> None:
    told: list[tuple[float, float | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    arguments = {"project": "PMOS", "issues": stories(120)}
    text, is_error = await jira.attempt("jira_create_issues", arguments, progress=note)
    assert not is_error
    assert text == "created 120 of 120 issues in PMOS\nissues[0..119] → PMOS-57..PMOS-176"
    sent = [len(json.loads(exchange.request_body)["issueUpdates"]) for exchange in jira.sent("POST", BULK)]
    assert sent == [50, 50, 20]
    assert told == [(50, 120), (100, 120), (120, 120)]


async def test_children_are_created_below_their_epic(jira: Conversation) -> None:
    items = [{**item, "parent": "PMOS-30", "assignee": "me"} for item in stories(2)]
    await jira.ask("jira_create_issues", project="PMOS", issues=items)
    text = await jira.ask("jira_get_issue", key="PMOS-30", include=["children"])
    assert "Made in bulk 0" in text
    assert "Made in bulk 1" in text


async def test_an_empty_list_and_an_overlong_one_are_refused(jira: Conversation) -> None:
    assert "issues" in await jira.refused("jira_create_issues", project="PMOS", issues=[])
    assert "1000" in await jira.refused("jira_create_issues", project="PMOS", issues=stories(1_001))
    assert jira.exchanges == []


async def test_an_item_with_an_argument_too_many_is_refused_by_name(jira: Conversation) -> None:
    items = [{**stories(1)[0], "sumary": "typo"}]
    text, is_error = await jira.attempt("jira_create_issues", {"project": "PMOS", "issues": items})
    assert is_error
    assert "sumary" in text
    assert not jira.sent("POST", BULK)
