"""A small story told to the real process, in both eras of the protocol."""

import re
import signal
import threading
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from connector_kit.testing.stdio import StdioServer
from jira_mcp.sandbox import create_app

from .conftest import Start

pytestmark = pytest.mark.stdio


def ask(server: StdioServer, tool: str, **arguments: Any) -> str:
    text, is_error = server.call(tool, arguments)
    assert not is_error, text
    return text


def created(text: str) -> str:
    found = re.match(r"created (PMOS-\d+) ", text)
    assert found, text
    return found[1]


def exists(server: StdioServer, key: str) -> bool:
    text, is_error = server.call("jira_get_issue", {"key": key, "include": []})
    assert not is_error or "does not exist" in text
    return not is_error


def slow_down(database: Path, path: str, delay: float) -> None:
    """Have every sandbox on this database think for `delay` seconds about requests to `path`."""

    async def tell() -> None:
        sandbox = create_app(database)
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(sandbox), base_url="http://sandbox") as client:
            answer = await client.post("/_sandbox/faults", json={"path": path, "delay": delay, "count": 100})
            assert answer.is_success, answer.text
        sandbox.close()

    anyio.run(tell)


@pytest.mark.parametrize("stateless", [False, True], ids=["legacy", "stateless"])
def test_a_piece_of_work_from_idea_to_done(start: Start, stateless: bool) -> None:
    server = start(stateless=stateless, JIRA_TOOLSETS="time")
    if not stateless:
        server.initialize()
    assert "PMOS | PM OS" in ask(server, "jira_list_projects")
    epic = created(ask(server, "jira_create_issue", project="PMOS", type="Epic", summary="Offline mode"))
    story = created(ask(server, "jira_create_issue", project="PMOS", type="Story", summary="Read offline", parent=epic))
    assert story in ask(server, "jira_search_issues", project="PMOS", text="offline")
    assert "Backlog → In Progress" in ask(server, "jira_transition_issue", key=story, status="In Progress")
    ask(server, "jira_add_comment", key=story, body="**Begun**")
    ask(server, "jira_add_worklog", key=story, time_spent="2h")
    ask(server, "jira_add_link", from_key=story, relation="blocks", to_key="PMOS-40")
    ask(server, "jira_update_issue", key=story, fields={"Story Points": 5})
    text = ask(server, "jira_get_issue", key=story, include=["comments", "worklogs", "all_fields"])
    for told in ("In Progress", "**Begun**", "2h by Human PM", "blocks PMOS-40", "Story Points: 5", epic):
        assert told in text
    question, is_error = server.call("jira_delete_issue", {"key": story})
    assert is_error
    assert "confirm=true" in question
    assert ask(server, "jira_delete_issue", key=story, confirm=True) == f"deleted {story}"
    assert server.close() == 0
    assert server.noise == []


def test_what_one_process_wrote_the_next_one_reads(start: Start) -> None:
    first = start()
    first.initialize()
    key = created(ask(first, "jira_create_issue", project="PMOS", type="Task", summary="Outlive me"))
    first.close()
    second = start(stateless=True)
    assert "Outlive me" in ask(second, "jira_get_issue", key=key)


def test_two_processes_at_once_never_hand_out_the_same_key(start: Start) -> None:
    each = 15
    keys: list[str] = []
    troubles: list[str] = []

    def work(server: StdioServer, name: str) -> None:
        try:
            for number in range(each):
                summary = f"{name} {number}"
                keys.append(created(ask(server, "jira_create_issue", project="PMOS", type="Task", summary=summary)))
        except (AssertionError, TimeoutError, EOFError) as trouble:
            troubles.append(f"{name}: {trouble}")

    servers = {name: start(stateless=True) for name in ("one", "two")}
    threads = [threading.Thread(target=work, args=(server, name)) for name, server in servers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert len(keys) == len(set(keys)) == 2 * each
    names = {key: ask(servers["one"], "jira_get_issue", key=key, include=[]).split("# ")[1].split()[0] for key in keys}
    assert sorted(names.values()) == ["one"] * each + ["two"] * each


def test_a_server_killed_amid_a_bulk_creation_leaves_a_sandbox_that_can_be_read(start: Start, home: Path) -> None:
    slow_down(home / "state" / "sandbox" / "jira.sqlite3", path="/rest/api/3/issue/bulk", delay=0.5)
    victim = start()
    victim.initialize()
    items = [{"type": "Task", "summary": f"Unfinished {number}"} for number in range(200)]
    params = {
        "name": "jira_create_issues",
        "arguments": {"project": "PMOS", "issues": items},
        "_meta": {"progressToken": "bulk"},
    }
    ended: list[str] = []

    def call() -> None:
        try:
            victim.request("tools/call", params)
        except EOFError:
            ended.append("killed")

    caller = threading.Thread(target=call)
    caller.start()
    while not any(message.get("method") == "notifications/progress" for message in victim.notifications):
        assert caller.is_alive(), "the creation ended before it told of any progress"
    victim.interrupt(signal.SIGKILL)
    caller.join()
    assert ended == ["killed"]

    heir = start(stateless=True)
    whole = [done for done in range(50, 201, 50) if exists(heir, f"PMOS-{56 + done}")]
    count = whole[-1]
    assert count < 200
    assert whole == list(range(50, count + 1, 50))
    assert not exists(heir, f"PMOS-{57 + count}")
    assert created(ask(heir, "jira_create_issue", project="PMOS", type="Task", summary="Next")) == f"PMOS-{57 + count}"
