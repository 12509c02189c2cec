"""An issue's history, filtered and paged, against a sandbox in which much has happened."""

from typing import Any

import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client import JiraClient
from jira_mcp.history_models import HistoryPage

pytestmark = pytest.mark.anyio
KEY = "PMOS-40"


@pytest.fixture
async def busy(jira: JiraClient) -> JiraClient:
    """A site on which an issue was changed 130 times, and moved twice."""
    await jira.transition(KEY, "In Progress")
    for number in range(130):
        await jira.update(KEY, {"Story Points": number})
    await jira.transition(KEY, "In Review")
    return jira


async def all_pages(jira: JiraClient, **wanted: Any) -> list[HistoryPage]:
    pages = [await jira.history(KEY, **wanted)]
    while pages[-1].cursor and len(pages) < 10:
        pages.append(await jira.history(KEY, **wanted, cursor=pages[-1].cursor))
    return pages


def points(pages: list[HistoryPage]) -> list[str]:
    return [change.fields[0].after for page in pages for change in page.changes if change.fields[0].field != "status"]


@pytest.mark.parametrize("newest", [True, False])
async def test_every_change_comes_once_whichever_way_it_is_read(busy: JiraClient, newest: bool) -> None:
    pages = await all_pages(busy, newest=newest, limit=40)
    assert [len(page.changes) for page in pages] == [40, 40, 40, 12]
    numbers = [str(number) for number in range(130)]
    assert points(pages) == (numbers[::-1] if newest else numbers)
    assert {page.total for page in pages} == {132}


async def test_a_filter_reads_on_until_it_has_found_enough(busy: JiraClient) -> None:
    found = await busy.history(KEY, fields=("status",), limit=5)
    assert [change.fields[0].after for change in found.changes] == ["In Review", "In Progress"]
    assert (found.read, found.cursor) == (132, None)
    only = await busy.history(KEY, fields=("Status", "story points"), newest=False, limit=2)
    assert [change.fields[0].field for change in only.changes] == ["status", "Story Points"]


async def test_new_changes_do_not_shift_the_pages(busy: JiraClient) -> None:
    first = await busy.history(KEY, limit=3)
    await busy.update(KEY, {"summary": "Another"})
    second = await busy.history(KEY, limit=3, cursor=first.cursor)
    assert points([first, second]) == ["129", "128", "127", "126", "125"]


async def test_a_cursor_belongs_to_its_question(busy: JiraClient) -> None:
    first = await busy.history(KEY, limit=3)
    with pytest.raises(InvalidInput, match="other arguments"):
        await busy.history(KEY, limit=3, newest=False, cursor=first.cursor)
    with pytest.raises(InvalidInput, match="other arguments"):
        await busy.history("PMOS-5", limit=3, cursor=first.cursor)


@pytest.mark.parametrize("person", ["me", "Human PM", "human pm", "712020:5A9D1C0E-0000-4000-8000-000000000001"])
async def test_a_person_is_known_by_any_name(jira: JiraClient, person: str) -> None:
    await jira.update(KEY, {"Story Points": 8})
    assert len((await jira.history(KEY, person=person)).changes) == 1
    other = await jira.history(KEY, person="Sam Okafor")
    assert (other.changes, other.authors) == ((), ("Human PM",))


async def test_the_time_is_bounded_by_dates_moments_and_spans(jira: JiraClient) -> None:
    cases: tuple[tuple[dict[str, Any], int], ...] = (
        ({"since": "2026-01-31"}, 2),
        ({"until": "2026-01-31"}, 2),
        ({"until": "2026-01-30"}, 0),
        ({"since": "2026-02-01"}, 0),
        ({"since": "2026-01-31T13:30+00:00"}, 1),
        ({"since": "2026-01-31T14:30+01:00", "until": "2026-01-31T15:00+01:00"}, 0),
        ({"since": "7d"}, 0),
        ({"until": "-2h"}, 2),
    )
    for bounds, expected in cases:
        for newest in (True, False):
            found = await jira.history("PMOS-5", newest=newest, **bounds)
            assert len(found.changes) == expected, bounds


@pytest.mark.parametrize("text", ["soon", "7y", "d", "-", "9" * 19 + "w", "2026-13-01", "99999999999999d"])
async def test_a_time_that_is_none_is_refused_by_name(jira: JiraClient, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await jira.history(KEY, until=text)
    assert "until" in refused.value.fields


async def test_a_field_that_does_not_exist_is_refused_with_what_may_be_meant(jira: JiraClient) -> None:
    with pytest.raises(InvalidInput, match="Story Points"):
        await jira.history(KEY, fields=("Story Pionts",))


async def test_links_and_parents_are_found_by_what_people_call_them(jira: JiraClient) -> None:
    await jira.link(KEY, "blocks", "PMOS-39")
    await jira.add_remote_link(KEY, "https://example.org/page")
    for name, said in (("Link", "PMOS-39"), ("issuelinks", "PMOS-39"), ("RemoteIssueLink", "example.org: page")):
        [change] = (await jira.history(KEY, fields=(name,))).changes
        assert said in change.fields[0].after
