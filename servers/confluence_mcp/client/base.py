"""What every part of the client stands on: sending, the spaces allowed, pages and spaces by what people call them."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL, CONTENT, CONTENT_TTL, AtlassianClient
from confluence_mcp.client.ids import PageArgument, numeric_id, page_argument
from confluence_mcp.models import Kind, PageRef, Space
from confluence_mcp.settings import SPACE_KEY, ConfluenceSettings
from connector_kit.bodies import Body
from connector_kit.errors import InvalidInput, NotFound, NotPermitted, ServiceError, clean_text
from connector_kit.http import Params
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects

V2, V1 = "/wiki/api/v2", "/wiki/rest/api"
"""Where the two APIs are, on the site and behind the gateway alike."""

_KINDS: tuple[tuple[Kind, str], ...] = (("page", "pages"), ("blogpost", "blogposts"))
MOST_SPACES = 1_000
"""How many spaces are looked through for a name."""


class ConfluenceBase(AtlassianClient[ConfluenceSettings]):
    """One account's way to one Confluence site."""

    async def _get(self, path: str, **params: object) -> JsonObject:
        """The JSON object at a path; parameters by their names with _ for -, None left out."""
        reply = await self._http.request("GET", path, params=_params(params))
        return as_object(reply.json())

    async def _ask(self, path: str, body: object, **params: object) -> object:
        """The JSON that a POST answers which only asks."""
        reply = await self._http.request("POST", path, params=_params(params), json=body, repeatable=True)
        return reply.json() if reply.content else None

    async def _write(self, method: str, path: str, body: object = None, *, look: str, **params: object) -> object:
        """Send what changes something. It is sent again only if the first try certainly had no effect.

        `look` tells how to find out whether it happened when the answer does not say.
        """
        async with self._changing(look):
            reply = await self._http.request(method, path, params=_params(params), json=body, repeatable=False)
            return reply.json() if reply.content else None

    async def _send_file(
        self, method: str, path: str, content: Body, headers: Mapping[str, str], *, look: str, **params: object
    ) -> object:
        """As `_write`, with a body that is not JSON."""
        async with self._changing(look):
            reply = await self._http.request(
                method, path, params=_params(params), content=content, headers=headers, repeatable=False
            )
            return reply.json() if reply.content else None

    def page_url(self, space_key: str, number: str, kind: Kind = "page") -> str:
        """The address of a page or blog post for people."""
        part = "pages" if kind == "page" else "blog"
        return f"{self.site_url}/wiki/spaces/{space_key}/{part}/{number}"

    def _allowed(self, space_key: str) -> bool:
        return not self.settings.spaces or space_key.upper() in self.settings.spaces

    def _outside(self, space_key: str) -> ServiceError:
        return NotPermitted(
            f"Space {clean_text(space_key, 60)} is outside of the spaces that CONFLUENCE_SPACES allows: "
            f"{', '.join(self.settings.spaces)}.",
            next_step="Work in one of these, or ask the user to extend CONFLUENCE_SPACES.",
        )

    async def page_ref(self, page: str, *, fresh: bool = False) -> PageRef:
        """The page that an argument names: an id, a link, or SPACE/Title. `fresh` asks Confluence anew.

        Raises InvalidInput, NotFound, or NotPermitted for one in a space that tools may not touch.
        """
        self.settings.refuse_link_elsewhere(page, self.site_url, what="page")
        wanted = page_argument(page)
        if wanted.title:
            wanted = PageArgument(id=await self._id_of_title(wanted.space, wanted.title))
        if fresh:
            return await self._load_ref(wanted.id)
        return await self._cached(("page", wanted.id), CONTENT_TTL, lambda: self._load_ref(wanted.id), CONTENT)

    async def _load_ref(self, number: str) -> PageRef:
        kind, bean = await self._load_bean(number)
        return await self._ref(bean, kind)

    async def _load_bean(self, number: str, **params: object) -> tuple[Kind, JsonObject]:
        """A page or blog post of v2 with an id; one that was never published is found as a draft."""
        missing: NotFound | None = None
        for draft in (None, True) if params.get("version") is None else (None,):
            for kind, part in _KINDS:
                try:
                    return kind, await self._get(f"{V2}/{part}/{number}", get_draft=draft, **params)
                except NotFound as error:
                    missing = missing or error
        assert missing is not None
        raise missing

    async def _ref(self, bean: JsonObject, kind: Kind = "page") -> PageRef:
        """A page of v2, which tells the space by id only. Raises NotPermitted as `page_ref`."""
        space = await self._space_by_id(as_text(bean.get("spaceId")))
        version = as_object(bean.get("version"))
        number = as_text(bean.get("id"))
        return PageRef(
            id=number,
            kind=kind,
            title=as_text(bean.get("title")),
            space_id=space.id,
            space_key=space.key,
            version=as_int(version.get("number")) or 0,
            url=self.page_url(space.key, number, kind),
            status=as_text(bean.get("status")) or "current",
            parent=as_text(bean.get("parentId")) or None,
            author=as_text(bean.get("authorId")) or None,
            created=as_text(bean.get("createdAt")),
            updated_by=as_text(version.get("authorId")) or None,
            updated=as_text(version.get("createdAt")),
            message=as_text(version.get("message")),
        )

    async def _id_of_title(self, space: str, title: str) -> str:
        place = await self.space(space)
        found: list[JsonObject] = []
        for kind in ("pages", "blogposts"):
            answer = await self._get(f"{V2}/{kind}", title=title, space_id=place.id, limit=2)
            found = objects(answer.get("results"))
            if found:
                break
        if not found:
            raise NotFound(
                f"Space {place.key} has no page titled {clean_text(title, 120)!r}.",
                next_step="confluence_search finds pages by what they say; titles must be whole.",
            )
        return numeric_id(as_text(found[0].get("id")), "page")

    async def space(self, name: str) -> Space:
        """The space with a key or name. Raises InvalidInput, NotFound, or NotPermitted for one not allowed."""
        wanted = name.strip()
        if not wanted:
            raise InvalidInput("No space was named.", fields={"space": "is empty"}, next_step=_SPACES)
        if SPACE_KEY.fullmatch(wanted):
            answer = await self._space_with_key(wanted)
            if answer is not None:
                return self._permitted(answer)
        known = await self._all_spaces()
        named = [each for each in known if wanted.casefold() == each.name.casefold()]
        exact = [each for each in named if self._allowed(each.key)]
        if len(exact) == 1:
            return exact[0]
        if named and not exact:
            raise self._outside(wanted)
        near = [each for each in known if wanted.casefold() in each.name.casefold() and self._allowed(each.key)]
        shown = ", ".join(f"{each.key} ({clean_text(each.name, 60)})" for each in (exact or near)[:8])
        if exact:
            raise InvalidInput(f"Several spaces have that name: {shown}.", next_step="Give the key.")
        raise NotFound(
            f"No space has the key or name {clean_text(wanted, 80)!r}.",
            next_step=f"Similar: {shown}." if shown else _SPACES,
        )

    def _permitted(self, space: Space) -> Space:
        if not self._allowed(space.key):
            raise self._outside(space.key)
        return space

    async def _space_with_key(self, key: str) -> Space | None:
        async def load() -> Space | None:
            found = objects((await self._get(f"{V2}/spaces", keys=key, limit=1)).get("results"))
            return self._space(found[0]) if found else None

        return await self._cached(("space key", key.upper()), CATALOGUE_TTL, load, CATALOGUE)

    async def _space_by_id(self, number: str) -> Space:
        """The space with an id. Raises NotPermitted for one that tools may not touch."""

        async def load() -> Space:
            return self._space(await self._get(f"{V2}/spaces/{numeric_id(number, 'space')}"))

        return self._permitted(await self._cached(("space", number), CATALOGUE_TTL, load, CATALOGUE))

    async def _is_open(self, number: str) -> bool:
        """Whether tools may touch what is in the space with an id."""
        try:
            await self._space_by_id(number)
        except (NotPermitted, NotFound, InvalidInput):
            return False
        return True

    async def _all_spaces(self) -> Sequence[Space]:
        async def load() -> Sequence[Space]:
            found: list[Space] = []
            cursor: str | None = None
            while len(found) < MOST_SPACES:
                answer = await self._get(f"{V2}/spaces", limit=250, cursor=cursor, status="current")
                found += [self._space(bean) for bean in objects(answer.get("results"))]
                cursor = next_cursor(answer)
                if not cursor:
                    break
            return found

        return await self._cached(("spaces",), CATALOGUE_TTL, load, CATALOGUE)

    def _space(self, bean: JsonObject) -> Space:
        key = as_text(bean.get("key"))
        plain = as_object(as_object(bean.get("description")).get("plain"))
        return Space(
            id=as_text(bean.get("id")),
            key=key,
            name=as_text(bean.get("name")),
            kind=as_text(bean.get("type")),
            status=as_text(bean.get("status")),
            url=f"{self.site_url}/wiki/spaces/{key}",
            homepage=as_text(bean.get("homepageId")) or None,
            description=as_text(plain.get("value")),
        )


def next_cursor(answer: JsonObject) -> str | None:
    """The cursor in the link to what follows (v2, and v1's search); None at the end."""
    link = as_text(as_object(answer.get("_links")).get("next"))
    return (parse_qs(urlsplit(link).query).get("cursor") or [None])[0]


def _params(given: Mapping[str, object]) -> Params:
    """Parameters under Confluence's own names, which have hyphens; those that are None are left out by the sender."""
    found: dict[str, str | int | bool | Sequence[str] | None] = {}
    for name, value in given.items():
        if value is None or isinstance(value, str | int | bool):
            found[name.replace("_", "-")] = value
        elif isinstance(value, list | tuple):
            found[name.replace("_", "-")] = [str(each) for each in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        else:
            raise TypeError(name)
    return found


_SPACES = "confluence_list_spaces shows the spaces with their keys."
