"""The site around its resources: who comes in, what goes wrong on demand, and its second half."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from confluence_mcp.sandbox import (
    ACCOUNTS,
    CLOUD_ID,
    DATA,
    SANDBOX_EMAIL,
    SANDBOX_TOKEN,
    SECOND_CLOUD_ID,
    SITES,
    create_app,
    reset,
    ways_in,
)
from confluence_mcp.sandbox.visitor import Visitor
from jira_mcp import sandbox as jira

pytestmark = pytest.mark.anyio
OPS = "https://ops.sandbox.invalid"


def test_people_and_sites_are_those_of_the_jira_sandbox() -> None:
    mine = [(each.account_id, each.name, each.email, each.token, each.active) for each in ACCOUNTS]
    assert mine == [(each.account_id, each.name, each.email, each.token, each.active) for each in jira.ACCOUNTS]
    assert (SITES, DATA, CLOUD_ID, SECOND_CLOUD_ID) == (jira.SITES, jira.DATA, jira.CLOUD_ID, jira.SECOND_CLOUD_ID)
    variables = ways_in("http://127.0.0.1:1")["With a token"]
    assert variables == {
        "CONFLUENCE_URL": "http://127.0.0.1:1",
        "CONFLUENCE_EMAIL": SANDBOX_EMAIL,
        "CONFLUENCE_API_TOKEN": SANDBOX_TOKEN,
    }


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer x",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(f"{SANDBOX_EMAIL}:wrong".encode()).decode(),
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Basic " + base64.b64encode(b"jordan.blake@pm-os.example:sandbox-token-jordan-blake").decode(),
    ],
)
async def test_wrong_credentials_are_refused(wiki: Visitor, authorization: str) -> None:
    answer = await wiki.client.get("/wiki/api/v2/pages", headers={"Authorization": authorization}, auth=None)
    assert answer.status_code == 401


async def test_answers_carry_the_vendors_headers(wiki: Visitor) -> None:
    headers = (await wiki.ask("GET", "/spaces?limit=1")).headers
    assert headers["server"] == "AtlassianEdge"
    assert headers["content-type"] == "application/json;charset=UTF-8"
    assert len(headers["atl-traceid"]) == 32
    assert headers["x-aaccountid"].endswith("0001")
    assert headers["link"].startswith("</wiki/api/v2/spaces?limit=1&cursor=")
    assert headers["link"].endswith('rel="next", <https://pm-os.sandbox.invalid/wiki>; rel="base"')


async def test_what_there_is_no_resource_for(wiki: Visitor) -> None:
    for path, error in (("/nosuch", "errors"), ("/wiki/rest/api/nosuch", "statusCode")):
        answer = await wiki.ask("GET", path)
        assert answer.status == 404
        assert error in answer.body
    answer = await wiki.ask("PATCH", "/pages")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")
    page = await wiki.ask("GET", "/wiki/content/search")
    assert (page.status, page.headers["content-type"]) == (200, "text/html;charset=UTF-8")
    assert (await wiki.ask("GET", "/wiki/download/attachments/1/x.png")).status == 401


async def test_faults_happen_as_often_as_asked_and_where_asked(wiki: Visitor) -> None:
    fault = {"status": 429, "count": 2, "retry_after": 3, "path": "/wiki/api/v2/pages", "method": "get"}
    assert (await wiki.ask("POST", "/_sandbox/faults", fault)).status == 201
    assert (await wiki.ask("GET", "/spaces")).status == 200
    for _ in range(2):
        answer = await wiki.ask("GET", "/pages")
        assert (answer.status, answer.headers["retry-after"]) == (429, "3")
        assert answer.headers["ratelimit-reason"] == "confluence-burst-based"
        assert answer.body["errors"][0]["code"] == "TOO_MANY_REQUESTS"
    assert (await wiki.ask("GET", "/pages?limit=1")).status == 200
    for fault in ({"status": 503, "body": "<html>Sorry</html>"}, {"status": 500, "body": {"x": 1}}, {"delay": 0.001}):
        await wiki.ask("POST", "/_sandbox/faults", fault)
    assert len((await wiki.ask("GET", "/_sandbox/faults")).body) == 3
    broken = await wiki.ask("GET", "/spaces")
    assert (broken.status, broken.body) == (503, "<html>Sorry</html>")
    assert (await wiki.ask("GET", "/spaces")).body == {"x": 1}
    assert (await wiki.ask("GET", "/spaces")).status == 200
    await wiki.ask("POST", "/_sandbox/faults", {"status": 403})
    assert (await wiki.ask("DELETE", "/_sandbox/faults")).status == 204
    assert (await wiki.ask("GET", "/spaces")).status == 200
    for wrong in ({"nosuch": 1}, {"count": "two"}):
        assert (await wiki.ask("POST", "/_sandbox/faults", wrong)).status == 400
    await wiki.ask("POST", "/_sandbox/faults", {"status": 403})
    assert (await wiki.ask("GET", "/wiki/rest/api/user/current")).body["statusCode"] == 403


async def test_the_second_site_has_pages_of_its_own_and_keeps_them_through_a_reset(tmp_path: Path) -> None:
    database = tmp_path / "confluence.sqlite3"

    async def homes(data: str) -> list[str]:
        app = create_app(database, data="ops" if data == "ops" else "sample")
        visitor = Visitor(app)
        try:
            cloud = CLOUD_ID if data == "sample" else SECOND_CLOUD_ID
            assert await visitor.get("/_edge/tenant_info") == {"cloudId": cloud}
            home = (await visitor.get("/spaces?keys=PMOS"))["results"][0]["homepageId"]
            page = await visitor.get(f"/pages/{home}")
            assert page["_links"]["base"].startswith(OPS) == (data == "ops")
            return [each["key"] for each in (await visitor.get("/spaces"))["results"]]
        finally:
            await visitor.aclose()
            app.close()

    assert await homes("ops") == ["PMOS"]
    reset(database)
    assert await homes("ops") == ["PMOS"]
    assert len(await homes("sample")) > 1, "a file with other data is filled anew"


async def test_a_restriction_hides_what_is_below_it_from_lists_and_reads(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    partner = visit("Engineering Partner")
    top = await wiki.create("Secret")
    below = await wiki.create("Below", parentId=top["id"])
    state = "<ac:task-status>incomplete</ac:task-status>"
    task = f"<ac:task-list><ac:task>{state}<ac:task-body>x</ac:task-body></ac:task></ac:task-list>"
    assert (await wiki.update(below, task)).status == 200
    seen = await partner.get(f"/tasks?page-id={below['id']}")
    assert len(seen["results"]) == 1
    with wiki.app.store.writing() as session:
        session.restrict(int(top["id"]), [("read", "user", ACCOUNTS[0].account_id)])
    assert (await partner.ask("GET", f"/pages/{below['id']}")).status == 404
    assert (await partner.get(f"/pages?id={top['id']},{below['id']}"))["results"] == []
    assert (await partner.get(f"/tasks?page-id={below['id']}"))["results"] == []
    assert len((await wiki.get(f"/pages?id={top['id']},{below['id']}"))["results"]) == 2
    with wiki.app.store.writing() as session:
        session.restrict(int(top["id"]), [("update", "user", ACCOUNTS[0].account_id)])
    assert (await partner.get(f"/pages/{top['id']}"))["title"] == "Secret"
    assert (await partner.update(top, "<p>No</p>")).status == 404
    assert (await partner.update(below, "<p>Yes</p>", number=3)).status == 200
