"""Links and dependencies in the few lines that a model needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from connector_kit.errors import clean_text
from connector_kit.output import one_line, size, table
from jira_mcp.tools.render import CELL_CHARS, counted

if TYPE_CHECKING:
    from jira_mcp.links_models import Dependency, DependencyView, IssueNode, RemoteLink

LINK_COLUMNS = ("id", "relation", "title", "url", "state")
_LINES_BUDGET = 8_000
_ISSUES_BUDGET = 12_000


def link_row(link: RemoteLink) -> tuple[str, ...]:
    """A remote link as a row of a list."""
    said = f": {link.summary}" if link.summary else ""
    return (
        link.id,
        clean_text(link.relation, CELL_CHARS),
        clean_text(f"{link.title}{said}", CELL_CHARS),
        clean_text(link.url, 2_000),
        "resolved" if link.resolved else "",
    )


def link_name(link: RemoteLink) -> str:
    """A remote link in a few words: title, address, id."""
    return f'"{one_line(clean_text(link.title, CELL_CHARS))}" {clean_text(link.url, 2_000)} (link {link.id})'


def dependencies_text(found: DependencyView, *, depth: int) -> str:
    """Who waits for whom, the open ones first, then what is known of the issues."""
    lines = [_head(found)]
    lines += [f"cycle: {' → '.join(way)}" for way in found.cycles[:20]]
    waiting = [each for each in found.dependencies if each.open]
    over = [each for each in found.dependencies if not each.open]
    for title, some in (("open:", waiting), ("settled, since one of the two is done:", over)):
        if some:
            lines += [title, *_bounded([_line(each, found.phrase) for each in some])]
    if found.dependencies:
        lines += ["", _issues(found)]
    lines += _notes(found, depth)
    return "\n".join(lines)


def _head(found: DependencyView) -> str:
    around = found.roots[0] if len(found.roots) == 1 else counted(len(found.roots), "issue")
    if not found.dependencies:
        return f"Nothing {one_line(found.phrase)} anything around {around}."
    waiting = [each for each in found.dependencies if each.open]
    blockers = len({each.blocker.key for each in waiting})
    held = len({each.blocked.key for each in waiting})
    if not waiting:
        return f"around {around}: nothing waits"
    wait = "waits" if held == 1 else "wait"
    return f"around {around}: {counted(blockers, 'open blocker')}, {counted(held, 'issue')} {wait} for them"


def _line(each: Dependency, phrase: str) -> str:
    return f"{_short(each.blocker)} {one_line(phrase)} {_short(each.blocked)}"


def _short(issue: IssueNode) -> str:
    return f"{issue.key} [{one_line(issue.status)}]"


def _bounded(lines: list[str]) -> Iterable[str]:
    used = 0
    for number, line in enumerate(lines):
        used += size(line) + 1
        if used > _LINES_BUDGET:
            yield f"(and {len(lines) - number} more)"
            return
        yield line


def _issues(found: DependencyView) -> str:
    """The issues that the lines name, each once."""
    issues: dict[str, IssueNode] = {}
    for each in found.dependencies:
        for issue in (each.blocker, each.blocked):
            known = issues.get(issue.key)
            if known is None or not known.assignee:
                issues[issue.key] = issue
    rows = ((issue.key, issue.assignee, clean_text(issue.summary, CELL_CHARS)) for issue in issues.values())
    shown = table(("key", "assignee", "summary"), rows, budget=_ISSUES_BUDGET)
    rest = len(issues) - shown.shown
    return shown.text + (f"\n({rest} more issues)" if rest else "")


def _notes(found: DependencyView, depth: int) -> Iterable[str]:
    if found.hidden:
        yield f"({counted(found.hidden, 'linked issue')} cannot be seen by this account)"
    if found.outside:
        are = "is" if found.outside == 1 else "are"
        yield f"({counted(found.outside, 'linked issue')} {are} in projects that JIRA_PROJECTS does not allow)"
    if found.deeper:
        yield f"(followed {counted(depth, 'link')} deep; there may be more behind)"
    if found.cut:
        yield "(there are too many issues to look at; ask for less around fewer)"
    if found.more_roots:
        yield f"(only the first {len(found.roots)} issues were looked at; narrow the question)"
