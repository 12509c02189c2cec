"""Asks a sandbox in the same process, signed in as one of its people. For tests, and to look around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.sandbox.model import JsonObject
from sandbox_kit.atlassian.accounts import ACCOUNTS

API = "/wiki/api/v2"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the parsed body (None when there is none) and the headers."""

    status: int
    body: Any
    headers: httpx2.Headers

    @property
    def title(self) -> str:
        """What the first error of v2 says."""
        return str(self.body["errors"][0]["title"])


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
        """Send a request to `/wiki/api/v2` + `path`, or to `path` itself when it begins with `/_` or `/wiki`."""
        url = path if path.startswith(("/_", "/wiki")) else API + path
        options: JsonObject = (
            {"params": {name.replace("_", "-"): value for name, value in query.items()}} if query else {}
        )
        if json is not None:
            options["json"] = json
        reply = await self.client.request(method, url, **options)
        body = reply.json() if "json" in reply.headers.get("content-type", "") else reply.text or None
        answer = Answer(reply.status_code, body, reply.headers)
        if self._listen:
            asked = reply.request.url
            self._listen(Exchange(method, asked.path, asked.params.multi_items(), json, answer))
        return answer

    async def get(self, path: str, **query: Any) -> Any:
        """The body of a GET that has to succeed."""
        answer = await self.ask("GET", path, **query)
        assert answer.status == 200, answer.body
        return answer.body

    async def send(self, method: str, path: str, json: object) -> Any:
        """The body of a write that has to succeed."""
        answer = await self.ask(method, path, json)
        assert answer.status in (200, 201, 202, 204), answer.body
        return answer.body

    async def all(self, path: str, **query: Any) -> list[JsonObject]:
        """The results of all pages of a list."""
        found: list[JsonObject] = []
        body = await self.get(path, **query)
        while True:
            found += body["results"]
            following = body["_links"].get("next")
            if following is None:
                return found
            body = await self.get(following)

    async def space(self, key: str = "PMOS") -> str:
        """The id of a space."""
        return (await self.get("/spaces", keys=key))["results"][0]["id"]

    async def create(self, title: str, body: str = "<p>Text</p>", **fields: Any) -> JsonObject:
        """Create a page, in PMOS unless told otherwise."""
        filled = {"spaceId": fields.pop("spaceId", None) or await self.space(), "title": title, **fields}
        return await self.send("POST", "/pages", {**filled, "body": storage(body)})

    async def update(self, page: JsonObject, body: str, number: int = 0, **fields: Any) -> Answer:
        """Ask for a new version of a page, the next one unless told."""
        version = {"number": number or page["version"]["number"] + 1}
        wish = {"id": page["id"], "status": "current", "title": page["title"], "version": version, **fields}
        return await self.ask("PUT", f"/pages/{page['id']}", {**wish, "body": storage(body)})

    async def body(self, number: str) -> str:
        """The body of a page in storage format."""
        return (await self.get(f"/pages/{number}", body_format="storage"))["body"]["storage"]["value"]


def storage(text: str) -> JsonObject:
    """A body in storage format, as requests have it."""
    return {"representation": "storage", "value": text}
