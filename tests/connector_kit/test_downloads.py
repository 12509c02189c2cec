"""Files on their way into the allowed folder: whole or not at all."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import anyio
import pytest

from connector_kit.allowed_folder import AllowedFolder
from connector_kit.downloads import beginning, save
from connector_kit.errors import BadAnswer, InvalidInput, ServiceError, Unavailable
from connector_kit.http import HttpClient, StreamedReply
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio
CONTENT = bytes(range(256)) * 1_000


def allowed(folder: Path) -> AllowedFolder:
    return AllowedFolder.of(folder, variable="JIRA_FILES_DIR", guide="the guide", refused="Nothing was saved")


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


@asynccontextmanager
async def download(fault: Fault) -> AsyncGenerator[AbstractAsyncContextManager[StreamedReply]]:
    """A download that the service answers with a fault, or without one."""
    async with FaultServer(fault) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        yield client.stream("GET", "/file")
        await client.aclose()


async def test_a_file_is_there_when_all_of_it_is(tmp_path: Path) -> None:
    async with download(Fault(200, CONTENT)) as stream:
        path, size = await save(stream, allowed(tmp_path), "../a:b.bin", what="The file", size=len(CONTENT))
    assert (path, size) == (tmp_path / "a_b.bin", len(CONTENT))
    assert path.read_bytes() == CONTENT
    assert names_in(tmp_path) == ["a_b.bin"]


@pytest.mark.parametrize(
    ("fault", "size", "kind", "told"),
    [
        (Fault(200, CONTENT).dropped("mid_body"), len(CONTENT), Unavailable, "broke off"),
        (Fault(200, CONTENT), len(CONTENT) + 1, BadAnswer, "ended after 256,000 of 256,001 bytes"),
        (Fault(200, CONTENT), len(CONTENT) - 1, BadAnswer, "longer than was said"),
        (Fault(200, b""), 10, BadAnswer, "ended after 0 of 10 bytes"),
        (Fault(503), 10, Unavailable, "503"),
    ],
)
async def test_nothing_is_left_of_a_file_that_did_not_come_whole(
    fault: Fault, size: int, kind: type[ServiceError], told: str, tmp_path: Path
) -> None:
    async with download(fault) as stream:
        with pytest.raises(kind, match=told):
            await save(stream, allowed(tmp_path), "a.bin", what="The file", size=size)
    assert names_in(tmp_path) == []


async def test_nothing_is_left_of_a_file_that_nobody_waits_for_any_more(tmp_path: Path) -> None:
    async with FaultServer(Fault(200, CONTENT).slow_body(0.01)) as server:
        client = HttpClient(server.url, service="Jira")

        async def fetch() -> None:
            await save(client.stream("GET", "/file"), allowed(tmp_path), "a.bin", what="The file", size=len(CONTENT))

        async with anyio.create_task_group() as group:
            group.start_soon(fetch)
            await server.wait_for_requests(1)
            group.cancel_scope.cancel()
        await client.aclose()
    assert names_in(tmp_path) == []


async def test_a_size_that_nobody_told_is_not_checked(tmp_path: Path) -> None:
    async with download(Fault(200, CONTENT)) as stream:
        _, size = await save(stream, allowed(tmp_path), "a.bin", what="The file")
    assert size == len(CONTENT)


async def test_a_name_of_which_nothing_is_left_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    async with FaultServer(Fault(200, CONTENT)) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(InvalidInput, match="save_as"):
            await save(client.stream("GET", "/file"), allowed(tmp_path), "..", what="The file")
        await client.aclose()
        assert server.requests == []


async def test_the_beginning_of_a_file_is_all_that_is_read() -> None:
    async with download(Fault(200, CONTENT)) as stream:
        got = await beginning(stream, 10)
    assert (got.data, got.complete) == (CONTENT[:10], False)
    async with download(Fault(200, b"short")) as stream:
        got = await beginning(stream, 5)
    assert (got.data, got.complete) == (b"short", True)
