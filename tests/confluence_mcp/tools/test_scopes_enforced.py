"""Tools behind a gateway that holds them to the scopes of their token, as Atlassian's does."""

import shutil
from collections.abc import Collection
from pathlib import Path

import pytest

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.scopes import required_scopes
from confluence_mcp.tools import TOOLS
from connector_kit.serving.toolset import ToolEntry
from connector_kit.testing.sandboxes import Gateway

from .calls import CALLS
from .conversation import converse

pytestmark = pytest.mark.anyio
ENTRIES = list(TOOLS)
MAIN = {"reads": 0, "adds": -1, "changes": -1, "destroys": -1}
"""Which of a tool's scopes it can do nothing without: that for reading, or the one it changes something with."""


def behind(seeded: Path, folder: Path, held: Collection[str]) -> Gateway:
    database = folder / "confluence.sqlite3"
    shutil.copyfile(seeded, database)
    return Gateway(create_app(database), required_scopes, held)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
async def test_a_token_with_just_the_scopes_of_a_tool_is_refused_nothing(
    entry: ToolEntry, seeded: Path, tmp_path: Path
) -> None:
    gateway = behind(seeded, tmp_path, entry.scopes)
    async with converse(tmp_path, transport=gateway, only=entry.name) as confluence:
        for arguments in CALLS[entry.name]:
            await confluence.attempt(entry.name, arguments)
    assert gateway.refused == []


@pytest.mark.parametrize("tool", ["confluence_search", "confluence_get_page", "confluence_list_pages"])
async def test_a_token_without_the_main_scope_of_a_tool_is_told_with_what_it_takes(
    tool: str, seeded: Path, tmp_path: Path
) -> None:
    entry = TOOLS.get(tool)
    assert entry is not None
    main = entry.scopes[MAIN[entry.effect]]
    gateway = behind(seeded, tmp_path, set(entry.scopes) - {main})
    async with converse(tmp_path, transport=gateway, only=tool) as confluence:
        text = await confluence.refused(tool, **CALLS[tool][0])
    assert f"{tool} needs the scope" in text
    assert main in text
    assert "make an API token with the scope" in text
    assert "`mcp-suite auth login confluence`" in text


async def test_a_page_is_read_without_the_scope_for_names(seeded: Path, tmp_path: Path) -> None:
    entry = TOOLS.get("confluence_get_page")
    assert entry is not None
    gateway = behind(seeded, tmp_path, set(entry.scopes) - {"read:user:confluence"})
    async with converse(tmp_path, transport=gateway, only=entry.name) as confluence:
        text = await confluence.ask(entry.name, page="98408")
    assert "by 712020:" in text
    assert gateway.refused == ["POST /wiki/api/v2/users-bulk"]
