"""The README's picture of the demonstration, from a real run: `uv run python -m mcp_suite.demo.picture`."""

import io
import re
import sys

from rich.console import Console
from rich.text import Text

from mcp_suite.demo.chain import tell
from mcp_suite.documents.files import checkout
from mcp_suite.errors import SuiteError

PATH = "setup_guides/pictures/demo.svg"
WIDTH = 100
COMMAND = "uv run mcp-suite demo"
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_WORKFLOW = re.compile(r"\(([a-z]+-[a-z]+)\)$")
_MADE = "What was made"
SHOWN = 9
"""Lines that are shown of each workflow but the first, and of what was made."""


def main() -> None:
    """Run the demonstration and draw it.

    Raises:
        SuiteError: it failed, or this is no checkout.
    """
    written = io.StringIO()
    out = Console(
        file=written, width=WIDTH, force_terminal=True, color_system="standard", markup=False, highlight=False,
        _environ={"CI": "true"},
    )  # fmt: skip
    told = tell(out)
    if told.failure or told.left_out:
        raise SuiteError(f"the demonstration was not told whole: {told.failure or told.left_out}")
    path = checkout() / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawn(excerpt(written.getvalue().splitlines())), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{path}: {len(told.servers)} servers, {told.seconds:.1f} s\n")


def excerpt(lines: list[str]) -> list[str]:
    """The lines that a picture has room for; how many are left out is said in their place."""
    kept: list[str] = []
    left, inside = 0, 0
    for line in lines:
        plain = Text.from_ansi(line).plain
        begins = _WORKFLOW.search(plain) is not None or plain == _MADE
        ends = not plain.strip()
        inside = 1 if begins else 0 if ends else inside + bool(inside)
        if inside <= SHOWN:
            if left:
                kept.append(f"      ⋮ {left} more lines")
                left = 0
            kept.append(line)
        else:
            left += 1
    return kept


def drawn(lines: list[str]) -> str:
    """Lines with escape codes as an SVG, which takes no font from elsewhere."""
    record = Console(file=io.StringIO(), width=WIDTH, record=True, force_terminal=True, color_system="standard")
    for line in [f"$ {COMMAND}", "", *lines]:
        record.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
    return _FONT_FACE.sub("", record.export_svg(title=COMMAND, unique_id="demo"))


if __name__ == "__main__":
    main()
