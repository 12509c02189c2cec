"""How the whole story ends: what was made and where it is, and what to do next; or what went wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mcp_suite.demo.chapters import Artefact
from mcp_suite.demo.display import cut, seconds
from mcp_suite.terminal import console

if TYPE_CHECKING:
    from rich.console import Console

ROOM = 30
"""Columns that a title has to have left for its address to stand beside it."""
_LEAD = 16
NEXT = (
    ("Have Claude use them, on sandboxes that keep what is written:", "uv run mcp-suite install claude-code --sandbox"),
    ("Connect your own accounts, each in a minute:", "uv run mcp-suite auth login jira"),
    ("See what one server can do:", "uv run mcp-suite demo slack"),
)


def close(out: "Console", made: Sequence[Artefact], steps: int, took: float, left_out: Sequence[str] = ()) -> None:
    """Print every artefact with its address, and how to go on; `left_out` are the servers that were not there."""
    out.print()
    out.print("What was made", style="bold")
    room = out.width - _LEAD - 2 - max((len(one.url) for one in made), default=0)
    beside, told = room >= ROOM, ""
    for one in made:
        if one.workflow != told:
            told = one.workflow
            out.print(f"  {told}")
        lead = f"    {one.server.capitalize():<{_LEAD - 4}}"
        if beside:
            out.print(f"{lead}{cut(one.title, room):<{room}}  {one.url}".rstrip(), soft_wrap=True)
            continue
        out.print(f"{lead}{cut(one.title, out.width - _LEAD)}", soft_wrap=True)
        if one.url:
            out.print(f"{' ' * _LEAD}{one.url}", style="dim", soft_wrap=True)
    out.print("  The addresses are the sandboxes' own; with your accounts they open what was made.", style="dim")
    out.print()
    out.print("What next", style="bold")
    for about, command in NEXT:
        out.print(f"  {about}")
        out.print(f"    {command}", style="cyan", soft_wrap=True)
    out.print()
    without = f", without {', '.join(name.capitalize() for name in left_out)}" if left_out else ""
    out.print(
        f"Done: {steps} steps{without}, all as expected, {seconds(took)} in all. "
        "The sandboxes of this demonstration are gone.",
        style="bold green",
    )


def failed(failure: str, log: str) -> None:
    """Print on standard error what went wrong, and what the server wrote last."""
    errors = console(stderr=True)
    errors.print(f"The demonstration failed: {failure}", style="bold red", soft_wrap=True)
    if log:
        errors.print("\nThe end of the server's standard error:", style="bold")
        errors.print(log, soft_wrap=True)
