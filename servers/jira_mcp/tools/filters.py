"""Saved filters and dashboards."""

from typing import TYPE_CHECKING, Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.fitting import fitted_table
from connector_kit.output import clip, one_line, page_line, quoted
from connector_kit.serving.consent import Answer, Consent, ask, require
from jira_mcp.tools.render import CELL_CHARS, counted
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, Cursor, Jira

if TYPE_CHECKING:
    from jira_mcp.filter_models import Dashboard, SavedFilter

FILTERS = "filters"
_JQL_CHARS = 300
_TEXT_BUDGET = 12_000
_COLUMNS = ("id", "name", "owner", "favourite", "shared with", "jql")

Saved = Annotated[str, Field(description="Filter by name or id.", min_length=1, max_length=255)]
Name = Annotated[str, Field(description="Name, one line.", max_length=255)]
Jql = Annotated[str, Field(description="JQL; checked before it is saved.", max_length=10_000)]
Text = Annotated[str, Field(description="What it is for.", max_length=4_000)]
Owner = Annotated[str, Field(description="Only those of this person: name, e-mail or me.", max_length=200)]


@TOOLS.tool(title="List Jira filters", effect="reads", scopes=(READ, PEOPLE), toolset=FILTERS)
async def jira_list_filters(
    jira: Jira,
    query: Annotated[str, Field(description="Part of the name.", max_length=255)] = "",
    whose: Annotated[Literal["all", "mine", "favourites"], Field(description="all: also shared ones.")] = "all",
    owner: Owner = "",
    limit: Annotated[int, Field(description="Filters in an answer.", ge=1, le=50)] = 25,
    cursor: Cursor = "",
) -> str:
    """List saved filters with their JQL. To run one, pass its JQL to jira_search_issues."""
    page, shown = await fitted_table(
        lambda count: jira.saved_filters(query, whose=whose, owner=owner, limit=count, cursor=cursor or None),
        _COLUMNS,
        _row,
        limit=limit,
    )
    if not page.items and not page.cursor:
        return "No filter matches." if query or owner or whose != "all" else "The account can see no filter."
    return f"{shown.text}\n{page_line(shown.shown, noun='filters', total=page.total, cursor=page.cursor)}"


@TOOLS.tool(title="Get a Jira filter", effect="reads", scopes=(READ,), toolset=FILTERS)
async def jira_get_filter(filter: Saved, jira: Jira) -> str:
    """Read a saved filter: its whole JQL, owner, and with whom it is shared."""
    found = await jira.saved_filter(filter)
    return f"{_text(found)}\nTo run it, pass its JQL to jira_search_issues."


@TOOLS.tool(title="Create a Jira filter", effect="adds", scopes=(READ, WRITE), toolset=FILTERS)
async def jira_create_filter(
    name: Annotated[str, Field(description="Name, one line.", min_length=1, max_length=255)],
    jql: Annotated[str, Field(description="JQL; checked before it is saved.", min_length=1, max_length=10_000)],
    jira: Jira,
    description: Text = "",
    favourite: Annotated[bool, Field(description="Star it for yourself.")] = False,
) -> str:
    """Save a query as a filter of yours. Whom it is shared with is for you to set in Jira."""
    done, problem = await jira.create_filter(name, jql, description=description, favourite=favourite)
    return "\n".join([f"created {_text(done)}", *_starring(problem)])


@TOOLS.tool(title="Change a Jira filter", effect="changes", scopes=(READ, WRITE), toolset=FILTERS)
async def jira_update_filter(
    filter: Saved,
    jira: Jira,
    name: Name = "",
    jql: Jql = "",
    description: Annotated[str, Field(description="New description; none empties it.", max_length=4_000)] = "",
    favourite: Annotated[Literal["", "yes", "no"], Field(description="Star it for yourself, or no longer.")] = "",
) -> str:
    """Change what is given of a saved filter of yours; anybody's can be starred. Its shares stay as they are."""
    starred = {"yes": True, "no": False}.get(favourite)
    done, problem = await jira.update_filter(filter, name=name, jql=jql, description=description, favourite=starred)
    return "\n".join([f"updated {_text(done)}", *_starring(problem)])


async def ask_before_deleting_filter(ctx: Context, filter: str, confirm: bool, jira: Jira) -> Consent | Elicit[Consent]:
    """The question whether to delete a filter, with who would miss it."""
    found = await jira.saved_filter(filter, whole=True)
    facts = [f"shared with {', '.join(found.shares)}" if found.shares else "shared with nobody"]
    facts += [f"a favourite of {found.stars}"] if found.stars else []
    facts.append(f"(JQL: {clean_text(found.jql, 200)})")
    question = f'Delete the filter "{found.name}" of {found.owner or "nobody"} for good? It is {", ".join(facts)}.'
    return ask(ctx, question, confirmed=confirm)


@TOOLS.tool(title="Delete a Jira filter", effect="destroys", scopes=(READ, WRITE), toolset=FILTERS)
async def jira_delete_filter(
    filter: Saved,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_deleting_filter)],
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete a saved filter for good, for everybody who uses it. The user is asked first; issues stay."""
    require(answer)
    done = await jira.delete_filter(filter)
    return f"deleted filter {done.id} {one_line(done.name)}"


@TOOLS.tool(title="List Jira dashboards", effect="reads", scopes=(READ, PEOPLE), toolset=FILTERS)
async def jira_list_dashboards(
    jira: Jira,
    query: Annotated[str, Field(description="Part of the name.", max_length=255)] = "",
    owner: Owner = "",
    gadgets: Annotated[bool, Field(description="Name what is on them; then at most 10 in an answer.")] = False,
    limit: Annotated[int, Field(description="Dashboards in an answer.", ge=1, le=50)] = 25,
    cursor: Cursor = "",
) -> str:
    """List the dashboards that the account can see, with their addresses."""
    head = ("id", "name", "owner", "favourite", "shared with", *(("gadgets",) if gadgets else ()), "description", "url")

    page, shown = await fitted_table(
        lambda count: jira.dashboards(query, owner=owner, gadgets=gadgets, limit=count, cursor=cursor or None),
        head,
        _dashboard_row,
        limit=limit,
    )
    if not page.items and not page.cursor:
        return "No dashboard matches." if query or owner else "The account can see no dashboard."
    return f"{shown.text}\n{page_line(shown.shown, noun='dashboards', total=page.total, cursor=page.cursor)}"


def _row(found: "SavedFilter") -> tuple[object, ...]:
    shares = ", ".join(found.shares) or "nobody"
    return (
        found.id,
        found.name,
        found.owner,
        "yes" if found.favourite else "",
        shares,
        clean_text(found.jql, _JQL_CHARS),
    )


def _dashboard_row(found: "Dashboard") -> tuple[object, ...]:
    return (
        found.id,
        found.name,
        found.owner,
        "yes" if found.favourite else "",
        ", ".join(found.shares) or "nobody",
        *(() if found.gadgets is None else (", ".join(found.gadgets),)),
        clean_text(found.description, CELL_CHARS),
        found.url,
    )


def _text(found: "SavedFilter") -> str:
    """A filter with all that is known of it."""
    head = [f"filter {found.id} · owner: {one_line(found.owner) or 'nobody'}"]
    head.append(f"shared with: {one_line(', '.join(found.shares)) or 'nobody'}")
    if found.stars:
        mine = ", yours too" if found.favourite else ""
        head.append(f"a favourite of {counted(found.stars, 'person')}{mine}".replace("persons", "people"))
    body = [one_line(found.name), f"JQL: {clip(found.jql, _TEXT_BUDGET)}"]
    body += [clean_text(found.description, 1_000)] if found.description else []
    return "\n".join([f"{' · '.join(head)} · {found.url}", quoted(f"filter {found.id}", "\n".join(body))])


def _starring(problem: str) -> list[str]:
    return [f"Only the star was {problem}"] if problem else []
