"""Spaces, in pages."""

from confluence_mcp.client.base import V2, ConfluenceBase, next_cursor
from confluence_mcp.models import Space
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import as_text, objects

_KIND = "confluence-spaces"


class Spaces(ConfluenceBase):
    """What the tools read of spaces."""

    async def spaces(
        self, query: str = "", *, kind: str = "", archived: bool = False, limit: int = 25, cursor: str | None = None
    ) -> Page[Space]:
        """The spaces that the account can see, those of an allowlist only; `query` is a part of name or key."""
        if query:
            wanted = query.casefold()
            known = [each for each in await self._all_spaces() if self._allowed(each.key)]
            hits = [each for each in known if wanted in each.name.casefold() or wanted in each.key.casefold()]
            return Page(tuple(hits[:limit]), total=len(hits))
        print_of = fingerprint(kind, archived)
        at = as_text(decode_cursor(_KIND, cursor, print_of).get("next")) if cursor else None
        answer = await self._get(
            f"{V2}/spaces",
            limit=limit,
            cursor=at,
            type=kind or None,
            status="archived" if archived else "current",
            keys=list(self.settings.spaces) or None,
            description_format="plain",
        )
        following = next_cursor(answer)
        found = tuple(self._space(bean) for bean in objects(answer.get("results")))
        allowed = tuple(each for each in found if self._allowed(each.key))
        return Page(allowed, encode_cursor(_KIND, {"next": following}, print_of) if following else None)
