"""How the demonstration looks on terminals of all kinds."""

import io

import pytest
from rich.console import Console

from mcp_suite.demo.command import play
from mcp_suite.demo.display import SilentDisplay, TerminalDisplay, call_line, seconds, shortened
from mcp_suite.demo.steps import Step, StepError
from mcp_suite.demo.stories.jira import checklist, first_key, work
from mcp_suite.servers import Script

ANSWER = "key | status | summary\n" + "\n".join(f"PMOS-{n} | Done | {'long ' * 40}" for n in range(1, 30))


def _shown(console: Console, *, ok: bool = True) -> None:
    display = TerminalDisplay(console)
    display.connected("pens-mcp 1 is up")
    step = Step(1, "Which pens are there?", "pens_search", {"text": "a [b] c", "limit": 5}, ANSWER, 0.0123, ok)
    display.begin(step)
    for done in range(5):
        display.progress(done, 4, None)
    display.progress(1, None, "half an idea")
    display.end(step)


def test_a_log_gets_plain_lines_within_its_width_and_progress_by_quarters() -> None:
    written = io.StringIO()
    _shown(Console(file=written, width=60, markup=False, highlight=False))
    lines = written.getvalue().splitlines()
    assert max(map(len, lines)) <= 60
    assert "\x1b" not in written.getvalue()
    assert " 1  Which pens are there?" in lines
    assert '    pens_search  text="a [b] c"  limit=5' in lines
    assert [line.strip("│ ") for line in lines if " of 4" in line] == ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]
    assert "    │ … and 21 more lines" in lines
    assert lines[-1] == "    ✓ 12 ms"


def test_a_terminal_that_knows_only_ascii_is_written_in_ascii() -> None:
    written = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    _shown(Console(file=written, width=60, markup=False, highlight=False), ok=False)
    written.seek(0)
    text = written.read()
    assert "    FAILED 12 ms" in text
    assert "    | PMOS-1 | Done" in text


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_terminal_moves_unless_it_is_a_builds(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    written = io.StringIO()
    _shown(Console(file=written, width=80, force_terminal=True, markup=False, _environ={"TERM": "xterm"}))
    moves = "\x1b[2K" in written.getvalue()
    assert moves is (ci == "")


def test_a_dumb_terminal_does_not_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    written = io.StringIO()
    _shown(Console(file=written, width=80, force_terminal=True, markup=False, _environ={"TERM": "dumb"}))
    assert "\x1b[2K" not in written.getvalue()


def test_long_arguments_are_cut_to_a_glance() -> None:
    line = call_line("jira_create_issues", {"issues": checklist("PMOS-60"), "flag": True}, 200)
    assert line.startswith("jira_create_issues  issues=[120 × {type: Task, summary:")
    assert line.endswith("flag=true")
    assert len(call_line("t", {"body": "x\n" * 500, "labels": ["a", "b"]}, 60)) <= 60


def test_short_answers_are_shown_whole() -> None:
    assert shortened("created A-1\n\nhttps://example.test/A-1", 40) == ["created A-1", "https://example.test/A-1"]
    assert (seconds(0.2), seconds(2.34)) == ("200 ms", "2.3 s")


def test_an_answer_without_a_key_fails_the_step() -> None:
    assert first_key("created PMOS-60 https://example.test/browse/PMOS-60") == "PMOS-60"
    with pytest.raises(StepError, match="names no issue"):
        first_key("nothing here")


def test_a_server_that_does_not_start_is_told_with_its_last_words() -> None:
    outcome = play(Script("nosuch-mcp", "nosuch_package_mcp"), work, SilentDisplay(), pause=0.0)
    assert outcome.failure.startswith("the server could not be reached")
    assert "No module named nosuch_package_mcp" in outcome.stderr_tail
    assert outcome.steps == []
