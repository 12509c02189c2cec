"""Servers on a sandbox: one that all reading tests share, and fresh ones for the tests that write."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from connector_kit.testing.families import Recordings, record_all
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.app import Sandbox

from .conversation import Conversation, converse
from .families import FAMILIES, visit

SEARCH_LAG = 600.0
"""Seconds for which search would miss a change: longer than any test, so that nothing passes by waiting."""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's database as it is at first, made once."""
    database = tmp_path_factory.mktemp("seeded") / "jira.sqlite3"
    create_app(database).close()
    return database


@pytest.fixture(scope="session")
def library(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A site that is only read, for all tests together."""
    database = tmp_path_factory.mktemp("library") / "jira.sqlite3"
    shutil.copyfile(seeded, database)
    site = create_app(database)
    yield site
    site.close()


@pytest.fixture
def site(seeded: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A site of the test's own, whose search is slow to notice changes."""
    database = tmp_path / "jira.sqlite3"
    shutil.copyfile(seeded, database)
    site = create_app(database, search_lag=SEARCH_LAG)
    yield site
    site.close()


@pytest.fixture
async def reader(library: Sandbox, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session in which nothing is written."""
    async with converse(tmp_path, transport=httpx2.ASGITransport(library)) as jira:
        yield jira


@pytest.fixture
async def jira(site: Sandbox, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session with a site of the test's own."""
    async with converse(tmp_path, transport=httpx2.ASGITransport(site)) as jira:
        yield jira


@pytest.fixture(scope="session")
def recordings(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """The exchanges of each family's call with a healthy site."""
    return record_all(FAMILIES, visit, seeded, tmp_path_factory.mktemp("recordings"))
