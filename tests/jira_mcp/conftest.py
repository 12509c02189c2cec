"""A client on a sandbox of its own, whose every exchange is held against Atlassian's description."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from connector_kit.access import Access
from connector_kit.http import HttpPolicy
from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import Recorder, complaints
from connector_kit.testing.specs import find_spec
from jira_mcp.client import JiraClient, NewIssue, connect, create_many
from jira_mcp.sandbox import create_app
from jira_mcp.settings import JiraSettings

PLATFORM = "jira-platform-v3.2026-07-21.json"
QUICK = HttpPolicy(base_delay=0.0, max_delay=0.0, requests_per_minute=60_000)


Connect = Callable[..., Awaitable[JiraClient]]


@pytest.fixture(autouse=True)
def looks_without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in doubt is looked for at once: no test is about the seconds in between."""
    monkeypatch.setattr(create_many, "LOOKS", (0.0, 0.0, 0.0))


@pytest.fixture(scope="session")
def pristine_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's data as it is at first, built once."""
    database = tmp_path_factory.mktemp("sandbox") / "jira.sqlite3"
    create_app(database).store.close()
    return database


@pytest.fixture(scope="session")
def platform() -> Contract | None:
    """Atlassian's description of the Jira platform API, where it is at hand."""
    path = find_spec(PLATFORM)
    return Contract(path) if path else None


@pytest.fixture
def sandbox_transport(pristine_sandbox: Path, tmp_path: Path) -> httpx2.ASGITransport:
    """A sandbox of the test's own, inside this process."""
    database = tmp_path / "jira.sqlite3"
    shutil.copyfile(pristine_sandbox, database)
    return httpx2.ASGITransport(create_app(database))


@pytest.fixture
def recorder() -> Recorder:
    """What the test's clients sent."""
    return Recorder()


@pytest.fixture
async def connected(
    sandbox_transport: httpx2.ASGITransport, recorder: Recorder, platform: Contract | None
) -> AsyncIterator[Connect]:
    """Builds clients on the test's sandbox; settings as keyword arguments."""
    clients: list[JiraClient] = []

    async def build(**settings: Any) -> JiraClient:
        client = await connect(
            JiraSettings(sandbox=True, access=Access.DELETE, **settings),
            transport=sandbox_transport,
            policy=QUICK,
            on_exchange=recorder,
        )
        clients.append(client)
        return client

    yield build
    for client in clients:
        await client.aclose()
    if platform is not None:
        assert complaints(platform, recorder) == []


@pytest.fixture
async def jira(connected: Connect) -> JiraClient:
    """A client on the test's sandbox."""
    return await connected()


@pytest.fixture
async def story(jira: JiraClient) -> str:
    """The key of a new story in the backlog."""
    created = await jira.create(NewIssue("PMOS", "Story", "A story for a test"))
    assert created.key is not None
    return created.key


async def values_of(jira: JiraClient, key: str, *names: str) -> dict[str, Any]:
    """Fields of an issue as they are read back."""
    return dict((await jira.issue(key, fields=list(names))).issue.fields)
