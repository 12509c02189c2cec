"""What the tools send, recorded, and what Atlassian's descriptions say of it."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx2

from confluence_mcp.sandbox import create_app
from confluence_mcp.server import SERVER
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.access import Access
from connector_kit.http import Exchange
from connector_kit.testing.conversation import path_of
from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import complaints_about
from connector_kit.testing.specs import find_spec

from .calls import CALLS
from .conversation import converse

Traffic = Mapping[str, tuple[Exchange, ...]]
Operation = tuple[str, str, str]
"""Method, the path in front of the API's, and the template of the path."""

V2_FILE, V1_FILE = "confluence-v2.2026-07-21.json", "confluence-v1.2026-07-21.json"
V2_BASE = "/wiki/api/v2"
APIS = ("/wiki/api/", "/wiki/rest/api/")


def record_traffic(seeded: Path, folder: Path) -> Traffic:
    """The exchanges of each tool's calls, each with a site of its own, a copy of the database `seeded`."""

    async def sent(tool: str, calls: Sequence[dict[str, Any]]) -> tuple[Exchange, ...]:
        found: list[Exchange] = []
        for number, arguments in enumerate(calls):
            database = folder / f"{tool}-{number}.sqlite3"
            shutil.copyfile(seeded, database)
            site = create_app(database)
            place = folder / f"{tool}-{number}"
            given = {"sandbox": True, "access": Access.DELETE, "toolsets": SERVER.toolset.optional}
            settings = ConfluenceSettings.model_validate({**given, "files_dir": _folder(place)})
            way = httpx2.ASGITransport(site)
            async with converse(place, transport=way, settings=settings, only=tool) as confluence:
                for round_ in range(2):
                    text, _ = await confluence.attempt(tool, arguments)
                    if "call confluence_publish_folder with run=" not in text:
                        break
                    await confluence.attempt(tool, {"run": text.rpartition("run=")[2]})
                    _change(place, round_)
                assert not confluence.audited() or confluence.audited()[-1]["error_kind"] != "crash"
                found += confluence.exchanges
            site.close()
            database.unlink()
        return tuple(each for each in found if each.url.startswith(APIS))

    async def all_of_them() -> Traffic:
        return {tool: await sent(tool, calls) for tool, calls in CALLS.items()}

    return anyio.run(all_of_them)


def _folder(place: Path) -> Path:
    """A folder that the user allowed, with one to publish in it."""
    docs = place / "files" / "docs"
    docs.mkdir(parents=True)
    (docs / "dot.png").write_bytes(b"\x89PNG")
    _change(place, -1)
    return docs.parent


def _change(place: Path, round_: int) -> None:
    text = f"---\nlabels: [label-{round_}]\n---\n# Published\n\nBy @[Data Analyst], {round_}. ![](dot.png)\n"
    (place / "files" / "docs" / "index.md").write_text(text)


class Descriptions:
    """Atlassian's descriptions of both APIs."""

    def __init__(self, second: Path, first: Path) -> None:
        self._contracts = {V2_BASE: Contract(second, V2_BASE), "": Contract(first)}

    @classmethod
    def found(cls) -> "Descriptions | None":
        """The descriptions, where they are at hand."""
        second, first = find_spec(V2_FILE), find_spec(V1_FILE)
        return cls(second, first) if second and first else None

    def operation(self, exchange: Exchange) -> Operation:
        """The operation that a request is for."""
        base = _base(exchange)
        template = self._contracts[base].operation(exchange.method, path_of(exchange))
        assert template is not None, f"{exchange.method} {exchange.url} is described nowhere"
        return exchange.method, base, template

    def scopes(self, operation: Operation) -> frozenset[str]:
        """The granular scopes that an operation needs."""
        method, base, template = operation
        listed = self._contracts[base].extension(method, template, "x-atlassian-oauth2-scopes")
        assert listed, f"{method} {template} cannot be called with OAuth"
        families = {entry["state"]: entry["scopes"] for entry in listed if entry["scopes"]}
        return frozenset(families.get("Beta") or families["Current"])

    def complaints(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request."""
        return complaints_about(exchange, self._contracts[_base(exchange)])


def _base(exchange: Exchange) -> str:
    return V2_BASE if path_of(exchange).startswith(V2_BASE) else ""
