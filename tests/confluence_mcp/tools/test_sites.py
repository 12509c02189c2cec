"""Two sites in one session: nothing of one is taken for the other's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.server import SERVER
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.testing.sandboxes import Internet

from .calls import CALLS
from .conversation import SITE, Conversation, converse, cursor_in, rows

pytestmark = pytest.mark.anyio
OPS = "https://ops.sandbox.invalid"


@pytest.fixture
async def both(site: Sandbox, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session with the sample's two sites."""
    ops = create_app(tmp_path / "ops.sqlite3", site_url=OPS, data="ops")
    given = {"sandbox": True, "access": "delete", "toolsets": SERVER.toolset.optional, "sites": OPS}
    settings = ConfluenceSettings.model_validate(given)
    async with converse(tmp_path, transport=Internet({SITE: site, OPS: ops}), settings=settings) as confluence:
        yield confluence
    ops.close()


async def test_a_space_of_the_same_key_is_another_one_on_the_other_site(both: Conversation) -> None:
    usual = rows(await both.ask("confluence_list_spaces"))
    other = rows(await both.ask("confluence_list_spaces", site="ops"))
    assert usual[0][0] == "PMOS"
    assert other
    assert usual != other
    assert rows(await both.ask("confluence_list_spaces")) == usual, "what one site answered is not kept for the other"
    assert [record["site"] for record in both.audited()] == ["pm-os", "ops", "pm-os"]


async def test_a_cursor_of_one_site_is_refused_by_the_other(both: Conversation) -> None:
    cursor = cursor_in(await both.ask("confluence_search", text="agent", limit=1))
    told = await both.refused("confluence_search", text="agent", limit=1, cursor=cursor, site="ops")
    assert "another site's list" in told


LINKED = [(tool, calls[0]) for tool, calls in CALLS.items() if str(calls[0].get("page", "")).isdecimal()]


@pytest.mark.parametrize(("tool", "arguments"), LINKED, ids=[tool for tool, _ in LINKED])
async def test_a_link_into_the_other_site_is_refused_with_its_name(
    both: Conversation, tool: str, arguments: dict[str, object]
) -> None:
    link = f"{OPS}/wiki/spaces/PMOS/pages/{arguments['page']}"
    told, _ = await both.attempt(tool, {**arguments, "page": link})
    assert "It is on the site ops: call again with site='ops'." in told
    assert both.exchanges == []
