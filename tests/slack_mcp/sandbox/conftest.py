"""A sandbox of its own for every test, asked without a socket."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from connector_kit.testing.visits import fresh_file, visiting
from slack_mcp.sandbox import SANDBOX_BOT_TOKEN, SANDBOX_TOKEN, create_app
from slack_mcp.sandbox.visitor import Clock, Visitor

NOW = 1770064200.0
"""2 February 2026, 20:30 UTC: half an hour after the last sample message."""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a fresh database, so that not every test has to fill one."""
    return fresh_file(create_app, tmp_path_factory.mktemp("seed") / "slack.sqlite")


@pytest.fixture
def database(tmp_path: Path, seeded: bytes) -> Path:
    """A database with the sample data and nothing else."""
    path = tmp_path / "slack.sqlite"
    path.write_bytes(seeded)
    return path


@pytest.fixture
def clock() -> Clock:
    """The sandbox's clock."""
    return Clock(NOW)


@pytest.fixture
async def visit(database: Path, clock: Clock) -> AsyncIterator[Callable[..., Visitor]]:
    """Opens the same sandbox with a token; an empty one for a stranger."""
    async with visiting(create_app(database, clock=clock), Visitor) as open_as:
        yield open_as


@pytest.fixture
def slack(visit: Callable[..., Visitor]) -> Visitor:
    """The sandbox as Human PM, with a user token that may do everything."""
    return visit(SANDBOX_TOKEN)


@pytest.fixture
def bot(visit: Callable[..., Visitor]) -> Visitor:
    """The sandbox as the bot user of the app Assistant."""
    return visit(SANDBOX_BOT_TOKEN)
