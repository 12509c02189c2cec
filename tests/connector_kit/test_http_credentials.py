"""Credentials go to the address they were given for, and are renewed once."""

from dataclasses import replace

import anyio
import httpx2
import pytest

from connector_kit.errors import NotAuthenticated, NotConfigured, OutcomeUnknown, ServiceError
from connector_kit.http import Exchange, HttpClient, Reply
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio

AUTH = httpx2.BasicAuth("me", "s3cret")
SECRET_HEADERS = ("authorization", "cookie", "x-api-key")


def without_secrets(server: FaultServer) -> bool:
    return not any(name in request.headers for request in server.requests for name in SECRET_HEADERS)


async def test_a_read_follows_redirects_on_the_same_host_with_its_credentials() -> None:
    async with FaultServer(Fault.json({"here": 1})) as server:
        client = HttpClient(server.url, service="Jira", auth=AUTH, policy=QUICK)
        server.queue("/old", Fault.redirect("/new?x=1"))
        reply = await client.request("GET", "/old", headers={"X-Api-Key": "k"})
        await client.aclose()
    assert reply.json() == {"here": 1}
    assert [request.target for request in server.requests] == ["/old", "/new?x=1"]
    assert "authorization" in server.requests[1].headers
    assert server.requests[1].headers["x-api-key"] == "k"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_secret_follows_a_redirect_to_another_host(status: int) -> None:
    async with FaultServer() as home, FaultServer(Fault.json({"file": 1})) as other:
        home.queue("/file", Fault.redirect(other.url + "/signed?token=1", status))
        client = HttpClient(home.url, service="Jira", auth=AUTH, policy=QUICK)
        reply = await client.request(
            "GET", "/file", headers={"Cookie": "a=b", "X-Api-Key": "k", "Range": "bytes=0-1"}, content=b"private"
        )
        await client.aclose()
        assert reply.json() == {"file": 1}
        assert without_secrets(other)
        assert other.requests[0].headers["range"] == "bytes=0-1"
        assert other.requests[0].body == b""


async def test_credentials_that_were_dropped_do_not_come_back() -> None:
    async with FaultServer(Fault.json({})) as home, FaultServer() as other:
        home.queue("/a", Fault.redirect(other.url + "/b"))
        other.queue("/b", Fault.redirect(home.url + "/c"))
        client = HttpClient(home.url, service="Jira", auth=AUTH, policy=QUICK)
        await client.request("GET", "/a")
        await client.aclose()
        assert [request.path for request in home.requests] == ["/a", "/c"]
        assert "authorization" not in home.requests[1].headers


async def test_redirects_in_a_circle_end_after_five() -> None:
    async with FaultServer(Fault.redirect("/x")) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(ServiceError, match="too often in a row") as raised:
            await client.request("GET", "/x")
        await client.aclose()
        assert len(server.requests) == 6
    assert raised.value.kind == "bad_answer"


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://files.example:port/x", "no address"),
        ("http://[", "no web address"),
        ("ftp://files.example/x", "no web address"),
        ("http://user:pw@files.example/x", "no web address"),
        ("file:///etc/passwd", "no web address"),
    ],
)
async def test_a_redirect_to_nowhere_good_is_not_followed(location: str, said: str) -> None:
    async with FaultServer(Fault.redirect(location)) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(ServiceError, match=said):
            await client.request("GET", "/x")
        await client.aclose()


async def test_a_redirect_from_https_to_http_is_not_followed() -> None:
    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        return httpx2.Response(302, headers={"Location": "http://plain.example/x"})

    transport = httpx2.MockTransport(answer)
    client = HttpClient("https://x.invalid", service="Jira", policy=QUICK, auth=AUTH, transport=transport)
    with pytest.raises(ServiceError, match="without encryption"):
        await client.request("GET", "/x")
    assert seen == ["https://x.invalid/x"]


@pytest.mark.parametrize("status", [301, 307, 308])
async def test_a_write_is_not_sent_on(status: int) -> None:
    async with FaultServer() as home, FaultServer() as other:
        home.queue("/x", Fault.redirect(other.url + "/x", status))
        client = HttpClient(home.url, service="Jira", policy=QUICK)
        with pytest.raises(ServiceError, match=r"redirect to 127\.0\.0\.1; what changes something is not sent on"):
            await client.request("POST", "/x", json={})
        await client.aclose()
        assert other.connections == 0


@pytest.mark.parametrize("status", [302, 303])
async def test_a_write_that_is_answered_by_a_look_elsewhere_may_have_happened(status: int) -> None:
    async with FaultServer() as home:
        home.queue("/x", Fault.redirect("/done", status), Fault.redirect("/done", status))
        client = HttpClient(home.url, service="Jira", policy=QUICK)
        with pytest.raises(OutcomeUnknown):
            await client.request("POST", "/x", json={})
        with pytest.raises(ServiceError) as raised:
            await client.request("POST", "/x", json={}, repeatable=True)
        await client.aclose()
        assert raised.value.kind == "bad_answer"
        assert len(home.requests) == 2


async def test_an_answer_not_modified_is_an_answer() -> None:
    async with FaultServer(Fault(304)) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        assert (await client.request("GET", "/x", headers={"If-None-Match": "1"})).status == 304
        await client.aclose()


async def test_a_401_is_answered_by_one_renewal_and_one_more_try() -> None:
    renewals: list[Reply] = []

    async def renew(reply: Reply) -> bool:
        renewals.append(reply)
        return True

    async with FaultServer(Fault.json({"ok": 1})) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK, on_unauthorized=renew)
        server.queue("/x", Fault(401))
        assert (await client.request("POST", "/x")).json() == {"ok": 1}
        server.queue("/x", Fault(401), Fault(401))
        with pytest.raises(NotAuthenticated):
            await client.request("POST", "/x")
        await client.aclose()
    assert [reply.status for reply in renewals] == [401, 401]
    assert len(server.requests) == 4


async def test_a_renewal_does_not_use_up_the_retries() -> None:
    async def renew(_: Reply) -> bool:
        return True

    async with FaultServer(Fault.json({})) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK, on_unauthorized=renew)
        server.queue("/x", Fault(401), Fault(503), Fault(503), Fault(503))
        await client.request("GET", "/x")
        await client.aclose()
        assert len(server.requests) == 5


async def test_a_renewal_that_fails_leaves_the_401() -> None:
    async def renew(_: Reply) -> bool:
        return False

    async with FaultServer(Fault(401)) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK, on_unauthorized=renew)
        with pytest.raises(NotAuthenticated):
            await client.request("GET", "/x")
        await client.aclose()
        assert len(server.requests) == 1


async def test_many_refused_calls_are_answered_by_one_renewal() -> None:
    renewals = 0

    async def renew(_: Reply) -> bool:
        nonlocal renewals
        renewals += 1
        await anyio.sleep(0.05)
        return True

    async with FaultServer(Fault.json({})) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK, on_unauthorized=renew)
        server.queue("/x", *[Fault(401).slow_headers(0.1)] * 10)
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(client.request, "GET", "/x")
        await client.aclose()
    assert renewals == 1
    assert len(server.requests) == 20


async def test_a_renewal_may_ask_the_service_itself() -> None:
    async with FaultServer(Fault.json({})) as server:
        server.queue("/x", Fault(401))
        server.queue("/token", Fault(401))

        async def renew(_: Reply) -> bool:
            with pytest.raises(NotAuthenticated):
                await client.request("GET", "/token")
            return True

        client = HttpClient(server.url, service="Jira", policy=QUICK, on_unauthorized=renew)
        await client.request("GET", "/x")
        await client.aclose()
    assert [request.path for request in server.requests] == ["/x", "/token", "/x"]


async def test_another_address_gets_only_the_credentials_given_for_it() -> None:
    async with FaultServer(Fault(401)) as site, FaultServer(Fault.json({"ok": 1})) as gateway:

        async def move(_: Reply) -> bool:
            client.rebase(gateway.url + "/ex/jira/42/", httpx2.BasicAuth("scoped", "token"))
            return True

        client = HttpClient(site.url, service="Jira", auth=AUTH, policy=QUICK, on_unauthorized=move)
        assert (await client.request("GET", "/issue", params={"a": "1"})).json() == {"ok": 1}
        assert client.base_url == gateway.url + "/ex/jira/42"
        assert gateway.requests[0].target == "/ex/jira/42/issue?a=1"
        first = gateway.requests[0].headers["authorization"]
        assert first != site.requests[0].headers["authorization"]
        client.rebase(gateway.url)
        await client.request("GET", "/issue")
        assert without_secrets(gateway) is False
        assert "authorization" not in gateway.requests[1].headers
        with pytest.raises(NotConfigured):
            client.rebase("http://example.com")
        await client.aclose()


async def test_a_new_address_starts_with_a_closed_circuit() -> None:
    async with FaultServer(Fault(500)) as broken, FaultServer(Fault.json({})) as sound:
        once = replace(QUICK, retries=0, breaker_failures=1)
        client = HttpClient(broken.url, service="Jira", policy=once)
        for _ in range(2):
            with pytest.raises(ServiceError):
                await client.request("GET", "/x")
        assert len(broken.requests) == 1
        client.rebase(sound.url)
        await client.request("GET", "/x")
        await client.aclose()


async def test_an_error_while_authenticating_reaches_the_caller_as_it_is() -> None:
    class Expired(httpx2.Auth):
        def auth_flow(self, request: httpx2.Request):  # pyright: ignore[reportUnknownParameterType] - never yields
            raise NotAuthenticated("The login has expired.", next_step="Log in again.")
            yield request

    seen: list[Exchange] = []
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Jira", auth=Expired(), on_exchange=seen.append)
        with pytest.raises(NotAuthenticated, match="Log in again"):
            await client.request("GET", "/x")
        await client.aclose()
        assert server.connections == 0
    assert seen == []
