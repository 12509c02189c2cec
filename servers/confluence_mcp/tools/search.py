"""Finding pages."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from confluence_mcp.scopes import DETAILS, PAGES, PEOPLE, SPACES
from confluence_mcp.tools.render import day
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.fitting import fitted_table
from connector_kit.output import page_line, quoted

if TYPE_CHECKING:
    from confluence_mcp.reading_models import Hit

_COLUMNS = ("id", "kind", "space", "updated", "title", "excerpt")
_CQL_SHOWN = 600
_TITLE = 100
_LAGS = "(What was written within the last minute may be missing here; confluence_get_page shows it as it is.)"

Kind = Literal["", "page", "blogpost", "comment", "attachment"]


@TOOLS.tool(title="Search Confluence", effect="reads", scopes=(DETAILS, PAGES, PEOPLE, SPACES))
async def confluence_search(
    confluence: Confluence,
    text: Annotated[str, Field(description='Words in it; a "phrase" in quotes.')] = "",
    space: Annotated[str, Field(description="Space: key or name.")] = "",
    kind: Annotated[Kind, Field(description="Only these.")] = "",
    label: Annotated[str, Field(description="Label; several with commas.")] = "",
    author: Annotated[str, Field(description="Who made it: name or me.")] = "",
    since: Annotated[str, Field(description="Changed since: 2026-01-31, or 7d.")] = "",
    under: Annotated[str, Field(description="Page that it is below.")] = "",
    cql: Annotated[str, Field(description="CQL; then leave the others empty.", max_length=5_000)] = "",
    limit: Annotated[int, Field(description="Hits in an answer.", ge=1, le=50)] = 10,
    cursor: Cursor = "",
) -> str:
    """Find pages, blog posts, comments and files by words and filters that all must hold, or by CQL.

    Read one with confluence_get_page.
    """
    from confluence_mcp.client import SearchFilters

    filters = SearchFilters(text=text, space=space, kind=kind, label=label, author=author, since=since, under=under)
    if not cql.strip():
        if filters == SearchFilters():
            raise InvalidInput("Nothing was asked for.", fields={"text": "is empty, and so are the others"})
        cql = await confluence.cql_from(filters)
    elif filters != SearchFilters():
        raise InvalidInput(
            "cql was given together with filters; nothing was searched.",
            next_step="Put the filters into the CQL, or leave cql empty.",
        )
    page, shown = await fitted_table(
        lambda most: confluence.search(cql, limit=most, cursor=cursor or None),
        _COLUMNS,
        lambda each: (
            *(each.id, _kind(each), each.space_key, day(each.updated)),
            *(clean_text(each.title, _TITLE), each.excerpt),
        ),
        limit=limit,
    )
    late = [_LAGS] if confluence.search_lags() else []
    if not page.items:
        nothing = f"Nothing matches {clean_text(cql, _CQL_SHOWN)}"
        more = [page_line(0, noun="hits", cursor=page.cursor)] if page.cursor else []
        return "\n".join([nothing, *more, *late])
    last = page_line(shown.shown, noun="hits", total=page.total, cursor=page.cursor)
    return "\n".join(
        [quoted("search", shown.text), *late, f"{last}; pages at {confluence.page_url('<space>', '<id>')}"]
    )


def _kind(hit: "Hit") -> str:
    """What it is, and what it is on: comments and files are read by their page."""
    return f"{hit.kind} on {hit.page}" if hit.page and hit.kind in ("comment", "attachment") else hit.kind
