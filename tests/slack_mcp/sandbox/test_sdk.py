"""Slack's own SDK, over a socket, takes the sandbox for Slack."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import uvicorn
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import HeaderBlock, MarkdownTextObject, SectionBlock

from slack_mcp.sandbox import SANDBOX_TOKEN, create_app
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Clock

Sdk: TypeAlias = Any
"""A `WebClient`, whose methods take arguments of unknown types."""


@pytest.fixture
def sdk(database: Path, clock: Clock) -> Iterator[Sdk]:
    """A client of slack-sdk for a sandbox on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(database, clock=clock)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    yield WebClient(SANDBOX_TOKEN, base_url=address, retry_handlers=[])
    server.should_exit = True
    thread.join()
    listener.close()


def data(response: Any) -> dict[str, Any]:
    """The body of an answer."""
    return response.data


def test_it_signs_in_and_reads_page_by_page(sdk: Sdk) -> None:
    assert data(sdk.auth_test())["user"] == "human.pm"
    names: list[str] = []
    for page in sdk.conversations_list(limit=3, types=["public_channel", "private_channel"]):
        names += [each["name"] for each in data(page)["channels"]]
    assert {"general", "pm-os-dev", "pm-os-leads"} <= set(names)
    assert len(names) == len(set(names))


def test_it_posts_blocks_edits_reacts_and_deletes(sdk: Sdk) -> None:
    blocks = [HeaderBlock(text="Hello"), SectionBlock(text=MarkdownTextObject(text="*World*"))]
    posted = data(sdk.chat_postMessage(channel=channels.DEV, text="Hello", blocks=blocks, unfurl_links=False))
    place = {"channel": channels.DEV, "ts": posted["ts"]}
    assert [each["type"] for each in posted["message"]["blocks"]] == ["header", "section"]
    assert data(sdk.chat_update(**place, markdown_text="**Bye**"))["text"] == "*Bye*"
    sdk.reactions_add(channel=channels.DEV, timestamp=posted["ts"], name="wave")
    newest = data(sdk.conversations_history(channel=channels.DEV, limit=1))["messages"][0]
    assert newest["reactions"][0]["users"] == [people.HUMAN_PM.id]
    sdk.chat_delete(**place)
    with pytest.raises(SlackApiError, match="message_not_found"):
        sdk.chat_delete(**place)


def test_it_invites_schedules_and_opens_direct_messages(sdk: Sdk, clock: Clock) -> None:
    channel = data(sdk.conversations_create(name="by-sdk", is_private=True))["channel"]["id"]
    sdk.conversations_invite(channel=channel, users=[people.ALEX_RIVERA.id, people.ALEX_MOREAU.id])
    assert len(data(sdk.conversations_members(channel=channel))["members"]) == 3
    waiting = data(sdk.chat_scheduleMessage(channel=channel, text="Later", post_at=int(clock.now) + 600))
    listed = data(sdk.chat_scheduledMessages_list(channel=channel))["scheduled_messages"]
    assert [each["id"] for each in listed] == [waiting["scheduled_message_id"]]
    assert data(sdk.conversations_open(users=[people.ALEX_RIVERA.id]))["channel"]["id"] == channels.WITH_ALEX


def test_a_refusal_carries_its_code_and_its_scopes(sdk: Sdk) -> None:
    with pytest.raises(SlackApiError) as refusal:
        sdk.chat_postMessage(channel=channels.DEV, text="x", username="Robot")
    error: Any = refusal.value
    answer = data(error.response)
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "chat:write.customize"
