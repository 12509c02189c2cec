"""What holds for every test: nobody's real settings, one event loop, patience with slow machines."""

import copy
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from connector_kit import logs

_PREFIXES = ("CONFLUENCE_", "JIRA_", "SLACK_", "SNOWFLAKE_", "MCP_SUITE_")
_KEPT = ("MCP_SUITE_SPECS",)

# A busy machine makes any single example slow; only wrong answers may fail a test.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Hide the user's own accounts and folders from the tests and from the servers they start."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) and name not in _KEPT:
            del os.environ[name]
    folder = tempfile.mkdtemp(prefix="mcp-suite-tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["MCP_SUITE_ENV_DIR"] = os.path.join(folder, "config")  # noqa: PTH118 - a string is wanted
    os.environ["MCP_SUITE_STATE_DIR"] = os.path.join(folder, "state")  # noqa: PTH118
    os.environ["MCP_SUITE_KEYRING"] = "off"
    # In the background of a shell Ctrl+C is ignored, which every program that a test starts would inherit.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Half a character in what a test logged would keep its report from being sent by a worker."""
    report = yield
    report.sections = [(title, text.encode("utf-8", "replace").decode()) for title, text in report.sections]
    return report


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """What one test takes for a secret is an ordinary word to the next."""
    kept = {name: copy.copy(value) for name, value in vars(logs.redactor).items()}
    yield
    vars(logs.redactor).update(kept)


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the servers run on."""
    return "asyncio"
