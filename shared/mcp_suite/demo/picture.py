"""The README's picture of the demonstration, from a real run: `uv run python -m mcp_suite.demo.picture`."""

import io
import re
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from mcp_suite.demo.chain import tell
from mcp_suite.documents.files import checkout
from mcp_suite.errors import SuiteError

PATH = "setup_guides/pictures/demo.svg"
WIDTH = 100
COMMAND = "uv run mcp-suite demo"
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_STEP = re.compile(r"^ ?\d+  ")
_WORKFLOW = re.compile(r"\(([a-z]+-[a-z]+)\)$")
_MADE = "What was made"


def main() -> None:
    """Run the demonstration and draw it.

    Raises:
        SuiteError: it failed, or this is no checkout.
    """
    written = io.StringIO()
    plain = {"TERM": "dumb"}  # nothing moves
    out = Console(
        file=written,
        width=WIDTH,
        height=40,
        force_terminal=True,
        color_system="standard",
        markup=False,
        highlight=False,
        _environ=plain,
    )
    told = tell(out)
    if told.failure or told.left_out:
        raise SuiteError(f"the demonstration was not told whole: {told.failure or told.left_out}")
    path = checkout() / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawn(excerpt(written.getvalue().splitlines())), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{path}: {len(told.servers)} servers, {told.seconds:.1f} s\n")


def excerpt(lines: Sequence[str]) -> list[str]:
    """The lines that a picture has room for; how many are left out is said in their place."""
    kept: list[str] = []
    workflows = 0
    for block in _blocks(lines):
        head = Text.from_ansi(block[0]).plain
        workflows += bool(_WORKFLOW.search(head))
        room = 5 if _STEP.match(head) else 6 if head == _MADE else 10 if workflows < 2 else 3
        if len(block) <= room + 1:
            kept += block
        else:
            kept += [*block[:room], f"      … {len(block) - room} more lines"]
        kept.append("")
    return kept[:-1]


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """What stands between empty lines."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if Text.from_ansi(line).plain.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def drawn(lines: list[str]) -> str:
    """Lines with escape codes as an SVG, which takes no font from elsewhere."""
    record = Console(file=io.StringIO(), width=WIDTH, record=True, force_terminal=True, highlight=False)
    for line in [f"$ {COMMAND}", "", *lines]:
        record.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
    return _FONT_FACE.sub("", record.export_svg(title=COMMAND, unique_id="demo"))


if __name__ == "__main__":
    main()
