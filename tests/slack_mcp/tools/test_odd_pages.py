"""Pages that Slack may well send, though the sandbox does not: empty ones that go on, and ones that are too full."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from connector_kit.output import ANSWER_BUDGET
from connector_kit.testing.families import PATIENT
from connector_kit.testing.faults import Fault, FaultServer
from slack_mcp.settings import SlackSettings

from .conversation import NOW, TOOLSETS, Conversation, converse, cursor_in, rows
from .families import TOKEN
from .test_reading import stamps

pytestmark = pytest.mark.anyio
CHANNEL = "C0123456789"
AUTH = {"ok": True, "url": "https://acme.slack.com/", "team": "Acme", "user": "me", "team_id": "T1", "user_id": "U1"}
USUAL: dict[str, Any] = {
    "auth.test": AUTH,
    "conversations.info": {"ok": True, "channel": {"id": CHANNEL, "name": "general"}},
    "users.info": {"ok": True, "user": {"id": "U1", "name": "me"}},
}
GOING_ON = {"next_cursor": "bmV4dA=="}
Ask = Callable[..., Awaitable[str]]


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[tuple[Conversation, FaultServer]]:
    """A session with a Slack in which the usual look-ups are in order."""
    async with FaultServer() as server:
        for method, answer in USUAL.items():
            server.queue(f"/api/{method}", *[Fault.json(answer)] * 10)
        settings = SlackSettings.model_validate({"token": TOKEN, "api_url": server.url, "toolsets": TOOLSETS})
        async with converse(tmp_path, settings=settings, policy=PATIENT, clock=lambda: NOW) as conversation:
            yield conversation, server


@pytest.fixture
def ask(slack: tuple[Conversation, FaultServer]) -> Ask:
    """The text of a call while Slack answers a method like this."""
    conversation, server = slack

    async def asked(tool: str, arguments: dict[str, Any], method: str, answer: dict[str, Any], times: int = 1) -> str:
        server.queue(f"/api/{method}", *[Fault.json({"ok": True, **answer})] * times)
        return await conversation.ask(tool, **arguments)

    return asked


def message(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": f"17700000{number:02}.000000", **more}


async def test_where_a_minute_has_one_call_it_is_told_how_much_fits_into_it(
    slack: tuple[Conversation, FaultServer],
) -> None:
    conversation, server = slack
    many = {"ok": True, "messages": [message(number, "x" * 1_900) for number in range(15, 0, -1)]}
    later = Fault.json({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "60"})
    server.queue("/api/conversations.history", Fault.json(many), later)
    text = await conversation.refused("slack_read_channel", channel=CHANNEL)
    assert "outside of Slack's Marketplace" in text
    assert text.endswith("Try again in 60 s. Ask with limit=11 then, for more does not fit into an answer.")


async def test_an_empty_page_that_goes_on_keeps_its_cursor(ask: Ask) -> None:
    empty: dict[str, Any] = {"messages": [], "response_metadata": GOING_ON}
    text = await ask("slack_read_channel", {"channel": CHANNEL}, "conversations.history", empty)
    assert text.startswith("Slack showed nothing of this page.\nreturned 0 messages; more: yes, next cursor: ")
    assert cursor_in(text)
    hits: dict[str, Any] = {"messages": {"matches": [], "paging": {"pages": 3}}}
    text = await ask("slack_list_unread", {"what": "mentions"}, "search.messages", hits)
    assert text.startswith("Nobody mentioned you within 7d, by search.messages.")
    assert cursor_in(text)


async def test_the_end_of_a_thread_is_told(ask: Ask, slack: tuple[Conversation, FaultServer]) -> None:
    conversation, _ = slack
    began = "1770000001.000000"
    page = {"messages": [message(1, "x", thread_ts=began)], "response_metadata": GOING_ON}
    first = await ask("slack_read_thread", {"message": f"{CHANNEL}:{began}"}, "conversations.replies", page)
    arguments = {"message": f"{CHANNEL}:{began}", "cursor": cursor_in(first)}
    repeated = {"messages": [message(1, "x", thread_ts=began)]}
    assert await ask("slack_read_thread", arguments, "conversations.replies", repeated) == (
        "The thread has no further messages."
    )
    assert conversation.audited()[-1]["outcome"] == "ok"


async def test_more_than_was_asked_for_is_cut_with_a_word_about_it(ask: Ask) -> None:
    full = {"messages": [message(number, "ü" * 1_500) for number in range(40, 0, -1)]}
    text = await ask("slack_read_channel", {"channel": CHANNEL, "limit": 5}, "conversations.history", full, times=9)
    assert len(text.encode()) <= ANSWER_BUDGET
    shown = stamps(text)
    assert shown == [f"17700000{number:02}.000000" for number in range(41 - len(shown), 41)]
    assert f"\n({40 - len(shown)} more came than were asked for, and are left out.)\n" in text
    assert f"returned {len(shown)} messages" in text


async def test_a_message_that_was_edited_or_is_an_event_says_so(ask: Ask) -> None:
    several = [
        message(2, "Better", edited={"user": "U1", "ts": "1770000003.000000"}),
        message(1, "left", subtype="channel_leave"),
    ]
    text = await ask("slack_read_channel", {"channel": CHANNEL}, "conversations.history", {"messages": several})
    assert "· you · edited] Better" in text
    assert "· you · channel leave] left" in text


async def test_a_workspace_without_groups_says_so(ask: Ask) -> None:
    text = await ask("slack_list_groups", {}, "usergroups.list", {"usergroups": []})
    assert text == "The workspace has no user groups."


async def test_groups_that_do_not_fit_are_counted(ask: Ask) -> None:
    groups = [{"id": f"S0{number:08}", "handle": f"group-{number}", "name": "ü" * 60} for number in range(400)]
    text = await ask("slack_list_groups", {}, "usergroups.list", {"usergroups": groups})
    assert len(text.encode()) <= ANSWER_BUDGET
    assert text.endswith(f"returned {len(rows(text))} of about 400 groups")


async def test_people_who_do_not_fit_are_counted(ask: Ask) -> None:
    people = [
        {"id": f"U0{number:08}", "name": f"ann{number}", "profile": {"title": "ü" * 80, "status_text": "ü" * 90}}
        for number in range(100)
    ]
    text = await ask("slack_search_users", {"query": "ann", "limit": 100}, "users.list", {"members": people})
    assert len(text.encode()) <= ANSWER_BUDGET
    assert f"\n{100 - len(rows(text))} more do not fit here: be more specific.\n" in text
