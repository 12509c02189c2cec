"""Publishing that breaks off at any of its requests: a further run goes on, and nothing is written twice."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx2
import pytest
from typing_extensions import override

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.http import HttpPolicy

from .conversation import AT_ONCE, Conversation, converse

pytestmark = pytest.mark.anyio

TOOL = "confluence_publish_folder"
ASKING = ("/users-bulk",)
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


class Line(httpx2.AsyncBaseTransport):
    """The way to a site, on which the write of a `number` (from 1) is the last good one.

    `lost` carries one further write out, but its answer does not arrive; else nothing gets through from then on.
    """

    def __init__(self, site: Sandbox, number: int, *, lost: bool) -> None:
        self._inner = httpx2.ASGITransport(site)
        self._left = number
        self._lost = lost
        self.broke = False

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "GET" and not request.url.path.endswith(ASKING):
            self._left -= 1
            if self._left < 0 and not (self._lost and self.broke):
                self.broke = True
                if not self._lost:
                    raise httpx2.ConnectError("down", request=request)
                await self._inner.handle_async_request(request)
                raise httpx2.ReadError("lost", request=request)
        elif self.broke and not self._lost:
            raise httpx2.ConnectError("down", request=request)
        return await self._inner.handle_async_request(request)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with a page that shows a file, and two that do not."""
    docs = tmp_path / "allowed" / "docs"
    docs.mkdir(parents=True)
    (docs / "index.md").write_text("---\nlabels: [handbook]\n---\n# Handbook\n\n![dot](dot.png) [notes](notes.md)\n")
    (docs / "dot.png").write_bytes(PICTURE)
    (docs / "notes.md").write_text("# Notes\n\nSome notes.\n")
    (docs / "last.md").write_text("# Zuletzt\n\nThe end.\n")
    return docs


@pytest.fixture
def sites(seeded: Path, tmp_path: Path) -> Iterator["Sites"]:
    found = Sites(seeded, tmp_path)
    yield found
    found.close()


class Sites:
    """Fresh sites, one for each way of breaking off."""

    def __init__(self, seeded: Path, folder: Path) -> None:
        self._seeded, self._folder = seeded, folder
        self._open: list[Sandbox] = []

    def fresh(self) -> Sandbox:
        database = self._folder / f"site-{len(self._open)}.sqlite3"
        shutil.copyfile(self._seeded, database)
        self._open.append(create_app(database))
        return self._open[-1]

    def close(self) -> None:
        for site in self._open:
            site.close()


def talk(
    tmp_path: Path, transport: httpx2.AsyncBaseTransport, policy: HttpPolicy = AT_ONCE
) -> AbstractAsyncContextManager[Conversation]:
    given = {"sandbox": True, "access": "write", "files_dir": tmp_path / "allowed"}
    settings = ConfluenceSettings.model_validate(given)
    return converse(tmp_path, transport=transport, settings=settings, only=TOOL, policy=policy)


async def publish(confluence: Conversation) -> tuple[str, bool]:
    """Preview and run; what came of it, and whether it is an error."""
    text, is_error = await confluence.attempt(TOOL, {"folder": "docs", "parent": "98406"})
    if is_error or "run=" not in text:
        return text, is_error
    return await confluence.attempt(TOOL, {"run": text.rpartition("run=")[2].strip()})


def state_of(site: Sandbox) -> dict[str, tuple[int, str, str]]:
    """Of each page below the parent: the number of its version, its text, and how many labels and files it has."""
    query = """
        SELECT content.title, content.version, version.body,
            (SELECT count(*) FROM labelled WHERE target = content.id),
            (SELECT count(*) FROM attachment WHERE container = content.id AND status = 'current'),
            (SELECT count(*) FROM property WHERE owner = content.id)
        FROM content JOIN version ON version.content = content.id AND version.number = content.version
        WHERE content.status = 'current' AND content.title IN ('Handbook', 'Notes', 'Zuletzt')
        ORDER BY content.title
    """
    with site.store.reading() as session:
        found = [tuple(row) for row in session.db.execute(query)]
    assert len({row[0] for row in found}) == len(found), "a page is there twice"
    return {str(row[0]): (int(row[1]), str(row[2]), f"{row[3]} {row[4]} {row[5]}") for row in found}


@pytest.mark.parametrize("lost", [True, False], ids=["the answer is lost", "nothing gets through"])
async def test_a_run_that_broke_off_is_finished_by_the_next_one(
    sites: Sites, tmp_path: Path, docs: Path, lost: bool
) -> None:
    whole = sites.fresh()
    async with talk(tmp_path, httpx2.ASGITransport(whole)) as confluence:
        text, is_error = await publish(confluence)
        assert not is_error, text
        writes = [each for each in confluence.exchanges if each.method != "GET" and not each.url.endswith(ASKING)]
    expected = state_of(whole)
    assert [version for version, _, _ in expected.values()] == [2, 1, 1], "a page with files is written twice"
    assert len(writes) == 10, "five for the page with a file, two for each other, one for the list of all"
    for number in range(0, len(writes), 1 if lost else 4):
        site = sites.fresh()
        line = Line(site, number, lost=lost)
        async with talk(tmp_path, line) as confluence:
            text, is_error = await publish(confluence)
            assert line.broke
            assert is_error == (number < 5), f"{number}: {text}"
            if number < 9:
                assert "Stopped at" in text or is_error, f"{number}: {text}"
            assert "http" not in text.replace("https://pm-os.sandbox.invalid", ""), text
        async with talk(tmp_path, httpx2.ASGITransport(site)) as confluence:
            text, is_error = await publish(confluence)
            assert not is_error, f"{number}: {text}"
            assert "taken" not in text, f"{number}: {text}"
            assert "edited" not in text, f"{number}: {text}"
            assert state_of(site) == expected, f"{number}: {text}"
            text, is_error = await publish(confluence)
            assert "3 unchanged" in text, f"{number}: {text}"


@pytest.mark.parametrize("lost", [True, False], ids=["the answer is lost", "nothing gets through"])
async def test_an_update_that_broke_off_is_finished_by_the_next_run(
    sites: Sites, tmp_path: Path, docs: Path, lost: bool
) -> None:
    for number in range(4):
        site = sites.fresh()
        (docs / "index.md").write_text("# Handbook\n\n![dot](dot.png)\n")
        (docs / "dot.png").write_bytes(PICTURE)
        async with talk(tmp_path, httpx2.ASGITransport(site)) as confluence:
            await publish(confluence)
        (docs / "index.md").write_text("---\nlabels: [new]\n---\n# Handbook\n\nNew. ![dot](dot.png)\n")
        (docs / "dot.png").write_bytes(PICTURE + b"more")
        async with talk(tmp_path, Line(site, number, lost=lost)) as confluence:
            text, is_error = await publish(confluence)
            assert is_error, f"{number}: {text}"
        async with talk(tmp_path, httpx2.ASGITransport(site)) as confluence:
            text, is_error = await publish(confluence)
            assert not is_error, f"{number}: {text}"
            noted = lost and number == 3
            assert ("3 unchanged" if noted else "1 updated") in text, f"{number}: {text}"
        version, body, parts = state_of(site)["Handbook"]
        assert (version, parts) == (3, "1 1 1"), f"{number}: {text}"
        assert "New." in body


async def test_what_one_page_is_refused_does_not_keep_the_others(sites: Sites, tmp_path: Path, docs: Path) -> None:
    site = sites.fresh()

    class Refusing(httpx2.AsyncBaseTransport):
        inner = httpx2.ASGITransport(site)

        @override
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.method == "POST" and b'"Zuletzt"' in await request.aread():
                return httpx2.Response(400, json={"errors": [{"status": 400, "code": "X", "title": "Not this one"}]})
            return await self.inner.handle_async_request(request)

    async with talk(tmp_path, Refusing()) as confluence:
        text, is_error = await publish(confluence)
    assert not is_error
    assert "1 failed" in text
    assert "2 created" in text
    assert "Not this one" in text
    assert sorted(state_of(site)) == ["Handbook", "Notes"]


async def test_pages_below_one_that_could_not_be_made_are_left_out(sites: Sites, tmp_path: Path, docs: Path) -> None:
    site = sites.fresh()

    class Refusing(httpx2.AsyncBaseTransport):
        inner = httpx2.ASGITransport(site)

        @override
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.method == "POST" and b'"Handbook"' in await request.aread():
                return httpx2.Response(403, json={"errors": [{"status": 403, "code": "X", "title": "No"}]})
            return await self.inner.handle_async_request(request)

    async with talk(tmp_path, Refusing()) as confluence:
        text, is_error = await publish(confluence)
    assert not is_error
    assert "1 failed, 2 skipped" in text
    assert state_of(site) == {}


async def test_a_file_that_changed_since_the_preview_is_not_sent(sites: Sites, tmp_path: Path, docs: Path) -> None:
    site = sites.fresh()
    async with talk(tmp_path, httpx2.ASGITransport(site)) as confluence:
        text = await confluence.ask(TOOL, folder="docs", parent="98406")
        (docs / "dot.png").write_bytes(b"other")
        text = await confluence.ask(TOOL, run=text.rpartition("run=")[2].strip())
        assert "dot.png was changed since the preview" in text
        text, is_error = await publish(confluence)
        assert not is_error
        assert "1 updated" in text
    assert state_of(site)["Handbook"][2] == "1 1 1"


async def test_a_run_for_which_a_call_is_too_short_goes_on_with_the_next(
    sites: Sites, tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = sites.fresh()
    monkeypatch.setattr("confluence_mcp.client.publishing._RESERVE", 1_000.0)
    async with talk(tmp_path, httpx2.ASGITransport(site), AT_ONCE) as confluence:
        text, _ = await publish(confluence)
        assert "1 created; 2 left" in text
        for words in ("1 created; 1 left", "1 created"):
            assert "Go on with run=" in text
            text = await confluence.ask(TOOL, run=text.rpartition("run=")[2].strip())
            assert words in text
    assert len(state_of(site)) == 3
