"""The script as its users start it, on a sandbox that was filled beforehand."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector_kit.testing.stdio import StdioServer, isolated_environment
from jira_mcp.sandbox import create_app

PACKAGE = "jira_mcp"
Start = Callable[..., StdioServer]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sandbox database as it is at first, made once."""
    database = tmp_path_factory.mktemp("filled") / "jira.sqlite3"
    create_app(database).close()
    return database


@pytest.fixture
def home(tmp_path: Path, filled: Path) -> Path:
    """A home folder in which the sandbox was used before."""
    folder = tmp_path / "state" / "sandbox"
    folder.mkdir(parents=True, mode=0o700)
    shutil.copyfile(filled, folder / "jira.sqlite3")
    (tmp_path / "config").mkdir(mode=0o700)
    return tmp_path


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts servers on that home's sandbox; variables as keyword arguments."""
    running: list[StdioServer] = []

    def begin(*args: str, stateless: bool = False, **variables: str) -> StdioServer:
        given = {"JIRA_SANDBOX": "1", "JIRA_ACCESS": "delete", **variables}
        server = StdioServer(PACKAGE, isolated_environment(home, given), args=args, stateless=stateless)
        running.append(server)
        return server

    yield begin
    for server in running:
        if server.process.poll() is None:
            server.close()


@pytest.fixture
def run(home: Path) -> Run:
    """Runs the script to its end with these options; variables as keyword arguments."""

    def to_the_end(*args: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", PACKAGE, *args],
            env=isolated_environment(home, variables),
            cwd=home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return to_the_end
