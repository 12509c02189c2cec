"""Templates of pages."""

from typing import Annotated

from pydantic import Field

from confluence_mcp.scopes import DETAILS, SPACES, TEMPLATES
from confluence_mcp.tools.table import TOOLS, Confluence
from connector_kit.errors import clean_text
from connector_kit.output import clip, one_line, page_line, quoted, table

_COLUMNS = ("id", "space", "name", "description")
_SCOPES = (DETAILS, SPACES, TEMPLATES)
_BUDGET = 12_000

Place = Annotated[str, Field(description="Space whose templates count too: key or name.", max_length=300)]


@TOOLS.tool(title="List Confluence templates", effect="reads", scopes=_SCOPES, toolset="templates")
async def confluence_list_templates(confluence: Confluence, space: Place = "") -> str:
    """List the templates of the site, and those of a space."""
    found = await confluence.templates(space)
    if not found:
        return "There are no templates."
    rows = ((each.id, each.space, clean_text(each.name, 120), clean_text(each.description, 160)) for each in found)
    shown = table(_COLUMNS, rows)
    left = len(found) - shown.shown
    cut = f"\n({left} more did not fit: name one to confluence_get_template)" if left else ""
    last = page_line(shown.shown, noun="templates", total=len(found))
    return f"{quoted('templates', shown.text)}{cut}\n{last}"


@TOOLS.tool(title="Get a Confluence template", effect="reads", scopes=_SCOPES, toolset="templates")
async def confluence_get_template(
    template: Annotated[str, Field(description="Template: id or name.", min_length=1, max_length=300)],
    confluence: Confluence,
    space: Place = "",
) -> str:
    """Read a template as Markdown, with the variables that a page made from it asks for."""
    found, markdown = await confluence.template(template, space)
    asked = [f"{one_line(name)} ({', '.join(values)})" if values else name for name, values in found.variables.items()]
    said = [f"# {one_line(found.name)}"]
    said += [one_line(found.description)] if found.description.strip() else []
    said += [f"variables: {one_line('; '.join(asked))}"] if asked else []
    text = clip(markdown, _BUDGET)
    cut = f"\n(cut; the template has {len(markdown):,} characters)" if text != markdown else ""
    where = one_line(found.space) or "the whole site"
    shown = quoted(f"template {found.id}", "\n".join([*said, "", text]))
    return f"template {one_line(found.id)} of {where}\n{shown}{cut}"
