"""One template as people read it."""

from confluence_mcp.client.opening import aside
from confluence_mcp.client.templates import Templates
from confluence_mcp.write_models import Template
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.output import marked

_SHOWN = 12


class TemplateReads(Templates):
    """Reading templates."""

    async def template(self, name: str, space: str = "") -> tuple[Template, str]:
        """A template of a space or of the site, by id or name, and its text as Markdown."""
        from atlassian_kit.storage import to_markdown

        known = await self.templates(space)
        wanted = name.strip().casefold()
        found = [each for each in known if each.id == name.strip()]
        found = found or [each for each in known if each.name.casefold() == wanted]
        if not wanted or not found:
            shown = ", ".join(clean_text(each.name, 60) for each in known[:_SHOWN])
            where = "in that space or of the site" if space.strip() else "of the site"
            raise NotFound(
                f"There is no template {clean_text(name, 80)!r} {where}.",
                next_step=f"There are: {marked(shown, 300)}"
                if shown
                else "With space it looks for those of a space too.",
            )
        if len(found) > 1 and found[0].space == found[1].space:
            raise InvalidInput(
                f"{len(found)} templates have that name.",
                fields={each.id: clean_text(each.description, 80) or "no description" for each in found[:10]},
                next_step="Give the id.",
            )
        template = found[0]
        return template, await aside(len(template.storage), to_markdown, template.storage)
