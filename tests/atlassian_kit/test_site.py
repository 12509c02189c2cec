"""Classic tokens at the site, scoped tokens at the gateway, and neither secret anywhere else."""

from base64 import b64encode
from collections.abc import AsyncIterator

import anyio
import httpx2
import pytest

from atlassian_kit.errors import explain_atlassian
from atlassian_kit.site import HOLD_BACK, MOST_REFUSALS, Credentials, Site
from connector_kit.errors import BadAnswer, NotAuthenticated, NotFound, NotPermitted, ServiceError, Unavailable
from connector_kit.http import HttpClient, HttpPolicy, Reply
from connector_kit.testing.faults import Fault, FaultServer

pytestmark = pytest.mark.anyio

CLOUD_ID = "7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d11"
GATE = f"/ex/jira/{CLOUD_ID}"
QUICK = HttpPolicy(retries=0, base_delay=0.0)
REFUSED = Fault.json({"message": "Client must be authenticated to access this resource."}, 401)
NO_SCOPE = Fault.json({"code": 401, "message": "Unauthorized; scope does not match"}, 401)
BASIC = "Basic " + b64encode(b"me@example.com:secret").decode()


@pytest.fixture
async def site() -> AsyncIterator[FaultServer]:
    """The site, which refuses the token."""
    async with FaultServer(REFUSED) as server:
        server.queue("/_edge/tenant_info", Fault.json({"cloudId": CLOUD_ID}))
        yield server


@pytest.fixture
async def gateway() -> AsyncIterator[FaultServer]:
    """The gateway, which accepts it."""
    async with FaultServer(Fault.json({"ok": True})) as server:
        yield server


def explain(reply: Reply) -> ServiceError:
    return explain_atlassian(reply, service="Jira")


def client(site: FaultServer, gateway: FaultServer, cloud_id: str | None = None) -> tuple[Site, HttpClient]:
    place = Site(site.url, "me@example.com", "secret", gateway=gateway.url, cloud_id=cloud_id, policy=QUICK)
    return place, place.client("Jira", explain=explain)


async def test_a_classic_token_stays_at_the_site(gateway: FaultServer) -> None:
    async with FaultServer(Fault.json({"ok": True})) as site:
        place, http = client(site, gateway)
        await http.request("GET", "/rest/api/3/field")
        await http.aclose()
    assert [request.path for request in site.requests] == ["/rest/api/3/field"]
    assert site.requests[0].headers["authorization"] == BASIC
    assert gateway.requests == []
    assert place.cloud_id is None


async def test_a_scoped_token_moves_to_the_gateway_once(site: FaultServer, gateway: FaultServer) -> None:
    place, http = client(site, gateway)
    for _ in range(2):
        assert (await http.request("GET", "/rest/api/3/field")).json() == {"ok": True}
    await http.aclose()
    assert [request.path for request in site.requests] == ["/rest/api/3/field", "/_edge/tenant_info"]
    assert "authorization" not in site.requests[1].headers
    assert [request.path for request in gateway.requests] == [
        f"{GATE}/rest/api/3/myself",
        f"{GATE}/rest/api/3/field",
        f"{GATE}/rest/api/3/field",
    ]
    assert {request.headers["authorization"] for request in gateway.requests} == {BASIC}
    assert place.cloud_id == CLOUD_ID


def scoped(site: FaultServer, gateway: FaultServer) -> tuple[Site, HttpClient]:
    place = Site(site.url, "me@example.com", "secret", gateway=gateway.url, is_scoped=True, policy=QUICK)
    return place, place.client("Jira", explain=explain)


async def test_a_token_that_is_known_to_have_scopes_is_never_tried_at_the_site(
    site: FaultServer, gateway: FaultServer
) -> None:
    place, http = scoped(site, gateway)
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(http.request, "GET", "/rest/api/3/field")
    await http.aclose()
    assert [request.path for request in site.requests] == ["/_edge/tenant_info"]
    assert "authorization" not in site.requests[0].headers
    assert [request.path for request in gateway.requests] == [f"{GATE}/rest/api/3/field"] * 4
    assert place.cloud_id == CLOUD_ID


async def test_where_a_site_tells_no_id_no_token_is_sent(gateway: FaultServer) -> None:
    for answer, kind in (
        (Fault.json({"cloudId": "../admin"}), NotFound),
        (Fault.json({}), NotFound),
        (Fault.json({"message": "no"}, 404), NotFound),
        (Fault.json({"message": "no"}, 503), Unavailable),
        (Fault(200, b"<html>"), BadAnswer),
    ):
        async with FaultServer(REFUSED) as site:
            site.queue("/_edge/tenant_info", answer, Fault.json({"cloudId": CLOUD_ID}))
            _, http = scoped(site, gateway)
            with pytest.raises(kind):
                await http.request("GET", "/rest/api/3/field")
            assert gateway.requests == []
            await http.request("GET", "/rest/api/3/field")  # what was not known is asked for again
            await http.aclose()
            gateway.requests.clear()


async def test_many_calls_at_once_decide_once(site: FaultServer, gateway: FaultServer) -> None:
    _, http = client(site, gateway)
    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(http.request, "GET", f"/rest/api/3/field/{number}")
    await http.aclose()
    assert sum(request.path == "/_edge/tenant_info" for request in site.requests) == 1
    assert sum(request.path.endswith("/myself") for request in gateway.requests) == 1


async def test_a_scope_that_the_probe_lacks_still_means_a_scoped_token(site: FaultServer, gateway: FaultServer) -> None:
    gateway.queue(f"{GATE}/rest/api/3/myself", NO_SCOPE)
    _, http = client(site, gateway)
    assert (await http.request("GET", "/rest/api/3/field")).status == 200
    gateway.queue(f"{GATE}/rest/api/3/issue", NO_SCOPE)
    with pytest.raises(NotPermitted, match="write:jira-work"):
        await http.request("POST", "/rest/api/3/issue", json={})
    await http.aclose()


async def test_a_wrong_token_stays_refused_and_is_not_tried_over_and_over(
    site: FaultServer, gateway: FaultServer
) -> None:
    gateway.default = Fault.json({"code": 401, "message": "Unauthorized"}, 401)
    place, http = client(site, gateway)
    for _ in range(2):
        with pytest.raises(NotAuthenticated, match="must be authenticated"):
            await http.request("GET", "/rest/api/3/field")
    await http.aclose()
    assert len(gateway.requests) == 1
    assert place.cloud_id is None
    assert http.base_url == site.url


async def test_a_token_refused_again_and_again_is_held_back_before_the_account_is_locked(
    site: FaultServer, gateway: FaultServer
) -> None:
    gateway.default = REFUSED
    _, http = client(site, gateway)
    for _ in range(MOST_REFUSALS):
        with pytest.raises(NotAuthenticated, match="must be authenticated"):
            await http.request("GET", "/rest/api/3/field")
    sent = len(site.requests) + len(gateway.requests)
    with pytest.raises(NotAuthenticated, match="refused e-mail address and API token 3 times in a row") as caught:
        await http.request("GET", "/rest/api/3/field")
    await http.aclose()
    assert "restart this server" in caught.value.next_step
    assert len(site.requests) + len(gateway.requests) == sent


async def test_a_missing_scope_holds_nothing_back(site: FaultServer, gateway: FaultServer) -> None:
    gateway.default = NO_SCOPE
    _, http = client(site, gateway, CLOUD_ID)
    for _ in range(MOST_REFUSALS + 2):
        with pytest.raises(NotPermitted, match="lacks a scope"):
            await http.request("GET", "/rest/api/3/field")
    await http.aclose()


def test_credentials_are_sent_again_after_a_while_and_an_answer_forgets_refusals() -> None:
    now = 0.0
    credentials = Credentials("me@example.com", "secret", service="Jira", clock=lambda: now)
    request = httpx2.Request("GET", "https://example.atlassian.net/")
    for _ in range(MOST_REFUSALS):
        next(credentials.auth_flow(request))
        credentials.count_refusal()
    with pytest.raises(NotAuthenticated, match="not sent again for 300 s"):
        next(credentials.auth_flow(request))
    now = HOLD_BACK
    flow = credentials.auth_flow(request)
    next(flow)
    with pytest.raises(StopIteration):
        flow.send(httpx2.Response(200))
    now = 0.0
    credentials.count_refusal()
    next(credentials.auth_flow(request))
    assert "secret" not in repr(credentials)


@pytest.mark.parametrize(
    "answer", [Fault.json({}), Fault.json({"cloudId": "../admin"}), Fault.json([]), Fault.json({"cloudId": 7})]
)
async def test_an_odd_cloud_id_leads_nowhere(gateway: FaultServer, answer: Fault) -> None:
    async with FaultServer(REFUSED) as site:
        site.queue("/_edge/tenant_info", answer)
        _, http = client(site, gateway)
        with pytest.raises(NotAuthenticated):
            await http.request("GET", "/rest/api/3/field")
        await http.aclose()
    assert gateway.requests == []


@pytest.mark.parametrize("answer", [Fault(503), Fault.html(), Fault().dropped("before_answer")])
async def test_a_failed_lookup_is_tried_again_by_the_next_call(gateway: FaultServer, answer: Fault) -> None:
    async with FaultServer(REFUSED) as site:
        site.queue("/_edge/tenant_info", answer, Fault.json({"cloudId": CLOUD_ID}))
        _, http = client(site, gateway)
        with pytest.raises(NotAuthenticated):
            await http.request("GET", "/rest/api/3/field")
        assert (await http.request("GET", "/rest/api/3/field")).status == 200
        await http.aclose()


async def test_a_known_cloud_id_begins_at_the_gateway(site: FaultServer, gateway: FaultServer) -> None:
    gateway.queue(f"{GATE}/rest/api/3/field", Fault.json({"message": "Unauthorized"}, 401))
    _, http = client(site, gateway, cloud_id=CLOUD_ID)
    with pytest.raises(NotAuthenticated):
        await http.request("GET", "/rest/api/3/field")
    await http.aclose()
    assert site.requests == []


async def test_the_secret_does_not_follow_a_redirect_to_another_host(gateway: FaultServer) -> None:
    async with FaultServer(Fault.json({})) as other, FaultServer(Fault.redirect(f"{other.url}/x")) as site:
        _, http = client(site, gateway)
        await http.request("GET", "/rest/api/3/field")
        await http.aclose()
    assert "authorization" not in other.requests[0].headers


@pytest.mark.parametrize("cloud_id", [None, CLOUD_ID])
async def test_the_secret_of_a_site_on_this_machine_never_leaves_it(site: FaultServer, cloud_id: str | None) -> None:
    site.default = REFUSED
    place = Site(site.url, "me@example.com", "secret", cloud_id=cloud_id, policy=QUICK)
    http = place.client("Jira")
    with pytest.raises(NotAuthenticated):
        await http.request("GET", "/rest/api/3/field")
    await http.aclose()
    assert [request.path for request in site.requests] == ["/rest/api/3/field"]
