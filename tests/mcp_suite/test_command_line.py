"""The command as a whole: help, version, mistakes."""

import io
import sys
from importlib.metadata import version

import pytest

from mcp_suite.__main__ import main


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mcp-suite {version('mcp-integration-suite')}\n"


def test_help_names_every_command_in_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    for command in ("demo", "servers", "config", "audit", "bench", "docs", "auth", "sandbox"):
        assert f"\n  {command} " in told
    assert len(told.splitlines()) <= 24


def test_an_unknown_command_is_a_usage_error() -> None:
    assert main(["nope"]) == 2


def test_an_anticipated_failure_is_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "nosuch"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "mcp-suite: There is no server 'nosuch'. Servers: confluence, jira, slack, snowflake.\n"


def test_a_character_that_the_terminal_lacks_does_not_end_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    main(["--version"])
    sys.stdout.write("✓")
    sys.stdout.flush()
    assert written.getvalue().endswith(b"?")
