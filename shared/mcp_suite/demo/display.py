"""Showing the demonstration to a person: the question, the call, the answer, the time."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from mcp_suite.demo.steps import Step
from mcp_suite.terminal import is_lively, marks

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

_LONG_WORD = re.compile(r"\S{50,}")
"""Cursors and the like, which only a program reads."""

WIDE = 74
"""Columns in which a table's row is worth reading on one line."""

ANSWER_LINES = 9
"""Lines of an answer that are shown; the rest is counted."""

LINES_USUAL = 2
LINES_PICKED = 5
"""Lines of the terminal that a line of an answer takes at most: of any answer, and of one that it is picked from."""


class TerminalDisplay:
    """Steps on a terminal, or in a log: there without colour, and progress as lines."""

    def __init__(self, console: "Console") -> None:
        """Show on `console`."""
        self._console = console
        self._moving: Progress | None = None
        self._told = 0.0
        self._well, self._failed, self._bar = marks(console)

    def connected(self, line: str) -> None:
        """Print which server is up."""
        self._print("", "", line, "dim")

    def begin(self, step: Step) -> None:
        """Print the question and the call, and start to move."""
        self._console.print()
        self._print(f"{step.number:>2}  ", "    ", step.ask, "bold")
        self._print("    ", "    ", call_line(step.tool, step.arguments, self._console.width * 2), "cyan")
        self._told = 0.0
        if is_lively(self._console):
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (TextColumn("   "), SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20))
            self._moving = Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True)
            self._moving.add_task("working", total=None)
            self._moving.start()

    def progress(self, done: float, total: float | None, message: str | None) -> None:
        """Move the bar, or print a line for each quarter."""
        share = done / total if total else 0.0
        if self._moving is not None:
            task = self._moving.task_ids[0]
            self._moving.update(task, completed=done, total=total, description=message or "working")
        elif total and (share >= self._told + 0.25 or share >= 1):
            self._told = share
            self._quote(message or f"{done:g} of {total:g}", "dim")

    def end(self, step: Step) -> None:
        """Print the answer, shortened, and the time it took."""
        if self._moving is not None:
            self._moving.stop()
            self._moving = None
        picked = glanced(step.answer, step.glance)
        for line in shortened(picked, self._console.width - 6, LINES_PICKED if step.glance else LINES_USUAL):
            self._quote(line, "" if step.ok else "red")
        mark, style = (self._well, "green") if step.ok else (self._failed, "bold red")
        self._print("    ", "    ", f"{mark} {seconds(step.seconds)}", style)

    def _quote(self, line: str, style: str) -> None:
        lead = f"    {self._bar} "
        self._print(lead, lead, line, style)

    def _print(self, first: str, rest: str, text: str, style: str) -> None:
        from rich.text import Text

        room = max(self._console.width - len(first), 10)
        for number, line in enumerate(Text(text, style=style).wrap(self._console, room, overflow="fold")):
            lead = (rest if number else first, "dim")
            self._console.print(Text.assemble(lead, line), no_wrap=True, overflow="ignore", crop=False)


class SilentDisplay:
    """No display: the steps are read afterwards."""

    def connected(self, line: str) -> None:
        """Show nothing."""

    def begin(self, step: Step) -> None:
        """Show nothing."""

    def progress(self, done: float, total: float | None, message: str | None) -> None:
        """Show nothing."""

    def end(self, step: Step) -> None:
        """Show nothing."""


def call_line(tool: str, arguments: Mapping[str, Any], width: int) -> str:
    """A call as `tool  name=value …`, each value cut to a glance."""
    parts = [f"{name}={_glance(value)}" for name, value in arguments.items()]
    return cut("  ".join([tool, *parts]), max(width, 60))


def _glance(value: Any) -> str:
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if items and isinstance(items[0], dict):
            return f"[{len(items)} × {_glance(items[0])}]"
        return f"[{', '.join(str(item) for item in items)}]"
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return f"{{{', '.join(f'{name}: {cut(str(entry), 24)}' for name, entry in entries.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{cut(" ".join(value.split()), 60)}"'
    return str(value)


def glanced(answer: str, pattern: str) -> str:
    """The lines of an answer that match a pattern; all of them, where none does."""
    lines = [line for line in answer.splitlines() if pattern and re.search(pattern, line, re.IGNORECASE)]
    return "\n".join(lines) or answer


def shortened(answer: str, width: int, most: int = LINES_USUAL) -> list[str]:
    """At most `ANSWER_LINES` lines of an answer, each as long as `most` of the terminal's.

    A table's row is one line where there is room.
    """
    lines = [_LONG_WORD.sub(_abbreviated, line.rstrip()) for line in answer.splitlines() if line.strip()]
    row = width if width >= WIDE else width * 2
    shown = [cut(line, row if " | " in line else width * most) for line in lines[:ANSWER_LINES]]
    if len(lines) > ANSWER_LINES:
        more = len(lines) - ANSWER_LINES
        shown.append(f"… and {more} more line{'s' if more > 1 else ''}")
    return shown


def _abbreviated(word: re.Match[str]) -> str:
    return word[0] if "://" in word[0] else f"{word[0][:12]}…"


def seconds(value: float) -> str:
    """A duration: `12 ms` or `1.2 s`."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def cut(text: str, width: int) -> str:
    """A text in at most so many columns, which ends in … where it was longer."""
    return text if len(text) <= width else f"{text[: max(width - 1, 1)]}…"
