"""What all four sandboxes tell, asked once for all tests here."""

import pytest

from snowflake_mcp.sandbox import SandboxUnavailable

from .telling import Told, tell


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The answers of the four; tests are skipped where the warehouse cannot be had, and say so."""
    try:
        return tell(tmp_path_factory.mktemp("told"))
    except SandboxUnavailable as error:
        if not error.absent:
            raise
        pytest.skip(f"{error} {error.next_step}")
