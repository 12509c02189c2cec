"""Spaces, in pages."""

from confluence_mcp.client.base import V2, ConfluenceBase, next_cursor
from confluence_mcp.models import Space
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import as_int, as_text, objects

_KIND = "confluence-spaces"


class Spaces(ConfluenceBase):
    """What the tools read of spaces."""

    async def spaces(
        self, query: str = "", *, kind: str = "", limit: int = 25, cursor: str | None = None
    ) -> Page[Space]:
        """The spaces that the account can see, those of an allowlist only; `query` is a part of name or key."""
        print_of = fingerprint(query, kind)
        state = decode_cursor(_KIND, cursor, print_of) if cursor else {}
        if query:
            hits = await self._named_like(query, kind)
            start = as_int(state.get("at")) or 0
            end = start + limit
            more = encode_cursor(_KIND, {"at": end}, print_of) if end < len(hits) else None
            return Page(tuple(hits[start:end]), more, total=len(hits))
        at = as_text(state.get("next")) or None
        answer = await self._get(
            f"{V2}/spaces",
            limit=limit,
            cursor=at,
            type=kind or None,
            status="current",
            keys=list(self.settings.spaces) or None,
            description_format="plain",
        )
        following = next_cursor(answer)
        found = tuple(self._space(bean) for bean in objects(answer.get("results")))
        allowed = tuple(each for each in found if self._allowed(each.key))
        return Page(allowed, encode_cursor(_KIND, {"next": following}, print_of) if following else None)

    async def _named_like(self, query: str, kind: str) -> list[Space]:
        """The spaces with a part of name or key, of one kind where that is given."""
        wanted = query.casefold()
        return [
            each
            for each in await self._all_spaces()
            if self._allowed(each.key)
            and kind in ("", each.kind)
            and (wanted in each.name.casefold() or wanted in each.key.casefold())
        ]
