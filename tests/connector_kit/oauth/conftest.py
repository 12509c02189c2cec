"""What the tests of logins share."""

from collections.abc import Generator
from pathlib import Path

import pytest

from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.clock import FakeClock

from .setting import Setting


@pytest.fixture
def setting(tmp_path: Path) -> Generator[Setting]:
    clock = FakeClock(1.7e9)
    with AuthorizationServer(clock=clock) as server:
        yield Setting(server, clock, tmp_path / "credentials")
