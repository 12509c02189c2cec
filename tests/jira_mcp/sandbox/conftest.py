"""A sandbox of its own for every test, asked without a socket."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from connector_kit.testing.visits import fresh_file, visiting
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.visitor import Visitor


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a fresh database, so that not every test has to fill one."""
    return fresh_file(create_app, tmp_path_factory.mktemp("seed") / "jira.sqlite")


@pytest.fixture
def database(tmp_path: Path, seeded: bytes) -> Path:
    """A database with the sample data and nothing else."""
    path = tmp_path / "jira.sqlite"
    path.write_bytes(seeded)
    return path


@pytest.fixture
async def visit(database: Path) -> AsyncIterator[Callable[..., Visitor]]:
    """Opens the same sandbox as somebody, by display name; None for a stranger."""
    async with visiting(create_app(database, search_lag=0.0), Visitor) as open_as:
        yield open_as


@pytest.fixture
def jira(visit: Callable[..., Visitor]) -> Visitor:
    """The sandbox as Human PM, who may do everything in PMOS; search knows every change at once."""
    return visit("Human PM")
