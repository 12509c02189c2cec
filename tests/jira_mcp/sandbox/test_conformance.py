"""Every answer of the sandbox against the vendor's own description of its API."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connector_kit.testing.inspection import Inspector
from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.resources.table import RESOURCES
from jira_mcp.sandbox.visitor import Visitor, document

_SPEC = find_spec("jira-platform-v3.2026-07-21.json")
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(_SPEC is None, reason=REASON)]

UNDESCRIBED = {
    "/_edge/tenant_info": "the edge in front of Jira answers it; it is not part of the platform's API",
}
UNDOCUMENTED_STATUS = {
    410: "the removal of /search is announced in the changelog (CHANGE-2046); the file still lists the old answers",
    429: "rate limiting is documented for the whole API and not repeated with each operation",
}
UNLIKE_THE_FILE = {
    r"items\[\d+\]\.(from|fromString|to|toString): None ": (
        "Jira sends null for a value that was or became empty; the file's own example of the changelog does, too"
    ),
    r"/assignee 204 body\.accountId: None ": "the operation's description says that null unassigns",
}


def inspector_of(contract: Contract) -> Inspector:
    """Who knows where the sandbox is right and the file is not."""
    return Inspector(
        contract,
        lambda path: path not in UNDESCRIBED,
        unlike=UNLIKE_THE_FILE,
        undocumented=UNDOCUMENTED_STATUS,
    )


@pytest.fixture(scope="module")
def contract() -> Contract:
    assert _SPEC
    return Contract(_SPEC)


@pytest.fixture
async def inspector(contract: Contract) -> Inspector:
    return inspector_of(contract)


@pytest.fixture
async def jira(database: Path, inspector: Inspector) -> AsyncIterator[Visitor]:
    app = create_app(database, search_lag=0.0)
    visitor = Visitor(app, listen=inspector)
    yield visitor
    await visitor.aclose()
    app.close()


async def read_everything(jira: Visitor) -> None:
    for path in (
        "/serverInfo",
        "/_edge/tenant_info",
        "/myself",
        "/mypermissions?permissions=BROWSE_PROJECTS,ADMINISTER",
        "/project/search?expand=description,lead,issueTypes,url,permissions",
        "/project/PMOS",
        "/project/NOVA/statuses",
        "/project/PMOS/components",
        "/project/PMOS/versions",
        "/project/PMOS/version?maxResults=2",
        "/issuetype",
        "/issuetype/project?projectId=10000",
        "/issuetype/10000",
        "/field",
        "/field/search?query=phase",
        "/priority",
        "/priority/search",
        "/resolution",
        "/resolution/search",
        "/status",
        "/status/Done",
        "/statuses/search",
        "/statuscategory",
        "/issueLinkType",
        "/label",
        "/user?accountId=712020:5a9d1c0e-0000-4000-8000-000000000003",
        "/user/search?query=alex",
        "/user/assignable/search?project=PMOS",
        "/search/jql?jql=project%20%3D%20PMOS&fields=*all&maxResults=100"
        "&expand=names,schema,changelog,transitions,renderedFields",
        "/groups/picker?query=store&caseInsensitive=true",
        "/issue/NOVA-1990",
        "/issue/NOVA-1990/editmeta",
        "/issue/createmeta/NOVA/issuetypes/10001?maxResults=200",
        "/issue/DESK-2",
        "/jql/autocompletedata",
        "/jql/autocompletedata/suggestions?fieldName=sprint&fieldValue=Ph",
        "/jql/autocompletedata/suggestions?fieldName=labels&fieldValue=x",
        "/issue/PMOS-2?expand=names,schema,changelog,transitions,renderedFields",
        "/issue/PMOS-35",
        "/issue/PMOS-2/changelog",
        "/issue/PMOS-2/editmeta",
        "/issue/PMOS-35/transitions?expand=transitions.fields",
        "/issue/NOVA-1999/transitions?expand=transitions.fields",
        "/issue/PMOS-2/comment?orderBy=-created&expand=renderedBody",
        "/issue/PMOS-2/comment/10000",
        "/issue/PMOS-2/worklog",
        "/issue/PMOS-2/worklog/10001",
        "/issue/PMOS-2/remotelink",
        "/issue/PMOS-2/watchers",
        "/issueLink/10000",
        "/issue/createmeta/PMOS/issuetypes",
        "/issue/createmeta/PMOS/issuetypes/10001",
        "/issue/createmeta/PMOS/issuetypes/10004",
        "/issue/createmeta/DESK/issuetypes/10005",
    ):
        await jira.get(path)


async def write_everything(jira: Visitor) -> None:
    key = await jira.create(description=document("Text"), timetracking={"originalEstimate": "1d"})
    other = await jira.create()
    issue = f"/issue/{key}"
    steps: list[tuple[int, str, str, object]] = [
        (201, "POST", "/issue/bulk", {"issueUpdates": [_new("One"), _new("")]}),
        (400, "POST", "/issue/bulk", {"issueUpdates": [_new("")]}),
        (400, "POST", "/issue/bulk", {"issueUpdates": [_new("x")] * 51}),
        (400, "POST", "/issue", {"fields": {"summary": "x"}}),
        (200, "POST", "/issue/bulkfetch", {"issueIdsOrKeys": [key, "PMOS-99999"], "fields": ["*all"]}),
        (200, "POST", "/search/jql", {"jql": "project = NOVA", "fields": ["summary"], "maxResults": 3}),
        (200, "POST", "/search/approximate-count", {"jql": "project = NOVA"}),
        (200, "POST", "/jql/parse?validation=strict", {"queries": ["project = PMOS", "project ="]}),
        (204, "PUT", issue, {"fields": {"summary": "Another"}}),
        (200, "PUT", issue + "?returnIssue=true", {"update": {"labels": [{"add": "new"}]}}),
        (204, "PUT", issue + "/assignee", {"accountId": None}),
        (204, "POST", issue + "/transitions", {"transition": {"id": "31"}}),
        (400, "POST", issue + "/transitions", {"transition": {"id": "91"}}),
        (201, "POST", issue + "/comment", {"body": document("Hello")}),
        (400, "POST", issue + "/comment", {"body": "Hello"}),
        (201, "POST", issue + "/worklog", {"timeSpent": "1h 30m", "comment": document("Work")}),
        (201, "POST", issue + "/remotelink", {"globalId": "g", "object": {"url": "https://x.example", "title": "X"}}),
        (200, "POST", issue + "/remotelink", {"globalId": "g", "object": {"url": "https://x.example", "title": "Y"}}),
        (204, "POST", issue + "/watchers", "712020:5a9d1c0e-0000-4000-8000-000000000003"),
        (
            201,
            "POST",
            "/issueLink",
            {"type": {"name": "Blocks"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": other}},
        ),
        (410, "GET", "/search?jql=project=PMOS", None),
        (410, "POST", "/search", {"jql": "project = PMOS"}),
        (404, "GET", "/issue/PMOS-99999", None),
        (404, "GET", "/project/NONE", None),
        (404, "GET", "/user?accountId=nobody", None),
        (400, "PUT", "/issue/DESK-1", {"fields": {"summary": "x"}}),
        (403, "DELETE", "/issue/DESK-1", None),
    ]
    for status, method, path, body in steps:
        answer = await jira.ask(method, path, body)
        assert answer.status == status, (method, path, answer.body)
    fields = await jira.fields(key)
    comment, worklog = fields["comment"]["comments"][0]["id"], fields["worklog"]["worklogs"][0]["id"]
    link, remote = fields["issuelinks"][0]["id"], (await jira.get(issue + "/remotelink"))[0]["id"]
    await jira.get(f"{issue}/remotelink/{remote}")
    for status, method, path, body in (
        (200, "PUT", f"{issue}/comment/{comment}", {"body": document("Changed")}),
        (204, "DELETE", f"{issue}/comment/{comment}", None),
        (200, "PUT", f"{issue}/worklog/{worklog}", {"timeSpentSeconds": 3600}),
        (204, "DELETE", f"{issue}/worklog/{worklog}", None),
        (204, "PUT", f"{issue}/remotelink/{remote}", {"object": {"url": "https://x.example/2", "title": "Z"}}),
        (204, "DELETE", f"{issue}/remotelink/{remote}", None),
        (201, "POST", issue + "/remotelink", {"globalId": "h", "object": {"url": "https://x.example", "title": "X"}}),
        (204, "DELETE", f"{issue}/remotelink?globalId=h", None),
        (204, "DELETE", f"{issue}/watchers?accountId=712020:5a9d1c0e-0000-4000-8000-000000000003", None),
        (204, "DELETE", f"/issueLink/{link}", None),
        (204, "DELETE", issue, None),
    ):
        answer = await jira.ask(method, path, body)
        assert answer.status == status, (method, path, answer.body)


def _new(summary: str) -> dict[str, Any]:
    return {"fields": {"project": {"key": "PMOS"}, "issuetype": {"name": "Task"}, "summary": summary}}


async def test_every_operation_answers_as_the_vendor_describes_it(
    jira: Visitor, inspector: Inspector, contract: Contract
) -> None:
    await read_everything(jira)
    await write_everything(jira)
    assert not inspector.complaints, "\n".join(inspector.complaints)
    offered = {
        (method, contract.operation(method, path.replace("{", "").replace("}", "")) or path)
        for path, handlers in RESOURCES.items()
        for method in handlers
    }
    assert offered - inspector.asked == set(), "every operation of the sandbox is asked above"


async def test_strangers_are_refused_as_the_vendor_describes_it(jira: Visitor, inspector: Inspector) -> None:
    stranger = Visitor(jira.app, None, inspector)
    for path in ("/myself", "/project/PMOS", "/issue/PMOS-1", "/search/jql?jql=project=PMOS"):
        answer = await stranger.ask("GET", path)
        assert answer.status == 401
    await stranger.aclose()
    assert not inspector.complaints, "\n".join(inspector.complaints)
