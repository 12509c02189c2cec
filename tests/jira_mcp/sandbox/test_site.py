"""The edge, the people, the projects and the tables of the site."""

import base64
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from jira_mcp.sandbox import ACCOUNTS, SANDBOX_EMAIL, SANDBOX_TOKEN
from jira_mcp.sandbox.visitor import API, Visitor

pytestmark = pytest.mark.anyio
Visit = Callable[[str | None], Visitor]


async def test_the_default_credentials_are_those_of_the_human_pm(jira: Visitor) -> None:
    me = await jira.get("/myself")
    assert (me["displayName"], me["emailAddress"]) == ("Human PM", SANDBOX_EMAIL)
    assert SANDBOX_TOKEN in {account.token for account in ACCOUNTS}


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer abc",
        "Basic ???",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Basic " + base64.b64encode(f"{SANDBOX_EMAIL}:wrong".encode()).decode(),
        "Basic " + base64.b64encode(b"jordan.blake@pm-os.example:None").decode(),
    ],
)
async def test_wrong_credentials_are_refused(jira: Visitor, authorization: str) -> None:
    transport = httpx2.ASGITransport(app=jira.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        answer = await client.get(API + "/myself", headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"
    assert answer.json()["errorMessages"] == ["Client must be authenticated to access this resource."]


async def test_what_needs_no_credentials(visit: Visit) -> None:
    stranger = visit(None)
    assert (await stranger.get("/serverInfo"))["deploymentType"] == "Cloud"
    assert set(await stranger.get("/_edge/tenant_info")) == {"cloudId"}


async def test_answers_carry_the_vendors_headers(jira: Visitor) -> None:
    answer = await jira.ask("GET", "/myself")
    assert len(answer.headers["atl-traceid"]) == 32
    assert answer.headers["x-ratelimit-nearlimit"] == "false"
    assert answer.headers["x-aaccountid"].startswith("712020%3A")


async def test_unknown_paths_and_methods_are_refused_as_json(jira: Visitor) -> None:
    assert (await jira.ask("GET", "/nothing/here")).status == 404
    assert (await jira.ask("GET", "/issue/PMOS-1/../../admin")).status == 404
    wrong = await jira.ask("DELETE", "/myself")
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET")


async def test_faults_happen_as_often_as_asked_and_where_asked(jira: Visitor) -> None:
    wish = {"status": 429, "count": 2, "retry_after": 3, "path": API + "/issue", "method": "get"}
    assert (await jira.ask("POST", "/_sandbox/faults", wish)).status == 201
    assert (await jira.get("/_sandbox/faults"))[0]["count"] == 2
    assert (await jira.ask("GET", "/myself")).status == 200
    for _ in range(2):
        limited = await jira.ask("GET", "/issue/PMOS-1")
        assert limited.status == 429
        assert limited.headers["retry-after"] == "3"
        assert limited.headers["x-ratelimit-remaining"] == "0"
        assert limited.headers["ratelimit-reason"] == "jira-burst-based"
    assert (await jira.ask("GET", "/issue/PMOS-1")).status == 200


async def test_faults_can_be_of_many_kinds(jira: Visitor) -> None:
    wishes: list[dict[str, Any]] = [
        {"status": 429, "reset_after": 5, "reason": "jira-quota-tenant-based"},
        {"status": 503},
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 400, "body": {"errorMessages": ["Odd"], "errors": {}}},
    ]
    for wish in wishes:
        await jira.ask("POST", "/_sandbox/faults", wish)
    quota, unavailable, gateway, odd = [await jira.ask("GET", "/myself") for _ in range(4)]
    assert "retry-after" not in quota.headers
    assert quota.headers["x-ratelimit-reset"].endswith("Z")
    assert quota.headers["ratelimit-reason"] == "jira-quota-tenant-based"
    assert unavailable.body["errorMessages"] == ["Service Unavailable"]
    assert gateway.headers["content-type"].startswith("text/html")
    assert odd.body["errorMessages"] == ["Odd"]


async def test_a_delay_alone_lets_the_answer_pass_and_faults_can_be_taken_back(jira: Visitor) -> None:
    await jira.ask("POST", "/_sandbox/faults", {"delay": 0.001})
    assert (await jira.ask("GET", "/myself")).status == 200
    await jira.ask("POST", "/_sandbox/faults", {"status": 500})
    assert (await jira.ask("DELETE", "/_sandbox/faults")).status == 204
    assert (await jira.ask("GET", "/myself")).status == 200
    assert (await jira.ask("POST", "/_sandbox/faults", {"colour": 1})).status == 400
    assert (await jira.ask("POST", "/_sandbox/faults", {"status": "many"})).status == 400


async def keys(visitor: Visitor, **query: Any) -> list[str]:
    return [each["key"] for each in (await visitor.get("/project/search", **query))["values"]]


async def test_projects_are_searched_and_ordered(jira: Visitor, visit: Visit) -> None:
    assert await keys(jira) == ["DESK", "NOVA", "PMOS"]
    assert await keys(jira, orderBy="-name") == ["DESK", "PMOS", "NOVA"]
    assert await keys(jira, orderBy="+category") == ["DESK", "PMOS", "NOVA"]
    assert await keys(jira, query="store") == ["NOVA"]
    assert await keys(jira, keys=["pmos", "NONE"]) == ["PMOS"]
    assert await keys(jira, id="10001") == ["NOVA"]
    assert await keys(jira, action="edit") == ["NOVA", "PMOS"]
    assert await keys(jira, typeKey="business") == []
    assert await keys(jira, categoryId="10001") == ["DESK"]
    assert await keys(jira, startAt=1, maxResults=1) == ["NOVA"]
    assert await keys(visit("Noor Haddad")) == []
    for wrong in ("orderBy=colour", "action=paint"):
        assert (await jira.ask("GET", "/project/search?" + wrong)).status == 400


async def test_hidden_and_missing_projects_look_alike(jira: Visitor) -> None:
    for name, by in (("RISK", "key"), ("NONE", "key"), ("10003", "id")):
        answer = await jira.ask("GET", f"/project/{name}")
        assert answer.status == 404
        assert answer.body["errorMessages"] == [f"No project could be found with {by} '{name}'."]


async def test_permissions_are_told_for_a_place(jira: Visitor) -> None:
    async def have(permission: str, **place: str) -> bool:
        answer = await jira.get("/mypermissions", permissions=permission, **place)
        return answer["permissions"][permission]["havePermission"]

    assert await have("DELETE_ISSUES", projectKey="PMOS")
    assert not await have("DELETE_ISSUES", projectKey="DESK")
    assert not await have("EDIT_ISSUES", issueKey="DESK-1")
    assert await have("ADMINISTER")
    for query, status in (("", 400), ("?permissions=FLY", 400), ("?permissions=EDIT_ISSUES&projectKey=RISK", 404)):
        assert (await jira.ask("GET", "/mypermissions" + query)).status == status


async def people(visitor: Visitor, path: str, **query: Any) -> list[str]:
    return [each["displayName"] for each in await visitor.get(path, **query)]


async def test_people_are_found_by_the_beginning_of_a_name_or_address(jira: Visitor) -> None:
    assert await people(jira, "/user/search", query="alex") == ["Alex Rivera", "Alex Moreau"]
    assert await people(jira, "/user/search", query="moreau") == ["Alex Moreau"]
    assert await people(jira, "/user/search", query="human.pm@") == ["Human PM"]
    assert await people(jira, "/user/search", query="jordan") == ["Jordan Blake"]
    assert await people(jira, "/user/search", query="lex") == []
    assert await people(jira, "/user/search", accountId="712020:5a9d1c0e-0000-4000-8000-000000000002") == [
        "Orchestrator"
    ]
    assert len(await people(jira, "/user/search", query="@", property="x")) == 0
    assert (await jira.ask("GET", "/user/search")).status == 400


async def test_only_active_members_are_assignable(jira: Visitor) -> None:
    assignable = await people(jira, "/user/assignable/search", project="PMOS")
    assert "Engineering Partner" in assignable
    assert not {"Jordan Blake", "Sam Okafor", "Noor Haddad"} & set(assignable)
    assert await people(jira, "/user/assignable/search", issueKey="DESK-1", query="alex") == ["Alex Moreau"]
    assert await people(jira, "/user/assignable/search", project="NOVA", startAt=1, maxResults=1) == [
        "Engineering Partner"
    ]
    assert (await jira.ask("GET", "/user/assignable/search")).status == 400
    assert (await jira.ask("GET", "/user/assignable/search?project=RISK")).status == 404
    assert (await jira.ask("GET", "/user")).status == 400


async def test_tables_are_searched(jira: Visitor) -> None:
    async def names(path: str, **query: Any) -> list[str]:
        return [each["name"] for each in (await jira.get(path, **query))["values"]]

    assert await names("/field/search", query="severity", orderBy="-name") == ["Severity", "Severity"]
    assert await names("/field/search", id=["customfield_10101"], type="custom") == ["pm_os_phase"]
    assert (await jira.ask("GET", "/field/search?type=odd")).status == 400
    assert await names("/priority/search", id="2") == ["High"]
    assert await names("/resolution/search", maxResults=1) == ["Done"]
    assert await names("/statuses/search", projectId="10001", statusCategory="DONE") == ["Resolved"]
    assert await names("/statuses/search", searchString="wait") == ["Waiting for support"]
    kinds = await jira.get("/issuetype/project", projectId="10002")
    assert [each["name"] for each in kinds] == ["Task", "Incident", "Service Request"]
    kinds = await jira.get("/issuetype/project", projectId="10000", level="-1")
    assert [each["name"] for each in kinds] == ["Sub-task"]
    assert (await jira.get("/status/in progress"))["id"] == "3"
    for path in ("/status/Unheard", "/issuetype/77"):
        assert (await jira.ask("GET", path)).status == 404
    labels = await jira.get("/label", maxResults=2)
    assert labels["values"] == ["accessibility", "access"][::-1]
