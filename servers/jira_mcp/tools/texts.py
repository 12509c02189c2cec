"""Parameter types that the tools for texts share, and how comments and work logs are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from connector_kit.output import one_line
from jira_mcp.tools.render import minute

if TYPE_CHECKING:
    from jira_mcp.models import Comment, Worklog

AcceptLoss = Annotated[bool, Field(description="Drop what a refusal named.")]
VisibleTo = Annotated[str, Field(description='Project role or "group:NAME" that alone may read it.')]
CommentId = Annotated[str, Field(description="Its id.")]
WorklogId = Annotated[str, Field(description="Its id.")]
Remaining = Annotated[str, Field(description='Remaining estimate then: "4h", "-2h" or "keep".')]


def comment_block(item: Comment) -> str:
    """A comment: a head that says whose it is and who may read it, then its text."""
    facts = [
        f"id {item.id}",
        one_line(item.author),
        minute(item.created),
        "edited" if item.edited else "",
        _only(item.visible_to),
        item.part,
    ]
    return f"[{' · '.join(fact for fact in facts if fact)}]\n{item.body}"


def worklog_block(item: Worklog) -> str:
    """A work log: a head with the time, then what was done."""
    facts = [f"id {item.id}", item.time_spent, one_line(item.author), minute(item.started), _only(item.visible_to)]
    head = f"[{' · '.join(fact for fact in facts if fact)}]"
    return f"{head}\n{item.comment}" if item.comment.strip() else head


def together(items: Sequence[Worklog]) -> str:
    """The time in some work logs, and whose it is if several people worked."""
    people: dict[str, int] = defaultdict(int)
    for item in items:
        people[item.author] += item.seconds
    by_time = sorted(people.items(), key=lambda each: -each[1])
    shares = "; ".join(f"{one_line(name)} {hours(seconds)}" for name, seconds in by_time[:10])
    return f"together {hours(sum(people.values()))}" + (f" ({shares})" if len(people) > 1 else "")


def hours(seconds: int) -> str:
    """Seconds as hours and minutes: a day's length is the site's own."""
    whole, rest = divmod(seconds // 60, 60)
    return " ".join(part for part in (f"{whole}h" if whole else "", f"{rest}m" if rest else "") if part) or "0m"


def blocks(texts: Iterable[str]) -> str:
    """Texts below each other."""
    return "\n\n".join(texts)


def _only(visible_to: str | None) -> str:
    return f"only for {one_line(visible_to)}" if visible_to else ""
