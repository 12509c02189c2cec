"""Logging in against a loopback authorization server, with a browser that follows redirects."""

import contextlib
import logging
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio
import anyio.from_thread
import httpx2
import pytest
from anyio.abc import TaskGroup
from pydantic import SecretStr

from connector_kit.credentials import Access
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.oauth.login import authorize, client_credentials, device_login
from connector_kit.oauth.profiles import JIRA, OAuthClient, OAuthProfile
from connector_kit.oauth.refusals import LoginRefused, LoginTimedOut
from connector_kit.oauth.token_endpoint import TokenEndpoint
from connector_kit.testing.authorization_server import AuthorizationServer, TokenFault
from connector_kit.testing.faults import QUICK

CLIENT = OAuthClient("client-1", SecretStr("client-secret-1"), "http://127.0.0.1/callback")


def profile_of(server: AuthorizationServer, base: OAuthProfile = JIRA) -> OAuthProfile:
    return replace(base, authorize_url=server.authorize_url, token_url=server.token_url, device_url=server.device_url)


def nothing(_: str) -> None:
    """What the user reads, unread."""


class Browser:
    """Opens addresses as a person's browser would: consent at the server, then wherever that leads."""

    def __init__(self, tamper: Callable[[str], list[str]] | None = None) -> None:
        self.opened: list[str] = []
        self.pages: list[httpx2.Response] = []
        self._tamper = tamper
        self._work: TaskGroup | None = None

    def __call__(self, url: str) -> bool:
        self.opened.append(url)
        assert self._work is not None
        anyio.from_thread.run_sync(self._work.start_soon, self._visit, url)
        return True

    async def _visit(self, url: str) -> None:
        async with httpx2.AsyncClient(trust_env=False) as http:
            consent = await http.get(url)
            assert consent.status_code == 302, consent.text
            back = str(consent.headers["location"])
            for target in self._tamper(back) if self._tamper else [back]:
                self.pages.append(await http.get(target))

    @asynccontextmanager
    async def at_hand(self) -> AsyncGenerator["Browser"]:
        async with anyio.create_task_group() as self._work:
            yield self

    @property
    def question(self) -> Mapping[str, str]:
        """What the address that was opened asks."""
        return dict(parse_qsl(urlsplit(self.opened[0]).query))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def is_free(port: int) -> bool:
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return False
    return True


@pytest.mark.anyio
async def test_a_browser_brings_back_a_code_that_becomes_tokens() -> None:
    with AuthorizationServer(requires_pkce=True) as server:
        async with Browser().at_hand() as browser:
            tokens = await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
        assert server.accepts(tokens.access_token)
        assert tokens.refresh_token
        assert tokens.scopes == ("offline_access", "read:jira-work", "read:jira-user")
        assert browser.question["audience"] == "api.atlassian.com"
        assert browser.question["prompt"] == "consent"
        assert "You are logged in to Atlassian" in browser.pages[0].text
        assert browser.pages[0].headers["referrer-policy"] == "no-referrer"


@pytest.mark.anyio
async def test_write_access_asks_for_the_write_scopes_too() -> None:
    with AuthorizationServer() as server:
        async with Browser().at_hand() as browser:
            tokens = await authorize(
                profile_of(server), CLIENT, access=Access.WRITE, open_browser=browser, show=nothing
            )
    assert "write:jira-work" in tokens.scopes


@pytest.mark.anyio
async def test_the_exact_redirect_uri_is_used_and_its_port_free_afterwards() -> None:
    port = free_port()
    uri = f"http://localhost:{port}/oauth/done"
    with AuthorizationServer(redirect_uris=(uri,)) as server:
        async with Browser().at_hand() as browser:
            await authorize(profile_of(server), replace(CLIENT, redirect_uri=uri), open_browser=browser, show=nothing)
        assert browser.question["redirect_uri"] == uri
        assert server.requests[0].form["redirect_uri"] == uri
    assert is_free(port)


@pytest.mark.anyio
async def test_the_listener_is_on_loopback_only() -> None:
    port = free_port()
    ready = anyio.Event()
    with AuthorizationServer() as server:
        client = replace(CLIENT, redirect_uri=f"http://127.0.0.1:{port}/callback")
        async with anyio.create_task_group() as tasks:

            async def login() -> None:
                await authorize(profile_of(server), client, show=lambda _: ready.set())

            tasks.start_soon(login)
            await ready.wait()
            # Another address of this machine is still free: nothing listens on all of them.
            with socket.create_server(("127.0.0.2", port)):
                pass
            assert not is_free(port)
            tasks.cancel_scope.cancel()
    assert is_free(port)


def with_state(target: str, state: str) -> str:
    parts = urlsplit(target)
    query = {**dict(parse_qsl(parts.query)), "state": state}
    return parts._replace(query=urlencode(query)).geturl()


@pytest.mark.anyio
async def test_strays_are_refused_and_the_login_goes_on() -> None:
    def strays(target: str) -> list[str]:
        parts = urlsplit(target)
        root = f"{parts.scheme}://{parts.netloc}"
        return [
            with_state(target, "forged"),
            with_state(target, ""),
            f"{target}&code=twice",
            f"{root}/callback",
            f"{root}/favicon.ico",
            f"{root}/callback/more?{parts.query}",
            f"{root}/callback?" + "&".join(f"a{number}=1" for number in range(50)),
            with_state(f"{root}/callback?code=", dict(parse_qsl(parts.query))["state"]),
            target,
        ]

    with AuthorizationServer() as server:
        async with Browser(strays).at_hand() as browser:
            tokens = await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
        assert server.accepts(tokens.access_token)
    assert [page.status_code for page in browser.pages] == [400, 400, 400, 400, 404, 404, 400, 400, 200]
    assert "does not belong to the login" in browser.pages[0].text


async def talk(target: str, request: bytes) -> bytes:
    parts = urlsplit(target)
    stream = await anyio.connect_tcp("127.0.0.1", parts.port or 0)
    async with stream:
        await stream.send(request)
        answer = b""
        with contextlib.suppress(anyio.EndOfStream, anyio.BrokenResourceError):
            while True:
                answer += await stream.receive()
    return answer


@pytest.mark.anyio
async def test_only_a_browsers_visit_to_this_host_is_answered() -> None:
    answers: list[bytes] = []
    with AuthorizationServer() as server:
        async with Browser().at_hand() as browser, anyio.create_task_group() as tasks:

            async def visit(url: str) -> None:
                async with httpx2.AsyncClient(trust_env=False) as http:
                    target = (await http.get(url)).headers["location"]
                    host, path = urlsplit(target).netloc, target.partition("/callback")[2]
                    requests = (
                        f"POST /callback{path} HTTP/1.1\r\nHost: {host}\r\n\r\n",
                        f"GET /callback{path} HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
                        f"GET /callback{path} HTTP/1.1\r\n\r\n",
                        f"GET /callback{path} HTTP/1.1\r\nX: {'x' * 20_000}",
                        "\r\n\r\n",
                    )
                    answers.extend([await talk(target, request.encode()) for request in requests])
                    stream = await anyio.connect_tcp("127.0.0.1", urlsplit(target).port or 0)
                    await stream.aclose()
                    browser.pages.append(await http.get(target))

            def open_browser(url: str) -> bool:
                anyio.from_thread.run_sync(tasks.start_soon, visit, url)
                return True

            await authorize(profile_of(server), CLIENT, open_browser=open_browser, show=nothing)
    starts = [answer.partition(b"\r\n")[0] for answer in answers]
    assert starts == [
        b"HTTP/1.1 405 Method Not Allowed",
        b"HTTP/1.1 400 Bad Request",
        b"HTTP/1.1 400 Bad Request",
        b"",
        b"",
    ]
    assert browser.pages[0].status_code == 200


@pytest.mark.anyio
async def test_a_second_answer_is_refused_while_the_first_is_exchanged() -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.slow(0.3))
        seen: list[int] = []
        async with anyio.create_task_group() as tasks:

            async def visit(url: str) -> None:
                async with httpx2.AsyncClient(trust_env=False) as http, anyio.create_task_group() as visits:
                    target = (await http.get(url)).headers["location"]

                    async def first() -> None:
                        seen.append((await http.get(target)).status_code)

                    visits.start_soon(first)
                    while not server.requests:
                        await anyio.sleep(0.005)
                    seen.append((await http.get(target)).status_code)

            def open_browser(url: str) -> bool:
                anyio.from_thread.run_sync(tasks.start_soon, visit, url)
                return True

            await authorize(profile_of(server), CLIENT, open_browser=open_browser, show=nothing)
        assert seen == [409, 200]
        assert len(server.requests) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("denial", "kind", "told"),
    [
        ({"error": "access_denied", "error_description": "User did not authorize"}, LoginRefused, "did not authorize"),
        ({"error": "invalid_scope"}, ServiceError, "does not grant the scopes"),
        ({"error": "unauthorized_client"}, NotConfigured, "not set up"),
        ({"error": "something_new", "error_description": "<b>Odd</b>"}, LoginRefused, "something_new: <b>Odd</b>"),
    ],
)
async def test_the_vendors_refusal_is_shown(denial: Mapping[str, str], kind: type[ServiceError], told: str) -> None:
    with AuthorizationServer() as server:
        server.denial = denial
        async with Browser().at_hand() as browser:
            with pytest.raises(kind) as caught:
                await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
    assert told in str(caught.value)
    assert "mcp-suite auth login jira" in str(caught.value) or "setup_guides/jira.md" in str(caught.value)
    page = browser.pages[0]
    assert page.status_code == 400
    assert "did not work" in page.text
    assert "<b>" not in page.text
    assert browser.question["state"] not in str(caught.value) + page.text


@pytest.mark.anyio
async def test_a_code_that_the_vendor_refuses_is_told_in_the_browser_too() -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"error": "invalid_grant"}, 400))
        async with Browser().at_hand() as browser:
            with pytest.raises(LoginRefused):
                await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
    assert "came too late" in browser.pages[0].text


@pytest.mark.anyio
async def test_nobody_answering_ends_the_wait_and_frees_the_port() -> None:
    port = free_port()
    client = replace(CLIENT, redirect_uri=f"http://127.0.0.1:{port}/callback")
    shown: list[str] = []
    with AuthorizationServer() as server, pytest.raises(LoginTimedOut, match="Run `mcp-suite auth login jira` again"):
        await authorize(profile_of(server), client, show=shown.append, timeout=0.05)
    assert is_free(port)
    assert shown[0].startswith("Open this address")


@pytest.mark.anyio
async def test_a_port_that_is_taken_is_told_with_the_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        client = replace(CLIENT, redirect_uri=f"http://localhost:{taken.getsockname()[1]}/callback")
        with pytest.raises(NotConfigured, match=r"taken by another program.*JIRA_REDIRECT_URI"):
            await authorize(JIRA, client, show=nothing)


@pytest.mark.anyio
async def test_a_port_that_may_not_be_listened_on_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("anyio.create_tcp_listener", refuse)
    client = replace(CLIENT, redirect_uri="http://localhost:80/callback")
    with pytest.raises(NotConfigured, match="cannot be listened on"):
        await authorize(JIRA, client, show=nothing)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "uri",
    [
        "http://example.com/callback",
        "http://[::1]:8080/callback",
        "ftp://localhost/",
        "localhost:8080",
        "http://localhost:99999/",
        "http://localhost:8080/callback?x=1",
        "http://user:password@localhost:8080/",
        "http://[broken",
    ],
)
async def test_a_redirect_uri_that_cannot_work_is_refused(uri: str) -> None:
    with pytest.raises(NotConfigured, match="JIRA_REDIRECT_URI") as caught:
        await authorize(JIRA, replace(CLIENT, redirect_uri=uri), show=nothing)
    assert "password" not in str(caught.value)


@pytest.mark.anyio
async def test_a_browser_that_does_not_open_leaves_the_address_to_the_user() -> None:
    def broken(_: str) -> bool:
        raise OSError("no display")

    shown: list[str] = []
    with AuthorizationServer() as server, pytest.raises(LoginTimedOut):
        await authorize(profile_of(server), CLIENT, open_browser=broken, show=shown.append, timeout=0.1)
    assert shown[0].startswith("Open this address")
    assert "code_challenge_method=S256" in shown[0]


@pytest.mark.anyio
async def test_an_address_elsewhere_is_answered_by_pasting() -> None:
    shown: list[str] = []
    with AuthorizationServer() as server:
        pasted = ["https://app.example/callback?code=x&state=forged", "nonsense", "https://[broken"]

        async def paste() -> str:
            if pasted:
                return pasted.pop(0)
            url = shown[0].splitlines()[1]
            async with httpx2.AsyncClient(trust_env=False) as http:
                return f" {(await http.get(url)).headers['location']}\n"

        client = replace(CLIENT, redirect_uri="https://app.example/callback")
        tokens = await authorize(profile_of(server), client, show=shown.append, paste=paste)
        assert server.accepts(tokens.access_token)
    assert sum("not the address" in line for line in shown) == 3


@pytest.mark.anyio
async def test_an_address_elsewhere_needs_someone_to_paste() -> None:
    client = replace(CLIENT, redirect_uri="https://app.example/callback")
    with pytest.raises(NotConfigured, match="JIRA_REDIRECT_URI is not an address of this machine"):
        await authorize(JIRA, client, show=nothing)

    with pytest.raises(LoginTimedOut):
        await authorize(JIRA, client, show=nothing, paste=forever, timeout=0.05)


async def forever() -> str:
    await anyio.sleep_forever()
    raise AssertionError


@pytest.mark.anyio
async def test_an_app_without_id_or_secret_is_told_all_at_once() -> None:
    with pytest.raises(NotConfigured) as caught:
        await authorize(JIRA, OAuthClient(""), show=nothing)
    assert set(caught.value.fields) == {"JIRA_CLIENT_ID", "JIRA_CLIENT_SECRET"}


@pytest.mark.anyio
async def test_a_vendor_without_pkce_gets_none() -> None:
    with AuthorizationServer() as server:
        async with Browser().at_hand() as browser:
            await authorize(
                replace(profile_of(server), pkce=False), CLIENT, scopes=(), open_browser=browser, show=nothing
            )
        assert "code_verifier" not in server.requests[0].form
    assert "code_challenge" not in browser.question
    assert "scope" not in browser.question


@pytest.mark.anyio
async def test_a_device_login_waits_until_the_user_agreed() -> None:
    opened: list[str] = []
    with AuthorizationServer() as server:
        shown: list[str] = []
        server.next_tokens(
            TokenFault(carried_out=True),
            TokenFault.json({"error": "slow_down"}, 400),
            TokenFault.failing(503),
            TokenFault.failing(429),
        )
        asked: list[float] = []

        async def sleep(seconds: float) -> None:
            asked.append(seconds)
            if len(asked) == 5:
                server.decide(shown[0].rsplit(" ", 1)[1])

        def open_browser(url: str) -> bool:
            opened.append(url)
            return True

        profile = profile_of(server)
        endpoint = TokenEndpoint(profile, CLIENT, policy=replace(QUICK, retries=0))
        tokens = await device_login(
            profile, CLIENT, open_browser=open_browser, show=shown.append, endpoint=endpoint, sleep=sleep
        )
        assert server.accepts(tokens.access_token)
    assert shown[0].startswith(f"Open {server.url}/device and enter the code ")
    assert asked == [0.01, 0.01, 5.01, 5.01, 10.01]
    assert opened == []  # only an https page is opened unasked


@pytest.mark.anyio
async def test_a_device_login_that_is_declined_or_expires_is_told() -> None:
    with AuthorizationServer() as server:
        profile = profile_of(server)

        def decline(text: str) -> None:
            server.decide(text.rsplit(" ", 1)[1], "denied")

        with pytest.raises(LoginRefused, match="declined"):
            await device_login(replace(profile, errors={}), CLIENT, show=decline)
        server.next_tokens(TokenFault.json({"error": "expired_token"}, 400))
        with pytest.raises(LoginTimedOut, match="not answered in time"):
            await device_login(profile, CLIENT, show=nothing)
        with pytest.raises(LoginTimedOut, match="Nobody answered"):
            await device_login(profile, CLIENT, show=nothing, timeout=0.05)


@pytest.mark.anyio
async def test_the_device_page_opens_when_it_is_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_browser(url: str) -> bool:
        opened.append(url)
        return True

    with AuthorizationServer() as server:
        profile = profile_of(server)
        endpoint = TokenEndpoint(profile, CLIENT)
        start = endpoint.start_device

        async def encrypted(scopes: tuple[str, ...]) -> object:
            device = await start(scopes)
            return replace(device, verification_uri="https://vendor.example/device", complete_uri="")

        monkeypatch.setattr(endpoint, "start_device", encrypted)
        with pytest.raises(LoginTimedOut):
            await device_login(
                profile, CLIENT, open_browser=open_browser, show=nothing, endpoint=endpoint, timeout=0.05
            )
    assert opened == ["https://vendor.example/device"]


@pytest.mark.anyio
async def test_an_app_logs_in_as_itself() -> None:
    with AuthorizationServer() as server:
        tokens = await client_credentials(profile_of(server), CLIENT, scopes=("a", "b"))
        assert server.accepts(tokens.access_token)
    assert tokens.scopes == ("a", "b")
    assert tokens.refresh_token is None


@pytest.mark.anyio
async def test_a_login_writes_no_secret_anywhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with AuthorizationServer() as server:
        async with Browser().at_hand() as browser:
            tokens = await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
        form = server.requests[0].form
    written = capfd.readouterr()
    # The browser's own log is not ours.
    ours = [line for line in caplog.messages if "/authorize" not in line and "/callback" not in line]
    everything = "\n".join((*ours, written.out, written.err, repr(tokens), repr(CLIENT)))
    for secret in (form["code"], form["code_verifier"], tokens.access_token, tokens.refresh_token, "client-secret-1"):
        assert secret
        assert secret not in everything


@pytest.mark.anyio
async def test_a_login_that_is_cancelled_while_it_is_exchanged_frees_the_port() -> None:
    port = free_port()
    client = replace(CLIENT, redirect_uri=f"http://127.0.0.1:{port}/callback")
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.slow(0.5))
        async with anyio.create_task_group() as tasks:

            async def visit(url: str) -> None:
                async with httpx2.AsyncClient(trust_env=False) as http:
                    target = (await http.get(url)).headers["location"]
                    with pytest.raises(httpx2.TransportError):
                        await http.get(target)

            def open_browser(url: str) -> bool:
                anyio.from_thread.run_sync(tasks.start_soon, visit, url)
                return True

            async with anyio.create_task_group() as login:
                login.start_soon(
                    partial(authorize, profile_of(server), client, open_browser=open_browser, show=nothing)
                )
                while not server.requests:
                    await anyio.sleep(0.005)
                login.cancel_scope.cancel()
            assert is_free(port)
