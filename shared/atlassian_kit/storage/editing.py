"""Editing a page, a section or a block of it as Markdown."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from atlassian_kit.adf.editing import Loss, People
from atlassian_kit.adf.nodes import Node, children_of
from atlassian_kit.storage.blocks import Page, Placed, Span
from atlassian_kit.storage.markup import Links, edited, markdown_of
from atlassian_kit.storage.plain import accounts_of, text_of
from atlassian_kit.storage.reading import Names, read
from atlassian_kit.storage.spelling import escaped
from atlassian_kit.storage.tree import parse, unescaped
from atlassian_kit.storage.writing import write

How: TypeAlias = Literal["replace", "before", "after", "append"]

_LONGEST_QUOTE: Final = 60
_APART: Final = "\n\n<!-- -->\n\n"
"""What keeps a list from going on in the next one, and is nothing itself."""
_WORD: Final = re.compile(r"\w+")
_LIKE: Final[Mapping[str, str]] = {
    **dict.fromkeys(" \u00a0\u2009\u202f", "[^\\S\n]"),
    **dict.fromkeys("'‘’", "['‘’]"),
    **dict.fromkeys('"“”„', '["“”„]'),
    **dict.fromkeys("-‐‑–", "[-‐‑–]"),
}
"""Characters that are hard to tell apart, or that a keyboard has no key for."""
_MARKER: Final = "ac:inline-comment-marker"


class NoSingleMatchError(LookupError):
    """A text to replace that is not on the page, or more than once; `count` says how often."""

    def __init__(self, find: str, count: int) -> None:
        shown = find if len(find) <= _LONGEST_QUOTE else f"{find[:_LONGEST_QUOTE]}…"
        said = f"is in the text {count} times" if count else "is not in the text"
        super().__init__(f"“{shown}” {said}")
        self.find = find
        self.count = count


@dataclass(frozen=True, slots=True)
class Edit:
    """What came of an edit: the page as it would be, in `storage`.

    `lost` is what would be gone without having been shown (macros and the like, formats), and the comments whose
    text would be gone. `unknown` are placeholders that the page does not hold, and `strangers` are
    names of people whom neither it nor the caller knows; both are plain text in `storage`.
    """

    storage: str
    lost: tuple[Loss, ...] = ()
    unknown: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    changed: bool = True


def edit(
    storage: str,
    markdown: str,
    *,
    part: str = "",
    how: How = "replace",
    names: Names | None = None,
    people: People | None = None,
    links: Links | None = None,
) -> Edit:
    """Return a page after an edit (see `atlassian_kit.storage.edit`)."""
    page = Page(storage)
    editor = _Editor(page, names, people, links)
    span = page.find(part)
    if how == "replace":
        return editor.replaced([(span, markdown)])
    return editor.inserted(markdown, span, how, whole=not part.strip())


def replace_text(
    storage: str,
    find: str,
    replace: str,
    *,
    part: str = "",
    every: bool = False,
    names: Names | None = None,
    people: People | None = None,
    links: Links | None = None,
) -> Edit:
    """Return a page with a text replaced (see `atlassian_kit.storage.replace_text`)."""
    page = Page(storage)
    editor = _Editor(page, names, people, links)
    span = page.find(part)
    ways = _ways_to_find(find)
    for texts in editor.texts(find, span) if ways else ():
        for wanted in ways:
            found = [(place, text) for place, text in texts if wanted.search(text)]
            count = sum(len(wanted.findall(text)) for _, text in found)
            if count == 1 or (count and every):
                return editor.replaced([(place, wanted.sub(lambda _: replace, text)) for place, text in found])
            if count:
                raise NoSingleMatchError(find, count)
    raise NoSingleMatchError(find, 0)


def _ways_to_find(find: str) -> list[re.Pattern[str]]:
    """Return patterns of a text: as it is, as Markdown writes it, and with blanks and quotes of any kind."""
    if not find.strip():
        return []
    texts = dict.fromkeys((find, markdown_of(read(parse(f"<p>{escaped(find)}</p>").children)).strip()))
    patterns = [re.escape(text) for text in texts if text]
    loose = ["".join(_LIKE.get(character, re.escape(character)) for character in text) for text in texts if text]
    return [re.compile(pattern) for pattern in dict.fromkeys(patterns + loose)]


class _Editor:
    def __init__(self, page: Page, names: Names | None, people: People | None, links: Links | None) -> None:
        self._page = page
        self._names = names
        self._links = links
        self._people = _resolver(page, names, people)

    def replaced(self, texts: list[tuple[Span, str]]) -> Edit:
        """Return the page with other texts in the places of some that do not overlap, in the order of the page."""
        source = self._page.source
        made = source
        lost: list[Loss] = []
        unknown: list[str] = []
        strangers: list[str] = []
        changed = False
        for span, markdown in reversed(texts):
            original = read(self._page.pieces(span), self._names)
            done = self._edited(original, markdown, span)
            if done.changed:
                made = made[: span.start] + done.storage + made[span.end :]
            changed = changed or done.changed
            lost = [*done.lost, *lost]
            unknown = [*done.unknown, *unknown]
            strangers = [*done.strangers, *strangers]
        if not changed:
            return Edit(source, changed=False)
        return Edit(
            made,
            (*(loss for loss in lost if loss.kind != "comment"), *self._lost_comments(made)),
            tuple(dict.fromkeys(unknown)),
            tuple(dict.fromkeys(strangers)),
            made != source,
        )

    def inserted(self, markdown: str, span: Span, how: How, *, whole: bool) -> Edit:
        """Return the page with a text beside a part of it, or at either end of all of it."""
        source = self._page.source
        if not markdown.strip():
            return Edit(source, changed=False)
        new, done = self._with_placeholders(None, markdown, span)
        if whole:
            original = read(self._page.root.children, self._names)
            content = children_of(original)
            content = [*new, *content] if how == "before" else [*content, *new]
            made = write({**original, "content": content}, source)
        else:
            place = span.start if how == "before" else span.end
            made = source[:place] + write({"type": "doc", "content": self._fitting(new, span)}, source) + source[place:]
        return Edit(made, (), done.unknown, done.strangers, made != source)

    def texts(self, find: str, span: Span) -> Iterator[list[tuple[Span, str]]]:
        """Yield the Markdown of the blocks that may hold a text, then that of all of the part as one."""
        words = [] if "@[" in find else _WORD.findall(find)
        word = max(words, key=len, default="").casefold()
        yield [
            (placed.span, markdown_of(read(self._page.pieces(placed.span), self._names)))
            for placed in self._page.placed
            if span.start <= placed.span.start and placed.span.end <= span.end and self._may_hold(placed, word)
        ]
        if "\n" in find:
            yield [(span, markdown_of(read(self._page.pieces(span), self._names)))]

    def _may_hold(self, placed: Placed, word: str) -> bool:
        return not word or word in unescaped(self._page.raw(placed.span)).casefold()

    def _edited(self, original: Node, markdown: str, span: Span) -> Edit:
        content, done = self._with_placeholders(original, markdown, span)
        if not done.changed:
            return done
        made = self._fitting(content, span)
        # What holds nothing but blocks that are gone goes with them.
        storage = write({**original, "content": made}, self._page.source) if made else ""
        return Edit(storage, done.lost, done.unknown, done.strangers)

    def _with_placeholders(self, original: Node | None, markdown: str, span: Span) -> tuple[list[Node], Edit]:
        """Return the blocks of a part after an edit, in which placeholders of all of the page may stand."""
        done = edited(original, markdown, self._people, self._links)
        elsewhere = self._holding(done.unknown, span) if done.unknown else []
        if elsewhere:
            # The blocks that hold them come along as if they followed in the text, and are left out again.
            content = [*children_of(original), *elsewhere]
            shown = _APART.join([markdown, *(markdown_of({"type": "doc", "content": [block]}) for block in elsewhere)])
            document: Node = {**(original or {"type": "doc", "version": 1}), "content": content}
            again = edited(document, shown, self._people, self._links)
            kept = children_of(again.document)
            if all(one is other for one, other in zip(kept[-len(elsewhere) :], elsewhere, strict=True)):
                made = kept[: -len(elsewhere)]
                return made, Edit("", again.lost, again.unknown, again.strangers, again.changed)
        return children_of(done.document), Edit("", done.lost, done.unknown, done.strangers, done.changed)

    def _holding(self, tokens: tuple[str, ...], span: Span) -> list[Node]:
        """Return the blocks elsewhere on the page that hold placeholders."""
        found: list[Node] = []
        missing = set(tokens)
        for placed in self._page.placed:
            if not missing:
                break
            if span.start <= placed.span.start < span.end:
                continue
            document = read(self._page.pieces(placed.span), self._names)
            text = markdown_of(document)
            held = {token for token in missing if f"({token}" in text or f"::: {token}" in text}
            if held:
                found += children_of(document)
                missing -= held
        return found

    def _lost_comments(self, storage: str) -> Iterator[Loss]:
        """Yield the comments of the page of which no text is left."""
        known: Mapping[str, str] = {} if self._names is None or callable(self._names) else self._names
        left = _comments(storage, {})
        for reference, text in _comments(self._page.source, known).items():
            if reference not in left:
                yield Loss("comment", f"comment on “{text[:_LONGEST_QUOTE]}”")

    def _fitting(self, content: list[Node], span: Span) -> list[Node]:
        """Return blocks as their place on the page can hold them: there is no layout in a cell of a layout."""
        if not self._page.is_in_cell(span):
            return content
        made: list[Node] = []
        for block in content:
            columns = children_of(block) if block["type"] == "layoutSection" else None
            made += [block] if columns is None else [inner for column in columns for inner in children_of(column)]
        return made


def _resolver(page: Page, names: Names | None, people: People | None) -> Callable[[str], str | None]:
    """Return what finds account ids: of those whom the page mentions first."""
    find = names if names is None or callable(names) else names.get
    others = people if people is None or callable(people) else people.get
    mentioned: dict[str, set[str]] = {}
    for account in accounts_of(page.root):
        name = find(account) if find is not None else None
        if name:
            mentioned.setdefault(name, set()).add(account)

    def resolve(name: str) -> str | None:
        known = mentioned.get(name, set())
        if len(known) == 1:
            return next(iter(known))
        return others(name) if others is not None else None

    return resolve


def _comments(storage: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that comments are on, by the references of these."""
    found: dict[str, str] = {}
    if _MARKER in storage:
        for element in parse(storage).walk():
            if element.name == _MARKER:
                reference = element.attrs.get("ac:ref", "")
                text = " ".join(text_of(element, names=names).split())
                found[reference] = f"{found[reference]} {text}" if reference in found else text
    return found
