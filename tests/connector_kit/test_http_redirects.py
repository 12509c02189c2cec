"""Redirects of a download: where they may lead, and what goes along."""

from collections.abc import Callable

import httpx2
import pytest

from connector_kit.errors import BadAnswer, NotAuthenticated
from connector_kit.http import HttpClient, Reply
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio


def client_of(url: str, renewed: list[int] | None = None) -> HttpClient:
    async def renew(reply: Reply) -> bool:
        assert renewed is not None
        renewed.append(reply.status)
        return False

    auth = httpx2.BasicAuth("someone@example.org", "a-token")
    return HttpClient(
        url, service="Jira", auth=auth, policy=QUICK, on_unauthorized=renew if renewed is not None else None
    )


async def read(client: HttpClient, redirects: bool | Callable[[str], bool]) -> tuple[int, bytes]:
    async with client.stream("GET", "/file", redirects=redirects) as reply:
        return reply.status, b"".join([chunk async for chunk in reply.iter_bytes()])


async def test_a_store_of_files_never_sees_the_credentials() -> None:
    async with FaultServer() as home, FaultServer(Fault(200, b"content")) as store:
        home.queue("/file", Fault.redirect(f"{store.url}/signed?token=x", 303))
        client = client_of(home.url)
        assert await read(client, lambda host: host == "127.0.0.1") == (200, b"content")
        await client.aclose()
        assert "authorization" in home.requests[0].headers
        assert "authorization" not in store.requests[0].headers


async def test_a_host_that_is_not_wanted_is_not_asked() -> None:
    async with FaultServer() as home, FaultServer(Fault(200, b"content")) as store:
        home.queue("/file", Fault.redirect(f"{store.url}/signed", 303))
        client = client_of(home.url)
        with pytest.raises(BadAnswer, match=r"a redirect to 127\.0\.0\.1, which is not followed"):
            await read(client, lambda _: False)
        await client.aclose()
        assert store.requests == []


async def test_another_place_at_the_same_host_is_always_fine() -> None:
    async with FaultServer(Fault(200, b"content")) as home:
        home.queue("/file", Fault.redirect("/elsewhere", 303))
        client = client_of(home.url)
        assert await read(client, lambda _: False) == (200, b"content")
        await client.aclose()


async def test_a_redirect_can_be_the_answer() -> None:
    async with FaultServer() as home:
        home.queue("/file", Fault.redirect("https://elsewhere.example/file", 303))
        client = client_of(home.url)
        reply = await client.request("GET", "/file", redirects=False)
        await client.aclose()
        assert (reply.status, reply.headers["location"]) == (303, "https://elsewhere.example/file")


async def test_what_another_host_refuses_is_not_held_against_the_credentials() -> None:
    renewed: list[int] = []
    async with FaultServer(Fault.json({"message": "Signature expired"}, 401)) as store, FaultServer() as home:
        home.queue("/file", Fault.redirect(store.url.replace("127.0.0.1", "localhost") + "/signed", 303))
        client = client_of(home.url, renewed)
        with pytest.raises(NotAuthenticated):
            await read(client, redirects=True)
        await client.aclose()
    assert renewed == []
