"""Files on issues when Jira, or what stands before it, fails: nothing half, nothing twice, no secret elsewhere."""

import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest
from typing_extensions import override

from connector_kit.access import Access
from connector_kit.errors import (
    BadAnswer,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    ServiceError,
    Unavailable,
)
from connector_kit.http import HttpPolicy
from connector_kit.testing.faults import QUICK, Fault, FaultServer
from jira_mcp.client import JiraClient, connect
from jira_mcp.settings import JiraSettings

pytestmark = pytest.mark.anyio

CONTENT = b"x" * 50_000
FILE = {"id": "10001", "filename": "a.bin", "size": len(CONTENT), "mimeType": "application/octet-stream"}
ISSUE, META, UPLOAD = "/rest/api/3/issue/AB-1", "/rest/api/3/attachment/meta", "/rest/api/3/issue/AB-1/attachments"
DOWNLOAD = "/rest/api/3/attachment/content/10001"
LIMITS = {"enabled": True, "uploadLimit": 1_000_000}


def issue(*files: Any) -> Fault:
    return Fault.json({"id": "1", "key": "AB-1", "fields": {"attachment": list(files)}})


def client_of(
    url: str, folder: Path, transport: httpx2.AsyncBaseTransport | None = None, policy: HttpPolicy = QUICK
) -> Any:
    given = {"url": url, "email": "a@example.org", "api_token": "a-token-of-nobody", "files_dir": folder}
    settings = JiraSettings.model_validate({**given, "access": Access.DELETE, "sandbox": False})
    return connect(settings, policy=policy, transport=transport)


@asynccontextmanager
async def jira_at(server: FaultServer, folder: Path, *files: Any) -> AsyncGenerator[JiraClient]:
    """A client of a site whose issue AB-1 has these files."""
    server.queue(ISSUE, *[issue(*files)] * 5)
    server.queue(META, *[Fault.json(LIMITS)] * 5)
    client = await client_of(server.url, folder)
    yield client
    await client.aclose()


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def posted(server: FaultServer) -> int:
    return sum(request.path == UPLOAD for request in server.requests)


# Downloads


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        (Fault(200, CONTENT).dropped("mid_body"), Unavailable, "broke off"),
        (Fault(200, CONTENT[:-1]), BadAnswer, "49,999"),
        (Fault(200, CONTENT + b"x"), BadAnswer, "longer than was said|50,001 bytes; Jira lists 50,000"),
        (Fault.html(), BadAnswer, "bytes"),
        (Fault.json({"message": "Gone"}, 404), NotFound, "404"),
        (Fault.json({"message": "No"}, 403), NotPermitted, "403"),
        (Fault.json({"message": "No"}, 401), NotAuthenticated, "401"),
        (Fault(503), Unavailable, "503"),
        (Fault(200, b"no gzip", {"Content-Encoding": "gzip"}), BadAnswer, "unpacked"),
        (Fault.redirect("ftp://127.0.0.1/a", 303), BadAnswer, "no web address"),
    ],
)
async def test_nothing_is_left_of_a_download_that_failed(
    fault: Fault, kind: type[ServiceError], told: str, tmp_path: Path
) -> None:
    async with FaultServer() as server, jira_at(server, tmp_path, FILE) as jira:
        server.queue(DOWNLOAD, *[fault] * 9)
        found = await jira.attachment("AB-1", "10001")
        for call in (jira.save_attachment, jira.read_attachment):
            with pytest.raises(kind, match=told) as failed:
                await call(found)
            assert "x" * 50 not in str(failed.value)
    assert names_in(tmp_path) == []


async def test_a_download_that_nobody_waits_for_leaves_nothing(tmp_path: Path) -> None:
    async with FaultServer() as server, jira_at(server, tmp_path, FILE) as jira:
        server.queue(DOWNLOAD, Fault(200, CONTENT).slow_body(0.01))
        found = await jira.attachment("AB-1", "10001")
        async with anyio.create_task_group() as group:
            group.start_soon(jira.save_attachment, found)
            await server.wait_for_requests(2)
            group.cancel_scope.cancel()
    assert names_in(tmp_path) == []


async def test_the_store_of_files_gets_neither_token_nor_session(tmp_path: Path) -> None:
    async with FaultServer(Fault(200, CONTENT)) as store, FaultServer() as server:
        server.queue(DOWNLOAD, Fault.redirect(f"{store.url}/file/1/binary?token=signed", 303))
        async with jira_at(server, tmp_path, FILE) as jira:
            saved = await jira.save_attachment(await jira.attachment("AB-1", "a.bin"))
        assert saved.size == len(CONTENT)
        [request] = store.requests
        assert not {"authorization", "cookie"} & request.headers.keys()
        assert "a-token-of-nobody" not in str(request)


@pytest.mark.parametrize(
    "location",
    ["https://files.example/a", "https://api.media.atlassian.com.evil.example/a", "https://evilatlassian.com/a"],
)
async def test_no_other_host_is_asked_for_a_file(location: str, tmp_path: Path) -> None:
    async with FaultServer() as server, jira_at(server, tmp_path, FILE) as jira:
        server.queue(DOWNLOAD, Fault.redirect(location, 303))
        with pytest.raises(BadAnswer, match="which is not followed"):
            await jira.save_attachment(await jira.attachment("AB-1", "a.bin"))
    assert names_in(tmp_path) == []


class Recorded(httpx2.AsyncBaseTransport):
    """Answers for every host: a site that redirects, and wherever it leads."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.asked: list[tuple[str, bool]] = []

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append((request.url.host, "authorization" in request.headers))
        if request.url.path == ISSUE:
            return httpx2.Response(200, json={"id": "1", "key": "AB-1", "fields": {"attachment": [FILE]}})
        if request.url.path == DOWNLOAD:
            return httpx2.Response(303, headers={"location": self.location})
        return httpx2.Response(200, content=CONTENT)


@pytest.mark.parametrize(
    ("location", "followed"),
    [
        ("https://api.media.atlassian.com/file/1/binary?token=x", True),
        ("https://media-cdn.atlassian.com/file/1", True),
        ("https://evil.example/a", False),
        ("http://api.media.atlassian.com/file/1", False),
        ("https://127.0.0.1/a", False),
        ("https://169.254.169.254/latest", False),
        ("https://user@api.media.atlassian.com/a", False),
    ],
)
async def test_a_live_site_leads_to_atlassians_own_hosts_only(location: str, followed: bool, tmp_path: Path) -> None:
    transport = Recorded(location)
    jira: JiraClient = await client_of("https://site.atlassian.net", tmp_path, transport)
    found = await jira.attachment("AB-1", "a.bin")
    if followed:
        assert (await jira.save_attachment(found)).size == len(CONTENT)
        assert transport.asked[-1] == (httpx2.URL(location).host, False)
    else:
        with pytest.raises(BadAnswer, match="redirect"):
            await jira.save_attachment(found)
        assert {host for host, _ in transport.asked} == {"site.atlassian.net"}
    await jira.aclose()


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("../../.ssh/authorized_keys", "authorized_keys"),
        ("..\\..\\evil.exe", "evil.exe"),
        ("/etc/passwd", "passwd"),
        ("..", "attachment-10001"),
        ("", "attachment-10001"),
        ("a\x00b.txt", "a b.txt"),
        ("CON.txt", "_CON.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a" * 400 + ".txt", "a" * 196 + ".txt"),
        ('<a href="x">|?*.txt', "x__>___.txt"),
        (".bashrc", "bashrc"),
    ],
)
async def test_a_name_in_jira_leads_nowhere(name: str, saved: str, tmp_path: Path) -> None:
    folder = tmp_path / "allowed"
    folder.mkdir()
    async with FaultServer() as server, jira_at(server, folder, {**FILE, "filename": name}) as jira:
        server.queue(DOWNLOAD, Fault(200, CONTENT))
        done = await jira.save_attachment(await jira.attachment("AB-1", "10001"))
    assert Path(done.path).parent == folder
    assert names_in(folder) == [Path(done.path).name]
    assert Path(done.path).name.replace("<", "_").replace('"', "_") == saved or name.startswith("<")
    assert names_in(tmp_path) == ["allowed"]


@pytest.mark.parametrize(
    "files", ["none", {"id": "10001"}, [None, 7, "x", {}, {"id": None}, {"id": "../1"}, {"id": {"a": 1}}]]
)
async def test_a_list_of_files_that_is_none_is_no_file(files: Any, tmp_path: Path) -> None:
    async with FaultServer(Fault.json({"key": "AB-1", "fields": {"attachment": files}})) as server:
        jira: JiraClient = await client_of(server.url, tmp_path)
        for wanted in ("../1", "None", "10001"):
            with pytest.raises(NotFound, match="the issue has none"):
                await jira.attachment("AB-1", wanted)
        await jira.aclose()
        assert {request.path for request in server.requests} == {ISSUE}


# Uploads


MADE = {**FILE, "filename": "a.txt", "size": 3}


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        (Fault().dropped("before_answer"), OutcomeUnknown, "Before repeating it, look: jira_get_issue AB-1 lists"),
        (Fault().dropped("reset"), OutcomeUnknown, "Before repeating it, look: jira_get_issue AB-1 lists"),
        (Fault(500), OutcomeUnknown, "Before repeating it, look: jira_get_issue AB-1 lists"),
        (Fault.html(), BadAnswer, "Before repeating it, look: jira_get_issue AB-1 lists"),
        (Fault.garbage(), BadAnswer, "Before repeating it, look: jira_get_issue AB-1 lists"),
        (Fault.json([]), BadAnswer, "lists 0 new files"),
        (Fault.json([{**MADE, "size": 2}]), BadAnswer, "another size.*Before repeating it, look: jira_get_issue AB-1"),
        (Fault.json({"errorMessages": ["Too large."]}, 413), InvalidInput, "Too large.*fewer or smaller files"),
        (Fault(413), InvalidInput, "fewer or smaller files"),
        (Fault.json({"errorMessages": ["No."]}, 403), NotPermitted, "permission"),
        (Fault.json({"errorMessages": ["No."]}, 404), NotFound, "Check the key"),
    ],
)
async def test_an_upload_that_failed_is_told_and_not_repeated(
    fault: Fault, kind: type[ServiceError], told: str, tmp_path: Path
) -> None:
    async with FaultServer() as server, jira_at(server, tmp_path) as jira:
        server.queue(UPLOAD, *[fault] * 9)
        with pytest.raises(kind, match=f"(?s){told}"):
            await jira.attach("AB-1", [], text="Hm.", name="a.txt")
        assert posted(server) == 1


async def test_an_upload_that_was_put_off_is_sent_again_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Hm.")
    async with FaultServer() as server, jira_at(server, tmp_path) as jira:
        server.queue(UPLOAD, Fault.json({}, 429), Fault.json([MADE]))
        [made] = (await jira.attach("AB-1", ["a.txt"])).files
        assert (made.id, posted(server)) == ("10001", 2)
        bodies = [request.body for request in server.requests if request.path == UPLOAD]
        assert [b"\r\n\r\nHm.\r\n" in body for body in bodies] == [True, True]
        assert all(request.headers["x-atlassian-token"] == "no-check" for request in server.requests[2:])


async def test_a_site_without_attachments_is_sent_none(tmp_path: Path) -> None:
    async with FaultServer(issue()) as server:
        server.queue(META, Fault.json({"enabled": False}))
        jira: JiraClient = await client_of(server.url, tmp_path)
        with pytest.raises(NotPermitted, match="switched off on this site"):
            await jira.attach("AB-1", [], text="a", name="a.txt")
        await jira.aclose()
        assert posted(server) == 0


async def test_a_missing_issue_is_sent_nothing(tmp_path: Path) -> None:
    async with FaultServer(Fault.json({"errorMessages": ["Issue does not exist"]}, 404)) as server:
        jira: JiraClient = await client_of(server.url, tmp_path)
        with pytest.raises(NotFound, match="does not exist"):
            await jira.attach("AB-1", [], text="a", name="a.txt")
        await jira.aclose()
        assert {request.path for request in server.requests} == {ISSUE}


@pytest.mark.parametrize("fault", [Fault().dropped("before_answer"), Fault(502)])
async def test_a_deletion_that_got_no_answer_is_not_repeated(fault: Fault, tmp_path: Path) -> None:
    async with FaultServer() as server, jira_at(server, tmp_path, FILE) as jira:
        server.queue("/rest/api/3/attachment/10001", *[fault] * 5)
        with pytest.raises(OutcomeUnknown, match="look: jira_get_issue AB-1 lists its attachments"):
            await jira.delete_attachment("AB-1", "a.bin")
        assert sum(request.method == "DELETE" for request in server.requests) == 1


class Truncating(httpx2.AsyncBaseTransport):
    """A site to which a file is on its way while somebody cuts it short."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.uploads = 0

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path != UPLOAD:
            return httpx2.Response(200, json={**LIMITS, "id": "1", "key": "AB-1", "fields": {}})
        self.uploads += 1
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        async for _ in request.stream:
            await anyio.to_thread.run_sync(self.file.write_bytes, b"x")
        return httpx2.Response(200, json=[MADE])


async def test_a_file_that_changes_on_its_way_is_told_as_that(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_bytes(b"x" * 300_000)
    transport = Truncating(file)
    jira: JiraClient = await client_of("https://site.atlassian.net", tmp_path, transport)
    with pytest.raises(Conflict, match=r"'a\.log' became shorter while it was sent"):
        await jira.attach("AB-1", ["a.log"])
    await jira.aclose()
    assert transport.uploads == 1


# Memory


class Large(httpx2.AsyncBaseTransport):
    """A site with one large file, which takes another of the same size; neither is ever in memory as a whole."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.received = 0

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        known: Sequence[dict[str, Any]] = [{**FILE, "size": self.size}]
        if request.url.path == ISSUE:
            return httpx2.Response(200, json={"id": "1", "key": "AB-1", "fields": {"attachment": known}})
        if request.url.path == META:
            return httpx2.Response(200, json={"enabled": True, "uploadLimit": self.size})
        if request.url.path == UPLOAD:
            assert isinstance(request.stream, httpx2.AsyncByteStream)
            async for piece in request.stream:
                self.received += len(piece)
            return httpx2.Response(200, json=known)
        return httpx2.Response(200, content=self._pieces())

    async def _pieces(self) -> AsyncIterator[bytes]:
        for _ in range(self.size // 65_536):
            yield b"x" * 65_536


async def test_files_of_any_size_take_little_memory(tmp_path: Path) -> None:
    size = 64 * 1024 * 1024
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(size)
    transport = Large(size)
    jira: JiraClient = await client_of("https://site.atlassian.net", tmp_path, transport, HttpPolicy())
    await jira.attachment("AB-1", "a.bin")  # what is imported at first use does not count
    tracemalloc.start()
    try:
        await jira.attach("AB-1", ["large.bin"])
        await jira.save_attachment(await jira.attachment("AB-1", "a.bin"), name="copy.bin")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    await jira.aclose()
    assert size < transport.received < size + 1_000
    assert (tmp_path / "copy.bin").stat().st_size == size
    assert peak < 8 * 1024 * 1024
