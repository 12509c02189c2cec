"""A Slack that fails as it is told to, and a client of it."""

from collections.abc import AsyncIterator

import pytest

from connector_kit.testing.faults import FaultServer
from slack_mcp.client import SlackClient

from ..faulty import client_of, usual_slack


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    """A Slack where the usual look-ups are in order."""
    async with usual_slack() as running:
        yield running


@pytest.fixture
async def slack(server: FaultServer) -> AsyncIterator[SlackClient]:
    """A client of that Slack."""
    client = await client_of(server)
    yield client
    await client.aclose()
