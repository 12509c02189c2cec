"""Confluence fails while a text and its pictures are written: what is there is told, and nothing is made twice."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.testing.families import CERTIFICATES, PATIENT
from connector_kit.testing.faults import Fault, FaultServer, ReceivedRequest

from .conversation import Conversation, converse
from .published import Wiki
from .stored import body_of, rows_of, version_of

pytestmark = pytest.mark.anyio

CREATE, UPDATE = "confluence_create_page", "confluence_update_page"
PAGE, TITLE = "98432", "Product Architect"
BODY = "![](one.png) ![](deep/two.png) ![](three.png)"
NEW = {"space": "PMOS", "title": "Pictures", "body": BODY, "labels": ["shown"]}
MORE = {"page": PAGE, "body": BODY, "how": "append"}
FORBIDDEN = Fault.json({"statusCode": 403, "message": "Not allowed to attach."}, 403)
TOO_LARGE = Fault.json({"statusCode": 413, "message": "The attachment is too large."}, 413)
DOWN = Fault.json({"message": "down"}, 503)
LOST = Fault(cut="before_answer")
MISSING = Fault.json({"statusCode": 404, "message": "Cannot add attachments."}, 404)


class Line:
    """A site behind a server on this machine, which answers the upload of a `number` (from 0) with a fault.

    With `carried` the request reaches the site all the same; with `at` another request than an upload meets it.
    """

    def __init__(self, site: Sandbox) -> None:
        self._client = httpx2.AsyncClient(transport=httpx2.ASGITransport(site))
        self.server = FaultServer(answering=self.answer)
        self.fault: Fault | None = None
        self.number = 0
        self.carried = False
        self.at: tuple[str, str] = ("PUT", "/child/attachment")
        self.writes: list[str] = []

    async def answer(self, request: ReceivedRequest) -> Fault:
        if request.method in ("POST", "PUT", "DELETE") and not request.path.endswith("users-bulk"):
            self.writes.append(f"{request.method} {request.path.rpartition('/')[2]}")
        fault = None
        if request.method == self.at[0] and request.path.endswith(self.at[1]):
            fault, self.number = (self.fault if self.number == 0 else None), self.number - 1
        if fault is not None and not self.carried:
            return fault
        skipped = ("content-length", "transfer-encoding", "connection")
        headers = {name: value for name, value in request.headers.items() if name not in skipped}
        url = f"{self.server.url}{request.target}"
        reply = await self._client.request(request.method, url, headers=headers, content=request.body)
        answered = {name: value for name, value in reply.headers.items() if name.lower() not in skipped}
        return fault or Fault(reply.status_code, reply.content, answered)


@pytest.fixture
async def line(site: Sandbox) -> AsyncIterator[Line]:
    line = Line(site)
    async with line.server:
        yield line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "allowed"
    (folder / "deep").mkdir(parents=True)
    for name in ("one.png", "deep/two.png", "three.png"):
        (folder / name).write_bytes(b"\x89PNG" + name.encode())
    return folder


def talk(line: Line, tmp_path: Path, folder: Path, tool: str) -> AbstractAsyncContextManager[Conversation]:
    given = {"url": line.server.url, "email": SANDBOX_EMAIL, "api_token": SANDBOX_TOKEN, "access": "write"}
    settings = ConfluenceSettings.model_validate({**given, "files_dir": folder, "sandbox": False})
    transport = httpx2.AsyncHTTPTransport(verify=CERTIFICATES)
    policy = replace(PATIENT, retries=1)
    return converse(tmp_path, transport=transport, settings=settings, policy=policy, only=tool)


async def test_pictures_go_over_the_wire_and_are_compared_there(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    async with talk(line, tmp_path, folder, UPDATE) as confluence:
        assert "attached 3 files" in await confluence.ask(UPDATE, **MORE)
        (folder / "three.png").write_bytes(b"\x89PNGthree.pnx")
        text = await confluence.ask(UPDATE, **MORE)
        assert "attached three.png v2" in text
    assert line.writes == ["PUT attachment"] * 3 + [f"PUT {PAGE}"] + ["PUT attachment", f"PUT {PAGE}"]
    assert await Wiki(site).files(TITLE) == {"one.png": 1, "two.png": 1, "three.png": 2}


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (FORBIDDEN, "because: Confluence"),
        (TOO_LARGE, "because: "),
        (MISSING, "because: "),
        (DOWN, "because: "),
        (LOST, "because: "),
        (Fault.garbage(), "because: "),
        (Fault.json({"results": []}), "because: Confluence lists 0 new files"),
    ],
    ids=["forbidden", "too large", "missing", "down", "lost", "garbage", "nothing"],
)
async def test_a_new_page_without_some_of_its_pictures_is_told_as_such(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path, fault: Fault, why: str
) -> None:
    line.fault, line.number = fault, 1
    async with talk(line, tmp_path, folder, CREATE) as confluence:
        text = await confluence.ask(CREATE, **NEW)
    number = text.split()[1]
    lines = text.splitlines()
    assert lines[0].startswith(f'created {number} "Pictures" v1')
    assert lines[1] == "in PMOS; labels shown; attached one.png"
    assert lines[2] == "(NOT attached: two.png, three.png)"
    assert lines[3].startswith(f"({why}")
    assert lines[4] == (
        f"(the page is there, do not create it again; confluence_add_attachment page={number} "
        'files=["deep/two.png", "three.png"])'
    )
    assert line.writes.count("POST pages") == 1
    assert line.writes.count("PUT attachment") == 2, "no upload is sent twice, and none after one that failed"
    assert line.writes[-1] == "POST label"
    assert await Wiki(site).files("Pictures") == {"one.png": 1}
    assert body_of(site, number).count("<ri:attachment") == 3
    assert len(text) < 900


async def test_a_page_that_may_have_been_made_is_not_made_again_for_its_pictures(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    line.fault, line.carried, line.at = LOST, True, ("POST", "/pages")
    async with talk(line, tmp_path, folder, CREATE) as confluence:
        text = await confluence.refused(CREATE, **NEW)
        assert confluence.audited()[-1]["error_kind"] == "outcome_unknown"
    assert "Before repeating it, look: confluence_get_page PMOS/Pictures" in text
    assert "If the page is there, its files are not: confluence_add_attachment." in text
    assert line.writes == ["POST pages"]
    assert await Wiki(site).files("Pictures") == {}


@pytest.mark.parametrize("fault", [FORBIDDEN, TOO_LARGE, MISSING, DOWN, LOST, Fault.garbage()])
async def test_a_picture_that_fails_keeps_the_text_from_being_written(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path, fault: Fault
) -> None:
    before = rows_of(site, PAGE)
    line.fault, line.number = fault, 1
    async with talk(line, tmp_path, folder, UPDATE) as confluence:
        text = await confluence.refused(UPDATE, **MORE)
        assert f"The text of {PAGE} was not written." in text
        assert "Attached before it: one.png." in text
        assert line.writes == ["PUT attachment"] * 2
        assert rows_of(site, PAGE) == before
        # The same call again goes on where it stopped.
        line.fault = None
        text = await confluence.ask(UPDATE, **MORE)
        assert "attached 2 files: two.png, three.png" in text
    assert line.writes == ["PUT attachment"] * 4 + [f"PUT {PAGE}"]
    assert await Wiki(site).files(TITLE) == {"one.png": 1, "two.png": 1, "three.png": 1}


@pytest.mark.parametrize("fault", [Fault.json({"errors": []}, 400), DOWN, Fault.json({"errors": []}, 403)])
async def test_a_text_that_is_refused_after_its_pictures_went_says_so(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path, fault: Fault
) -> None:
    line.fault, line.at = fault, ("PUT", f"/pages/{PAGE}")
    async with talk(line, tmp_path, folder, UPDATE) as confluence:
        text = await confluence.refused(UPDATE, **MORE)
        assert "Attached before it: one.png, two.png, three.png." in text
        line.fault = None
        assert "attached" not in await confluence.ask(UPDATE, **MORE)
    assert await Wiki(site).files(TITLE) == {"one.png": 1, "two.png": 1, "three.png": 1}


async def test_nothing_is_sent_for_a_page_that_others_changed(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    await Wiki(site).edit(TITLE, "<p>By others.</p>")
    async with talk(line, tmp_path, folder, UPDATE) as confluence:
        text = await confluence.refused(UPDATE, **MORE, version=1)
        assert "the page was changed after version 1" in text
        assert "Attached" not in text
    assert line.writes == []
    assert version_of(site, PAGE) == 2


async def test_whether_a_file_is_the_same_need_not_be_known_to_write(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    async with talk(line, tmp_path, folder, UPDATE) as confluence:
        await confluence.ask(UPDATE, page=PAGE, body="![](one.png)", how="append")
        line.fault, line.number, line.at = MISSING, 0, ("GET", "/download")
        text = await confluence.ask(UPDATE, page=PAGE, body="Again: ![](one.png)", how="append")
        assert "attached one.png v2" in text


async def test_a_file_that_shrinks_while_it_is_sent_is_no_picture(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    (folder / "one.png").write_bytes(b"x" * 3_000_000)

    async def answer(request: ReceivedRequest) -> Fault:
        if request.method == "POST" and request.path.endswith("/pages"):
            (folder / "one.png").write_bytes(b"x")
        return await line.answer(request)

    line.server = FaultServer(answering=answer)
    async with line.server, talk(line, tmp_path, folder, CREATE) as confluence:
        text = await confluence.ask(CREATE, **NEW)
    assert "(NOT attached: one.png, two.png, three.png)" in text
    assert "became shorter" in text
    assert await Wiki(site).files("Pictures") == {}


async def test_a_call_that_is_too_short_for_all_pictures_tells_which_are_left(
    line: Line, site: Sandbox, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confluence_mcp.client.page_files._RESERVE", 1_000.0)
    async with talk(line, tmp_path, folder, CREATE) as confluence:
        text = await confluence.ask(CREATE, **NEW)
        assert "(NOT attached: two.png, three.png)" in text
        assert "(because: The time of a call was up before all files were sent." in text
    async with talk(line, tmp_path, folder, UPDATE) as confluence:
        for attached in ("one.png", "two.png"):
            text = await confluence.refused(UPDATE, **MORE)
            assert f"The text of {PAGE} was not written." in text
            assert f"Attached before it: {attached}." in text
        assert "attached three.png" in await confluence.ask(UPDATE, **MORE)
    assert await Wiki(site).files(TITLE) == {"one.png": 1, "two.png": 1, "three.png": 1}
