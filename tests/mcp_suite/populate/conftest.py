"""Sandboxes that are empty where the history goes, and ones that hold it."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from mcp_suite.populate.contents import Contents
from mcp_suite.populate.samples import contents

from .office import WEB, Office, opened, seed


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sandboxes with a space of no pages but its first, which has the name of one of ours."""
    seeded, folder = tmp_path_factory.mktemp("seeded"), tmp_path_factory.mktemp("empty")
    seed(seeded)

    async def make() -> None:
        async with opened(seeded, folder) as office:
            await office.ask("confluence_create_space", key="TRIAL", name="PM OS")

    anyio.run(make)
    return folder


@pytest.fixture(scope="session")
def whole(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the whole history, and beside it things of others."""
    folder = tmp_path_factory.mktemp("whole")

    async def make() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MCP_SUITE_STATE_DIR", str(folder / "state"))
            async with opened(empty, folder) as office:
                made = await office.run()
                assert made.there == 0
                assert not made.notes
                await office.ask("jira_create_issue", project="PMOS", type="Task", summary="Somebody's own")
                await office.ask("confluence_create_page", space="TRIAL", title="Somebody's own", body="Mine.")
                await office.ask("slack_post_message", channel="#trial-dev", text="Somebody's own")

    anyio.run(make)
    return folder


@pytest.fixture(autouse=True)
def own_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of the test's own."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
async def office(empty: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """The servers where nothing is yet."""
    async with opened(empty, tmp_path / "office") as servers:
        yield servers


@pytest.fixture
async def busy(whole: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """The servers where everything is, and more."""
    async with opened(whole, tmp_path / "busy") as servers:
        yield servers


@pytest.fixture(scope="session")
def some() -> Contents:
    """A little of the history, with a part of each kind."""
    told = contents(1, WEB)
    work = tuple(each for each in told.work if each.number in (2, 6, 26, 30, 35, 55))
    pages = tuple(each for each in told.pages if each.number in (98400, 98405, 98451))
    roots = [each for each in told.messages if each.thread][:1]
    messages = tuple(each for each in told.messages if roots[0].thread in (each.mark, each.thread))
    return Contents(work, pages, messages)
