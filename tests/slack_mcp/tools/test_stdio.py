"""A small story told to the real process, in both eras of the protocol."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connector_kit.testing.stdio import StdioServer, isolated_environment

pytestmark = pytest.mark.stdio
Start = Callable[..., StdioServer]


@pytest.fixture
def start(pristine_sandbox: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts servers in a home in which the sandbox was used before; variables as keyword arguments."""
    folder = tmp_path / "state" / "sandbox"
    folder.mkdir(parents=True, mode=0o700)
    shutil.copyfile(pristine_sandbox, folder / "slack.sqlite3")
    running: list[StdioServer] = []

    def begin(*, stateless: bool = False, **variables: str) -> StdioServer:
        given = {"SLACK_SANDBOX": "1", "SLACK_ACCESS": "delete", **variables}
        server = StdioServer("slack_mcp", isolated_environment(tmp_path, given), stateless=stateless)
        running.append(server)
        if not stateless:
            server.initialize()
        return server

    yield begin
    for server in running:
        if server.process.poll() is None:
            server.close()


def ask(server: StdioServer, tool: str, **arguments: Any) -> str:
    text, is_error = server.call(tool, arguments)
    assert not is_error, text
    return text


@pytest.mark.parametrize("stateless", [False, True], ids=["legacy", "stateless"])
def test_a_conversation_from_reading_to_deleting(start: Start, stateless: bool) -> None:
    server = start(stateless=stateless)
    assert "#pm-os-dev | C0PMOS00002" in ask(server, "slack_list_channels")
    assert "Phase 3 is COMPLETE" in ask(server, "slack_read_channel", channel="#pm-os-dev")
    posted = ask(server, "slack_post_message", channel="#pm-os-dev", text="**Phase 4** begins")
    found = re.match(r"posted to #pm-os-dev: (C0PMOS00002:[0-9.]+) (https://\S+)$", posted)
    assert found, posted
    message, link = found.groups()
    reply = ask(server, "slack_post_message", channel="#pm-os-dev", text="At last", thread=link)
    assert "thread_ts=" in reply
    ask(server, "slack_react_to_message", message=message, emoji="tada")
    thread = ask(server, "slack_read_thread", message=link)
    assert "**Phase 4** begins" in thread
    assert "At last" in thread
    assert ":tada: by HumanPM" in thread
    assert "Phase 4" in ask(server, "slack_search_messages", query="Phase 4 begins")
    text, is_error = server.call("slack_delete_message", {"message": message})
    assert is_error
    assert "call again with confirm=true." in text
    assert ask(server, "slack_delete_message", message=message, confirm=True).startswith("deleted ")
    assert server.close() == 0
    assert server.noise == []


def test_what_was_posted_is_there_after_a_restart(start: Start) -> None:
    first = start()
    ask(first, "slack_post_message", channel="#general", text="Remember this")
    assert first.close() == 0
    assert "Remember this" in ask(start(), "slack_read_channel", channel="#general")


def test_an_image_comes_over_the_wire(start: Start) -> None:
    server = start()
    result = server.request("tools/call", {"name": "slack_read_file", "arguments": {"file": "F0PMOS00002"}})["result"]
    assert [part["type"] for part in result["content"]] == ["text", "image"]
    assert result["content"][1]["mimeType"] == "image/png"
