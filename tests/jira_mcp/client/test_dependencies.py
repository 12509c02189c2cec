"""What blocks what: followed level by level, with cycles, and without what may not be seen."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import httpx2
import pytest

from connector_kit.access import Access
from connector_kit.errors import InvalidInput, NotFound, ServiceError
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue, connect
from jira_mcp.client.dependencies import cycles
from jira_mcp.links_models import DependencyView
from jira_mcp.settings import JiraSettings

from ..conftest import QUICK, Connect

pytestmark = pytest.mark.anyio
Chain = Callable[..., Awaitable[list[str]]]


def lines(found: DependencyView) -> list[str]:
    return [f"{each.blocker.key} {each.blocked.key}" for each in found.dependencies]


@pytest.fixture
def chain(jira: JiraClient) -> Chain:
    """Makes issues of PMOS, each of which blocks the next."""

    async def build(length: int, *, ring: bool = False, project: str = "PMOS") -> list[str]:
        made = await jira.create_many([NewIssue(project, "Task", f"part {number}") for number in range(length)])
        keys = [str(each.key) for each in made]
        for one, other in zip(keys, [*keys[1:], *(keys[:1] if ring else ())], strict=False):
            await jira.link(one, "blocks", other)
        return keys

    return build


async def test_both_sides_are_followed_as_deep_as_asked(jira: JiraClient, chain: Chain) -> None:
    keys = await chain(7)
    near = await jira.dependencies(keys[3], depth=1)
    assert lines(near) == [f"{keys[2]} {keys[3]}", f"{keys[3]} {keys[4]}"]
    assert near.deeper
    before = await jira.dependencies(keys[3], side="blockers", depth=10)
    assert lines(before) == [f"{one} {other}" for one, other in pairwise(keys[:4])]
    assert not before.deeper
    assert len(lines(await jira.dependencies(keys[3], side="blocked", depth=3))) == 3
    assert not (await jira.dependencies(keys[3], side="blocked", depth=3)).deeper
    assert len(lines(await jira.dependencies(keys[3], depth=10))) == 6


async def test_a_level_costs_one_request(jira: JiraClient, recorder: Recorder) -> None:
    await jira.dependencies("PMOS-39", side="blockers", depth=2)
    asked = [path for _, path in recorder.sent if path.endswith("/bulkfetch")]
    assert len(asked) == 3  # the issue itself, and two levels


async def test_a_ring_is_told_once_and_followed_once(jira: JiraClient, chain: Chain) -> None:
    keys = await chain(4, ring=True)
    found = await jira.dependencies(keys[1], depth=10)
    assert found.cycles == ((*keys, keys[0]),)
    assert sorted(lines(found)) == sorted(
        f"{one} {other}" for one, other in zip(keys, [*keys[1:], keys[0]], strict=True)
    )


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ("A-1>A-2 A-2>A-3", []),
        ("A-1>A-2 A-2>A-1", ["A-1 A-2 A-1"]),
        ("A-1>A-2 A-2>A-3 A-3>A-1 A-2>A-1", ["A-1 A-2 A-1", "A-3 A-1 A-2 A-3"]),
        ("A-1>A-2 A-2>A-1 B-1>B-2 B-2>B-3 B-3>B-1", ["A-1 A-2 A-1", "B-1 B-2 B-3 B-1"]),
        ("A-1>A-1", ["A-1 A-1"]),
        ("A-9>A-10 A-10>A-9 A-1>A-9", ["A-9 A-10 A-9"]),
    ],
)
async def test_every_issue_that_waits_for_itself_is_in_a_cycle_that_is_told(edges: str, expected: list[str]) -> None:
    pairs = [(each.partition(">")[0], each.partition(">")[2]) for each in edges.split()]
    assert [" ".join(way) for way in cycles(pairs)] == expected


async def test_a_ring_of_thousands_is_no_burden() -> None:
    ring = [(f"A-{number}", f"A-{number % 3_000 + 1}") for number in range(1, 3_001)]
    [way] = cycles(ring)
    assert len(way) == 3_001


async def test_open_blockers_come_first_and_those_that_hold_up_most(jira: JiraClient) -> None:
    found = await jira.dependencies(jql="project = PMOS", depth=1)
    waiting = [each.open for each in found.dependencies]
    assert waiting == sorted(waiting, reverse=True)
    held = [each.blocker.key for each in found.dependencies if each.open]
    counts = [held.count(key) for key in dict.fromkeys(held)]
    assert counts == sorted(counts, reverse=True)


async def test_an_epic_stands_for_its_children(jira: JiraClient) -> None:
    found = await jira.dependencies("PMOS-30", depth=1)
    assert found.roots[0] == "PMOS-30"
    assert len(found.roots) > 5
    assert "PMOS-34 PMOS-35" in lines(found)


async def test_other_kinds_of_links_are_followed_by_name(jira: JiraClient) -> None:
    await jira.link("PMOS-40", "duplicates", "PMOS-39")
    found = await jira.dependencies("PMOS-40", relation="is duplicated by")
    assert (lines(found), found.phrase) == (["PMOS-40 PMOS-39"], "duplicates")
    with pytest.raises(InvalidInput, match="no way to link"):
        await jira.dependencies("PMOS-40", relation="blokcs?")


async def test_projects_that_tools_may_not_touch_are_counted_only(
    connected: Connect, jira: JiraClient, chain: Chain, recorder: Recorder
) -> None:
    keys = await chain(2)
    await jira.link("NOVA-1999", "blocks", keys[0])
    await jira.link("NOVA-1998", "blocks", "NOVA-1999")
    everywhere = await jira.dependencies(keys[0], depth=3)
    assert "NOVA-1998 NOVA-1999" in lines(everywhere)
    recorder.exchanges.clear()
    limited = await connected(projects=("PMOS",))
    found = await limited.dependencies(keys[0], depth=3)
    assert lines(found) == [f"{keys[0]} {keys[1]}"]
    assert (found.outside, found.hidden) == (1, 0)
    assert not any(b"NOVA-1999" in (each.request_body or b"") for each in recorder.exchanges)
    with pytest.raises(ServiceError, match="JIRA_PROJECTS"):
        await limited.dependencies("NOVA-1999")
    assert (await limited.dependencies(jql="key = NOVA-1999")).roots == ()


async def test_linked_issues_that_the_account_may_not_see_are_counted(
    sandbox_transport: httpx2.ASGITransport,
) -> None:
    body: dict[str, Any] = {"issues": [], "issueErrors": []}
    async with httpx2.AsyncClient(transport=sandbox_transport, base_url="http://site") as control:
        fault = {"path": "/rest/api/3/issue/bulkfetch", "status": 200, "body": body, "count": 10}
        client = await connect(
            JiraSettings(sandbox=True, access=Access.READ), transport=sandbox_transport, policy=QUICK
        )
        await client.link_types()
        await control.post("/_sandbox/faults", json=fault)
        found = await client.dependencies(jql="key = PMOS-36", side="blockers")
        assert (found.hidden, found.dependencies) == (1, ())
        with pytest.raises(NotFound, match="Check the key"):
            await client.dependencies("PMOS-36")
        await client.aclose()


@pytest.mark.parametrize("wrong", [{}, {"key": "PMOS-1", "jql": "project = PMOS"}, {"key": "A-1", "sprint": "x"}])
async def test_the_view_is_around_one_thing(jira: JiraClient, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="one of them"):
        await jira.dependencies(**wrong)  # pyright: ignore[reportArgumentType] - keyword arguments by name


def test_many_issues_that_wait_for_many_hold_up_nobody() -> None:
    edges = [(f"P-{one}", f"P-{two}") for one in range(1, 1_001) for two in range(one + 1, min(one + 41, 1_001))]
    assert cycles(edges) == []
    assert cycles([*edges, ("P-1000", "P-1")])[0][0] == "P-1"
