"""Writing to a person: colour and movement where the terminal has them, plain lines where not."""

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 40
"""Columns below which a layout would be one word a line; narrower terminals wrap by themselves."""


def console(*, stderr: bool = False) -> "Console":
    """A console on standard output or error, without markup or guessed highlighting.

    A pipe or log without `COLUMNS` gets 100 columns.
    """
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 100
    made = Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=width, soft_wrap=False)
    if made.width < NARROWEST:
        made.width = NARROWEST
    return made


def is_lively(made: "Console") -> bool:
    """Whether lines may be redrawn: a terminal with cursor control, and not a build's log."""
    return made.is_terminal and not made.is_dumb_terminal and not os.environ.get("CI")


def marks(made: "Console") -> tuple[str, str, str]:
    """Signs for well done, failed and quoted, which the terminal's encoding can write."""
    wanted = ("✓", "✗", "│")
    try:
        "".join(wanted).encode(made.encoding)
    except (UnicodeEncodeError, LookupError):
        return ("ok", "FAILED", "|")
    return wanted


def to_json(value: Any) -> str:
    """`value` as indented JSON in which every character is readable."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
