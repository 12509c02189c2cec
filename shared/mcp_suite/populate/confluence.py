"""The pages: found by their titles and the mark in them, made as a tree, with what was said below them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mcp_suite.calls import CallError
from mcp_suite.populate.calls import Made, or_none, pages_of
from mcp_suite.populate.contents import MARK, Page
from mcp_suite.populate.texts import References
from mcp_suite.workflow.answers import page_read, page_written
from mcp_suite.workflow.model import Call, StepError

INSTEAD = " (PM OS sample)"
"""What follows a title that another page of the space has."""
_NO_PAGE = re.compile(r"^Space \S+ has no page titled ")
_TAKEN = re.compile(r"has a page .* already\.")
_LINE = re.compile(r"^ *(?P<id>\d+) (?P<title>.*?)(?: \[[a-z]+\])*(?: \(\+\d+\))?(?: · \d{4}-\d\d-\d\d)?$")
_LABELS = re.compile(r"^labels: (?P<labels>.*)$", re.MULTILINE)


@dataclass(slots=True)
class Confluence:
    """The side of Confluence: `pages` in a `space`. `refs` learns the addresses and titles."""

    pages: Sequence[Page]
    space: str
    refs: References
    ids: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    fresh: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    _titles: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    _known: bool = False

    async def look(self, call: Call) -> None:
        """Find what is there, once, and decide what each page is called."""
        if self._known:
            return
        taken = await self._taken(call)
        for page in self.pages:
            for title in (page.title, f"{page.title}{INSTEAD}"):
                self._titles[page.id] = title
                if title not in taken or await self._is_ours(call, page, title):
                    break
            else:
                raise StepError(
                    f"space {self.space} has pages {page.title!r} and {title!r} already, which were made by others: "
                    "choose another space"
                )
            if not page.round:
                self.refs.titles[page.title] = self._titles[page.id]
        self._known = True

    async def _taken(self, call: Call) -> set[str]:
        answers = await pages_of(call, "confluence_list_pages", {"space": self.space, "depth": 10, "limit": 250})
        lines = [line for answer in answers for line in answer.splitlines()]
        return {found["title"] for line in lines if (found := _LINE.match(line))}

    async def _is_ours(self, call: Call, page: Page, title: str) -> bool:
        arguments = {"page": f"{self.space}/{title}"}
        answer = await or_none(call, "confluence_get_page", arguments, lambda said: bool(_NO_PAGE.match(said)))
        if answer is None or not _ours(answer, page):
            return False
        found = page_read(answer)
        self._learn(page, str(found["id"]), str(found["url"]))
        return True

    def _learn(self, page: Page, number: str, url: str) -> None:
        self.ids[page.id] = number
        self.refs.pages[page.id] = url

    def missing(self) -> list[Page]:
        """What is not there."""
        return [page for page in self.pages if page.id not in self.ids]

    def sections(self) -> list[tuple[str, list[Page]]]:
        """The pages by what they stand below, those above first; each part has a name."""
        parts: dict[int | None, list[Page]] = {}
        for page in self.pages:
            parts.setdefault(page.parent, []).append(page)
        names = {page.number: page.title for page in self.pages if not page.round}
        return [(names.get(parent or 0, "top"), pages) for parent, pages in parts.items()]

    async def create(self, call: Call, pages: Sequence[Page]) -> Made:
        """Make those pages that are not there."""
        await self.look(call)
        made = Made()
        for page in pages:
            if page.id in self.ids:
                made.there += 1
                continue
            await self._create(call, page)
            made.made += 1
        return made

    async def _create(self, call: Call, page: Page) -> None:
        title = self._titles[page.id]
        parent = self.ids.get((page.parent or 0, 0), "")
        end = f"*{page.written}.* `{page.mark}`" if page.written else f"`{page.mark}`"
        text = self.refs.told(page.text, page.round * 1_000, page.round)
        arguments = {
            "space": self.space,
            "title": title,
            "body": f"{text}\n\n---\n\n{end}".strip(),
            "labels": list(dict.fromkeys([*page.labels, MARK])),
            **({"parent": parent} if parent else {}),
        }
        try:
            found = page_written(await call("confluence", "confluence_create_page", arguments))
        except CallError as error:
            if not error.refused or not _TAKEN.search(str(error)) or not await self._is_ours(call, page, title):
                raise
            return  # the list of pages did not have it yet
        self.fresh.add(page.id)
        self._learn(page, str(found["id"]), str(found["url"]))

    async def say(self, call: Call, page: Page) -> Made:
        """Add the comments that are not there."""
        await self.look(call)
        number = self.ids[page.id]
        read = ""
        if page.id not in self.fresh:
            read = "\n".join(await pages_of(call, "confluence_list_comments", {"page": number, "only": "footer"}))
        wanted = [words for words in page.words if words.head not in read]
        for words in wanted:
            body = f"{words.head}\n\n{self.refs.told(words.text)}"
            await call("confluence", "confluence_add_comment", {"page": number, "body": body})
        return Made(len(wanted), len(page.words) - len(wanted))

    async def remove(self, call: Call) -> Made:
        """Put the pages that were made into the trash, those below others first."""
        made = Made()
        for page in reversed(self.pages):
            if page.id in self.ids:
                await call("confluence", "confluence_delete_page", {"page": self.ids[page.id], "confirm": True})
                made.made += 1
        return made


def _ours(answer: str, page: Page) -> bool:
    """Whether a page is the one that was made: by the mark at its end, or by the label where the end is cut off."""
    if f"`{page.mark}`" in answer:
        return True
    labels = _LABELS.search(answer)
    return "Cut here;" in answer and labels is not None and MARK in labels["labels"].split(", ")
