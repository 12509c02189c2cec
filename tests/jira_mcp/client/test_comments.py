"""Comments: read by pages whoever comments meanwhile, changed without loss, for some readers only."""

import httpx2
import pytest
from typing_extensions import override

from connector_kit.access import Access
from connector_kit.errors import Conflict, InvalidInput, NotFound, NotPermitted
from connector_kit.output import size
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, connect
from jira_mcp.client.comment_reads import Order
from jira_mcp.settings import JiraSettings

from ..conftest import QUICK, Connect
from .rich_documents import RICH, Colleague, document, replaced

pytestmark = pytest.mark.anyio
KEY = "PMOS-40"


@pytest.fixture
def colleague(sandbox_transport: httpx2.ASGITransport) -> Colleague:
    return Colleague(sandbox_transport)


async def say(colleague: Colleague, *texts: str, key: str = KEY) -> list[str]:
    """The ids of new comments."""
    answers = [await colleague.ask("POST", f"/issue/{key}/comment", {"body": document(each)}) for each in texts]
    return [each["id"] for each in answers]


async def pages(jira: JiraClient, order: Order, limit: int, budget: int | None = None) -> list[list[str]]:
    found: list[list[str]] = []
    cursor: str | None = None
    while True:
        page = await jira.comments(KEY, limit=limit, cursor=cursor, order=order, budget=budget)
        found.append([comment.body for comment in page.items])
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", [["seven", "six", "five"], ["four", "three", "two"], ["one"]]),
        ("oldest", [["one", "two", "three"], ["four", "five", "six"], ["seven"]]),
    ],
)
async def test_comments_are_read_by_pages_from_either_end(
    order: Order, expected: list[list[str]], jira: JiraClient, colleague: Colleague
) -> None:
    await say(colleague, "one", "two", "three", "four", "five", "six", "seven")
    assert await pages(jira, order, 3) == expected
    assert [each for page in await pages(jira, order, 100) for each in page] == [
        each for page in expected for each in page
    ]


async def test_a_comment_between_two_pages_neither_hides_nor_repeats_another(
    jira: JiraClient, colleague: Colleague
) -> None:
    await say(colleague, "one", "two", "three", "four")
    first = await jira.comments(KEY, limit=2)
    await say(colleague, "five", "six", "seven")
    second = await jira.comments(KEY, limit=2, cursor=first.cursor)
    assert [comment.body for comment in (*first.items, *second.items)] == ["four", "three", "two", "one"]
    assert second.cursor is None


async def test_a_cursor_of_the_other_order_or_issue_is_refused(jira: JiraClient, colleague: Colleague) -> None:
    await say(colleague, "one", "two")
    page = await jira.comments(KEY, limit=1)
    with pytest.raises(InvalidInput, match="cursor"):
        await jira.comments(KEY, limit=1, cursor=page.cursor, order="oldest")
    with pytest.raises(InvalidInput, match="cursor"):
        await jira.comments("PMOS-41", limit=1, cursor=page.cursor)


@pytest.mark.parametrize("order", ["newest", "oldest"])
async def test_a_budget_ends_a_page_and_cuts_only_a_comment_that_is_longer_than_it(
    order: Order, jira: JiraClient, colleague: Colleague
) -> None:
    long = " ".join(f"word{number}" for number in range(600))
    await say(colleague, "a" * 500, long, "b" * 500, "c" * 500, "é" * 500)
    found = await pages(jira, order, 10, budget=1_500)
    assert all(size("".join(page)) <= 1_500 for page in found)
    told = "".join(part.removesuffix("…") for page in found for part in page)
    expected = ["a" * 500, long, "b" * 500, "c" * 500, "é" * 500]
    assert told == "".join(reversed(expected) if order == "newest" else expected)


async def test_a_part_of_a_comment_says_which_part_it_is(jira: JiraClient, colleague: Colleague) -> None:
    await say(colleague, "x" * 5_000)
    first = await jira.comments(KEY, budget=2_000)
    assert first.items[0].part.startswith("characters 0 to 1,8")
    second = await jira.comments(KEY, budget=20_000, cursor=first.cursor)
    assert second.items[0].part.endswith(" to 5,000 of 5,000")
    assert second.cursor is None


async def test_a_comment_of_which_a_part_was_shown_is_not_replaced_unseen(
    jira: JiraClient, colleague: Colleague
) -> None:
    (comment,) = await say(colleague, "x" * 5_000)
    first = await jira.comments(KEY, budget=2_000)
    with pytest.raises(Conflict, match="of the 5,000 characters"):
        await jira.update_comment(KEY, comment, "Short.")
    await jira.comments(KEY, budget=20_000, cursor=first.cursor)
    await jira.update_comment(KEY, comment, "Short.")


async def test_a_comment_gets_a_new_text_and_keeps_what_it_does_not_say(jira: JiraClient, colleague: Colleague) -> None:
    comment = (await colleague.ask("POST", f"/issue/{KEY}/comment", {"body": RICH}))["id"]
    shown = (await jira.comments(KEY)).items[0]
    done, said = await jira.update_comment(KEY, comment, shown.body.replace("last", "very last"))
    assert done.edited
    assert "characters" in said
    now = await colleague.ask("GET", f"/issue/{KEY}/comment/{comment}")
    assert now["body"] == replaced("last", "very last")
    with pytest.raises(InvalidInput, match="burndown"):
        await jira.update_comment(KEY, comment, "All new.")
    _, said = await jira.update_comment(KEY, comment, "All new.", accept_loss=True)
    assert "dropped extension “burndown”" in said


async def test_a_comment_that_is_so_already_is_not_written(
    jira: JiraClient, colleague: Colleague, recorder: Recorder
) -> None:
    (comment,) = await say(colleague, "Well.")
    _, said = await jira.update_comment(KEY, comment, "Well.")
    assert said == ""
    assert "PUT" not in {method for method, _ in recorder.sent}


async def test_a_comment_that_was_edited_after_it_was_shown_is_not_overwritten(
    jira: JiraClient, colleague: Colleague
) -> None:
    (comment,) = await say(colleague, "Before.")
    await jira.comments(KEY)
    await colleague.ask("PUT", f"/issue/{KEY}/comment/{comment}", {"body": document("After.")})
    with pytest.raises(Conflict, match=r"“Before\.” became “After\.”"):
        await jira.update_comment(KEY, comment, "Mine.")
    assert (await jira.comments(KEY)).items[0].body == "After."
    await jira.update_comment(KEY, comment, "Mine.")


async def test_who_may_read_a_comment_stays_when_its_text_changes(jira: JiraClient) -> None:
    for level in ("Administrators", "group:jira-users-pm-os"):
        comment = await jira.add_comment(KEY, "for some", visible_to=level)
        assert comment.visible_to == level.replace("group:", "group ") or comment.visible_to == f"role {level}"
        done, _ = await jira.update_comment(KEY, comment.id, "still for some")
        assert done.visible_to == comment.visible_to
        done, said = await jira.update_comment(KEY, comment.id, "", visible_to="everyone")
        assert done.visible_to is None
        assert said == "text unchanged"
        done, _ = await jira.update_comment(KEY, comment.id, "", visible_to=level)
        assert done.visible_to == comment.visible_to
        _, said = await jira.update_comment(KEY, comment.id, "", visible_to=level)
        assert said == ""


async def test_a_comment_for_administrators_is_hidden_from_the_others(
    connected: Connect, jira: JiraClient, sandbox_transport: httpx2.ASGITransport
) -> None:
    comment = await jira.add_comment(KEY, "for some", visible_to="Administrators")
    partner = Colleague(sandbox_transport, "Engineering Partner")
    seen = await partner.ask("GET", f"/issue/{KEY}/comment")
    assert comment.id not in [each["id"] for each in seen["comments"]]


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("Administrator", "Did you mean Administrators?"),
        ("Nobodies", "There are: Administrators, Members, Reporters, Viewers."),
        ("Viewers", "not a member of the project role: Viewers"),
        ("group:jira-user-pm-os", "Did you mean jira-users-pm-os"),
        ("group:", "project role"),
        ("x" * 300, "project role"),
    ],
)
async def test_readers_that_cannot_be_meant_are_answered_with_those_there_are(
    level: str, told: str, jira: JiraClient
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.add_comment(KEY, "for some", visible_to=level)
    assert told in caught.value.fields["visible_to"]


async def test_a_comment_is_deleted_for_good(jira: JiraClient, colleague: Colleague) -> None:
    one, two = await say(colleague, "one", "two")
    await jira.delete_comment(KEY, one)
    assert [comment.id for comment in (await jira.comments(KEY)).items] == [two]
    with pytest.raises(NotFound):
        await jira.delete_comment(KEY, one)
    with pytest.raises(NotFound):
        await jira.comment(KEY, one)


@pytest.mark.parametrize("comment_id", ["", "x", "1/../../2", "-1", "१", "9" * 30])
async def test_what_is_no_id_is_refused_before_it_reaches_a_path(
    comment_id: str, jira: JiraClient, recorder: Recorder
) -> None:
    for call in (
        jira.comment(KEY, comment_id),
        jira.update_comment(KEY, comment_id, "x"),
        jira.delete_comment(KEY, comment_id),
    ):
        with pytest.raises(InvalidInput, match="no comment id"):
            await call
    assert recorder.sent == []


class Careless(httpx2.AsyncBaseTransport):
    """A Jira that finds comments and work logs by their ids alone, whatever issue they are asked of."""

    def __init__(self, site: httpx2.AsyncBaseTransport, asked: str, found: str) -> None:
        self._site, self._asked, self._found = site, asked, found
        self.sent: list[str] = []

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request.method)
        if any(part in request.url.path for part in ("/comment/", "/worklog/")):
            address = str(request.url).replace(self._asked, self._found)
            request = httpx2.Request(request.method, address, headers=request.headers, content=await request.aread())
        return await self._site.handle_async_request(request)


@pytest.mark.parametrize("part", ["comment", "worklog"])
async def test_an_id_does_not_lead_out_of_the_allowed_projects(
    part: str, colleague: Colleague, sandbox_transport: httpx2.ASGITransport
) -> None:
    body = {"body": document("x")} if part == "comment" else {"timeSpent": "1h"}
    outside = (await colleague.ask("POST", f"/issue/PMOS-40/{part}", body))["id"]
    site = Careless(sandbox_transport, "NOVA-1", "PMOS-40")
    settings = JiraSettings(sandbox=True, access=Access.DELETE, projects=("NOVA",))
    jira = await connect(settings, transport=site, policy=QUICK)
    calls = (jira.comment, jira.delete_comment) if part == "comment" else (jira.worklog, jira.delete_worklog)
    for call in calls:
        with pytest.raises(NotFound, match=r"NOVA-1 has no (comment|worklog) with this id"):
            await call("NOVA-1", outside)
    with pytest.raises(NotFound, match="NOVA-1 has no"):
        if part == "comment":
            await jira.update_comment("NOVA-1", outside, "x")
        else:
            await jira.update_worklog("NOVA-1", outside, time_spent="2h")
    for read in (jira.comments, jira.worklogs):
        with pytest.raises(NotPermitted):
            await read("PMOS-40")
    assert set(site.sent) == {"GET"}
    await jira.aclose()


async def test_within_the_allowed_projects_all_goes_its_way(connected: Connect, colleague: Colleague) -> None:
    (inside,) = await say(colleague, "inside", key="NOVA-1")
    jira = await connected(projects="NOVA")
    await jira.update_comment("NOVA-1", inside, "changed")
    await jira.delete_comment("NOVA-1", inside)
    log = await jira.add_worklog("NOVA-1", "1h")
    await jira.update_worklog("NOVA-1", log.id, time_spent="2h")
    await jira.delete_worklog("NOVA-1", log.id)
