"""Links: their kinds, those to other sites, their removal, and what blocks what."""

from typing import Annotated, Literal

from pydantic import Field

from connector_kit.output import one_line, table
from jira_mcp.tools.links_render import LINK_COLUMNS, dependencies_text, link_name, link_row
from jira_mcp.tools.table import READ, TOOLS, WRITE, IssueKey, Jira

LINKS = "links"

Side = Literal["both", "blockers", "blocked"]


@TOOLS.tool(title="List the kinds of Jira links", effect="reads", scopes=(READ,), toolset=LINKS)
async def jira_list_link_types(jira: Jira) -> str:
    """List how issues can be linked on this site, in the words that jira_add_link and jira_remove_link take."""
    types = await jira.link_types()
    if not types:
        return "Issues cannot be linked on this site."
    return table(("name", "from → to", "to → from"), ((each.name, each.outward, each.inward) for each in types)).text


@TOOLS.tool(title="Remove a link between Jira issues", effect="changes", scopes=(READ, WRITE), toolset=LINKS)
async def jira_remove_link(
    from_key: IssueKey,
    to_key: IssueKey,
    jira: Jira,
    relation: Annotated[
        str, Field(description='Only the link that reads like this, as in "blocks"; needed if there are several.')
    ] = "",
) -> str:
    """Remove the link between two issues. jira_add_link can put it back."""
    done = await jira.remove_link(from_key, to_key, relation)
    return f"removed: {done.source} {one_line(done.phrase)} {done.target} {done.url}"


@TOOLS.tool(title="List a Jira issue's remote links", effect="reads", scopes=(READ,), toolset=LINKS)
async def jira_list_remote_links(key: IssueKey, jira: Jira) -> str:
    """List the links from an issue to pages, pull requests and other addresses outside of Jira."""
    links = await jira.remote_links(key)
    if not links:
        return "The issue has no remote link."
    shown = table(LINK_COLUMNS, map(link_row, links))
    rest = len(links) - shown.shown
    return shown.text + (f"\n({rest} more do not fit)" if rest else "")


@TOOLS.tool(
    title="Link a Jira issue to a web address", effect="adds", idempotent=True, scopes=(READ, WRITE), toolset=LINKS
)
async def jira_add_remote_link(
    key: IssueKey,
    url: Annotated[str, Field(description="https address, of a page or pull request for example.", max_length=2_000)],
    jira: Jira,
    title: Annotated[str, Field(description="What to call it.", max_length=255)] = "",
    relation: Annotated[str, Field(description='Heading to list it under, like "design".', max_length=255)] = "",
) -> str:
    """Link an issue to an address outside of Jira. An address is linked once: adding it again does no harm.

    For a link to another issue use jira_add_link.
    """
    done = await jira.add_remote_link(key, url, title=title, relation=relation)
    did = "linked" if done.added else "linked already, now called so" if done.changed else "linked already as it is"
    return f"{did}: {done.key} → {link_name(done.link)} {jira.browse_url(done.key)}"


@TOOLS.tool(title="Remove a remote link of a Jira issue", effect="changes", scopes=(READ, WRITE), toolset=LINKS)
async def jira_remove_remote_link(
    key: IssueKey,
    link: Annotated[str, Field(description="Address or id of the link.", min_length=1, max_length=2_000)],
    jira: Jira,
) -> str:
    """Remove a link from an issue to an address outside of Jira. jira_add_remote_link can put it back."""
    gone = await jira.remove_remote_link(key, link)
    return f"removed: {key} → {link_name(gone)} {jira.browse_url(key)}"


@TOOLS.tool(title="Get what blocks what in Jira", effect="reads", scopes=(READ,), toolset=LINKS)
async def jira_get_dependencies(
    jira: Jira,
    key: Annotated[str, Field(description="Around this issue; of an epic, its children too.", max_length=300)] = "",
    sprint: Annotated[str, Field(description="Around the issues of this sprint; open: running ones.")] = "",
    jql: Annotated[str, Field(description="Around the issues that match.", max_length=4_000)] = "",
    side: Annotated[Side, Field(description="blockers: what they wait for; blocked: what waits for them.")] = "both",
    depth: Annotated[int, Field(description="Links to follow one after another.", ge=1, le=10)] = 3,
    relation: Annotated[str, Field(description="Another kind of link than blocks.")] = "",
) -> str:
    """Tell what blocks what around an issue, an epic, a sprint or a query, across projects: open blockers first.

    Cycles are told, and how many linked issues cannot be shown.
    """
    found = await jira.dependencies(key, sprint=sprint, jql=jql, side=side, depth=depth, relation=relation)
    return dependencies_text(found, depth=depth)
