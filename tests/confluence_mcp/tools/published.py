"""Publishing in tests: a folder to publish, a conversation that may, and the site as it is afterwards."""

import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2

from confluence_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings

from .conversation import SITE, Conversation, converse

TOOL = "confluence_publish_folder"
PARENT = "PMOS/Dashboards"
API = "/wiki/api/v2"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
FILES = {
    "index.md": "---\ntitle: The handbook\nlabels: [handbook, phase-4]\n---\n\nSee [setup](guide/setup.md#second-step) "
    "and [notes](notes.md).\n\n![a dot](guide/img/dot.png)\n\n[data](guide/data.csv)\n",
    "notes.md": "# Notes\n\nSome **notes**, [home](index.md).\n",
    "guide/setup.md": "# Set up\n\n## First step\n\nOne.\n\n## Second step\n\n[back](#first-step), [up](.)\n",
    "guide/data.csv": "a,b\n1,2\n",
}


def write_docs(docs: Path) -> Path:
    """The folder, in the folder that the user allowed."""
    for name, text in FILES.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text)
    (docs / "guide" / "img").mkdir()
    (docs / "guide" / "img" / "dot.png").write_bytes(PICTURE)
    return docs


def talk(site: Sandbox, tmp_path: Path, **more: Any) -> AbstractAsyncContextManager[Conversation]:
    given = {"sandbox": True, "access": "write", "files_dir": tmp_path / "allowed", **more}
    settings = ConfluenceSettings.model_validate(given)
    return converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings, only=TOOL)


async def shown(confluence: Conversation, folder: str = "docs", parent: str = PARENT) -> tuple[str, str]:
    """What publishing would do, and the token that runs it."""
    text = await confluence.ask(TOOL, folder=folder, parent=parent)
    return text, token_in(text)


def token_in(text: str) -> str:
    return text.rpartition("run=")[2].strip() if "run=" in text else ""


async def published(confluence: Conversation, folder: str = "docs", parent: str = PARENT) -> str:
    """Publish a folder; what came of it."""
    _, token = await shown(confluence, folder, parent)
    return await confluence.ask(TOOL, run=token)


def lines_of(text: str) -> list[str]:
    """What is told of each file, without the ids of pages."""
    inside = re.findall(r'<data from="[^"]*">\n(.*?)\n</data>', text, re.DOTALL)
    return [re.sub(r"^(\w+) \d+:", r"\1:", line) for part in inside for line in part.splitlines()]


def writes(confluence: Conversation) -> list[str]:
    """The requests that change something, with the numbers left out."""
    return [
        f"{each.method} {re.sub('[0-9]+', 'N', each.url.partition('?')[0])}"
        for each in confluence.exchanges
        if each.method != "GET"
    ]


class Wiki:
    """The site as it is, for tests that look."""

    def __init__(self, site: Sandbox) -> None:
        way = httpx2.ASGITransport(site)
        self.client = httpx2.AsyncClient(transport=way, base_url=SITE, auth=(SANDBOX_EMAIL, SANDBOX_TOKEN))

    async def get(self, path: str, **params: Any) -> Any:
        reply = await self.client.get(f"{API}{path}", params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def page(self, title: str) -> Any:
        """The page with a title, with its text."""
        [found] = (await self.get("/pages", title=title, **{"body-format": "storage"}))["results"]
        return found

    async def text(self, title: str) -> str:
        return (await self.page(title))["body"]["storage"]["value"]

    async def below(self, parent: str) -> list[tuple[str, int]]:
        """The titles of the pages below one, each with its depth, in the order of the tree."""
        found = await self.get(f"/pages/{(await self.page(parent))['id']}/descendants", depth=10, limit=250)
        return [(each["title"], each["depth"]) for each in found["results"]]

    async def labels(self, title: str) -> set[str]:
        found = await self.get(f"/pages/{(await self.page(title))['id']}/labels")
        return {each["name"] for each in found["results"]}

    async def files(self, title: str) -> dict[str, int]:
        """The names of a page's files with their versions."""
        found = await self.get(f"/pages/{(await self.page(title))['id']}/attachments")
        return {each["title"]: each["version"]["number"] for each in found["results"]}

    async def edit(self, title: str, text: str, message: str = "") -> None:
        page = await self.page(title)
        body = {
            "id": page["id"],
            "status": "current",
            "title": title,
            "body": {"representation": "storage", "value": text},
            "version": {"number": page["version"]["number"] + 1, "message": message},
        }
        reply = await self.client.put(f"{API}/pages/{page['id']}", json=body)
        assert reply.status_code == 200, reply.text
