"""A real start of servers: those that work, and those that fail in each way."""

import os
import sys
from pathlib import Path

import pytest

from mcp_suite.doctor.examination import examine
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.start import Server, check_start, own_server
from mcp_suite.servers import find, installed

ANSWER = """
import json, sys
def answer(number, result):
    print(json.dumps({"jsonrpc": "2.0", "id": number, "result": result}), flush=True)
for line in sys.stdin:
    message = json.loads(line)
    if message["method"] == "initialize":
        answer(message["id"], {"serverInfo": {"version": "0.0.1"}})
    elif message["method"] == "tools/list":
        answer(message["id"], {"tools": [{}, {}]})
"""


def script(code: str) -> Server:
    return Server("test", "pens-mcp", (sys.executable, "-c", code), os.environ, "Run: install it again", "0.0.1")


async def failure(code: str, patience: float = 20.0) -> Finding:
    [found] = await check_start(script(code), patience=patience)
    assert (found.state, found.check) == (State.FAIL, "start")
    return found


@pytest.mark.anyio
async def test_a_server_that_works_is_told_with_its_tools() -> None:
    [found] = await check_start(script(ANSWER))
    assert found.state is State.OK
    assert found.told.startswith("pens-mcp: 2 tools after ")


@pytest.mark.anyio
async def test_our_own_server_starts() -> None:
    [found] = await check_start(own_server(find("jira"), installed().version, "Run: uv sync"))
    assert found.state is State.OK


@pytest.mark.anyio
async def test_a_command_that_cannot_be_started_is_told() -> None:
    [found] = await check_start(
        Server("test", "pens-mcp", ("/no/such/script",), os.environ, "Run: install it again", "1")
    )
    assert found.told == "/no/such/script cannot be started: No such file or directory"
    assert found.fix == "Run: install it again"


@pytest.mark.anyio
@pytest.mark.skipif(sys.platform == "win32", reason="scripts of another kind")
async def test_a_script_whose_interpreter_was_moved_is_told(tmp_path: Path) -> None:
    moved = tmp_path / "jira-mcp"
    moved.write_text("#!/no/such/venv/bin/python\n")
    moved.chmod(0o755)
    [found] = await check_start(
        Server("Cursor", "jira-mcp", (str(moved),), os.environ, "Run: mcp-suite install cursor jira", "1")
    )
    assert (found.state, found.fix) == (State.FAIL, "Run: mcp-suite install cursor jira")


@pytest.mark.anyio
async def test_a_server_that_leaves_at_once_is_told_with_its_last_words() -> None:
    found = await failure("import sys; sys.exit('no module named jira; api_token=abcdef123456')")
    assert "it left at once (status 1): no module named jira" in found.told
    assert "abcdef123456" not in str(found)


@pytest.mark.anyio
async def test_a_server_that_leaves_without_a_word_is_told() -> None:
    assert "it said nothing" in (await failure("import sys; sys.exit(3)")).told


@pytest.mark.anyio
async def test_a_server_that_never_answers_is_ended() -> None:
    found = await failure("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", 0.3)
    assert "no catalogue of tools within 0.3 s" in found.told


@pytest.mark.anyio
async def test_a_server_that_refuses_is_told() -> None:
    code = 'print(\'{"jsonrpc": "2.0", "id": 1, "error": {}}\', flush=True); input(); input()'
    assert "it refused initialize" in (await failure(code)).told


@pytest.mark.anyio
async def test_output_that_is_no_message_is_told_without_secrets() -> None:
    found = await failure(f"print('token=abcdef123456 ready'); print('[1]')\n{ANSWER}")
    assert "other things than messages to its output (2): token=" in found.told
    assert "abcdef123456" not in str(found)


@pytest.mark.anyio
async def test_a_line_without_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcp_suite.doctor.start._LINE_LIMIT", 1000)
    found = await failure("import sys\nwhile True: sys.stdout.write('x' * 1000)")
    assert "a line without end" in found.told


@pytest.mark.anyio
async def test_another_installation_and_a_slow_start_are_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcp_suite.doctor.start.SLOW", 0.0)
    found = await check_start(script(ANSWER.replace("0.0.1", "0.0.2")))
    assert [finding.state for finding in found] == [State.WARN, State.WARN]
    assert "version 0.0.2, this is 0.0.1" in found[0].told
    assert "compileall" in found[1].fix


@pytest.mark.anyio
async def test_each_way_in_which_clients_start_a_server_is_tried_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    launcher = tmp_path / "uv"
    launcher.write_text("#!/bin/sh\nexit 9\n")
    launcher.chmod(0o755)
    broken = tmp_path / "jira-mcp"
    broken.write_text("#!/bin/sh\nexit 9\n")
    broken.chmod(0o755)
    (tmp_path / ".cursor").mkdir()
    (tmp_path / ".cursor" / "mcp.json").write_text(
        json.dumps({"mcpServers": {"jira": {"command": str(broken)}, "again": {"command": str(broken)}}})
    )
    (tmp_path / ".claude.json").write_text(
        json.dumps({"mcpServers": {"jira": {"command": str(launcher), "args": ["run", "jira-mcp"]}}})
    )
    findings = await examine([find("jira")], expected=False, offline=True)
    starts = [(found.subject, found.state, found.fix) for found in findings if found.check == "start"]
    assert starts == [("Cursor", State.FAIL, "Run: mcp-suite install cursor jira")]
