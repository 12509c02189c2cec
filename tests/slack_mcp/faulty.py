"""A Slack on loopback that fails as it is told to, and clients of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from connector_kit.http import HttpPolicy
from connector_kit.testing.faults import QUICK, Fault, FaultServer
from slack_mcp.client import SlackClient, connect
from slack_mcp.settings import SlackSettings

TOKEN = "xoxp-1111111111-secret-2222"
NOW = 1770064200.0
C, TS = "C0123456789", "1769846400.000100"
AUTH = {
    "ok": True,
    "url": "https://acme.slack.com/",
    "team": "Acme",
    "user": "me",
    "team_id": "T1",
    "user_id": "U0000ME01",
}
CHANNEL = {"ok": True, "channel": {"id": C, "name": "general"}}
MESSAGE = {"ok": True, "messages": [{"type": "message", "user": "U0000ME01", "text": "mine", "ts": TS}]}


async def no_pause(_seconds: float) -> None:
    """Stands in for sleeping."""


@asynccontextmanager
async def usual_slack() -> AsyncGenerator[FaultServer]:
    """A Slack where the usual look-ups are in order."""
    async with FaultServer() as running:
        usual: dict[str, object] = {
            "auth.test": AUTH,
            "conversations.info": CHANNEL,
            "users.info": {"ok": True, "user": {"id": "U0000ME01", "name": "me"}},
        }
        for method, answer in usual.items():
            running.queue(f"/api/{method}", *[Fault.json(answer)] * 5)
        yield running


async def client_of(server: FaultServer, policy: HttpPolicy = QUICK, **settings: Any) -> SlackClient:
    """A client of that Slack that waits for nothing."""
    chosen = SlackSettings.model_validate({"token": TOKEN, "api_url": server.url, **settings})
    return await connect(chosen, policy=policy, sleep=no_pause)


def times(server: FaultServer, method: str) -> int:
    """How often a method was called."""
    return sum(request.path == f"/api/{method}" for request in server.requests)


def refused(code: str, **more: object) -> Fault:
    """Slack's refusal."""
    return Fault.json({"ok": False, "error": code, **more})
