"""What v1 refuses, case by case, and its rarer reads."""

from collections.abc import Callable
from typing import Any

import pytest

from confluence_mcp.sandbox.v1 import task_list
from confluence_mcp.sandbox.visitor import Visitor, storage

pytestmark = pytest.mark.anyio
R = "/wiki/rest/api"
HUMAN_PM = "712020:5a9d1c0e-0000-4000-8000-000000000001"
LONG = "x" * 256
PAGE = "/content/98411"
ONTO = {"type": "existing_page", "value": "98412"}
BELOW = {"type": "parent_page", "value": "98402"}
TEMPLATE = {"name": "T", "templateType": "page", "body": {"storage": storage("<p />")}}
RESTORE = {"operationKey": "restore", "params": {"versionNumber": 1, "message": ""}}

REFUSED: tuple[tuple[int, str, str, Any], ...] = (
    (400, "POST", f"{PAGE}/label", [{"prefix": "global", "name": f"l{number}"} for number in range(101)]),
    (400, "DELETE", f"{PAGE}/label", None),
    (404, "POST", "/content/att1/label", {"prefix": "global", "name": "x"}),
    (404, "POST", "/content/attx/label", {"prefix": "global", "name": "x"}),
    (400, "GET", "/label", None),
    (400, "POST", f"{PAGE}/copy", {"destination": BELOW, "pageTitle": LONG}),
    (400, "POST", f"{PAGE}/copy", {"destination": BELOW, "pageTitle": "New", "body": {"view": "x"}}),
    (400, "POST", f"{PAGE}/copy", {"destination": BELOW, "pageTitle": "New", "body": {"storage": storage("<p>")}}),
    (400, "POST", f"{PAGE}/copy", {"destination": ONTO, "pageTitle": "Orchestrator"}),
    (400, "POST", f"{PAGE}/copy?expand={'a.' * 9}b", {"destination": BELOW, "pageTitle": "New"}),
    (404, "POST", f"{PAGE}/copy", {"destination": {"type": "parent_page", "value": "x"}, "pageTitle": "New"}),
    (400, "POST", f"{PAGE}/pagehierarchy/copy", {"destinationPageId": "98402", "copyDescendants": "no"}),
    (400, "POST", f"{PAGE}/pagehierarchy/copy", {"destinationPageId": "98402", "titleOptions": "no"}),
    (400, "POST", f"{PAGE}/pagehierarchy/copy", {"destinationPageId": "98402", "titleOptions": {"prefix": LONG}}),
    (400, "PUT", "/content/98400/move/append/200000", None),
    (400, "PUT", f"{PAGE}/restriction", "all"),
    (400, "PUT", f"{PAGE}/restriction", [{"operation": "read"}]),
    (400, "PUT", f"{PAGE}/restriction", [{"operation": "read", "restrictions": {"user": ["me"]}}]),
    (400, "PUT", f"{PAGE}/restriction", [{"operation": "read", "restrictions": {"user": [{"accountId": "x"}]}}]),
    (404, "GET", f"{PAGE}/restriction/byOperation/delete", None),
    (404, "GET", f"{PAGE}/restriction/byOperation/read/byGroupId/x", None),
    (404, "GET", f"{PAGE}/restriction/byOperation/read/user?accountId=x", None),
    (404, "GET", f"{PAGE}/restriction/byOperation/read/user?accountId={HUMAN_PM}", None),
    (400, "POST", f"{PAGE}/permission/check", {"subject": {"type": "user", "identifier": HUMAN_PM}}),
    (403, "GET", "/template/page?spaceKey=NONE", None),
    (403, "DELETE", "/template/1", None),
    (400, "POST", "/template", {**TEMPLATE, "space": {"key": 1}}),
    (400, "POST", "/template", {**TEMPLATE, "description": LONG}),
    (400, "POST", "/template", {**TEMPLATE, "labels": ["x"]}),
    (400, "PUT", "/template", {**TEMPLATE, "templateId": "700001", "templateType": "x"}),
    (400, "PUT", "/template", {**TEMPLATE, "templateId": "700001", "description": "x" * 101}),
    (400, "PUT", "/template", {**TEMPLATE, "templateId": "690001"}),
    (403, "DELETE", "/template/690001", None),
    (400, "POST", f"{PAGE}/version", {"operationKey": "undo"}),
    (400, "POST", f"{PAGE}/version", {"operationKey": "restore", "params": {"versionNumber": 1}}),
    (400, "POST", "/content/1/version", RESTORE),
    (400, "GET", "/user", None),
    (400, "GET", "/user/bulk", None),
    (404, "GET", "/user/memberof?accountId=x", None),
    (400, "GET", "/group/picker", None),
    (400, "GET", "/group/none/membersByGroupId", None),
    (400, "GET", "/user?expand=everything", None),
    (404, "GET", f"/user/watch{PAGE}?accountId=x", None),
    (400, "POST", "/space", {"key": "P", "name": "P", "permissions": "all"}),
    (400, "PUT", "/space/PMOS", {"homepage": {"id": "200000"}}),
    (400, "POST", "/contentbody/convert/async/export_view", {"representation": "storage"}),
    (400, "POST", "/contentbody/convert/async/export_view", storage("<p>")),
    (400, "POST", "/contentbody/convert/async/export_view", {"representation": "atlas_doc_format", "value": "[]"}),
    (404, "POST", "/contentbody/convert/async/export_view?spaceKeyContext=NONE", storage("<p />")),
    (404, "POST", "/contentbody/convert/async/export_view?contentIdContext=1", storage("<p />")),
    (400, "POST", "/contentbody/convert/async/bulk/tasks", {"conversionInputs": [1] * 11}),
    (400, "GET", "/contentbody/convert/async/bulk/tasks", None),
    (404, "GET", "/contentbody/convert/async/none", None),
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long tasks go on when they are asked for only, however slow the machine is."""
    monkeypatch.setattr(task_list, "HEAD_START", 10**9)


async def test_what_the_vendor_refuses_is_refused(wiki: Visitor) -> None:
    for status, method, path, body in REFUSED:
        answer = await wiki.ask(method, R + path, body)
        assert answer.status == status, (method, path, body, answer.body)
        assert answer.body["statusCode"] == status
        assert answer.body["message"]


async def test_forms_that_are_broken_are_refused(wiki: Visitor) -> None:
    path, token = f"{R}{PAGE}/child/attachment", {"X-Atlassian-Token": "no-check"}
    for kind, content in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nno head\r\n--b--\r\n"),
    ):
        reply = await wiki.client.post(path, content=content, headers={**token, "Content-Type": kind})
        assert reply.status_code in (400, 415), kind
    two = [("file", ("a", b"1", "")), ("file", ("b", b"2", ""))]
    made = (await wiki.client.post(path, files=two, headers=token)).json()["results"]
    data = f"{path}/{made[0]['id']}/data"
    assert (await wiki.client.post(data, files=two, headers=token)).status_code == 400
    named = [("file", (LONG, b"1", ""))]
    assert (await wiki.client.post(path, files=named, headers=token)).status_code == 400
    wish: Any = {"id": made[0]["id"], "type": "attachment", "version": {"number": 1}, "title": "b"}
    assert (await wiki.ask("PUT", f"{path}/{made[0]['id']}", wish)).status == 400, "the other is called so"


async def test_labels_stand_on_files_too(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    token = {"X-Atlassian-Token": "no-check"}
    sent = {"file": ("a.txt", b"1", "text/plain")}
    made = (await wiki.client.post(f"{R}{PAGE}/child/attachment", files=sent, headers=token)).json()["results"][0]
    label = {"prefix": "global", "name": "draft-file"}
    for number in (made["id"], made["id"].removeprefix("att")):
        await wiki.send("POST", f"{R}/content/{number}/label", label)
    found = await wiki.get(f"{R}/label?name=draft-file&type=attachment")
    assert [each["title"] for each in found["associatedContents"]["results"]] == ["a.txt"]
    assert (await visit("Noor Haddad").get(f"{R}/label?name=draft-file"))["associatedContents"]["size"] == 0
    assert (await wiki.get(f"{R}/search?cql=label = 'draft-file'"))["results"][0]["title"] == "a.txt"


async def test_a_space_is_given_the_permissions_that_were_asked_for(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    viewer = "712020:5a9d1c0e-0000-4000-8000-000000000013"
    people = {"user": {"results": [{"type": "known", "accountId": viewer}], "size": 1}}
    right = {"operation": {"operation": "read", "targetType": "space"}, "subjects": people}
    wish = {"name": "For Sam", "permissions": [{**right, "anonymousAccess": False, "unlicensedAccess": False}]}
    assert (await wiki.send("POST", f"{R}/space", wish))["key"] == "FS"
    assert (await visit("Sam Okafor").ask("GET", f"{R}/space/FS/watch")).status == 200
    assert (await visit("Engineering Partner").ask("GET", f"{R}/space/FS/watch")).status == 404
    page = await wiki.create("Start", spaceId=await wiki.space("FS"))
    about = {"plain": {"value": "Ours", "representation": "plain"}}
    told = await wiki.send("PUT", f"{R}/space/FS", {"homepage": {"id": page["id"]}, "description": about})
    assert told["description"]["plain"]["value"] == "Ours"
    assert told["_expandable"]["homepage"].endswith(page["id"])


async def test_conversions_belong_to_who_asked(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    document = '{"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Hi"}]}]}'
    wish = {"representation": "atlas_doc_format", "value": document}
    path = f"{R}/contentbody/convert/async"
    number = (await wiki.send("POST", f"{path}/export_view?spaceKeyContext=PMOS&contentIdContext=98411", wish))[
        "asyncId"
    ]
    await wiki.get(f"{path}/{number}")
    assert "Hi" in (await wiki.get(f"{path}/{number}"))["value"]
    assert (await visit("Engineering Partner").ask("GET", f"{path}/{number}")).status == 403
    many = await wiki.send("POST", f"{path}/bulk/tasks", {"conversionInputs": [{"to": "moon"}]})
    assert many == [{"asyncId": "FAILED_TO_QUEUE"}]


async def test_a_copy_whose_source_goes_meanwhile_fails_and_says_so(wiki: Visitor) -> None:
    wish = {"destinationPageId": "98404", "titleOptions": {"prefix": "C "}, "copyDescendants": False}
    accepted = await wiki.send("POST", f"{R}{PAGE}/pagehierarchy/copy", wish)
    assert (await wiki.ask("DELETE", "/pages/98411")).status == 204
    while not (status := await wiki.get("/wiki" + accepted["links"]["status"]))["finished"]:
        pass
    assert status["successful"] is False
    assert status["status"] == "Failed"
    assert "98411" in status["errors"][0]["translation"]
