"""What an issue was at any moment, and what became of it in a sprint."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_mcp.client.sprints_history import History, Timeline, add_changes, history_of, moment_in, sort_changes

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
END = START + timedelta(days=10)
DONE = frozenset({"9"})
SPRINT, POINTS = "customfield_10020", "customfield_10016"


def day(number: float) -> str:
    """A moment so many days after the sprint began, as Jira writes it."""
    return (START + timedelta(days=number)).isoformat()


def change(when: float, field: str, old: str, new: str) -> dict[str, Any]:
    """An entry of a changelog. Points have their values as words, as Jira gives them for fields of numbers."""
    words = field == POINTS
    item = {"fieldId": field, "from": None if words else old, "to": None if words else new}
    item |= {"fromString": old if words else f"name of {old}", "toString": new if words else f"name of {new}"}
    return {"created": day(when), "items": [item]}


def issue(
    *changes: dict[str, Any], sprints: tuple[int, ...] = (7,), status: str = "9", points: float | None = 3
) -> History:
    """An issue with its present values and its past."""
    entry = {
        "id": "1",
        "key": "A-1",
        "fields": {
            "summary": "One",
            "status": {"id": status},
            "assignee": {"accountId": "u:ann", "displayName": "Ann"},
            SPRINT: [{"id": number} for number in sprints] or None,
            POINTS: points,
        },
    }
    found = history_of(entry, SPRINT, POINTS)
    add_changes({"1": found}, [{"issueId": "1", "changeHistories": list(changes)}], SPRINT, POINTS)
    sort_changes([found])
    return found


def fate(found: History) -> tuple[str, bool, float | None, float | None, str] | None:
    """Outcome, committed, points at the end and before, who."""
    told = found.fate(7, START, END, DONE)
    return told and (told.outcome, told.committed, told.points, told.points_before, told.who)


def test_an_issue_without_a_past_was_always_what_it_is() -> None:
    assert fate(issue(status="1")) == ("open", True, 3, 3, "Ann")
    assert fate(issue(sprints=())) is None


def test_what_is_done_during_the_sprint_is_done() -> None:
    assert fate(issue(change(3, "status", "1", "9"))) == ("done", True, 3, 3, "Ann")


def test_what_was_done_before_it_began_does_not_count() -> None:
    assert fate(issue(change(-1, "status", "1", "9"))) == ("before", False, 3, 3, "Ann")


@pytest.mark.parametrize(("when", "committed"), [(-1, True), (0, True), (0.001, False), (9.9, False)])
def test_what_comes_after_the_beginning_was_added_later(when: float, committed: bool) -> None:
    told = fate(issue(change(when, SPRINT, "", "7"), status="1"))
    assert told == ("open", committed, 3, 3, "Ann")


def test_what_comes_after_the_end_was_never_in_it() -> None:
    assert fate(issue(change(10.1, SPRINT, "", "7"))) is None


def test_what_is_taken_out_is_removed_as_it_was_then() -> None:
    told = fate(
        issue(
            change(2, POINTS, "1", "2"),
            change(4, SPRINT, "5, 7", "5"),
            change(5, POINTS, "2", "3"),
            change(6, "assignee", "u:bo", "u:ann"),
            sprints=(5,),
            status="1",
        )
    )
    assert told == ("removed", True, 2, 1, "name of u:bo")


def test_what_is_put_back_is_not_removed() -> None:
    assert fate(issue(change(2, SPRINT, "7", ""), change(3, SPRINT, "", "7"), status="1")) == (
        "open",
        True,
        3,
        3,
        "Ann",
    )


def test_what_came_and_went_is_removed_and_was_added() -> None:
    told = fate(issue(change(2, SPRINT, "", "7"), change(3, SPRINT, "7", "8"), sprints=(8,)))
    assert told == ("removed", False, 3, 3, "Ann")


def test_what_is_carried_over_was_open_at_the_end_whatever_happened_later() -> None:
    told = fate(
        issue(
            change(10.1, SPRINT, "7", "7, 8"),
            change(11, "status", "1", "9"),
            change(12, "assignee", "u:bo", "u:ann"),
            change(13, POINTS, "5", "3"),
            sprints=(7, 8),
        )
    )
    assert told == ("open", True, 5, 5, "name of u:bo")


def test_what_is_reopened_before_the_end_is_not_done() -> None:
    told = fate(issue(change(2, "status", "1", "9"), change(3, "status", "9", "1"), status="1"))
    assert told == ("open", True, 3, 3, "Ann")


def test_estimates_are_those_of_their_time() -> None:
    told = fate(issue(change(1, POINTS, "", "2"), change(5, POINTS, "2", "3"), change(6, "status", "1", "9")))
    assert told == ("done", True, 3, None, "Ann")
    told = fate(issue(change(1, SPRINT, "", "7"), change(2, POINTS, "8", "3"), status="1"))
    assert told == ("open", False, 3, 8, "Ann")


def test_estimates_by_time_are_hours() -> None:
    entry = {"id": "1", "fields": {"timeoriginalestimate": 7200}}
    found = history_of(entry, SPRINT, "timeoriginalestimate")
    item = {"fieldId": "timeoriginalestimate", "from": "3600", "to": "7200", "fromString": "3600", "toString": "7200"}
    log = {"issueId": "1", "changeHistories": [{"created": day(1), "items": [item]}]}
    add_changes({"1": found}, [log], SPRINT, "timeoriginalestimate")
    assert (found.points.at(START), found.points.now) == (1, 2)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-02-02T10:00:00.000+0100", START),
        ("2026-02-02T09:00:00Z", START),
        ("2026-02-02T09:00:00", START),
        (START.timestamp(), START),
        (int(START.timestamp() * 1000), START),
        ("yesterday", None),
        (None, None),
        (True, None),
    ],
)
def test_moments_are_read_as_jira_writes_them(value: object, moment: datetime | None) -> None:
    assert moment_in(value) == moment


def test_what_is_no_change_is_passed_over() -> None:
    found = issue(status="1")
    odd: list[dict[str, Any]] = [
        {"issueId": "2", "changeHistories": [change(1, "status", "9", "1")]},
        {"issueId": "1", "changeHistories": [{"created": "never", "items": [{"fieldId": "status"}]}]},
        {"issueId": "1", "changeHistories": [change(1, "summary", "a", "b"), change(1, SPRINT, "x", "y")]},
    ]
    add_changes({"1": found}, odd, SPRINT, POINTS)
    assert found.status.changes == []
    assert found.sprints.changes[0][1:] == (frozenset(), frozenset())
    entry = {"id": "1", "fields": {POINTS: [1], SPRINT: "none"}}
    assert history_of(entry, SPRINT, POINTS).points.now is None
    assert history_of(entry, SPRINT, "").assignee.now == ""


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_a_timeline_replays_every_value(values: list[int]) -> None:
    steps = [(START + timedelta(hours=hour), old, new) for hour, (old, new) in enumerate(pairwise(values))]
    line = Timeline(values[-1], steps)
    assert line.at(START - timedelta(hours=1)) == values[0]
    for hour, (_, _, new) in enumerate(steps):
        assert line.at(START + timedelta(hours=hour, minutes=30)) == new
