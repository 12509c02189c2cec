"""Text on its way into Confluence: Markdown, people by their names, and nothing lost unseen."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from atlassian_kit.rich_text import TextRefused, mentioned, refuse_unwritable, would_lose
from confluence_mcp.client.opening import Opening, aside
from connector_kit.errors import BadAnswer, InvalidInput, clean_text
from connector_kit.output import marked, unmarked

if TYPE_CHECKING:
    from atlassian_kit.storage import Edit
    from atlassian_kit.storage.markup import Links

How: TypeAlias = Literal["replace", "before", "after", "append"]

LONGEST = 1_000_000
"""Characters of Markdown, or of storage format: Confluence refuses a body of about 5 MB."""

_LINES = 2_000
_LINE = 300
_FIND = "confluence_get_page with part=outline shows the sections and the ids of the blocks."


class RichText(Opening):
    """Writing texts: of pages, of blog posts, of comments."""

    async def new_text(self, markdown: str, name: str = "body", *, links: "Links | None" = None) -> str:
        """A new text in storage format. Raises TextRefused, naming `name`, for one that cannot be written."""
        check_length(markdown, name)
        done = await self._edited("", unmarked(markdown), name, links=links)
        refuse_unwritable(done, name)
        return done.storage

    async def edited_text(
        self,
        original: str,
        markdown: str,
        name: str = "body",
        *,
        part: str = "",
        how: How = "replace",
        accept_loss: bool = False,
        links: "Links | None" = None,
        page: str = "",
    ) -> "Edit":
        """A text, or a part of it, after an edit of its Markdown; `links` tells what its addresses mean.

        `page` is the id of the page whose text it is.

        Raises InvalidInput for a part that is not there, and TextRefused for a text that cannot be written or,
        unless `accept_loss`, would drop what Markdown cannot say.
        """
        check_length(markdown, name)
        done = await self._edited(original, unmarked(markdown), name, part=part, how=how, links=links, page=page)
        return settled(done, name, accept_loss=accept_loss)

    async def replaced_text(
        self,
        original: str,
        find: str,
        replace: str,
        name: str = "body",
        *,
        part: str = "",
        accept_loss: bool = False,
        links: "Links | None" = None,
        page: str = "",
    ) -> "Edit":
        """A text after a passage of its Markdown, which must be there once, was replaced; raises as `edited_text`."""
        from atlassian_kit.storage import NoSingleMatchError, replace_text

        check_length(find + replace, name)
        if not find.strip():
            raise InvalidInput("The passage to find is empty.", fields={"find": "is empty"})
        find, replace = unmarked(find), unmarked(replace)
        names = await self._names_in(original)
        length = len(original) + len(replace)
        try:
            with parts_explained(name, page):
                found = partial(replace_text, original, find, replace, part=part, names=names, links=links)
                done = await aside(length, found)
                if done.strangers:
                    people = await self._mentioned(done.strangers, name)
                    done = await aside(length, found, people=people)
        except NoSingleMatchError as error:
            near = "" if error.count else await aside(length, _nearest, original, find, names)
            raise _not_once(error.count, find, name, near) from error
        return settled(done, name, accept_loss=accept_loss)

    async def _edited(
        self,
        original: str,
        markdown: str,
        name: str,
        *,
        part: str = "",
        how: How = "replace",
        links: "Links | None" = None,
        page: str = "",
    ) -> "Edit":
        from atlassian_kit.storage import edit  # a server must answer before anyone writes a page

        names = await self._names_in(original)
        length = len(original) + len(markdown)
        with parts_explained(name, page):
            made = partial(edit, original, markdown, part=part, how=how, names=names, links=links)
            done = await aside(length, made)
            if done.strangers:
                people = await self._mentioned(done.strangers, name)
                done = await aside(length, made, people=people)
        return done

    async def _names_in(self, *texts: str) -> Mapping[str, str]:
        """The names of those whom texts in storage format mention, by account id."""
        from atlassian_kit.storage import accounts_in

        found: set[str] = set()
        for text in texts:
            found.update(await aside(len(text), accounts_in, text))
        return await self.names_of(found)

    async def _mentioned(self, names: Iterable[str], text: str) -> Mapping[str, str]:
        """The account ids of those whom a text mentions. Raises TextRefused that lists who may be meant."""
        return await mentioned(names, text, self.person)


def check_length(text: str, name: str) -> None:
    """Refuse a text that Confluence would not take."""
    if len(text) > LONGEST:
        raise TextRefused(
            f"A text of {len(text):,} characters is too long for Confluence.",
            fields={name: f"at most {LONGEST:,} characters"},
            next_step="Write several pages, or attach the long version as a file.",
        )


def settled(done: "Edit", name: str, *, accept_loss: bool) -> "Edit":
    """The edit, if it may be written; raises TextRefused if not."""
    refuse_unwritable(done, name)
    if done.lost and not accept_loss:
        raise would_lose(done.lost, name)
    return done


@contextmanager
def parts_explained(name: str, page: str = "") -> Generator[None]:
    """Tell a caller who names a part that is not there, of the text of a `page`, which ones may be meant."""
    from atlassian_kit.storage import PartNotFoundError
    from atlassian_kit.storage.tree import StorageSyntaxError

    try:
        yield
    except StorageSyntaxError as error:
        raise BadAnswer(
            f"Nothing was written: {name} is there in a form that is no storage format.",
            next_step="Somebody has to open and save it in Confluence's editor first.",
        ) from error
    except PartNotFoundError as error:
        whose = f"page {page}'s " if page else ""
        alike = f" May be meant: {', '.join(error.similar)}." if error.similar else ""
        raise InvalidInput(
            f"Nothing was written: {whose}{name} has no block or section {clean_text(error.part, 80)!r}: it was "
            f"changed, or never there.{alike}",
            fields={"part": "takes the heading of a section, or the id of a block"},
            next_step=_FIND,
        ) from error


def _not_once(count: int, find: str, name: str, near: str) -> InvalidInput:
    """The refusal of a passage that is not in a text just once."""
    shown = clean_text(find, 60)
    if count:
        return InvalidInput(
            f"Nothing was written: the passage {shown!r} is in {name} {count} times.",
            next_step="Give more of the text around it, so that only one place is meant, or the part that it is in.",
        )
    return InvalidInput(
        f"Nothing was written: the passage {shown!r} is not in {name}."
        + (f" Nearest there: “{marked(near, 120)}”." if near else ""),
        next_step="Copy it from the text as it is read now, with its markup.",
    )


def _nearest(storage: str, find: str, names: Mapping[str, str]) -> str:
    """The line of a text that is most like the first of a passage."""
    import difflib  # for a refusal only

    from atlassian_kit.storage import to_markdown

    lines = [line for line in to_markdown(storage, names).splitlines()[:_LINES] if line.strip() and len(line) <= _LINE]
    close = difflib.get_close_matches(find.strip().splitlines()[0][:_LINE], lines, n=1, cutoff=0.5)
    return close[0] if close else ""
