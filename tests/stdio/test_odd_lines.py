"""Lines on standard input that no parser likes: each is answered, and the next call works."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector_kit.testing.stdio import StdioServer, isolated_environment

from .conftest import PACKAGE

pytestmark = pytest.mark.stdio


@pytest.fixture(scope="module")
def shared(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StdioServer]:
    home = tmp_path_factory.mktemp("odd")
    folder = home / "state" / "sandbox"
    folder.mkdir(parents=True, mode=0o700)
    shutil.copyfile(filled, folder / "jira.sqlite3")
    given = {"JIRA_SANDBOX": "1", "JIRA_ACCESS": "write"}
    with StdioServer(PACKAGE, isolated_environment(home, given)) as running:
        running.initialize()
        yield running


@pytest.fixture
def server(shared: StdioServer) -> StdioServer:
    """One process for all of these tests: it must survive every line."""
    shared.notifications.clear()
    return shared


def send_line(server: StdioServer, line: bytes) -> None:
    assert server.process.stdin is not None
    server.process.stdin.write(line + b"\n")
    server.process.stdin.flush()


def call_line(number: int, summary: str) -> bytes:
    arguments = f'{{"key":"PMOS-40","fields":{{"summary":{summary}}}}}'
    params = f'{{"name":"jira_update_issue","arguments":{arguments}}}'
    return f'{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{params}}}'.encode()


def answer_to(server: StdioServer, number: int) -> dict[str, Any]:
    """The response with this id, before the answer to a ping sent now."""
    server.request("ping")
    found = [message for message in server.notifications if message.get("id") == number]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("jira_get_issue", {"key": "PMOS-\ud800"}, "PMOS-�"),
        ("jira_search_users", {"query": "\udc00Alex"}, "�Alex"),
        ("jira_search_issues", {"project": "PMOS", "text": "cut \ud83d"}, "No issue matches"),
        ("jira_add_comment", {"key": "PMOS-40", "body": "cut inside of \ud83d"}, "commented on PMOS-40"),
        ("jira_update_issue", {"key": "PMOS-40", "fields": {"\ud800": 1}}, "�: is no field"),
    ],
)
def test_half_a_character_is_replaced(server: StdioServer, tool: str, arguments: dict[str, Any], told: str) -> None:
    text, _ = server.call(tool, arguments)
    assert told in text
    assert server.noise == []


def test_whole_characters_beside_half_a_one_are_kept(server: StdioServer) -> None:
    server.call("jira_add_comment", {"key": "PMOS-40", "body": "🜚 \ud83d ä"})
    text, _ = server.call("jira_get_issue", {"key": "PMOS-40"})
    assert "🜚 � ä" in text


@pytest.mark.parametrize("depth", [250, 950, 5_000, 100_000])
def test_a_value_nested_too_deep_is_answered_with_an_error(server: StdioServer, depth: int) -> None:
    send_line(server, call_line(4711, '{"a":' * depth + "1" + "}" * depth))
    error = answer_to(server, 4711)["error"]
    assert error["code"] == -32700
    assert "nested too deep" in error["message"]
    assert server.tools()


def test_a_damaged_call_is_answered_when_its_id_can_be_seen(server: StdioServer) -> None:
    send_line(server, call_line(4711, '"never closed')[:-4] + b"}}}}")
    assert answer_to(server, 4711)["error"]["code"] == -32700


@pytest.mark.parametrize(
    "line",
    [
        b'{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"id":78,"name":"x"',
        b'{"jsonrpc":"2.0","id":77,"result":{"a":"\\ud800',
        b'{"id":77,',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"",
    ],
)
def test_a_line_that_no_request_can_be_seen_in_is_left_out(server: StdioServer, line: bytes) -> None:
    send_line(server, line)
    server.request("ping")
    assert server.notifications == []
    assert server.noise == []


def test_a_megabyte_on_one_line_is_read(server: StdioServer) -> None:
    text, is_error = server.call("jira_search_issues", {"project": "PMOS", "text": "x" * 1_000_000})
    assert is_error
    assert len(text) < 1_000


def test_a_thousand_calls_at_once_are_all_answered(server: StdioServer) -> None:
    numbers = range(10_000, 11_000)
    call = {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "jira_get_issue", "arguments": {"key": "x"}}}
    for number in numbers:
        send_line(server, json.dumps({**call, "id": number}).encode())
    while {message.get("id") for message in server.notifications} < set(numbers):
        server.request("ping")
    assert server.noise == []
