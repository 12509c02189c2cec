"""Asks a sandbox in the same process, signed in as one of its people. For tests, and to look around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from jira_mcp.sandbox.app import Sandbox
from jira_mcp.sandbox.model import JsonObject
from sandbox_kit.atlassian.accounts import ACCOUNTS

API = "/rest/api/3"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the parsed body (None when there is none) and the headers."""

    status: int
    body: Any
    headers: httpx2.Headers


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, for whoever listens."""

    method: str
    path: str
    query: list[tuple[str, str]]
    sent: object
    answer: Answer


class Visitor:
    """A client of `app` with the credentials of the account called `name`; None visits without any.

    `listen` is told of every exchange, but not of what is asked through `client` itself.
    """

    def __init__(
        self, app: Sandbox, name: str | None = "Human PM", listen: Callable[[Exchange], None] | None = None
    ) -> None:
        self.app = app
        self._listen = listen
        account = next((each for each in ACCOUNTS if each.name == name), None)
        auth = (account.email, account.token) if account and account.token else None
        self.client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://sandbox", auth=auth)

    async def aclose(self) -> None:
        """Close the client, not the sandbox."""
        await self.client.aclose()

    async def ask(self, method: str, path: str, json: object = None, **query: Any) -> Answer:
        """Send a request to `/rest/api/3` + `path`, or to `path` itself when it begins with `/_` or `/rest`."""
        url = path if path.startswith(("/_", "/rest/")) else API + path
        options: JsonObject = {"params": query} if query else {}
        if json is not None:
            options["json"] = json
        reply = await self.client.request(method, url, **options)
        body = reply.json() if "json" in reply.headers.get("content-type", "") else reply.text or None
        answer = Answer(reply.status_code, body, reply.headers)
        if self._listen:
            asked = reply.request.url
            self._listen(Exchange(method, asked.path, asked.params.multi_items(), json, answer))
        return answer

    async def send(self, method: str, path: str, content: bytes, content_type: str) -> Answer:
        """Send bytes that need not be JSON."""
        headers = {"Content-Type": content_type}
        reply = await self.client.request(method, API + path, content=content, headers=headers)
        return Answer(reply.status_code, reply.json() if reply.content else None, reply.headers)

    async def get(self, path: str, **query: Any) -> Any:
        """The body of a GET that has to succeed."""
        answer = await self.ask("GET", path, **query)
        assert answer.status == 200, answer.body
        return answer.body

    async def fields(self, key: str, *names: str) -> JsonObject:
        """The fields of an issue."""
        issue = await self.get(f"/issue/{key}", fields=",".join(names) or "*all")
        return issue["fields"]

    async def create(self, **fields: Any) -> str:
        """Create an issue, a Story in PMOS unless told otherwise; its key."""
        filled = {"project": {"key": "PMOS"}, "issuetype": {"name": "Story"}, "summary": "A test", **fields}
        answer = await self.ask("POST", "/issue", {"fields": filled})
        assert answer.status == 201, answer.body
        return answer.body["key"]

    async def found(self, jql: str, **more: Any) -> list[str]:
        """The keys that a search finds on its first page."""
        wish = {"jql": jql, "fields": ["key"], "maxResults": 5000, **more}
        answer = await self.ask("POST", "/search/jql", wish)
        assert answer.status == 200, answer.body
        return [issue["key"] for issue in answer.body["issues"]]


def document(*paragraphs: str) -> JsonObject:
    """Rich text of plain paragraphs."""
    content = [{"type": "paragraph", "content": [{"type": "text", "text": each}]} for each in paragraphs]
    return {"version": 1, "type": "doc", "content": content}
