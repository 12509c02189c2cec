"""Spaces, restrictions and tasks: the rarer things that are written."""

from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings

from .conversation import SITE, Conversation, converse, rows, tokens

pytestmark = pytest.mark.anyio

PAGE = "98431"
RESTRICTION = f"/wiki/rest/api/content/{PAGE}/restriction"


async def test_a_space_is_made_with_a_homepage(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_create_space", key="ops2", name="Operations", description="How it runs")
    assert text.startswith("created space OPS2 (id ")
    assert f"{SITE}/wiki/spaces/OPS2; homepage " in text
    assert tokens(text) < 150
    assert ["OPS2", "Operations", "global", "How it runs"] in rows(await confluence.ask("confluence_list_spaces"))
    again = await confluence.refused("confluence_create_space", key="OPS2", name="Another")
    assert "OPS2 exists already" in again
    assert "letters and digits" in await confluence.refused("confluence_create_space", key="a b", name="x")
    assert len(confluence.sent("POST", "/wiki/rest/api/space")) == 1


async def test_a_space_is_made_within_the_allowed_keys_only(site: Sandbox, tmp_path: Path) -> None:
    settings = ConfluenceSettings.model_validate(
        {"sandbox": True, "access": "write", "spaces": "PMOS", "toolsets": "spaces"}
    )
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        text = await confluence.refused("confluence_create_space", key="NEW", name="New")
        assert "CONFLUENCE_SPACES" in text
        assert not confluence.exchanges


async def test_restrictions_are_set_and_lifted_one_list_at_a_time(confluence: Conversation) -> None:
    text = await confluence.ask(
        "confluence_update_restrictions", page=PAGE, edit=["me", "Alex Rivera", "group:storefront-approvers"]
    )
    assert text.endswith("view: everyone; edit: Human PM, Alex Rivera, group:storefront-approvers")
    assert tokens(text) < 150
    text = await confluence.ask("confluence_update_restrictions", page=PAGE, view=["group:confluence-users-pm-os"])
    assert "view: group:confluence-users-pm-os; edit: Human PM, Alex Rivera, group:storefront-approvers" in text
    text = await confluence.ask("confluence_update_restrictions", page=PAGE, edit=["everyone"])
    assert "view: group:confluence-users-pm-os; edit: everyone" in text
    text = await confluence.ask("confluence_update_restrictions", page=PAGE, view=["everyone"])
    assert "view: everyone; edit: everyone" in text
    assert len(confluence.sent("DELETE", RESTRICTION)) == 1


async def test_nobody_locks_oneself_out(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_update_restrictions", page=PAGE, view=["Alex Rivera"])
    assert "could not view 98431 any more" in text
    text = await confluence.refused(
        "confluence_update_restrictions", page=PAGE, view=["group:Legal"], edit=["Alex Rivera"]
    )
    assert "could not view and edit 98431 any more" in text
    assert 'add "me"' in text
    assert not confluence.sent("PUT", RESTRICTION)


async def test_who_is_meant_is_asked_back_when_unclear(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_update_restrictions", page=PAGE, view=["me", "Alex"])
    assert "may mean 2 people" in text
    text = await confluence.refused("confluence_update_restrictions", page=PAGE, view=["me", "group:storefront"])
    assert "storefront-developers" in text
    text = await confluence.refused("confluence_update_restrictions", page=PAGE, view=["me", "everyone"])
    assert "everyone stands alone" in text
    assert "Nothing was changed" in await confluence.refused("confluence_update_restrictions", page=PAGE)
    assert not confluence.sent("PUT", RESTRICTION)


async def first_task(confluence: Conversation) -> str:
    """The id of an open task."""
    tasks = rows(await confluence.ask("confluence_list_tasks", space="PMOS"))
    return next(cells[0] for cells in tasks if cells[0].isdigit())


async def test_a_task_is_ticked_off_and_opened_again(confluence: Conversation) -> None:
    number = await first_task(confluence)
    text = await confluence.ask("confluence_update_task", task=number)
    assert text.startswith(f"completed task {number} on ")
    assert tokens(text) < 150
    assert "is so already; nothing was written" in await confluence.ask("confluence_update_task", task=number)
    assert (await confluence.ask("confluence_update_task", task=number, done=False)).startswith("reopened")
    assert len(confluence.sent("PUT", f"/wiki/api/v2/tasks/{number}")) == 2
    assert "confluence_list_tasks" in await confluence.refused("confluence_update_task", task="4711")
    assert "ids are numbers" in await confluence.refused("confluence_update_task", task="x")


async def test_a_task_outside_of_the_allowed_spaces_is_neither_told_nor_changed(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site)) as confluence:
        number = await first_task(confluence)
    settings = ConfluenceSettings.model_validate(
        {"sandbox": True, "access": "write", "spaces": "KB", "toolsets": "tasks"}
    )
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        text = await confluence.refused("confluence_update_task", task=number)
        assert "CONFLUENCE_SPACES" in text
        assert not confluence.sent("PUT", f"/wiki/api/v2/tasks/{number}")
