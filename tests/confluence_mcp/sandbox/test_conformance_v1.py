"""Every answer of the sandbox's v1 against the vendor's own description of its API."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.v1 import task_list
from confluence_mcp.sandbox.v1.table import V1
from confluence_mcp.sandbox.visitor import Visitor, storage
from connector_kit.testing.inspection import Inspector
from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec
from sandbox_kit.atlassian.visitor import Exchange
from sandbox_kit.visitor import Answer

_SPEC = find_spec("confluence-v1.2026-07-21.json")
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(_SPEC is None, reason=REASON)]

R = "/wiki/rest/api"
HUMAN_PM = "712020:5a9d1c0e-0000-4000-8000-000000000001"
ENGINEER = "712020:5a9d1c0e-0000-4000-8000-000000000004"
STAFF = "276f955c-63d7-42c8-9520-92d01dca0606"
PAGE, OTHER, POST = f"{R}/content/98411", f"{R}/content/98412", f"{R}/content/98471"
NO_CHECK = {"X-Atlassian-Token": "no-check"}

UNDESCRIBED = {
    "/media/file/{file}/binary": "the media service is a host of its own; it is not part of the API",
}
UNDOCUMENTED_STATUS = {
    401: "signing in is described for the whole API and not repeated with each operation",
}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long tasks go on when they are asked for only, however slow the machine is."""
    monkeypatch.setattr(task_list, "HEAD_START", 10**9)


@pytest.fixture(scope="module")
def contract() -> Contract:
    assert _SPEC
    return Contract(_SPEC)


@pytest.fixture
async def inspector(contract: Contract) -> Inspector:
    return Inspector(contract, lambda path: path.startswith(R), undocumented=UNDOCUMENTED_STATUS, headers=NO_CHECK)


@pytest.fixture
async def wiki(database: Path, inspector: Inspector) -> AsyncIterator[Visitor]:
    app = create_app(database, search_lag=0.0)
    visitor = Visitor(app, listen=inspector)
    visitor.client.headers.update(NO_CHECK)
    yield visitor
    await visitor.aclose()
    app.close()


READS = (
    f"{R}/search?cql=type=page and text ~ agent&limit=3&expand=content.space,content.version,content.history,"
    "content.ancestors,content.container,content.body.view,content.body.storage,content.body.atlas_doc_format,"
    "content.metadata.labels,content.metadata.properties",
    f"{R}/search?cql=text ~ plan order by lastmodified desc&excerpt=indexed&limit=100",
    f"{R}/search?cql=type in (comment, attachment, blogpost, folder)&limit=100&expand=content.container",
    f"{R}/search?cql=type = space",
    f"{R}/content/search?cql=space = PMOS&limit=5&expand=body.view",
    f"{R}/search/user?cql=user.fullname ~ alex",
    f"{R}/label?name=prd",
    f"{PAGE}/restriction",
    f"{R}/content/98465/restriction?expand=content",
    f"{PAGE}/restriction/byOperation",
    f"{R}/content/98465/restriction/byOperation/read",
    f"{R}/content/98465/restriction/byOperation/read/user?accountId={HUMAN_PM}",
    f"{R}/longtask",
    f"{R}/template/page?spaceKey=PMOS&expand=body",
    f"{R}/template/page",
    f"{R}/template/blueprint?spaceKey=PMOS&expand=body.storage",
    f"{R}/template/690001",
    f"{R}/template/700001",
    f"{R}/user?accountId={ENGINEER}",
    f"{R}/user/current",
    f"{R}/user/bulk?accountId={ENGINEER}&accountId={HUMAN_PM}",
    f"{R}/user/memberof?accountId={ENGINEER}",
    f"{R}/group?limit=2",
    f"{R}/group/picker?query=store",
    f"{R}/group/{STAFF}/membersByGroupId?limit=3",
    f"{R}/user/watch/content/98411",
    f"{R}/user/watch/space/PMOS",
    f"{R}/user/watch/label/prd",
    f"{R}/analytics/content/98411/views?fromDate=2026-02-01",
    f"{R}/analytics/content/98411/viewers",
)
WATCHED = (
    f"{PAGE}/notification/child-created",
    f"{PAGE}/notification/created",
    f"{R}/space/PMOS/watch",
)
TEMPLATE = {"name": "Retro", "templateType": "page", "body": {"storage": storage("<p>x</p>")}}
NOBODY: list[str] = []
RESTRICTED = [
    {"operation": "read", "restrictions": {"user": [{"type": "known", "accountId": HUMAN_PM}]}},
    {"operation": "update", "restrictions": {"group": [{"type": "group", "id": STAFF}]}},
]
COPY_IN_PLACE = {"destination": {"type": "parent_page", "value": "98401"}}
WRITES: tuple[tuple[int, str, str, Any], ...] = (
    (200, "POST", f"{PAGE}/label", [{"prefix": "global", "name": "One"}, {"prefix": "my", "name": "two"}]),
    (400, "POST", f"{PAGE}/label", [{"prefix": "global", "name": "has blank"}]),
    (404, "POST", f"{R}/content/1/label", [{"prefix": "global", "name": "x"}]),
    (204, "DELETE", f"{PAGE}/label?name=one", None),
    (204, "DELETE", f"{PAGE}/label/two", None),
    (200, "PUT", f"{PAGE}/move/after/98412", None),
    (200, "PUT", f"{PAGE}/move/append/98402", None),
    (400, "PUT", f"{R}/content/98401/move/append/98412", None),
    (404, "PUT", f"{PAGE}/move/append/1", None),
    (200, "POST", f"{OTHER}/copy", {**COPY_IN_PLACE, "pageTitle": "A copy", "copyLabels": True}),
    (400, "POST", f"{OTHER}/copy", COPY_IN_PLACE),
    (404, "POST", f"{OTHER}/copy", {"destination": {"type": "space", "value": "NONE"}}),
    (202, "POST", f"{OTHER}/pagehierarchy/copy", {"destinationPageId": "98402", "titleOptions": {"prefix": "My "}}),
    (400, "POST", f"{OTHER}/pagehierarchy/copy", {"destinationPageId": "98402"}),
    (202, "POST", f"{R}/content/archive", {"pages": [{"id": 98446}]}),
    (400, "POST", f"{R}/content/archive", {"pages": [{"id": 98463}]}),
    (202, "DELETE", f"{R}/content/98406/pageTree", None),
    (400, "DELETE", f"{POST}/pageTree", None),
    (200, "PUT", f"{PAGE}/restriction", RESTRICTED),
    (200, "POST", f"{PAGE}/restriction", {"results": [{"operation": "read", "restrictions": {"group": NOBODY}}]}),
    (200, "PUT", f"{PAGE}/restriction/byOperation/update/user?accountId={HUMAN_PM}", None),
    (200, "GET", f"{PAGE}/restriction/byOperation/update/byGroupId/{STAFF}", None),
    (200, "DELETE", f"{PAGE}/restriction/byOperation/update/byGroupId/{STAFF}", None),
    (200, "PUT", f"{PAGE}/restriction/byOperation/read/byGroupId/{STAFF}", None),
    (200, "DELETE", f"{PAGE}/restriction/byOperation/update/user?accountId={HUMAN_PM}", None),
    (404, "DELETE", f"{PAGE}/restriction/byOperation/update/user?accountId={HUMAN_PM}", None),
    (200, "DELETE", f"{PAGE}/restriction", None),
    (
        200,
        "POST",
        f"{PAGE}/permission/check",
        {"subject": {"type": "user", "identifier": ENGINEER}, "operation": "update"},
    ),
    (400, "POST", f"{PAGE}/permission/check", {"subject": {"type": "user", "identifier": "x"}, "operation": "read"}),
    (200, "POST", f"{R}/template", {**TEMPLATE, "space": {"key": "PMOS"}, "description": "How it went"}),
    (200, "POST", f"{R}/template", TEMPLATE),
    (400, "POST", f"{R}/template", {**TEMPLATE, "name": ""}),
    (200, "PUT", f"{R}/template", {**TEMPLATE, "templateId": "700001"}),
    (404, "PUT", f"{R}/template", {**TEMPLATE, "templateId": "1"}),
    (204, "DELETE", f"{R}/template/700001", None),
    (403, "GET", f"{R}/template/700001", None),
    (200, "POST", f"{PAGE}/version", {"operationKey": "restore", "params": {"versionNumber": 1, "message": "Back"}}),
    (400, "POST", f"{PAGE}/version", {"operationKey": "restore", "params": {"versionNumber": 99, "message": ""}}),
    (204, "DELETE", f"{PAGE}/version/2", None),
    (400, "DELETE", f"{PAGE}/version/99", None),
    (204, "POST", f"{R}/user/watch/content/98411", None),
    (204, "POST", f"{R}/user/watch/space/PMOS", None),
    (204, "POST", f"{R}/user/watch/label/prd", None),
    *((200, "GET", path, None) for path in WATCHED),
    (204, "DELETE", f"{R}/user/watch/content/98411", None),
    (204, "DELETE", f"{R}/user/watch/space/PMOS", None),
    (204, "DELETE", f"{R}/user/watch/label/prd", None),
    (403, "GET", f"{R}/user/watch/content/1", None),
    (200, "POST", f"{R}/space", {"key": "NEW", "name": "New", "description": {"plain": {"value": "About"}}}),
    (400, "POST", f"{R}/space", {"key": "NEW", "name": "Again"}),
    (200, "POST", f"{R}/space/_private", {"key": "MINE", "name": "Mine"}),
    (200, "PUT", f"{R}/space/NEW", {"name": "Newer"}),
    (202, "DELETE", f"{R}/space/MINE", None),
    (404, "DELETE", f"{R}/space/NONE", None),
    (404, "GET", f"{R}/user?accountId=nobody", None),
    (404, "GET", f"{R}/longtask/none", None),
    (400, "GET", f"{R}/search?cql=nonsense", None),
    (400, "GET", f"{R}/analytics/content/98411/views?fromDate=soon", None),
    (404, "GET", f"{R}/analytics/content/1/viewers", None),
    (404, "GET", f"{R}/label?name=nosuch", None),
)


async def follow_tasks(wiki: Visitor) -> None:
    for each in (await wiki.get(f"{R}/longtask"))["results"]:
        while not (status := await wiki.get(f"{R}/longtask/{each['id']}"))["finished"]:
            pass
        assert status["successful"], status


async def convert(wiki: Visitor) -> None:
    begun = await wiki.send("POST", f"{R}/contentbody/convert/async/export_view", storage("<p>x</p>"))
    inputs = [{"to": "view", "body": storage("<p>y</p>")}]
    many = await wiki.send("POST", f"{R}/contentbody/convert/async/bulk/tasks", {"conversionInputs": inputs})
    path = f"{R}/contentbody/convert/async/{begun['asyncId']}"
    bulk = f"{R}/contentbody/convert/async/bulk/tasks?ids={many[0]['asyncId']}"
    assert (await wiki.get(path))["status"] == (await wiki.get(bulk))[0]["status"] == "WORKING"
    assert (await wiki.get(path))["value"] == "<p>x</p>"
    assert (await wiki.get(bulk))[0]["value"] == "<p>y</p>"
    answer = await wiki.ask("POST", f"{R}/contentbody/convert/async/storage", storage("<p>x</p>"))
    assert answer.status == 400


async def files(wiki: Visitor, inspector: Inspector) -> None:
    children = f"{PAGE}/child/attachment"

    async def upload(method: str, path: str, status: int, name: str = "new.txt") -> Any:
        sent = {"file": (name, b"Words", "text/plain")}
        reply = await wiki.client.request(method, path, files=sent, data={"minorEdit": "true", "comment": "Why"})
        assert reply.status_code == status, reply.text
        inspector(Exchange(method, path, [], {}, Answer(status, reply.json(), reply.headers)))
        return reply.json()

    made = await upload("POST", children, 200)
    await upload("POST", children, 400)
    await upload("PUT", children, 200)
    await upload("POST", f"{R}/content/1/child/attachment", 404)
    number = made["results"][0]["id"]
    await upload("POST", f"{children}/{number}/data", 200)
    for status, version in ((200, 3), (409, 1)):
        at = {"number": version, "when": "2026-01-01T00:00:00.000Z", "minorEdit": True}
        body = {"id": number, "type": "attachment", "version": at, "title": "newer.txt"}
        assert (await wiki.ask("PUT", f"{children}/{number}", body)).status == status
    assert (await wiki.ask("GET", f"{children}/{number}/download")).status == 302
    assert (await wiki.ask("GET", f"{children}/{number}/download?version=9")).status == 400


async def test_every_operation_answers_as_the_vendor_describes_it(
    wiki: Visitor, inspector: Inspector, contract: Contract
) -> None:
    for path in READS:
        await wiki.get(path)
    for status, method, path, body in WRITES:
        answer = await wiki.ask(method, path, body)
        assert answer.status == status, (method, path, answer.body)
    await follow_tasks(wiki)
    await convert(wiki)
    await files(wiki, inspector)
    assert not inspector.complaints, "\n".join(inspector.complaints)
    offered = {
        (method, contract.operation(method, path) or path)
        for path, handlers in V1.items()
        for method in handlers
        if path not in UNDESCRIBED
    }
    assert offered - inspector.asked == set(), "every operation of the sandbox is asked above"


async def test_strangers_are_refused(wiki: Visitor, inspector: Inspector) -> None:
    stranger = Visitor(wiki.app, None, inspector)
    for path in (f"{R}/user/current", f"{R}/search?cql=type=page", f"{PAGE}/restriction"):
        assert (await stranger.ask("GET", path)).status == 401
    await stranger.aclose()
    assert not inspector.complaints
