"""Deleting and archiving pages
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content/).
"""

from collections.abc import Sequence
from dataclasses import replace

from confluence_mcp.client.base import V1, V2
from confluence_mcp.client.long_tasks import LongTasks, Progress
from confluence_mcp.client.opening import require_live
from confluence_mcp.models import PageRef
from confluence_mcp.write_models import Deletion, LongTask
from connector_kit.concurrency import run_all
from connector_kit.errors import InvalidInput, ServiceError
from connector_kit.wire import as_object, as_text, objects

MOST_ARCHIVED = 100
_COUNTED = 250
"""How many of anything are counted."""


class Deleting(LongTasks):
    """Putting pages away."""

    async def deletion_preview(self, page: str) -> Deletion:
        """What deleting a page or blog post would take along. Raises InvalidInput for one in the trash."""
        ref = require_live(await self.page_ref(page, fresh=True), archived=True)
        part = "pages" if ref.kind == "page" else "blogposts"
        base = f"{V2}/{part}/{ref.id}"
        counts: dict[str, tuple[int, bool] | None] = {}

        async def count(what: str) -> None:
            try:
                answer = await self._get(f"{base}/{what}", limit=_COUNTED)
            except ServiceError:
                counts[what] = None  # the numbers are a courtesy
                return
            more = bool(as_text(as_object(answer.get("_links")).get("next")))
            counts[what] = (len(objects(answer.get("results"))), more)

        asked = ["footer-comments", "inline-comments", "attachments"]
        asked += ["direct-children", "descendants"] if ref.kind == "page" else []
        await run_all([lambda what=what: count(what) for what in asked])
        footer, inline = counts["footer-comments"], counts["inline-comments"]
        comments = (footer[0] + inline[0], footer[1] or inline[1]) if footer and inline else None
        children, below = (counts.get(what, (0, False)) for what in ("direct-children", "descendants"))
        return Deletion(ref, _number(children), _number(below), _number(comments), _number(counts["attachments"]))

    async def delete_page(self, page: str) -> PageRef:
        """Put a page or blog post into the trash of its space; a draft is gone for good. Pages below it move up."""
        ref = require_live(await self.page_ref(page, fresh=True), archived=True)
        part = "pages" if ref.kind == "page" else "blogposts"
        draft = True if ref.status == "draft" else None
        look = f"confluence_get_page {ref.id} does not find it any more"
        await self._write("DELETE", f"{V2}/{part}/{ref.id}", look=look, draft=draft)
        self._readings.forget(ref.id)
        return ref

    async def delete_tree(self, page: str, *, on_progress: Progress | None = None) -> tuple[PageRef, LongTask]:
        """Put a page and all pages below it into the trash."""
        ref = await self.page_ref(page, fresh=True)
        if ref.kind != "page" or ref.status != "current":
            raise InvalidInput(f"{ref.id} has nothing below it: it is {_is(ref)}.")
        look = f"confluence_get_page {ref.id} does not find it any more"
        task = await self._start_task("DELETE", f"{V1}/content/{ref.id}/pageTree", look=look)
        self._readings.forget(ref.id)
        return ref, await self._follow_task(task, on_progress=on_progress)

    async def archivable(self, pages: Sequence[str]) -> tuple[PageRef, ...]:
        """The pages to be archived. Raises InvalidInput for one that cannot be."""
        if not 0 < len(pages) <= MOST_ARCHIVED:
            raise InvalidInput(
                "Nothing was archived.", fields={"pages": f"takes 1 to {MOST_ARCHIVED} pages, not {len(pages)}"}
            )
        found: dict[str, PageRef] = {}
        for page in pages:
            ref = await self.page_ref(page, fresh=True)
            if ref.kind != "page" or ref.status != "current":
                raise InvalidInput(f"Nothing was archived: {ref.id} is {_is(ref)}.")
            found[ref.id] = ref
        return tuple(found.values())

    async def archive(self, pages: Sequence[str], *, on_progress: Progress | None = None) -> LongTask:
        """Archive pages: they leave the tree and the search, and can be restored in Confluence."""
        refs = await self.archivable(pages)
        body = {"pages": [{"id": int(ref.id)} for ref in refs]}
        look = f"confluence_get_page {refs[0].id} shows its status"
        task = await self._start_task("POST", f"{V1}/content/archive", body, look=look)
        done = await self._follow_task(task, on_progress=on_progress)
        return replace(done, result="")


def _is(ref: PageRef) -> str:
    return "a blog post" if ref.kind == "blogpost" else f"{ref.status} already" if ref.status != "draft" else "a draft"


def _number(counted: tuple[int, bool] | None) -> str:
    if counted is None:
        return "uncounted"
    return f"{counted[0]}{'+' if counted[1] else ''}"
