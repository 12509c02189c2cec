"""users.getPresence."""

import pytest

from slack_mcp.sandbox.sample import people
from slack_mcp.sandbox.visitor import Clock, Visitor

pytestmark = pytest.mark.anyio


async def presence(visitor: Visitor, user: str = "") -> str:
    return (await visitor.call("users.getPresence", user=user))["presence"]


async def test_the_caller_and_bots_are_there_and_others_while_they_write(slack: Visitor, clock: Clock) -> None:
    assert await presence(slack) == "active"
    assert await presence(slack, people.ASSISTANT.id) == "active"
    assert await presence(slack, people.NOOR_HADDAD.id) == "away"
    assert await presence(slack, people.JORDAN_BLAKE.id) == "away"
    clock.now = 1770050100.0  # 16:35 UTC, two minutes after Alex wrote
    assert await presence(slack, people.ALEX_RIVERA.id) == "active"
    assert await slack.refused("users.getPresence", user="U0NOBODY000") == "user_not_found"
