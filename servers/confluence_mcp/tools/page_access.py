"""Who may see a page, and how often it was seen."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from confluence_mcp.scopes import ANALYTICS, DETAILS, METADATA, PAGES, PERMISSIONS, SPACES
from confluence_mcp.tools.render import counted
from confluence_mcp.tools.table import TOOLS, Confluence, PageName
from connector_kit.errors import clean_text
from connector_kit.output import one_line, quoted

if TYPE_CHECKING:
    from confluence_mcp.toolset_models import PageAccess, Rule

ACCESS = "access"
_NAMES = 50
_MAY = {"read": "see", "update": "change", "delete": "delete"}


@TOOLS.tool(
    title="Get who may see a Confluence page",
    effect="reads",
    scopes=(DETAILS, METADATA, PAGES, PERMISSIONS, SPACES),
    toolset=ACCESS,
)
async def confluence_get_page_access(
    page: PageName,
    confluence: Confluence,
    person: Annotated[str, Field(description="Whether this person may: name or me.")] = "",
    operation: Annotated[Literal["read", "update", "delete"], Field(description="May do what.")] = "read",
) -> str:
    """Tell a page's restrictions, also those from above it, or whether somebody may read or change it.

    Without restrictions the permissions of the space decide.
    """
    found = await confluence.page_access(page, person=person, operation=operation)
    rules = [_rule(rule, found) for rule in found.rules]
    if found.answer is None:
        label = f"restrictions of {found.page.id}"
        return quoted(label, "\n".join(rules)) if rules else f"{found.page.id} has no restrictions."
    verdict = f"yes, they may {_MAY[operation]} it" if found.answer else f"no, they may not {_MAY[operation]} it"
    why = f": {clean_text(' '.join(found.reasons), 300)}" if found.reasons else ""
    said = quoted(f"access to {found.page.id}", "\n".join([f"{clean_text(found.person, 120)}{why}", *rules]))
    return f"{found.page.id}: {verdict}\n{said}"


def _rule(rule: "Rule", found: "PageAccess") -> str:
    what = "seen" if rule.operation == "read" else "changed"
    where = "" if rule.page == found.page.id else f" (from {rule.page} {clean_text(rule.title, 80)})"
    groups = [f"group {one_line(name)}" for name in rule.groups]
    names = [*map(one_line, rule.people), *groups]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"may be {what} only by {', '.join(names[:_NAMES])}{more}{where}"


@TOOLS.tool(
    title="Get how often a Confluence page was viewed",
    effect="reads",
    scopes=(ANALYTICS, PAGES, SPACES),
    toolset=ACCESS,
)
async def confluence_get_views(
    page: PageName,
    confluence: Confluence,
    since: Annotated[str, Field(description="From 2026-01-31, or 30d, on; empty: ever.")] = "",
) -> str:
    """Tell how often a page was viewed and by how many people; Confluence does not tell by whom."""
    found = await confluence.views(page, since=since)
    span = f" since {one_line(since)}" if since.strip() else ""
    return f"{found.page.id} was viewed {counted(found.views, 'time')} by {counted(found.viewers, 'viewer')}{span}"
