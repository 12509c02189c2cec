"""The library describes requests; nothing of it sends."""

import httpx2
import pytest

from atlassian_kit.bridge import Bridge, VendorRequest, describe
from connector_kit.http import Exchange, HttpClient
from connector_kit.testing.faults import Fault, FaultServer


def test_an_operation_is_described_without_sending_it() -> None:
    assert describe("JiraCloud", "get_issue", "A-1", fields="summary") == VendorRequest(
        "GET", "/rest/api/3/issue/A-1", {"fields": "summary"}, None
    )
    assert describe("JiraCloud", "create_issue", data={"fields": {}}) == VendorRequest(
        "POST", "/rest/api/3/issue", None, {"fields": {}}
    )
    assert describe("JiraCloud", "delete_issue", "A-1", delete_subtasks="true").method == "DELETE"
    assert describe("JiraCloud", "edit_issue", "A-1", data={"fields": {}}).method == "PUT"


def test_an_operation_that_the_library_lacks_is_an_error() -> None:
    with pytest.raises(AttributeError):
        describe("JiraCloud", "no_such_operation")


def test_a_method_that_builds_no_request_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="built no request"):
        describe("JiraCloud", "endpoint", "x")


@pytest.mark.anyio
async def test_our_client_sends_what_the_library_describes() -> None:
    seen: list[Exchange] = []
    async with FaultServer(Fault.json({"key": "A-1"})) as server:
        http = HttpClient(server.url, service="Jira", auth=httpx2.BasicAuth("me", "secret"), on_exchange=seen.append)
        reply = await Bridge(http).call("get_issue", "A-1", fields="summary,status", fail_fast=False)
        await http.aclose()
    assert reply.json() == {"key": "A-1"}
    assert server.requests[0].target == "/rest/api/3/issue/A-1?fields=summary%2Cstatus&failFast=false"
    assert server.requests[0].headers["authorization"].startswith("Basic ")
    assert "user-agent" in server.requests[0].headers
    assert [exchange.status for exchange in seen] == [200]
