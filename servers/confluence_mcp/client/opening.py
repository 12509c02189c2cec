"""What stands before everything that is done with the text of a page: the text, and what was shown of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import ParamSpec, TypeVar

from confluence_mcp.client.ids import page_argument
from confluence_mcp.client.people import People
from confluence_mcp.client.readings import Readings
from confluence_mcp.models import PageRef
from connector_kit import concurrency
from connector_kit.errors import InvalidInput
from connector_kit.wire import JsonObject, as_object, as_text, objects

P = ParamSpec("P")
T = TypeVar("T")

_AT_ONCE = 4_000
"""Characters that are converted where we are; more than that could hold up other calls."""


@dataclass(frozen=True, slots=True)
class PageText:
    """A page with its body in storage format. `parent_kind` is what its parent is: a page, a folder or another."""

    ref: PageRef
    storage: str
    labels: tuple[str, ...] = ()
    parent_kind: str = "page"


class Opening(People):
    """Reading a page's text, and remembering what was shown of it."""

    @cached_property
    def _readings(self) -> Readings:
        return Readings()

    async def page_id(self, page: str) -> str:
        """The id of the page that an argument names; whether tools may touch it is for who reads it to see."""
        self.settings.refuse_link_elsewhere(page, self.site_url, what="page")
        wanted = page_argument(page)
        return await self._id_of_title(wanted.space, wanted.title) if wanted.title else wanted.id

    async def page_text(self, page: str, *, version: int | None = None) -> PageText:
        """A page or blog post as it is now, or as it was in a `version`, asked for anew.

        Raises as `page_ref` does.
        """
        number = await self.page_id(page)
        kind, bean = await self._load_bean(number, body_format="storage", include_labels=True, version=version)
        labels = objects(as_object(bean.get("labels")).get("results"))
        return PageText(
            await self._ref(bean, kind),
            storage_of(bean),
            tuple(as_text(label.get("name")) for label in labels),
            as_text(bean.get("parentType")) or "page",
        )

    def note_shown(self, number: str, version: int, blocks: Collection[str]) -> None:
        """Remember the ids of the blocks of a page that were shown in whole, as they are in this version."""
        self._readings.note(number, version, blocks)


def require_live(ref: PageRef, *, archived: bool = False) -> PageRef:
    """The page itself, if it is in its place. What is written to a page in the trash would bring it back.

    Raises InvalidInput for a page in the trash, and for an archived one unless `archived` ones will do.
    """
    if ref.status == "trashed" or (ref.status == "archived" and not archived):
        where = "in the trash" if ref.status == "trashed" else "archived"
        raise InvalidInput(
            f"Nothing was written: {ref.id} is {where}.", next_step="A person can restore it in Confluence."
        )
    return ref


def storage_of(bean: JsonObject) -> str:
    """The body of a page, comment or template in storage format."""
    return as_text(as_object(as_object(bean.get("body")).get("storage")).get("value"))


async def aside(length: int, convert: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `convert` makes of its arguments, made in a thread if `length` characters are many."""
    return await concurrency.aside(length > _AT_ONCE, convert, *args, **kwargs)
