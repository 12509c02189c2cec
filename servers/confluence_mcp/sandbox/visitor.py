"""Asks a sandbox in the same process, signed in as one of its people. For tests, and to look around."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.sandbox.model import JsonObject
from sandbox_kit.atlassian.visitor import SiteVisitor
from sandbox_kit.visitor import Answer

API = "/wiki/api/v2"


class Visitor(SiteVisitor[Sandbox]):
    """A client of the wiki; paths are below `/wiki/api/v2` unless they begin with `/wiki`."""

    api = API
    roots = ("/wiki",)

    def parameters(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The query with hyphens, as the REST API v2 has them, for the underscores of Python."""
        return {name.replace("_", "-"): value for name, value in query.items()}

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


def title_of(answer: Answer) -> str:
    """What the first error of v2 says."""
    return str(answer.body["errors"][0]["title"])


def storage(text: str) -> JsonObject:
    """A body in storage format, as requests have it."""
    return {"representation": "storage", "value": text}
