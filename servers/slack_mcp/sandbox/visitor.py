"""Asks a sandbox in the same process with one of its tokens. For tests, and to look around."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from sandbox_kit.visitor import Answer, Guest
from slack_mcp.sandbox.accounts import SANDBOX_TOKEN
from slack_mcp.sandbox.app import Sandbox
from slack_mcp.sandbox.model import JsonObject


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and its answer, for whoever listens."""

    method: str
    arguments: JsonObject
    answer: Answer


class Clock:
    """A clock that stands still until it is moved. `now` is in seconds since 1970."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """The moment."""
        return self.now


class Visitor(Guest[Sandbox]):
    """A client of `app` with a token; an empty one visits without any. `listen` is told of every exchange."""

    def __init__(
        self, app: Sandbox, token: str = SANDBOX_TOKEN, listen: Callable[[Exchange], None] | None = None
    ) -> None:
        super().__init__(app, headers={"Authorization": f"Bearer {token}"} if token else None)
        self._listen = listen

    async def ask(self, method: str, **arguments: Any) -> Answer:
        """Call a method with its arguments in JSON."""
        reply = await self.client.post(
            f"/api/{method}",
            content=json.dumps(arguments),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )
        answer = _answer(reply)
        if self._listen:
            self._listen(Exchange(method, arguments, answer))
        return answer

    async def call(self, method: str, **arguments: Any) -> Any:
        """The body of a call that has to succeed."""
        answer = await self.ask(method, **arguments)
        assert answer.status == 200, answer.body
        assert answer.body["ok"], (method, answer.body)
        return answer.body

    async def refused(self, method: str, **arguments: Any) -> str:
        """The error of a call that has to fail."""
        answer = await self.ask(method, **arguments)
        assert answer.status == 200, answer.body
        assert not answer.body["ok"], (method, answer.body)
        return answer.body["error"]

    async def post(self, channel: str, text: str, **more: Any) -> str:
        """Post a message; its ts."""
        return (await self.call("chat.postMessage", channel=channel, text=text, **more))["ts"]

    async def latest(self, channel: str) -> JsonObject:
        """The newest message of a conversation's main view."""
        return (await self.call("conversations.history", channel=channel, limit=1))["messages"][0]

    async def texts(self, channel: str) -> list[str]:
        """The texts of a conversation's main view, newest first."""
        return [each["text"] for each in (await self.call("conversations.history", channel=channel))["messages"]]

    async def control(self, method: str, path: str, body: object = None) -> Answer:
        """Ask one of the sandbox's own resources, such as `/_sandbox/faults`."""
        return _answer(await self.client.request(method, path, json=body))

    async def send(
        self, method: str, *, query: str = "", content: bytes = b"", content_type: str = "", token: str | None = None
    ) -> Answer:
        """Call a method with a query and a body as they are; `token` in place of the visitor's own."""
        headers = {"Content-Type": content_type} if content_type else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}" if token else ""
        verb = "POST" if content or content_type else "GET"
        address = f"/api/{method}?{query}" if query else f"/api/{method}"
        return _answer(await self.client.request(verb, address, content=content, headers=headers))


def _answer(reply: httpx2.Response) -> Answer:
    body: Any = reply.json() if "json" in reply.headers.get("content-type", "") else None
    return Answer(reply.status_code, body, reply.headers)
