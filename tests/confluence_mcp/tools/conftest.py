"""Servers on a sandbox: one that all reading tests share, and fresh ones for the tests that write."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.app import Sandbox
from connector_kit.testing.families import Recordings, record_all

from .conversation import Conversation, converse
from .families import FAMILIES, visit
from .traffic import Traffic, record_traffic

SEARCH_LAG = 600.0
"""Seconds for which search would miss a change: longer than any test, so that nothing passes by waiting."""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's database as it is at first, made once."""
    database = tmp_path_factory.mktemp("seeded") / "confluence.sqlite3"
    create_app(database).close()
    return database


@pytest.fixture(scope="session")
def library(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A site that is only read, for all tests together."""
    database = tmp_path_factory.mktemp("library") / "confluence.sqlite3"
    shutil.copyfile(seeded, database)
    site = create_app(database)
    yield site
    site.close()


@pytest.fixture
def site(seeded: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A site of the test's own, whose search is slow to notice changes."""
    database = tmp_path / "confluence.sqlite3"
    shutil.copyfile(seeded, database)
    site = create_app(database, search_lag=SEARCH_LAG)
    yield site
    site.close()


@pytest.fixture
async def reader(library: Sandbox, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session in which nothing is written."""
    async with converse(tmp_path, transport=httpx2.ASGITransport(library)) as confluence:
        yield confluence


@pytest.fixture
async def confluence(site: Sandbox, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session with a site of the test's own."""
    async with converse(tmp_path, transport=httpx2.ASGITransport(site)) as confluence:
        yield confluence


@pytest.fixture(scope="session")
def recordings(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """The exchanges of each family's call with a healthy site."""
    return record_all(FAMILIES, visit, seeded, tmp_path_factory.mktemp("recordings"))


@pytest.fixture(scope="session")
def traffic(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Traffic:
    """What each tool sends in calls that lead to all its requests."""
    return record_traffic(seeded, tmp_path_factory.mktemp("traffic"))
