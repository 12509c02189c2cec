"""What a write answers: which page, its new version, its address, and what changed, in a line or two."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from connector_kit.errors import Conflict, NotPermitted, clean_text
from connector_kit.output import clip, one_line
from connector_kit.serving.consent import Consent

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context, Elicit

    from confluence_mcp.models import PageRef
    from confluence_mcp.write_models import LongTask, Written

_TITLE = 80
_QUESTION = 400
_SAID_BUDGET = 200
_NOTE_BUDGET = 170


def named(page: PageRef) -> str:
    """A page by its id and title."""
    return f'{page.id} "{one_line(clean_text(page.title, _TITLE))}"'


def written(done: Written, did: str) -> str:
    """What came of a write."""
    page = done.page
    if not done.wrote:
        return f"{named(page)} is so already (v{page.version}); nothing was written {page.url}"
    said = clip(one_line("; ".join(done.said)), _SAID_BUDGET)
    lines = [f"{did} {named(page)} v{page.version} {page.url}", said]
    lines += [f"({clip(one_line(note), _NOTE_BUDGET)})" for note in done.notes]
    return "\n".join(line for line in lines if line)


def known_by_id(
    answer: Consent | Elicit[Consent], question: str, pages: Sequence[str], refs: Sequence[PageRef]
) -> Consent | Elicit[Consent]:
    """The answer to a question about pages, if it stands for these very ones.

    A yes by argument comes in a call of its own, for which a title may lead elsewhere than in the one before.

    Raises:
        NotPermitted: a page was named by its title in such a call.
    """
    from confluence_mcp.client.ids import page_argument

    if isinstance(answer, Consent) and any(page_argument(page).title for page in pages):
        ids = ", ".join(ref.id for ref in refs)
        raise NotPermitted(
            f"Not done yet: {clean_text(question, _QUESTION)} A title may lead to another page by the time of the yes.",
            next_step=f"When the user agrees to this, call again with {ids} in place of the title, and confirm=true.",
        )
    return answer


def counted(number: int | str, noun: str) -> str:
    """How many of something: 1 page, 2 pages."""
    return f"{number} {noun}{'' if str(number) == '1' else 's'}"


def progress_of(ctx: Context) -> Callable[[int], Awaitable[None]]:
    """What tells the client how many per cent are done."""

    async def told(percent: int) -> None:
        await ctx.report_progress(percent, 100, f"{percent} per cent")

    return told


def task_told(task: LongTask, did: str, doing: str, look: str) -> str:
    """What became of something that takes long; `look` tells how to see the rest. Raises Conflict if it failed."""
    trouble = clip(one_line(task.trouble), _SAID_BUDGET)
    if task.state == "done":
        return did
    if task.state == "failed":
        why = trouble.rstrip(".") or "it does not say why"
        raise Conflict(f"Confluence could not finish {doing}: {why}.", next_step=f"A part of it may be done. {look}")
    if task.state == "unknown":
        return f"Confluence is {doing} (task {task.id}), but did not say how far it is: {trouble} {look}"
    return f"Confluence is {doing}, {task.percent} per cent done (task {task.id}); it goes on by itself. {look}"


def listed(names: Sequence[str], most: int = 12) -> str:
    """Some names, and how many more there are."""
    shown = ", ".join(one_line(clean_text(name, 60)) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
