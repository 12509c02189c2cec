"""The full run, done once for all of its tests."""

import shutil
from collections.abc import Iterator

import pytest

from mcp_suite.errors import SuiteError
from mcp_suite.sandbox import prepare
from mcp_suite.servers import find

from .full_run import Evidence, run
from .planted import Planted


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """What a full run leaves."""
    home = tmp_path_factory.mktemp("full")
    try:
        prepare(find("snowflake"), lambda _: None)
    except SuiteError as error:
        pytest.skip(f"Snowflake's sandbox cannot be had: {error}")
    yield run(home, Planted())
    shutil.rmtree(home, ignore_errors=True)
