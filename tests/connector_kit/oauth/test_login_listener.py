"""The one-shot listener that a login's browser comes back to."""

import contextlib
import socket
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio
import anyio.from_thread
import httpx2
import pytest
from pydantic import SecretStr

from connector_kit.errors import NotConfigured
from connector_kit.oauth.login import authorize
from connector_kit.oauth.profiles import JIRA, OAuthClient, OAuthProfile
from connector_kit.oauth.refusals import LoginTimedOut
from connector_kit.testing.authorization_server import AuthorizationServer, TokenFault
from connector_kit.testing.browser import Browser

CLIENT = OAuthClient("client-1", SecretStr("client-secret-1"), "http://127.0.0.1/callback")


def profile_of(server: AuthorizationServer, base: OAuthProfile = JIRA) -> OAuthProfile:
    return replace(base, authorize_url=server.authorize_url, token_url=server.token_url, device_url=server.device_url)


def nothing(_: str) -> None:
    """What the user reads, unread."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def is_free(port: int) -> bool:
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return False
    return True


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
