"""Boards, sprints and their issues, by name."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from connector_kit.errors import InvalidInput, NotFound, NotPermitted
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient

pytestmark = pytest.mark.anyio

Connect = Callable[..., Awaitable[JiraClient]]


@pytest.fixture
def platform() -> None:
    """These requests are not the platform's: `test_agile_contract` holds them against their own description."""


async def test_a_board_is_found_by_id_name_part_of_a_name_and_as_the_only_one(
    jira: JiraClient, connected: Connect
) -> None:
    for text in ("2", "nova storefront", "Nova", " NOVA-storefront "):
        assert (await jira.board(text)).id == 2
    only = await connected(projects=["PMOS"])
    assert (await only.board()).name == "PM OS delivery"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Say which board.*PM OS delivery, Nova Storefront"),
        ("Nova Shopfront", "no board called 'Nova Shopfront'. Did you mean Nova Storefront"),
        ("e", "may mean 3 boards"),
    ],
)
async def test_a_name_that_does_not_say_which_board_is_answered_with_what_there_is(
    jira: JiraClient, text: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        await jira.board(text)


async def test_a_board_that_does_not_exist_says_where_to_look(jira: JiraClient) -> None:
    with pytest.raises(NotFound, match="jira_list_boards"):
        await jira.board("99")
    with pytest.raises(NotFound, match="jira_list_sprints"):
        await jira.sprint("99")


async def test_boards_come_in_pages(jira: JiraClient) -> None:
    first = await jira.boards(limit=2)
    assert [board.id for board in first.items] == [1, 2]
    assert first.total == 3
    second = await jira.boards(limit=2, cursor=first.cursor)
    assert ([board.id for board in second.items], second.cursor) == ([3], None)
    assert [board.id for board in (await jira.boards(project="nova")).items] == [2]


async def test_only_boards_of_allowed_projects_are_seen(connected: Connect) -> None:
    limited = await connected(projects=["NOVA"])
    assert [board.id for board in (await limited.boards()).items] == [2]
    with pytest.raises(NotPermitted, match="JIRA_PROJECTS"):
        await limited.board("1")
    with pytest.raises(NotPermitted, match="JIRA_PROJECTS"):
        await limited.sprint("5")
    target = await limited.target("board", board="2")
    page = await limited.contents(target, jql="project = PMOS OR key = NOVA-30")
    assert [issue.key for issue in page.items] == ["NOVA-30"]


async def test_a_board_tells_its_columns_estimate_and_open_sprints(jira: JiraClient) -> None:
    found = await jira.board_detail("1")
    first = found.config.columns[0]
    assert (first.name, first.statuses) == ("To Do", ("Backlog", "To Do"))
    assert (found.config.estimate, found.config.done) == ("Story Points", {"10003"})
    assert [(sprint.name, sprint.state) for sprint in found.sprints] == [("Phase 4", "active"), ("Phase 5", "future")]
    kanban = await jira.board_detail("3")
    assert (kanban.config.estimate, kanban.sprints) == ("", ())


async def test_sprints_are_listed_open_ones_first_and_the_latest_closed_next(jira: JiraClient) -> None:
    _, page = await jira.sprints("2", limit=4)
    assert [sprint.name for sprint in page.items] == ["Nova 42", "Nova 43", "Nova 41", "Nova 40"]
    _, rest = await jira.sprints("2", limit=4, cursor=page.cursor)
    assert [sprint.name for sprint in rest.items] == ["Nova 39", "Nova 38"]
    assert (page.total, rest.cursor) == (6, None)


@pytest.mark.parametrize(
    ("text", "board", "number"),
    [
        ("5", "", 5),
        ("phase 4", "", 5),
        ("Nova 42", "", 22),
        ("active", "1", 5),
        ("current", "nova", 22),
        ("next", "1", 6),
        ("last", "2", 21),
        ("22", "2", 22),
    ],
)
async def test_a_sprint_is_found_by_id_name_or_its_place(jira: JiraClient, text: str, board: str, number: int) -> None:
    assert (await jira.sprint(text, board=board)).id == number


async def test_an_unknown_sprint_is_answered_with_what_may_be_meant(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match=r"no sprint called 'Phase 44'\. Did you mean Phase 4"):
        await jira.sprint("Phase 44")
    with pytest.raises(InvalidInput, match="Say which board"):
        await jira.sprint("active")
    await jira.create_sprint("1", "Nova 42")
    with pytest.raises(InvalidInput, match="may mean 2 sprints"):
        await jira.sprint("Nova 42")
    assert (await jira.sprint("Nova 42", board="2")).id == 22


async def test_a_board_without_such_a_sprint_says_so(jira: JiraClient) -> None:
    await jira.complete_sprint(await jira.sprint("5"))
    with pytest.raises(InvalidInput, match="'PM OS delivery' has no active sprint"):
        await jira.sprint("active", board="1")


async def test_issue_lists_come_in_pages_with_points(jira: JiraClient, recorder: Recorder) -> None:
    target = await jira.target("sprint", sprint="Phase 0")
    fields = await jira.estimate_field_of(target)
    assert fields == (("Story Points", "customfield_10016"),)
    first = await jira.contents(target, fields=fields, limit=5)
    second = await jira.contents(target, fields=fields, limit=5, cursor=first.cursor)
    keys = [issue.key for issue in (*first.items, *second.items)]
    assert keys == [f"PMOS-{number}" for number in range(1, 9)]
    assert (first.items[0].fields, second.cursor) == ({"Story Points": 1}, None)
    assert ("GET", "/rest/software/1.0/sprint/1/issue") in recorder.sent
    with pytest.raises(InvalidInput, match="cursor"):
        await jira.contents(target, limit=5, cursor=first.cursor)


@pytest.mark.parametrize(
    ("place", "names", "keys"),
    [
        ("board", {"board": "1"}, ["PMOS-1", "PMOS-2"]),
        ("backlog", {"board": "1"}, ["PMOS-37", "PMOS-38"]),
        ("sprint", {"board": "1"}, ["PMOS-34", "PMOS-35"]),
        ("epic", {"epic": "PMOS-27"}, ["PMOS-9", "PMOS-10"]),
    ],
)
async def test_each_place_lists_its_issues_by_rank(
    jira: JiraClient, place: str, names: dict[str, str], keys: list[str]
) -> None:
    target = await jira.target(place, **names)  # pyright: ignore[reportArgumentType] - a literal of the parameters
    page = await jira.contents(target, limit=2)
    assert [issue.key for issue in page.items] == keys


async def test_an_epic_has_to_be_one(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="Say which epic"):
        await jira.target("epic")
    with pytest.raises(NotFound, match="type=Epic"):
        await jira.contents(await jira.target("epic", epic="PMOS-1"))
    with pytest.raises(InvalidInput, match="nosuch"):
        await jira.contents(await jira.target("board", board="1"), jql="nosuch = 1")


async def test_a_board_without_sprints_says_so(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="does not support sprints"):
        await jira.sprints("3")
    assert await jira.estimate_field_of(await jira.target("board", board="3"), "3") == ()
    assert await jira.estimate_field_of(await jira.target("epic", epic="PMOS-27"), "") == ()


async def test_a_board_without_sprints_does_not_hide_those_of_others(
    jira: JiraClient, sandbox_transport: httpx2.ASGITransport
) -> None:
    async with httpx2.AsyncClient(transport=sandbox_transport, base_url="http://sandbox") as control:
        body: dict[str, object] = {"errorMessages": ["The board does not support sprints"], "errors": {}}
        fault: dict[str, object] = {"status": 400, "path": "/rest/agile/1.0/board/2/sprint", "count": 9, "body": body}
        await control.post("/_sandbox/faults", json=fault)
    assert (await jira.sprint("Phase 4")).id == 5
    assert (await jira.board_detail("2")).sprints == ()
    with pytest.raises(InvalidInput, match="does not support sprints"):
        await jira.sprint("Nova 42", board="2")
