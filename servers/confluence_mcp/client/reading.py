"""A page as people read it: its text as Markdown, with names for ids, as much as is asked for."""

from atlassian_kit.client import CONTENT, CONTENT_TTL
from confluence_mcp.client.opening import PageText, aside
from confluence_mcp.client.passages import passage
from confluence_mcp.client.tree import PageTree
from confluence_mcp.models import PageRef
from confluence_mcp.reading_models import PageReading

PAGE_BUDGET = 16_000
"""Bytes of Markdown in an answer: about 4,000 tokens."""


class Reading(PageTree):
    """Reading pages and blog posts."""

    async def read(
        self, page: str, *, part: str = "", version: int | None = None, budget: int = PAGE_BUDGET
    ) -> PageReading:
        """A page, or a `part` of it: "outline", the id of a block, a heading, or the `next` of what was read before.

        Raises as `page_ref` does, and NotFound for a version or a part that is not there.
        """
        text = await self._known_text(await self.page_id(page), version)
        ref = text.ref
        names = await self.names_of([*await aside(len(text.storage), _accounts, text.storage), *_authors(ref)])
        found = await aside(len(text.storage), passage, text.storage, names, part, budget)
        newest = (await self.page_ref(ref.id)).version if version is not None else None
        if version is None:
            self.note_shown(ref.id, ref.version, found.shown)
        return PageReading(
            ref=ref,
            labels=text.labels,
            author=names.get(ref.author or "", ref.author or ""),
            updated_by=names.get(ref.updated_by or "", ref.updated_by or ""),
            parent=await self._parent_title(text),
            markdown=found.markdown,
            outline=found.outline,
            size=len(text.storage),
            blocks=found.blocks,
            next=found.next,
            newest=newest if newest != ref.version else None,
        )

    async def _known_text(self, number: str, version: int | None = None) -> PageText:
        """The text of a page, as it was some seconds ago at most."""
        key = ("page text", number, version or 0)
        return await self._cached(key, CONTENT_TTL, lambda: self.page_text(number, version=version), CONTENT)

    async def _parent_title(self, text: PageText) -> str:
        if not text.ref.parent or text.parent_kind != "page":
            return ""
        return (await self.titles([text.ref.parent])).get(text.ref.parent, "")


def _authors(ref: PageRef) -> list[str]:
    return [account for account in (ref.author, ref.updated_by) if account]


def _accounts(storage: str) -> tuple[str, ...]:
    from atlassian_kit.storage import accounts_in

    return accounts_in(storage)
