"""Blog posts (https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-blog-post/)."""

from confluence_mcp.client.base import V2, next_cursor
from confluence_mcp.client.opening import Opening
from confluence_mcp.models import PageRef
from connector_kit.errors import NotPermitted
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import as_text, objects

_KIND = "confluence-blog"
_ORDER = "-created-date"


class BlogPosts(Opening):
    """Reading what was posted; one post is read as a page is."""

    async def blog_posts(self, space: str = "", *, limit: int = 20, cursor: str | None = None) -> Page[PageRef]:
        """Blog posts, the newest first, of a space or of all that tools may touch; authors by name."""
        keys = [space] if space.strip() else list(self.settings.spaces)
        places = [await self.space(key) for key in keys]
        print_of = fingerprint([place.id for place in places])
        at = as_text(decode_cursor(_KIND, cursor, print_of).get("next")) if cursor else None
        answer = await self._get(
            f"{V2}/blogposts",
            space_id=[place.id for place in places] or None,
            sort=_ORDER,
            status="current",
            limit=limit,
            cursor=at,
        )
        found: list[PageRef] = []
        for bean in objects(answer.get("results")):
            try:
                found.append(await self._ref(bean, "blogpost"))
            except NotPermitted:
                continue
        following = next_cursor(answer)
        return Page(tuple(found), encode_cursor(_KIND, {"next": following}, print_of) if following else None)
