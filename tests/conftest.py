"""Fixtures that every test may use."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the servers run on."""
    return "asyncio"
