"""Servers on a sandbox: one that all reading tests share, and fresh ones for the tests that write."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from connector_kit.testing.families import Recordings, record_all
from slack_mcp.sandbox import create_app

from ..conftest import Complaints
from .conversation import NOW, Conversation, converse
from .families import FAMILIES, visit

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox


class Clock:
    """A clock that stands still until it is moved; in seconds since 1970."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def library(pristine_sandbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Sandbox"]:
    """A workspace that is only read, for all tests together."""
    database = tmp_path_factory.mktemp("library") / "slack.sqlite3"
    shutil.copyfile(pristine_sandbox, database)
    site = create_app(database, clock=lambda: NOW)
    yield site
    site.close()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Sandbox"]:
    """A large workspace that is only read: 300 channels, 2,000 people, 50,000 messages."""
    site = create_app(tmp_path_factory.mktemp("city") / "slack.sqlite3", data="large", clock=lambda: NOW)
    yield site
    site.close()


@pytest.fixture
def time() -> Clock:
    """The time for the test's own workspace, and for the server."""
    return Clock()


@pytest.fixture
def site(pristine_sandbox: Path, tmp_path: Path, time: Clock) -> Iterator["Sandbox"]:
    """A workspace of the test's own."""
    database = tmp_path / "slack.sqlite3"
    shutil.copyfile(pristine_sandbox, database)
    site = create_app(database, clock=time)
    yield site
    site.close()


@pytest.fixture
async def reader(library: "Sandbox", tmp_path: Path, contract: Complaints) -> AsyncIterator[Conversation]:
    """A session in which nothing is written."""
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), clock=lambda: NOW) as slack:
        yield slack
    assert wrong(slack, contract) == []


@pytest.fixture
async def slack(site: "Sandbox", tmp_path: Path, contract: Complaints, time: Clock) -> AsyncIterator[Conversation]:
    """A session with a workspace of the test's own."""
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), clock=time) as slack:
        yield slack
    assert wrong(slack, contract) == []


@pytest.fixture(scope="session")
def recordings(pristine_sandbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """The exchanges of each family's call with a healthy workspace."""
    return record_all(FAMILIES, visit, pristine_sandbox, tmp_path_factory.mktemp("recordings"))


def wrong(slack: Conversation, contract: Complaints) -> list[str]:
    """What is wrong with the requests, by slack-sdk's signatures and Slack's own types."""
    return [complaint for exchange in slack.exchanges for complaint in contract.about(exchange)]
