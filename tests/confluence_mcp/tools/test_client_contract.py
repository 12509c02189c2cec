"""What the tools send, held against Atlassian's own descriptions, and names that must exist elsewhere."""

import subprocess
import sys

import pytest

from connector_kit.testing.specs import REASON

from .traffic import Descriptions, Traffic

HEAVY = ("atlassian", "requests", "markdown_it", "lark", "starlette", "keyring", "cryptography")


def test_every_request_is_one_that_atlassian_describes(traffic: Traffic) -> None:
    descriptions = Descriptions.found()
    if descriptions is None:
        pytest.skip(REASON)
    wrong = {
        complaint
        for exchanges in traffic.values()
        for exchange in exchanges
        for complaint in descriptions.complaints(exchange)
    }
    assert not wrong, "\n".join(sorted(wrong))


def test_the_healthy_answer_of_the_sandbox_is_understood(traffic: Traffic) -> None:
    failed = {
        f"{tool}: {exchange.method} {exchange.url} answered {exchange.status}"
        for tool, exchanges in traffic.items()
        for exchange in exchanges
        if exchange.status is not None and exchange.status >= 500
    }
    assert not failed


def test_importing_the_client_loads_nothing_heavy() -> None:
    code = f"import sys, confluence_mcp.client; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
