"""Deleting: never without a yes, only own messages, and the question says what would be lost."""

from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from mcp.client.session import ElicitationFnT

from connector_kit.access import Access

from .conversation import ERAS, NOW, Conversation, answering, calls, converse

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio
OWN, THEIRS = "C0PMOS00001:1769848200.003057", "C0PMOS00002:1769868000.009171"


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_without_dialog_confirms_by_argument(site: "Sandbox", tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era, clock=lambda: NOW) as slack:
        text = await slack.refused("slack_delete_message", message=OWN)
        assert "Delete this message in #general of 2026-01-31 08:30 UTC for good: “Good morning! Today" in text
        assert "Replies to it stay (2)." in text
        assert text.endswith("call again with confirm=true.")
        assert "chat.delete" not in calls(slack)
        deleted = await slack.ask("slack_delete_message", message=OWN, confirm=True)
        assert deleted == "deleted 1769848200.003057 in #general"
        assert calls(slack).count("chat.delete") == 1
        assert "Good morning" not in await slack.ask("slack_read_channel", channel="#general")


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_with_a_dialog_asks_the_person(site: "Sandbox", tmp_path: Path, era: str) -> None:
    questions: list[str] = []
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era, elicitation=dialog) as slack:
        await slack.ask("slack_delete_message", message=OWN, confirm=True)
    (question,) = questions
    assert "Good morning! Today we start building PM OS" in question
    assert "\n" not in question


@pytest.mark.parametrize(
    "dialog", [answering("decline"), answering("cancel"), answering("accept", confirm=False)], ids=["no", "away", "off"]
)
async def test_without_a_yes_nothing_is_deleted(site: "Sandbox", tmp_path: Path, dialog: ElicitationFnT) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), elicitation=dialog) as slack:
        assert "nothing was changed" in await slack.refused("slack_delete_message", message=OWN, confirm=True)
        assert "chat.delete" not in calls(slack)


async def test_nobody_is_asked_about_what_cannot_be_deleted(site: "Sandbox", tmp_path: Path) -> None:
    questions: list[str] = []
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), elicitation=dialog) as slack:
        text = await slack.refused("slack_delete_message", message=THEIRS, confirm=True)
        assert "only own messages are deleted" in text
        text = await slack.refused("slack_delete_message", message="C0PMOS00001:1769848200.999999")
        assert "There is no message" in text
    assert questions == []
    assert "chat.delete" not in calls(slack)


async def test_a_reply_can_be_deleted_by_its_permalink(slack: Conversation) -> None:
    posted = await slack.ask("slack_post_message", channel="#general", text="Oops", thread=OWN)
    assert "“Oops”?" in await slack.refused("slack_delete_message", message=posted.split()[4])
    await slack.ask("slack_delete_message", message=posted.split()[4], confirm=True)
    assert "Oops" not in await slack.ask("slack_read_thread", message=OWN)


@pytest.mark.parametrize("access", [Access.READ, Access.WRITE])
async def test_a_server_that_may_not_delete_says_how_to_allow_it(
    site: "Sandbox", tmp_path: Path, access: Access
) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), access=access) as slack:
        text, is_error = await slack.attempt("slack_delete_message", {"message": OWN, "confirm": True})
        assert is_error
        assert "SLACK_ACCESS=delete" in text
        assert slack.exchanges == []
