"""A document with things in it that Markdown cannot say, and putting one onto an issue as another person would."""

import copy
from typing import Any

import httpx2

from jira_mcp.sandbox.model import JsonObject
from sandbox_kit.atlassian.accounts import ACCOUNTS, ORCHESTRATOR


def text(words: str, *marks: JsonObject) -> JsonObject:
    """Words with marks."""
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def paragraph(*content: JsonObject | str) -> JsonObject:
    """A paragraph of words and inline nodes."""
    return {"type": "paragraph", "content": [text(each) if isinstance(each, str) else each for each in content]}


def extension(key: str) -> JsonObject:
    """What an app draws: Markdown has no form for it."""
    return {"type": "extension", "attrs": {"extensionType": "com.example.app", "extensionKey": key, "layout": "wide"}}


def document(*blocks: JsonObject | str) -> JsonObject:
    """A document; plain strings become paragraphs."""
    content = [paragraph(each) if isinstance(each, str) else each for each in blocks]
    return {"type": "doc", "version": 1, "content": content}


RICH = document(
    {"type": "heading", "attrs": {"level": 2}, "content": [text("Plan")]},
    paragraph(
        "Ask ",
        {"type": "mention", "attrs": {"id": ORCHESTRATOR.account_id, "text": "@Orchestrator", "accessLevel": ""}},
        " first.",
    ),
    extension("burndown"),
    {
        "type": "table",
        "attrs": {"isNumberColumnEnabled": True, "layout": "wide"},
        "content": [
            {
                "type": "tableRow",
                "content": [{"type": "tableCell", "attrs": {"colwidth": [200]}, "content": [paragraph("cell")]}],
            }
        ],
    },
    "The last paragraph.",
)


def replaced(old: str, new: str, source: JsonObject = RICH) -> JsonObject:
    """The document with other words in it."""
    made = copy.deepcopy(source)
    waiting: list[Any] = [made]
    while waiting:
        node = waiting.pop()
        if isinstance(node.get("text"), str):
            node["text"] = node["text"].replace(old, new)
        waiting.extend(node.get("content", []))
    return made


class Colleague:
    """Somebody who works on the same site without our client."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, name: str = "Human PM") -> None:
        account = next(each for each in ACCOUNTS if each.name == name)
        assert account.token
        self._http = httpx2.AsyncClient(
            transport=transport, base_url="http://site/rest/api/3", auth=(account.email, account.token)
        )

    async def ask(self, method: str, path: str, body: object = None, **params: Any) -> Any:
        """The body of an answer that has to be a good one."""
        reply = await self._http.request(method, path, json=body, params=params)
        assert reply.status_code < 300, reply.text
        return reply.json() if reply.content else None

    async def put(self, key: str, **fields: object) -> None:
        """Set fields of an issue."""
        await self.ask("PUT", f"/issue/{key}", {"fields": fields})

    async def field(self, key: str, name: str = "description") -> Any:
        """A field's value as Jira holds it."""
        return (await self.ask("GET", f"/issue/{key}", fields=name))["fields"][name]

    async def refused(self, method: str, path: str, body: object = None) -> str:
        """What is said to a request that has to be refused."""
        reply = await self._http.request(method, path, json=body)
        assert reply.status_code >= 400, reply.text
        return reply.json()["errorMessages"][0]
