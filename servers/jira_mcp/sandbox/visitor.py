"""Asks a sandbox in the same process, signed in as one of its people. For tests, and to look around."""

from __future__ import annotations

from typing import Any

from jira_mcp.sandbox.app import Sandbox
from jira_mcp.sandbox.model import JsonObject
from sandbox_kit.atlassian.visitor import SiteVisitor
from sandbox_kit.visitor import Answer

API = "/rest/api/3"


class Visitor(SiteVisitor[Sandbox]):
    """A client of Jira; paths are below `/rest/api/3` unless they begin with `/rest`."""

    api = API
    roots = ("/rest/",)

    async def send(self, method: str, path: str, content: bytes, content_type: str) -> Answer:
        """Send bytes that need not be JSON."""
        headers = {"Content-Type": content_type}
        reply = await self.client.request(method, API + path, content=content, headers=headers)
        return Answer(reply.status_code, reply.json() if reply.content else None, reply.headers)

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
