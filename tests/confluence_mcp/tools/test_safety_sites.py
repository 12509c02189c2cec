"""Two sites in one session: nothing of one is taken for the other's, and each has its own allowed spaces."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.server import SERVER
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.testing.sandboxes import Internet

from .conversation import SITE, converse, rows

pytestmark = pytest.mark.anyio
OPS = "https://ops.sandbox.invalid"


@pytest.fixture
def internet(library: Sandbox, tmp_path: Path) -> Iterator[Internet]:
    """The usual site, which is only read here, and a second one."""
    ops = create_app(tmp_path / "ops.sqlite3", site_url=OPS, data="ops")
    yield Internet({SITE: library, OPS: ops})
    ops.close()


def settings(**more: Any) -> ConfluenceSettings:
    given = {"sandbox": True, "access": "delete", "sites": OPS, "toolsets": SERVER.toolset.optional}
    return ConfluenceSettings.model_validate({**given, **more})


LINK = f"{OPS}/wiki/spaces/PMOS/pages/60001"
LINKED: list[tuple[str, dict[str, Any]]] = [
    ("confluence_get_page", {"page": LINK}),
    ("confluence_get_page", {"page": f"{OPS}/wiki/display/PMOS/Home"}),
    ("confluence_get_page", {"page": f"{OPS}/wiki/x/YeoAAA"}),
    ("confluence_list_pages", {"page": LINK}),
    ("confluence_list_versions", {"page": LINK}),
    ("confluence_search", {"under": LINK}),
    ("confluence_create_page", {"parent": LINK, "title": "X", "body": "X."}),
    ("confluence_create_page", {"space": "PMOS", "parent": LINK, "title": "X", "body": "X."}),
    ("confluence_update_page", {"page": LINK, "body": "X.", "how": "append"}),
    ("confluence_move_page", {"page": LINK, "target": "98404"}),
    ("confluence_move_page", {"page": "98432", "target": LINK}),
    ("confluence_copy_page", {"page": "98432", "target": LINK}),
    ("confluence_update_labels", {"page": LINK, "add": ["x"]}),
    ("confluence_delete_page", {"page": LINK, "confirm": True}),
    ("confluence_archive_pages", {"pages": [LINK], "confirm": True}),
    ("confluence_add_comment", {"page": LINK, "body": "X."}),
    ("confluence_add_comment", {"page": LINK, "reply_to": "300001", "body": "X."}),
    ("confluence_list_attachments", {"page": LINK}),
    ("confluence_add_attachment", {"page": LINK, "text": "x", "name": "x.txt"}),
    ("confluence_update_restrictions", {"page": LINK, "edit": ["me"]}),
    ("confluence_get_page_access", {"page": LINK}),
    ("confluence_list_tasks", {"page": LINK}),
]


async def test_a_link_into_the_other_site_is_refused_with_its_name(internet: Internet, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=internet, settings=settings()) as confluence:
        for tool, arguments in LINKED:
            told = await confluence.refused(tool, **arguments)
            assert "site='ops'" in told, (tool, told)
        assert not [each for each in confluence.exchanges if each.method != "GET" or OPS in each.url]


async def test_the_same_space_and_title_on_the_other_site_are_others(internet: Internet, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=internet, settings=settings()) as confluence:
        usual = await confluence.ask("confluence_list_pages", space="PMOS")
        other = await confluence.ask("confluence_list_pages", space="PMOS", site="ops")
        assert "60001" in other
        assert "60001" not in usual
        assert OPS in await confluence.ask("confluence_get_page", page="60001", site="ops")
        await confluence.refused("confluence_get_page", page="60001")
        # What was read on one site is not known of the other.
        told = await confluence.refused("confluence_update_page", page="60002", body="X.", site="ops")
        assert "you were shown nothing of it" in told


async def test_the_allowed_spaces_are_those_of_the_site(internet: Internet, tmp_path: Path) -> None:
    limited = settings(spaces="KB,ops/OTHER")
    async with converse(tmp_path, transport=internet, settings=limited) as confluence:
        for arguments in ({"space": "PMOS"}, {"space": "PMOS", "site": "ops"}, {"page": "60001", "site": "ops"}):
            told = await confluence.refused("confluence_list_pages", **arguments)
            assert "outside of the spaces that CONFLUENCE_SPACES allows" in told
        assert rows(await confluence.ask("confluence_list_spaces"))[0][0] == "KB"
        assert "can see no space" in await confluence.ask("confluence_list_spaces", site="ops")
        assert "Nothing matches" in await confluence.ask("confluence_search", cql="type = page", site="ops")
    with pytest.raises(ValueError, match="says nothing about ops"):
        settings(spaces="KB")
