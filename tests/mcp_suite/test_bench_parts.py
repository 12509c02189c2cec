"""The measuring instruments themselves."""

import asyncio
import json
import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from mcp_suite.bench import bare, day
from mcp_suite.bench.figures import Figure, MeasurementError, spread, tokens
from mcp_suite.bench.memory import peak_of_children, processor_time, resident
from mcp_suite.bench.observed import Observed, Received
from mcp_suite.bench.wire import WireClient, text_of
from mcp_suite.isolated import isolated
from mcp_suite.servers import Script

TOOL: dict[str, Any] = {
    "name": "pens_search",
    "title": "Find pens",
    "description": 'Say """what""".\n\nAnd \\ more.',
    "inputSchema": {
        "type": "object",
        "properties": {
            "from": {"type": "string", "description": "Where.", "pattern": "^[A-Z]+$"},
            "limit": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5},
            "colour": {"enum": ["red", "blue"], "default": "red"},
            "names": {"type": "array", "items": {"type": "string"}, "default": []},
            "issues": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
        },
        "required": ["issues"],
    },
    "annotations": {"readOnlyHint": True},
}


def test_a_target_is_met_up_to_its_value_and_absent_without_one() -> None:
    assert Figure("g", "n", 5.0, "ms", 5.0).met is True
    assert Figure("g", "n", 5.1, "ms", 5.0).met is False
    assert Figure("g", "n", 5.1, "ms", 5.0, least=True).met is True
    assert Figure("g", "n", None, "ms", 5.0).met is None
    assert Figure("g", "n", 5.0, "ms").met is None


def test_a_spread_has_median_extremes_and_the_baseline() -> None:
    figure = spread("g", "n", [3.0, 1.0, 2.0], "ms", baseline=[1.0, 1.0, 4.0])
    assert (figure.value, figure.low, figure.high, figure.baseline, figure.ratio) == (2.0, 1.0, 3.0, 1.0, 2.0)


def test_tokens_are_bytes_by_four_rounded_up() -> None:
    assert [tokens(size) for size in (0, 1, 4, 5)] == [0, 1, 1, 2]


def test_the_bare_server_offers_tools_with_comparable_schemas(tmp_path: Path) -> None:
    command = [sys.executable, *bare.write(tmp_path, [TOOL, {**TOOL, "name": "pens_other"}])]
    with WireClient(command, dict(os.environ), tmp_path, tmp_path / "stderr") as client:
        client.initialize()
        tools = client.send("tools/list").result()["tools"]
        mib = resident(client.pid)
    assert [tool["name"] for tool in tools] == ["pens_search", "pens_other"]
    properties = tools[0]["inputSchema"]["properties"]
    assert properties["limit"]["maximum"] == 9
    assert properties["colour"]["enum"] == ["red", "blue"]
    assert properties["names"]["items"] == {"type": "string"}
    assert tools[0]["inputSchema"]["required"] == ["issues"]
    assert tools[0]["description"] == TOOL["description"]
    assert "outputSchema" not in tools[0]
    assert mib is None or mib > 10
    assert peak_of_children() is None or (peak_of_children() or 0) > 10


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_memory_of_a_running_process_is_unknown_where_there_is_no_proc(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert resident(os.getpid()) is None
    assert processor_time(os.getpid()) is None
    assert (peak_of_children() is None) is (system == "win32")


def test_a_server_that_leaves_is_a_failed_measurement_not_a_wait(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    with (
        WireClient(command, dict(os.environ), tmp_path, tmp_path / "stderr") as client,
        pytest.raises(MeasurementError, match=r"the server left|no longer reads"),
    ):
        client.initialize()


def test_an_error_of_a_tool_is_a_failed_measurement() -> None:
    with pytest.raises(MeasurementError, match="pens_search: no ink"):
        text_of("pens_search", {"isError": True, "content": [{"type": "text", "text": "no ink"}]})


def test_a_process_is_isolated_from_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENS_API_TOKEN", "real")
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", "/home/somebody/state")
    with isolated(Script("pens-mcp", "pens_mcp"), {"PENS_SANDBOX": "1"}) as place:
        environment = place.environment
        assert "PENS_API_TOKEN" not in environment
        assert environment["PENS_SANDBOX"] == "1"
        assert Path(environment["MCP_SUITE_STATE_DIR"]).is_dir()
        assert list(place.folder.iterdir()) == []
        assert place.tail() == ""
        place.errors.write_text("".join(f"line {number}\n" for number in range(50)), encoding="utf-8")
        assert place.tail().splitlines()[0] == "line 30"
        place.errors.write_text('{"message": "it broke", "exception": "Traceback\\n  here"}\n[]\n', encoding="utf-8")
        assert place.tail().splitlines() == ["it broke", "Traceback", "  here", "[]"]
    assert not place.folder.exists()


async def _ask(
    app: Observed, method: str, path: str, parts: list[bytes], headers: list[tuple[bytes, bytes]] | None = None
) -> list[MutableMapping[str, Any]]:
    sent: list[MutableMapping[str, Any]] = []
    queue = [{"type": "http.request", "body": part, "more_body": part is not parts[-1]} for part in parts]

    async def receive() -> MutableMapping[str, Any]:
        return queue.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"a=1", "headers": headers or []}
    await app(scope, receive, send)
    return sent


def test_the_observed_service_passes_bodies_on_and_answers_again_what_was_asked_for() -> None:
    seen: list[bytes] = []

    async def inner(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        seen.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"made ", "more_body": True})
        await send({"type": "http.response.body", "body": str(len(seen)).encode()})

    async def session() -> list[Received]:
        app = Observed(inner)
        first = await _ask(app, "POST", "/pens", [b"on", b"e\xff"])
        received = json.loads((await _ask(app, "GET", "/_bench/requests", [b""]))[1]["body"])
        again = [(b"x-bench-again", str(received[0]["number"]).encode())]
        assert await _ask(app, "POST", "/pens", [b"one\xff"], again) == first
        await _ask(app, "POST", "/pens", [b"two"])
        return [Received(**item) for item in received]

    (request,) = asyncio.run(session())
    assert (request.method, request.target, request.content, request.status) == ("POST", "/pens?a=1", b"one\xff", 201)
    assert request.answered >= request.arrived
    assert seen == [b"one\xff", b"two"]
    assert Received("GET", "/issue/A-1", '{"k":"A-1"}').about("A-1", "B-2") == Received(
        "GET", "/issue/B-2", '{"k":"B-2"}'
    )


def test_the_day_runs_from_morning_to_evening_in_order() -> None:
    calls = day.calls()
    times = [call.at for call in calls]
    assert times == sorted(times)
    assert times[0] >= 8 * 3600
    assert times[-1] <= 19 * 3600
    assert {call.tool for call in calls} >= {"jira_get_issue", "jira_search_issues", "jira_list_fields"}


def test_the_day_speaks_of_issues_that_it_creates_by_number() -> None:
    assert day.filled_in({"key": "$2", "to_key": "$1", "limit": 5}, ["A-7", "A-8"]) == {
        "key": "A-8",
        "to_key": "A-7",
        "limit": 5,
    }
