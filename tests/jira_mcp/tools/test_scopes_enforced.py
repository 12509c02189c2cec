"""Tools behind a gateway that holds them to the scopes of their token, as Atlassian's does."""

from pathlib import Path
from typing import Any

import pytest

from connector_kit.access import Access
from connector_kit.oauth.profiles import JIRA_GRANULAR
from connector_kit.serving.toolset import ToolEntry
from connector_kit.testing.sandboxes import Gateway
from jira_mcp.tools import TOOLS

from .calls import CALLS
from .conversation import converse
from .gateway import behind, fresh

pytestmark = pytest.mark.anyio
EACH = pytest.mark.parametrize("entry", [entry for entry in TOOLS if not entry.toolset], ids=lambda entry: entry.name)


async def called(tool: str, arguments: dict[str, Any], gateway: Gateway, folder: Path) -> tuple[str, bool]:
    async with converse(folder, transport=gateway, only=tool) as jira:
        return await jira.attempt(tool, arguments)


@EACH
@pytest.mark.parametrize("family", ["classic", "granular"])
async def test_a_token_with_just_the_scopes_of_a_tool_is_refused_nothing(
    entry: ToolEntry, family: str, seeded: Path, tmp_path: Path
) -> None:
    held = entry.scopes if family == "classic" else JIRA_GRANULAR.scopes_for(Access(entry.access))
    for number, arguments in enumerate(CALLS[entry.name]):
        gateway = behind(fresh(seeded, tmp_path, number), held)
        await called(entry.name, arguments, gateway, tmp_path / str(number))
        assert gateway.refused == []


@EACH
async def test_a_token_without_the_main_scope_of_a_tool_is_told_with_what_it_takes(
    entry: ToolEntry, seeded: Path, tmp_path: Path
) -> None:
    main = entry.scopes[-1] if entry.access != "read" else entry.scopes[0]
    gateway = behind(fresh(seeded, tmp_path, 0), set(entry.scopes) - {main})
    text, is_error = await called(entry.name, CALLS[entry.name][0], gateway, tmp_path)
    assert is_error
    assert f"{entry.name} needs the scope" in text
    assert main in text
    assert "make an API token with the scope" in text
    assert "`mcp-suite auth login jira`" in text
