"""Boards and sprints of the sandbox: what they hold, and the vendor's rules."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

AGILE, SOFTWARE = "/rest/agile/1.0", "/rest/software/1.0"
SOME_DAYS = {"startDate": "2026-02-16T09:00:00.000+0000", "endDate": "2026-02-27T17:00:00.000+0000"}


async def refusal(jira: Visitor, method: str, path: str, body: object = None, status: int = 400) -> str:
    """What the sandbox says against a request."""
    answer = await jira.ask(method, AGILE + path, body)
    assert answer.status == status, answer.body
    return " ".join([*answer.body["errorMessages"], *answer.body["errors"].values()])


async def keys(jira: Visitor, path: str, **query: Any) -> list[str]:
    """The keys of an issue list, read page by page."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = await jira.get(SOFTWARE + path, fields="status", maxResults=20, **query, **token)
        found += [issue["key"] for issue in page["issues"]]
        assert ("nextPageToken" in page) is not page["isLast"]
        if page["isLast"]:
            return found
        token = {"nextPageToken": page["nextPageToken"]}


async def sprint_changes(jira: Visitor, key: str) -> list[tuple[str, str]]:
    """The sprints before and after, change by change."""
    log = await jira.get(f"/issue/{key}/changelog")
    items = [item for change in log["values"] for item in change["items"] if item["field"] == "Sprint"]
    return [(item["from"], item["to"]) for item in items]


async def new_sprint(jira: Visitor, name: str = "Next", **more: object) -> int:
    answer = await jira.ask("POST", f"{AGILE}/sprint", {"name": name, "originBoardId": 1, **more})
    assert answer.status == 201, answer.body
    return answer.body["id"]


async def test_a_board_is_seen_by_who_may_browse_its_project(visit: Callable[..., Visitor]) -> None:
    for name, ids in (("Human PM", [1, 2, 3]), ("Sam Okafor", [1]), ("Noor Haddad", [])):
        page = await visit(name).get(f"{AGILE}/board")
        assert [board["id"] for board in page["values"]] == ids
    assert "does not exist" in await refusal(visit("Noor Haddad"), "GET", "/board/1", status=404)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"name": "nova"}, [2]),
        ({"type": "kanban"}, [3]),
        ({"type": "scrum,kanban", "projectKeyOrId": "pmos"}, [1]),
        ({"projectKeyOrId": "10001"}, [2]),
        ({"startAt": 1, "maxResults": 1}, [2]),
    ],
)
async def test_boards_are_found_by_name_type_and_project(jira: Visitor, query: dict[str, Any], ids: list[int]) -> None:
    assert [board["id"] for board in (await jira.get(f"{AGILE}/board", **query))["values"]] == ids


async def test_the_configuration_tells_columns_and_estimation(jira: Visitor) -> None:
    shown = await jira.get(f"{AGILE}/board/1/configuration")
    assert [column["name"] for column in shown["columnConfig"]["columns"]] == [
        "To Do",
        "In Progress",
        "In Review",
        "Done",
    ]
    assert shown["estimation"]["field"] == {"fieldId": "customfield_10016", "displayName": "Story Points"}
    assert "estimation" not in await jira.get(f"{AGILE}/board/3/configuration")


async def test_sprints_are_listed_closed_ones_first(jira: Visitor, visit: Callable[..., Visitor]) -> None:
    page = await jira.get(f"{AGILE}/board/2/sprint")
    assert [(each["name"], each["state"]) for each in page["values"]] == [
        ("Nova 38", "closed"),
        ("Nova 39", "closed"),
        ("Nova 40", "closed"),
        ("Nova 41", "closed"),
        ("Nova 42", "active"),
        ("Nova 43", "future"),
    ]
    page = await jira.get(f"{AGILE}/board/2/sprint", state="active,future", maxResults=1)
    assert [each["name"] for each in page["values"]] == ["Nova 42"]
    assert page["isLast"] is False
    assert "does not support sprints" in await refusal(jira, "GET", "/board/3/sprint")
    body = {"name": "x", "originBoardId": 3}
    assert "does not support sprints" in await refusal(visit("Orchestrator"), "POST", "/sprint", body)
    assert "state is invalid" in await refusal(jira, "GET", "/board/1/sprint?state=open")


async def test_issue_lists_come_in_pages_in_the_order_of_their_rank(jira: Visitor) -> None:
    found = await keys(jira, "/board/2/issue")
    assert len(found) == len(set(found)) == 1980
    assert found == sorted(found, key=lambda key: int(key.partition("-")[2]))
    assert len(await keys(jira, "/sprint/22/issue")) == len(await keys(jira, "/board/2/sprint/22/issue")) > 150
    assert await keys(jira, "/epic/PMOS-26/issue") == [f"PMOS-{number}" for number in range(1, 9)]


async def test_the_backlog_holds_what_is_open_and_not_planned(jira: Visitor) -> None:
    backlog = set(await keys(jira, "/board/1/backlog"))
    planned = set(await keys(jira, "/sprint/5/issue"))
    assert backlog and planned and not backlog & planned
    assert "PMOS-1" not in backlog
    count = await jira.get(f"{SOFTWARE}/board/1/backlog/approximate-count")
    assert count == {"count": len(backlog)}
    everything = await jira.get(f"{SOFTWARE}/board/1/issue/approximate-count", jql="statusCategory = Done")
    assert everything["count"] > 20


async def test_a_list_can_be_narrowed_and_ordered_by_jql(jira: Visitor) -> None:
    found = await keys(jira, "/sprint/1/issue", jql='"Story Points" > 2 ORDER BY "Story Points" DESC, key')
    assert found == ["PMOS-7", "PMOS-6", "PMOS-2"]
    answer = await jira.ask("GET", f"{SOFTWARE}/sprint/1/issue?jql=nosuch%20=%201")
    assert answer.status == 400
    answer = await jira.ask("GET", f"{SOFTWARE}/sprint/1/issue?nextPageToken=forged")
    assert answer.status == 400


async def test_epics_are_listed_by_whether_they_are_done(jira: Visitor) -> None:
    done = await jira.get(f"{AGILE}/board/1/epic", done="true")
    still_open = await jira.get(f"{AGILE}/board/1/epic", done="false")
    assert [each["key"] for each in done["values"]] == ["PMOS-26", "PMOS-27", "PMOS-28", "PMOS-29"]
    assert [each["key"] for each in still_open["values"]] == ["PMOS-30", "PMOS-31", "PMOS-32", "PMOS-33"]
    assert (await jira.get(f"{AGILE}/epic/PMOS-26"))["done"] is True
    assert "epic does not exist" in await refusal(jira, "GET", "/epic/PMOS-1", status=404)


async def test_a_sprint_is_made_started_and_completed(jira: Visitor) -> None:
    number = await new_sprint(jira, " Next ", goal="More")
    sprint = await jira.get(f"{AGILE}/sprint/{number}")
    assert (sprint["name"], sprint["state"], sprint["goal"]) == ("Next", "future", "More")
    path = f"/sprint/{number}"
    assert "start date and end date" in await refusal(jira, "POST", path, {"state": "active"})
    await jira.ask("POST", AGILE + path, SOME_DAYS)
    assert "has an active sprint" in await refusal(jira, "POST", path, {"state": "active"})
    assert (await jira.ask("POST", f"{AGILE}/sprint/5", {"state": "closed"})).body["completeDate"]
    started = await jira.ask("POST", AGILE + path, {"state": "active"})
    assert (started.status, started.body["state"], started.body["goal"]) == (200, "active", "More")
    assert "cannot be changed from active to future" in await refusal(jira, "POST", path, {"state": "future"})
    emptied = await jira.ask("PUT", AGILE + path, {"name": "Again", **SOME_DAYS})
    assert (emptied.body["goal"], emptied.body["state"]) == ("", "active")


async def test_of_a_closed_sprint_only_name_and_goal_change(jira: Visitor) -> None:
    before = await jira.get(f"{AGILE}/sprint/1")
    answer = await jira.ask("POST", f"{AGILE}/sprint/1", {"goal": "Done", **SOME_DAYS})
    assert answer.body == {**before, "goal": "Done"}
    assert "cannot be changed from closed" in await refusal(jira, "POST", "/sprint/1", {"state": "active"})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "x"}, "board on which"),
        ({"originBoardId": 1}, "specify a name"),
        ({"name": " ", "originBoardId": 1}, "specify a name"),
        ({"name": "x" * 31, "originBoardId": 1}, "too long"),
        ({"name": "x", "originBoardId": 1, "startDate": "tomorrow"}, "date has to be like"),
        ({"name": "x", "originBoardId": 1, "goal": 5}, "string expected"),
        (
            {
                "name": "x",
                "originBoardId": 1,
                "startDate": SOME_DAYS["endDate"],
                "endDate": SOME_DAYS["startDate"],
            },
            "must be after",
        ),
    ],
)
async def test_a_sprint_that_makes_no_sense_is_refused(jira: Visitor, body: dict[str, object], said: str) -> None:
    assert said in await refusal(jira, "POST", "/sprint", body)


async def test_who_may_only_look_cannot_change_sprints(visit: Callable[..., Visitor]) -> None:
    viewer = visit("Sam Okafor")
    assert "manage sprints" in await refusal(viewer, "POST", "/sprint", {"name": "x", "originBoardId": 1}, 403)
    assert "manage sprints" in await refusal(viewer, "POST", "/sprint/6", {"name": "x"}, 403)
    assert "schedule issue" in await refusal(viewer, "POST", "/sprint/6/issue", {"issues": ["PMOS-40"]}, 403)
    assert "does not exist" in await refusal(viewer, "GET", "/sprint/22", status=404)


async def test_moving_writes_all_sprints_into_the_history(jira: Visitor) -> None:
    await jira.ask("POST", f"{AGILE}/sprint/6/issue", {"issues": ["PMOS-40", "PMOS-1"]})
    assert (await sprint_changes(jira, "PMOS-40"))[-1] == ("", "6")
    assert (await sprint_changes(jira, "PMOS-1"))[-1] == ("1", "1, 6")
    assert (await jira.ask("POST", f"{AGILE}/backlog/issue", {"issues": ["PMOS-1"]})).status == 204
    assert (await sprint_changes(jira, "PMOS-1"))[-1] == ("1, 6", "1")
    assert await jira.found("sprint = 6 AND key in (PMOS-1, PMOS-40)") == ["PMOS-40"]
    assert (await jira.ask("POST", f"{AGILE}/backlog/1/issue", {"issues": ["PMOS-40"]})).status == 204
    assert "PMOS-40" in await keys(jira, "/board/1/backlog")


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/sprint/1/issue", {"issues": ["PMOS-40"]}, "open or active sprints only"),
        ("/sprint/6/issue", {"issues": []}, "At least one issue"),
        ("/sprint/6/issue", {"issues": [f"PMOS-{number}" for number in range(51)]}, "At most 50"),
        ("/sprint/6/issue", {"issues": ["PMOS-9999"]}, "PMOS-9999: Issue does not exist"),
        ("/sprint/6/issue", {"issues": ["PMOS-30"]}, "is an epic"),
        ("/backlog/1/issue", {"issues": ["NOVA-30"]}, "not on the board"),
        (
            "/sprint/6/issue",
            {"issues": ["PMOS-40"], "rankAfterIssue": "PMOS-41", "rankBeforeIssue": "PMOS-42"},
            "Only one",
        ),
        ("/sprint/6/issue", {"issues": ["PMOS-40"], "rankAfterIssue": "PMOS-40"}, "relative to itself"),
    ],
)
async def test_a_move_that_makes_no_sense_is_refused(
    jira: Visitor, path: str, body: dict[str, object], said: str
) -> None:
    assert said in await refusal(jira, "POST", path, body)


async def test_ranking_changes_the_order_of_every_list(jira: Visitor) -> None:
    before = await keys(jira, "/board/1/backlog")
    first, last = before[0], before[-1]
    body = {"issues": [last], "rankBeforeIssue": first}
    assert (await jira.ask("PUT", f"{AGILE}/issue/rank", body)).status == 204
    assert await keys(jira, "/board/1/backlog") == [last, *before[:-1]]
    await jira.ask("PUT", f"{AGILE}/issue/rank", {"issues": [first, before[1]], "rankAfterIssue": before[-2]})
    after = await keys(jira, "/board/1/backlog")
    assert after == [last, *before[2:-1], first, before[1]]
    assert await jira.found(f"key in ({first}, {last}) ORDER BY Rank") == [last, first]
    log = await jira.get(f"/issue/{first}/changelog")
    assert log["values"][-1]["items"][0]["toString"] == "Ranked lower"
    assert "Either" in await refusal(jira, "PUT", "/issue/rank", {"issues": [first]})


async def test_an_estimate_is_read_and_written_through_the_board(jira: Visitor) -> None:
    path = f"{AGILE}/issue/PMOS-1/estimation?boardId=1"
    assert await jira.get(path) == {"fieldId": "customfield_10016", "value": 1}
    assert (await jira.ask("PUT", path, {"value": "5"})).body["value"] == 5
    assert (await jira.fields("PMOS-1", "customfield_10016"))["customfield_10016"] == 5
    assert (await jira.ask("PUT", path, {"value": None})).body == {"fieldId": "customfield_10016"}
    assert "no number" in await refusal(jira, "PUT", "/issue/PMOS-1/estimation?boardId=1", {"value": "many"})
    assert "does not estimate" in await refusal(jira, "GET", "/issue/DESK-1/estimation?boardId=3")


async def test_histories_of_many_issues_come_by_field_and_page(jira: Visitor) -> None:
    body: dict[str, Any] = {"issueIdsOrKeys": ["PMOS-22", "PMOS-21", "PMOS-9999"], "fieldIds": ["customfield_10020"]}
    answer = await jira.ask("POST", "/changelog/bulkfetch", body)
    (log,) = answer.body["issueChangeLogs"]
    assert [change["items"][0]["to"] for change in log["changeHistories"]] == ["3", "4"]
    body = {"issueIdsOrKeys": ["PMOS-1", "PMOS-2"], "maxResults": 1}
    seen = 0
    while body.get("nextPageToken", "start"):
        answer = await jira.ask("POST", "/changelog/bulkfetch", body)
        seen += sum(len(log["changeHistories"]) for log in answer.body["issueChangeLogs"])
        body["nextPageToken"] = answer.body.get("nextPageToken")
    assert seen == 4
    refused: tuple[dict[str, Any], ...] = (
        {"issueIdsOrKeys": []},
        {"issueIdsOrKeys": ["PMOS-1"], "maxResults": 0},
        {**body, "nextPageToken": "x"},
    )
    for wrong in refused:
        assert (await jira.ask("POST", "/changelog/bulkfetch", wrong)).status == 400


async def test_a_renamed_sprint_is_found_by_its_new_name(jira: Visitor) -> None:
    assert len(await jira.found('sprint = "Phase 4"')) == 4
    await jira.ask("POST", f"{AGILE}/sprint/5", {"name": "Servers"})
    assert len(await jira.found("sprint = Servers")) == 4
    assert (await jira.fields("PMOS-34", "customfield_10020"))["customfield_10020"][0]["name"] == "Servers"


async def test_what_a_closed_sprint_left_open_is_in_the_backlog(jira: Visitor) -> None:
    await jira.ask("POST", f"{AGILE}/sprint/5", {"state": "closed"})
    assert "PMOS-34" in await keys(jira, "/board/1/backlog")
    assert (await jira.fields("PMOS-34", "customfield_10020"))["customfield_10020"][0]["state"] == "closed"
