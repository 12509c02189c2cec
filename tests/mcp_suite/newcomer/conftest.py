"""Newcomers at the stages of their first hour."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from jira_mcp import sandbox

from .newcomers import Newcomer, Vendor, log_in_by_script


@pytest.fixture(scope="module")
def open_vendor(tmp_path_factory: pytest.TempPathFactory) -> Generator[Vendor]:
    """The vendor, on a port of its own."""
    with Vendor(tmp_path_factory.mktemp("vendor") / "jira.sqlite3").open() as vendor:
        yield vendor


@pytest.fixture
def vendor(open_vendor: Vendor) -> Vendor:
    """The vendor, whose clock is right and whose tokens live an hour."""
    open_vendor.reset()
    return open_vendor


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """Somebody who has nothing yet."""
    home = tmp_path / "home"
    home.mkdir()
    return Newcomer(home)


@pytest.fixture(scope="module")
def home_with_token(open_vendor: Vendor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of somebody who has logged in with an API token."""
    home = tmp_path_factory.mktemp("home")
    login = ("mcp-suite", "auth", "login", "jira", "--url", open_vendor.url, "--email", sandbox.SANDBOX_EMAIL)
    Newcomer(home).run(*login, "--token-stdin", "--yes", given=f"{sandbox.SANDBOX_TOKEN}\n")
    return home


@pytest.fixture
def with_token(newcomer: Newcomer, vendor: Vendor, home_with_token: Path) -> Newcomer:
    """Somebody who has logged in with an API token."""
    shutil.copytree(home_with_token, newcomer.home, dirs_exist_ok=True)
    return newcomer


@pytest.fixture
def with_login(newcomer: Newcomer, vendor: Vendor) -> Newcomer:
    """Somebody who has logged in with OAuth, by a script, for reading."""
    log_in_by_script(newcomer, vendor.url)
    return newcomer
