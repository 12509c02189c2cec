"""How findings are shown: for a person the most urgent line first, for a program as JSON."""

import os
import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mcp_suite.doctor.finding import Finding, State
from mcp_suite.terminal import console, marks, to_json

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {State.FAIL: "bold red", State.WARN: "yellow", State.OK: "green", State.SKIP: "dim"}
_PLAIN = {State.FAIL: "FAIL", State.WARN: "warn", State.OK: "ok  ", State.SKIP: "-   "}
_NARROW = 80
"""Columns below which a finding has its words on lines of their own."""


def show(findings: Sequence[Finding], seconds: float) -> None:
    """Print a line for each finding, its fix below it in one piece, and a summary."""
    from rich.text import Text

    screen = console()
    width = min(screen.width, 120)
    signs = _signs(screen)
    columns = _columns(findings)
    arrow = "->" if signs[State.OK] == _PLAIN[State.OK] else "→"
    for finding in findings:
        sign = signs[finding.state]
        if width < _NARROW:
            lead, indent = f"{sign} {finding.subject}: {finding.check}\n", "  "
        else:
            lead = f"{sign} {finding.subject:<{columns[0]}}  {finding.check:<{columns[1]}}  "
            indent = " " * len(lead)
        told = "\n".join(_wrapped(finding.told, width, indent))
        text = Text(lead + (told if width < _NARROW else told.removeprefix(indent)))
        text.stylize(_STYLES[finding.state], 0, len(sign))
        screen.print(text, soft_wrap=True)
        if finding.fix:
            # In one piece, so that a command can be copied whatever the width.
            screen.print(Text(f"  {arrow} {finding.fix}"), soft_wrap=True)
    screen.print(Text(f"\n{summary(findings)} ({seconds:.1f} s)"), soft_wrap=True)


def as_json(findings: Sequence[Finding], seconds: float, version: str) -> str:
    """The findings as one JSON object."""
    return to_json(
        {
            "ok": not failed(findings),
            "version": version,
            "seconds": round(seconds, 1),
            "counts": {state.value: count for state, count in _counts(findings).items()},
            "findings": [
                {
                    "state": finding.state.value,
                    "subject": finding.subject,
                    "check": finding.check,
                    "told": finding.told,
                    "fix": finding.fix,
                }
                for finding in findings
            ],
        }
    )


def failed(findings: Sequence[Finding]) -> bool:
    """Whether anything does not work."""
    return any(finding.state is State.FAIL for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """How many findings there are of each kind, in words."""
    counts = _counts(findings)
    words = {State.FAIL: "failure", State.WARN: "warning"}
    parts = [f"{counts[state]} {word}{'s' * (counts[state] != 1)}" for state, word in words.items() if counts[state]]
    return ", ".join([*parts, f"{counts[State.OK]} ok"])


def _counts(findings: Sequence[Finding]) -> dict[State, int]:
    counted = Counter(finding.state for finding in findings)
    return {state: counted[state] for state in State}


def _columns(findings: Sequence[Finding]) -> tuple[int, int]:
    return (
        max((len(finding.subject) for finding in findings), default=0),
        max((len(finding.check) for finding in findings), default=0),
    )


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        width=width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent]


def _signs(screen: "Console") -> dict[State, str]:
    """Signs of one width; words where the terminal has no such characters or draws nothing."""
    good, bad, _ = marks(screen)
    if good == "ok" or os.environ.get("TERM") == "dumb":
        return _PLAIN
    return {State.FAIL: bad, State.WARN: "!", State.OK: good, State.SKIP: "-"}
