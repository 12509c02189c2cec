"""The client against a site that fails: what is told, and what is not sent twice."""

from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import pytest

from connector_kit.errors import (
    BadAnswer,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotConfigured,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    ServiceError,
    TimedOut,
    Unavailable,
)
from connector_kit.http import HttpPolicy
from connector_kit.testing.faults import Fault, FaultServer
from jira_mcp.client import JiraClient, NewIssue, connect
from jira_mcp.settings import JiraSettings

pytestmark = pytest.mark.anyio

API = "/rest/api/3"
POLICY = HttpPolicy(retries=1, base_delay=0.0, max_delay=0.0, read_timeout=0.3, total_timeout=5.0, breaker_failures=50)
TEXT = {"type": "string"}
FIELDS = [
    {"id": "summary", "key": "summary", "name": "Summary", "clauseNames": ["summary"], "schema": TEXT},
    {"id": "customfield_10020", "name": "Sprint", "clauseNames": ["cf[10020]"], "schema": {"type": "array"}},
]
SUMMARY: dict[str, object] = {
    "fieldId": "summary",
    "key": "summary",
    "name": "Summary",
    "required": True,
    "operations": ["set"],
    "schema": TEXT,
}
SCREEN = {"fields": [SUMMARY], "total": 1}
TRANSITIONS = {"transitions": [{"id": "31", "name": "Start", "to": {"name": "Done"}, "fields": {}}]}
TYPES = {"issueTypes": [{"id": "1", "name": "Task", "hierarchyLevel": 0}], "total": 1}


@pytest.fixture
async def site() -> AsyncIterator[FaultServer]:
    """A site whose catalogues are in order."""
    async with FaultServer() as server:
        answers: dict[str, object] = {
            f"{API}/field": FIELDS,
            f"{API}/issue/createmeta/A1/issuetypes": TYPES,
            f"{API}/issue/createmeta/A1/issuetypes/1": SCREEN,
            f"{API}/issue/A1-1/editmeta": {"fields": {"summary": SUMMARY}},
        }
        for path, answer in answers.items():
            server.queue(path, *[Fault.json(answer)] * 5)
        yield server


@pytest.fixture
async def jira(site: FaultServer) -> AsyncIterator[JiraClient]:
    """A client of that site."""
    settings = JiraSettings.model_validate({"url": site.url, "email": "me@example.com", "api_token": "secret"})
    client = await connect(settings, policy=POLICY)
    yield client
    await client.aclose()


READS: dict[str, tuple[str, Callable[[JiraClient], Awaitable[object]]]] = {
    "issue": (f"{API}/issue/A1-1", lambda jira: jira.issue("A1-1")),
    "search": (f"{API}/search/jql", lambda jira: jira.search("project = A1")),
    "count": (f"{API}/search/approximate-count", lambda jira: jira.count("project = A1")),
    "projects": (f"{API}/project/search", lambda jira: jira.projects()),
    "link types": (f"{API}/issueLinkType", lambda jira: jira.link_types()),
    "users": (f"{API}/user/search", lambda jira: jira.search_users("ann")),
    "comments": (f"{API}/issue/A1-1/comment", lambda jira: jira.comments("A1-1")),
}
NEW = NewIssue("A1", "Task", 'Say "hello"')
WRITES: dict[str, tuple[str, Callable[[JiraClient], Awaitable[object]]]] = {
    "create": (f"{API}/issue", lambda jira: jira.create(NEW)),
    "create many": (f"{API}/issue/bulk", lambda jira: jira.create_many([NEW, NEW])),
    "comment": (f"{API}/issue/A1-1/comment", lambda jira: jira.add_comment("A1-1", "hello")),
    "worklog": (f"{API}/issue/A1-1/worklog", lambda jira: jira.add_worklog("A1-1", "1h")),
}
STATUSES: list[tuple[int, type[ServiceError]]] = [
    (400, InvalidInput),
    (401, NotAuthenticated),
    (403, NotPermitted),
    (404, NotFound),
    (409, Conflict),
    (410, NotFound),
    (413, InvalidInput),
    (422, InvalidInput),
]


def error(status: int) -> Fault:
    return Fault.json({"errorMessages": ["Jira says no."], "errors": {"customfield_10020": "odd"}}, status)


def posts(site: FaultServer, path: str) -> int:
    return sum(request.path == path and request.method != "GET" for request in site.requests)


@pytest.mark.parametrize(("status", "kind"), STATUSES)
@pytest.mark.parametrize("name", READS)
async def test_a_refused_read_is_told_by_its_status(
    site: FaultServer, jira: JiraClient, name: str, status: int, kind: type[ServiceError]
) -> None:
    path, read = READS[name]
    site.queue(path, error(status))
    with pytest.raises(kind) as caught:
        await read(jira)
    assert caught.value.status == status
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("status", "kind"), STATUSES)
@pytest.mark.parametrize("name", WRITES)
async def test_a_refused_write_is_told_and_not_repeated(
    site: FaultServer, jira: JiraClient, name: str, status: int, kind: type[ServiceError]
) -> None:
    path, write = WRITES[name]
    site.queue(path, error(status))
    with pytest.raises(kind) as caught:
        await write(jira)
    assert posts(site, path) == 1
    if status in (400, 409, 422) and name.startswith("create"):
        assert caught.value.fields == {"Sprint": "odd"}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("name", READS)
async def test_a_read_survives_a_failure_that_passes(
    site: FaultServer, jira: JiraClient, name: str, status: int
) -> None:
    path, read = READS[name]
    site.queue(path, Fault(status))
    await read(jira)
    assert [request.path for request in site.requests].count(path) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(503), Unavailable),
        (Fault().dropped("before_answer"), Unavailable),
        (Fault.json({"issues": []}).dropped("mid_body"), Unavailable),
        (Fault().slow_headers(3), TimedOut),
        (Fault.html(), BadAnswer),
        (Fault.garbage(), BadAnswer),
        (Fault.large(), BadAnswer),
        (Fault.json({}, 429, {"RateLimit-Reason": "jira-burst-based"}), RateLimited),
    ],
)
async def test_a_read_that_goes_on_failing_says_how(
    site: FaultServer, jira: JiraClient, fault: Fault, kind: type[ServiceError]
) -> None:
    site.queue(f"{API}/search/jql", fault, fault)
    with pytest.raises(kind):
        await jira.search("project = A1")


@pytest.mark.parametrize(
    "fault",
    [Fault(500), Fault(502), Fault(504), Fault().dropped("before_answer"), Fault().slow_headers(3)],
)
@pytest.mark.parametrize("name", WRITES)
async def test_a_write_without_a_clear_answer_is_not_repeated_and_says_how_to_look(
    site: FaultServer, jira: JiraClient, name: str, fault: Fault
) -> None:
    path, write = WRITES[name]
    site.queue(path, fault)
    with pytest.raises(OutcomeUnknown) as caught:
        await write(jira)
    assert posts(site, path) == 1
    assert "Before repeating it, look: jira_" in caught.value.next_step
    if name.startswith("create"):
        assert r'summary ~ "Say \"hello\""' in caught.value.next_step


async def test_a_write_that_was_limited_was_not_carried_out_and_is_sent_again(
    site: FaultServer, jira: JiraClient
) -> None:
    site.queue(f"{API}/issue", Fault.json({}, 429, {"Retry-After": "0"}), Fault.json({"id": "1", "key": "A1-7"}, 201))
    assert (await jira.create(NEW)).key == "A1-7"


async def test_after_a_doubtful_chunk_the_rest_is_not_sent(site: FaultServer, jira: JiraClient) -> None:
    done = {"issues": [{"id": str(number), "key": f"A1-{number}"} for number in range(1, 51)], "errors": []}
    site.queue(f"{API}/issue/bulk", Fault.json(done, 201), Fault(500))
    results = await jira.create_many([NEW] * 120)
    assert sum(result.key is not None for result in results) == 50
    assert {result.unknown for result in results[50:100]} == {True}
    assert not any(result.unknown for result in results[100:])
    assert "Not sent" in str(results[100].error)
    assert posts(site, f"{API}/issue/bulk") == 2


async def test_an_answer_that_forgets_an_issue_leaves_it_unknown(site: FaultServer, jira: JiraClient) -> None:
    answer: dict[str, object] = {
        "issues": [{"id": "1", "key": "A1-1"}],
        "errors": [
            {"status": 400, "elementErrors": {"errorMessages": ["no"], "errors": {}}, "failedElementNumber": 1},
            {"status": 400, "failedElementNumber": 77},
        ],
    }
    site.queue(f"{API}/issue/bulk", Fault.json(answer, 201))
    first, second, third = await jira.create_many([NEW] * 3)
    assert (first.key, second.key, third.key) == ("A1-1", None, None)
    assert (second.error, second.unknown) == ("no", False)
    assert third.unknown


async def test_a_refused_suggestion_still_tells_what_jira_said(site: FaultServer, jira: JiraClient) -> None:
    answer = {"errorMessages": ["The value 'x' does not exist for the field 'status'."]}
    site.queue(f"{API}/search/jql", Fault.json(answer, 400))
    site.queue(f"{API}/status", error(403))
    with pytest.raises(InvalidInput, match="The value 'x' does not exist"):
        await jira.search("status = x")


async def test_a_comment_that_fails_after_the_move_says_that_it_moved(site: FaultServer, jira: JiraClient) -> None:
    site.queue(f"{API}/issue/A1-1", Fault.json({"id": "1", "key": "A1-1", "fields": {"status": {"name": "To Do"}}}))
    site.queue(f"{API}/issue/A1-1/transitions", Fault.json(TRANSITIONS), Fault(204))
    site.queue(f"{API}/issue/A1-1/comment", error(403))
    with pytest.raises(NotPermitted, match="A1-1 is Done now, but the comment was not added"):
        await jira.transition("A1-1", "Done", comment="hello")


@pytest.mark.parametrize(
    ("transitions", "to", "told"),
    [
        ([("1", "Ship", "Done"), ("2", "Drop", "Done")], "done", "one of Ship, Drop"),
        ([("1", "Go", "Here"), ("2", "Go", "There")], "go", r"one of 1 \(to Here\), 2 \(to There\)"),
        ([], "done", "no status can be reached"),
    ],
)
async def test_ways_that_cannot_be_told_apart_are_listed(
    site: FaultServer, jira: JiraClient, transitions: list[tuple[str, str, str]], to: str, told: str
) -> None:
    listed = [{"id": number, "name": name, "to": {"name": target}} for number, name, target in transitions]
    site.queue(f"{API}/issue/A1-1", Fault.json({"id": "1", "fields": {"status": {"name": "To Do"}}}))
    site.queue(f"{API}/issue/A1-1/transitions", Fault.json({"transitions": listed}))
    with pytest.raises(InvalidInput, match=told):
        await jira.transition("A1-1", to)


async def test_of_two_ways_to_a_status_the_one_of_its_name_is_taken(site: FaultServer, jira: JiraClient) -> None:
    listed = [{"id": number, "name": name, "to": {"name": "Done"}} for number, name in (("1", "Ship"), ("2", "Done"))]
    site.queue(f"{API}/issue/A1-1", Fault.json({"id": "1", "fields": {"status": {"name": "To Do"}}}))
    site.queue(f"{API}/issue/A1-1/transitions", Fault.json({"transitions": listed}), Fault(204))
    await jira.transition("A1-1", "done")
    assert site.requests[-1].json() == {"transition": {"id": "2"}}


async def test_a_deletion_is_still_shown_when_the_count_fails(site: FaultServer, jira: JiraClient) -> None:
    site.queue(f"{API}/issue/A1-1", Fault.json({"key": "A1-1", "fields": {"summary": "x"}}))
    site.queue(f"{API}/search/approximate-count", error(403))
    assert (await jira.deletion_preview("A1-1")).children == 0


async def test_an_issue_that_moved_out_of_the_allowed_projects_is_closed(site: FaultServer) -> None:
    moved = Fault.json({"id": "1", "key": "SECRET-9", "fields": {"summary": "hidden"}})
    site.queue(f"{API}/issue/A1-1", *[moved] * 4)
    settings = JiraSettings.model_validate(
        {"url": site.url, "email": "me@example.com", "api_token": "secret", "projects": ("A1",)}
    )
    jira = await connect(settings, policy=POLICY)
    closed: list[Callable[[], Awaitable[object]]] = [
        lambda: jira.issue("A1-1"),
        lambda: jira.comments("A1-1"),
        lambda: jira.update("A1-1", {"summary": "x"}),
        lambda: jira.delete("A1-1"),
        lambda: jira.deletion_preview("A1-1"),
    ]
    for call in closed:
        with pytest.raises(NotPermitted, match="Project SECRET is outside"):
            await call()
    await jira.aclose()
    assert {request.method for request in site.requests} == {"GET"}


async def test_a_search_shows_no_issue_outside_of_the_allowed_projects(site: FaultServer) -> None:
    issues: list[dict[str, object]] = [
        {"id": "1", "key": "A1-1", "fields": {}},
        {"id": "2", "key": "SECRET-9", "fields": {}},
    ]
    site.queue(f"{API}/search/jql", Fault.json({"issues": issues, "isLast": True}))
    settings = JiraSettings.model_validate(
        {"url": site.url, "email": "me@example.com", "api_token": "secret", "projects": ("A1",)}
    )
    jira = await connect(settings, policy=POLICY)
    assert [issue.key for issue in (await jira.search("key > A1-0")).items] == ["A1-1"]
    await jira.aclose()


async def test_a_cancelled_call_closes_its_connection(site: FaultServer, jira: JiraClient) -> None:
    await jira.link_types()  # the library is imported now
    site.queue(f"{API}/issue/A1-1", Fault().slow_headers(30))
    async with anyio.create_task_group() as group:
        group.start_soon(jira.issue, "A1-1")
        await site.wait_for_requests(2)
        group.cancel_scope.cancel()
    await site.wait_for_disconnects()


async def test_an_account_that_jira_does_not_name_is_an_error(jira: JiraClient) -> None:
    with pytest.raises(BadAnswer, match="did not say who signed in"):
        await jira.check()


async def test_a_site_without_credentials_says_what_is_missing() -> None:
    with pytest.raises(NotConfigured) as caught:
        await connect(JiraSettings(url="https://example.atlassian.net"))
    assert {"JIRA_EMAIL", "JIRA_API_TOKEN"} <= set(caught.value.fields)


async def test_one_part_that_fails_fails_the_issue_with_its_own_error(site: FaultServer, jira: JiraClient) -> None:
    site.queue(f"{API}/issue/A1-1/comment", error(403))
    with pytest.raises(NotPermitted):
        await jira.issue("A1-1", include=["comments", "worklogs", "transitions"])


async def test_remarks_of_jira_on_a_search_are_passed_on(site: FaultServer, jira: JiraClient) -> None:
    answer: dict[str, object] = {"issues": [], "warnings": ["odd", {"message": "old"}, {}]}
    site.queue(f"{API}/search/jql", Fault.json(answer))
    assert (await jira.search("project = A1")).warnings == ("odd", "old")


async def test_a_value_unknown_to_a_field_without_a_catalogue_is_told_plainly(
    site: FaultServer, jira: JiraClient
) -> None:
    answer = {"errorMessages": ["The value 'x' does not exist for the field 'team'."]}
    site.queue(f"{API}/search/jql", Fault.json(answer, 400))
    with pytest.raises(InvalidInput, match="The value 'x' does not exist"):
        await jira.search("team = x")


async def test_a_refused_change_and_a_refused_move_say_why(site: FaultServer, jira: JiraClient) -> None:
    site.queue(f"{API}/issue/A1-1", error(400))
    with pytest.raises(InvalidInput, match="Sprint: odd"):
        await jira.update("A1-1", {"summary": "x"})
    site.queue(f"{API}/issue/A1-1", Fault.json({"id": "1", "fields": {"status": {"name": "To Do"}}}))
    site.queue(f"{API}/issue/A1-1/transitions", Fault.json(TRANSITIONS), error(400))
    with pytest.raises(InvalidInput, match="transitions"):
        await jira.transition("A1-1", "Done")


async def test_an_odd_answer_to_a_bulk_request_is_told_by_its_status(site: FaultServer, jira: JiraClient) -> None:
    site.queue(f"{API}/issue/bulk", Fault(400, b"{", {"Content-Type": "application/json"}))
    with pytest.raises(InvalidInput):
        await jira.create_many([NEW])


async def test_issue_types_are_read_to_the_last_page(site: FaultServer, jira: JiraClient) -> None:
    for number in range(2):
        kind = {"id": str(number), "name": f"Type {number}", "hierarchyLevel": 0}
        site.queue(f"{API}/issue/createmeta/B1/issuetypes", Fault.json({"issueTypes": [kind], "total": 2}))
    assert [kind.name for kind in await jira.issue_types("B1")] == ["Type 0", "Type 1"]
    assert [dict(request.query)["startAt"] for request in site.requests] == ["0", "1"]


async def test_of_a_long_history_the_latest_edits_are_read(site: FaultServer, jira: JiraClient) -> None:
    def edit(number: int) -> dict[str, object]:
        return {
            "author": {"accountId": "1"},
            "created": str(number),
            "items": [{"field": "f", "toString": str(number)}],
        }

    path = f"{API}/issue/A1-1/changelog"
    site.queue(path, Fault.json({"values": [edit(0), edit(1)], "total": 5}))
    site.queue(path, Fault.json({"values": [edit(3), edit(4)], "total": 5}))
    page = await jira.changes("A1-1", limit=2)
    assert [change.created for change in page.items] == ["4", "3"]
    assert page.total == 5
    assert [dict(request.query)["startAt"] for request in site.requests] == ["0", "3"]
