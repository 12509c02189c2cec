"""Templates, and pages made from them
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-template/).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape, unescape

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from confluence_mcp.client.base import V1
from confluence_mcp.client.create import Create, NewPage
from confluence_mcp.client.opening import storage_of
from confluence_mcp.models import Space
from confluence_mcp.write_models import Template, Written
from connector_kit.errors import BadAnswer, InvalidInput, NotFound, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, objects

MOST_TEMPLATES = 500
_PAGE = 100
_LIST = "confluence_list_templates shows the templates of a space."
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_DECLARATIONS = re.compile(r"<at:declarations\b(?:[^>]*/>|.*?</at:declarations\s*>)", re.DOTALL)
_DECLARED = re.compile(r"<at:(string|textarea|list)\b([^>]*?)(?:/>|>(.*?)</at:\1\s*>)", re.DOTALL)
_NAME = re.compile(r"""\bat:name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_OPTION = re.compile(r"""<at:option\b[^>]*?\bat:value\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_VARIABLE = re.compile(r"<at:var\b([^>]*?)(?:/>|>\s*</at:var\s*>)")
_SHOWN = 12


class Templates(Create):
    """Reading templates, and making pages from them."""

    async def templates(self, space: str = "") -> tuple[Template, ...]:
        """The templates of pages of a space, and those of the whole site."""
        place = await self.space(space) if space.strip() else None
        found = await self._templates_in("")
        return (*(await self._templates_in(place.key)), *found) if place else found

    async def _templates_in(self, key: str) -> tuple[Template, ...]:
        async def load() -> tuple[Template, ...]:
            found: list[Template] = []
            while len(found) < MOST_TEMPLATES:
                answer = await self._get(
                    f"{V1}/template/page", spaceKey=key or None, start=len(found), limit=_PAGE, expand="body.storage"
                )
                beans = objects(answer.get("results"))
                found += [_template(bean, key) for bean in beans]
                if not beans or not as_object(answer.get("_links")).get("next"):
                    break
            return tuple(found)

        return await self._cached(("templates", key), CATALOGUE_TTL, load, CATALOGUE)

    async def create_from_template(self, template: str, values: Mapping[str, str], new: NewPage) -> Written:
        """Make a page from a template, by its id or name, with a value for each of its variables.

        Raises InvalidInput that names the variables which lack a value, or those that are not in it.
        """
        space, parent = await self._place(new)
        chosen = await self._template(template, space)
        storage = _filled(chosen, values)
        done = await self._create(new, "page", storage, (space, parent))
        return replace(done, said=(f'from template "{clean_text(chosen.name, 80)}"', *done.said))

    async def _template(self, wanted: str, space: Space) -> Template:
        """The template with an id or name that pages of a space may be made from."""
        name = wanted.strip()
        known = await self.templates(space.key)
        found = [each for each in known if name in (each.id, each.name)]
        found = found or [each for each in known if each.name.casefold() == name.casefold()]
        if not found:
            near = [each.name for each in known if name.casefold() in each.name.casefold()]
            shown = ", ".join(clean_text(each, 60) for each in (near or [each.name for each in known])[:_SHOWN])
            raise NotFound(
                f"Space {space.key} has no template {clean_text(name, 80)!r}.",
                next_step=f"There are: {shown}." if shown else _LIST,
            )
        if len(found) > 1 and found[0].space == found[1].space:
            raise InvalidInput(
                f"{len(found)} templates have the name {clean_text(name, 80)!r}.",
                fields={each.id: f"in {each.space}" if each.space else "of the site" for each in found[:10]},
                next_step="Give the id.",
            )
        chosen = found[0]
        if chosen.storage or not _ID.fullmatch(chosen.id):
            return chosen
        bean = await self._get(f"{V1}/template/{chosen.id}", expand="body.storage")
        loaded = _template(bean, chosen.space)
        if not loaded.storage:
            raise BadAnswer("Confluence does not tell what is in that template.")
        return loaded


def _template(bean: JsonObject, key: str) -> Template:
    storage = storage_of(bean)
    return Template(
        as_text(bean.get("templateId")),
        as_text(bean.get("name")),
        as_text(bean.get("description")),
        key,
        _variables(storage),
        storage,
    )


def _variables(storage: str) -> Mapping[str, tuple[str, ...]]:
    """The variables of a template in their order, with the values that one of a list may have."""
    found: dict[str, tuple[str, ...]] = {}
    for _, attributes, inside in _DECLARED.findall("".join(_DECLARATIONS.findall(storage))):
        if name := _name(attributes):
            found[name] = tuple(unescape(one or other) for one, other in _OPTION.findall(inside))
    for attributes in _VARIABLE.findall(storage):
        if name := _name(attributes):
            found.setdefault(name, ())
    return found


def _name(attributes: str) -> str:
    found = _NAME.search(attributes)
    return unescape(found[1] or found[2] or "") if found else ""


def _filled(template: Template, values: Mapping[str, str]) -> str:
    """The text of a template with its variables filled in."""
    known = {name.casefold(): name for name in template.variables}
    given: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, value in values.items():
        real = known.get(name.strip().casefold())
        if real is None:
            wrong[clean_text(name, 60)] = "is no variable of this template"
            continue
        options = template.variables[real]
        if options and value not in options:
            wrong[clean_text(real, 60)] = f"takes one of: {', '.join(clean_text(each, 40) for each in options[:20])}"
        given[real] = value
    for name, options in template.variables.items():
        if name not in given:
            choice = f", one of: {', '.join(clean_text(each, 40) for each in options[:20])}" if options else ""
            wrong[clean_text(name, 60)] = f"has no value{choice}"
    if wrong:
        raise InvalidInput(
            f"Nothing was made: the variables of template {clean_text(template.name, 80)!r} need values.",
            fields=wrong,
            next_step="Ask the user for what you do not know; an empty text leaves a variable blank.",
        )

    def value_of(found: re.Match[str]) -> str:
        return "<br />".join(escape(given.get(_name(found[1]), ""), quote=False).splitlines())

    return _VARIABLE.sub(value_of, _DECLARATIONS.sub("", template.storage))
