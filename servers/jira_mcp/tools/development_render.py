"""What an event did to issues, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import one_line
from jira_mcp.tools.render import CELL_CHARS

if TYPE_CHECKING:
    from jira_mcp.development_models import EventOutcome, EventResult

_LINKS = {"added": "link added", "changed": "link updated", "there already": "linked already"}
_PLANNED = {"added": "would be linked", "changed": "link would be updated", "there already": "linked already"}


def outcome_text(done: EventOutcome, *, name: str) -> str:
    """The event, and what became of each issue, or would."""
    what = done.event.replace("_", " ")
    plan = "dry run, nothing was changed; " if done.dry_run else ""
    lines = [f"{plan}{what}{f' ({name})' if name else ''}"]
    lines += [_line(each, dry_run=done.dry_run) for each in done.results]
    if not done.results:
        lines.append("no issue: nothing to do")
    if done.unknown:
        lines.append(f"no issues that this account can see: {', '.join(done.unknown[:20])}")
    if done.outside:
        lines.append(f"in projects that JIRA_PROJECTS does not allow, left alone: {', '.join(done.outside[:20])}")
    if done.untried:
        lines.append(f"not tried: {', '.join(done.untried)}. It does no harm to repeat the call.")
    return "\n".join(lines)


def _line(each: EventResult, *, dry_run: bool) -> str:
    if each.problem:
        return f"{each.key} failed: {one_line(each.problem)}"
    before, after = one_line(each.before), one_line(each.after)
    if each.moved:
        parts = [f"{'would move ' if dry_run else ''}{before} → {after}"]
    else:
        parts = [f"stays {before}: {one_line(each.why)}"]
    if each.link:
        parts.append((_PLANNED if dry_run else _LINKS)[each.link])
    return f"{each.key} {'; '.join(parts)} | {one_line(clean_text(each.summary, CELL_CHARS // 2))}"
