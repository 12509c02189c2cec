"""The blocks of a page, and the sections that its headings make of them.

A block is what stands at the top of a page, of a cell of a layout, or of a column of the old editor. Blocks
without anything to see (empty paragraphs, comments) are not counted: they stay where they are.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice, takewhile
from typing import Final

from atlassian_kit.storage.plain import is_in_line, text_of
from atlassian_kit.storage.tree import Element, Text, parse

LONGEST_TEXT: Final = 80
"""Characters of a block's text that an outline shows."""
HEADING: Final = ":heading"
"""What follows the id of a heading to mean it alone, without its section."""

_LAYOUT: Final = frozenset({"ac:layout", "ac:layout-section", "ac:layout-cell"})
_COLUMNS: Final = frozenset({"section", "column"})
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_KINDS: Final = {
    "p": "paragraph",
    "ul": "list",
    "ol": "list",
    "ac:task-list": "tasks",
    "blockquote": "quote",
    "pre": "code",
    "hr": "rule",
    "table": "table",
    "ac:image": "image",
}
_MACRO_KINDS: Final = {
    **dict.fromkeys(("info", "tip", "note", "warning", "panel"), "panel"),
    **dict.fromkeys(("code", "noformat"), "code"),
    "expand": "expand",
}
_ADF_KINDS: Final = {"panel": "panel", "decision-list": "decisions"}
_TELLING: Final = ("jqlQuery", "cql", "url", "diagramName", "name", "page", "label", "labels", "")
"""Parameters that tell best what a macro without text shows."""
_UNSEEN: Final = frozenset({"p", "br", "strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "code", "span"})
"""What without text or attributes has nothing to see."""


Run = list[Element | Text]
"""The pieces of a block: one, but for text that stands beside paragraphs, which is a block with what is in its line."""


class PartNotFoundError(LookupError):
    """A part of a page that is not there; `similar` are ids of blocks that may be meant."""

    def __init__(self, part: str, similar: tuple[str, ...] = ()) -> None:
        super().__init__(f"No block or section “{part}” on the page" + (f"; {len(similar)} alike" if similar else ""))
        self.part = part
        self.similar = similar


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page.

    `id` is made of the block's source: it is the same while the block is, whatever changes around it.
    `kind` is heading, paragraph, list, tasks, quote, code, rule, table, image, panel,
    expand, card, decisions, macro or other;
    `level` that of a heading (1 to 6), 0 for anything else; `text` its first characters in one line; `size`
    its characters of storage; `section` the id of the heading that it stands under, "" for none.
    """

    id: str
    kind: str
    level: int
    text: str
    size: int
    section: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a page's source, `start` to `end` in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its place in the source; `holder` is what it stands in, `container` the number of that."""

    block: Block
    span: Span
    container: int
    holder: Element


class Page:
    """The blocks of a page in storage format; raises StorageSyntaxError for a text that is not."""

    def __init__(self, storage: str, names: Mapping[str, str] | None = None) -> None:
        self.source = storage
        self.root = parse(storage)
        found = list(_runs(self.root))
        spans = [Span(run[0].start, run[-1].end) for run, _, _ in found]
        ids = _ids([self.raw(span).strip() for span in spans])
        self.placed: list[Placed] = []
        open_headings: list[Placed] = []
        container = -1
        for (run, number, holder), span, identity in zip(found, spans, ids, strict=True):
            if number != container:
                container, open_headings = number, []
            kind, level = _kind(run)
            while level and open_headings and open_headings[-1].block.level >= level:
                open_headings.pop()
            section = open_headings[-1].block.id if open_headings else ""
            block = Block(identity, kind, level, _text(run, kind, names), span.end - span.start, section)
            self.placed.append(Placed(block, span, number, holder))
            if level:
                open_headings.append(self.placed[-1])
        self._holders = {placed.span.start: placed.holder for placed in self.placed}

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in the order of the page."""
        return tuple(placed.block for placed in self.placed)

    def raw(self, span: Span) -> str:
        """Return a stretch of the source."""
        return self.source[span.start : span.end]

    def pieces(self, span: Span) -> Run:
        """Return the elements and texts of a block or section, or of the whole page."""
        pieces = self._holder(span).children
        first = bisect_left(pieces, span.start, key=lambda piece: piece.start)
        return list(takewhile(lambda piece: piece.end <= span.end, islice(pieces, first, None)))

    def is_in_cell(self, span: Span) -> bool:
        """Whether a part stands in a cell of a layout."""
        return self._holder(span).name == "ac:layout-cell"

    def _holder(self, span: Span) -> Element:
        if span == Span(0, len(self.source)):
            return self.root
        return self._holders.get(span.start, self.root)

    def find(self, part: str) -> Span:
        """Return where a part stands: "" is the whole page, the id of a heading or its text a section.

        Raises PartNotFoundError for an id that no block has (any more), and for a text that no heading has or several.
        """
        if not part.strip():
            return Span(0, len(self.source))
        wanted = part.strip()
        alone = wanted.endswith(HEADING)
        index = self._index(wanted.removesuffix(HEADING))
        if alone or not self.placed[index].block.level:
            return self.placed[index].span
        return self._section(index)

    def _index(self, wanted: str) -> int:
        for index, placed in enumerate(self.placed):
            if placed.block.id == wanted:
                return index
        name = _folded(wanted.lstrip("#"))
        headings = [index for index, placed in enumerate(self.placed) if placed.block.level]
        titles = {index: _folded(self._title(index)) for index in headings}
        same = [index for index in headings if titles[index] == name]
        if len(same) == 1:
            return same[0]
        alike = same or [index for index in headings if name and name in titles[index]]
        raise PartNotFoundError(wanted, tuple(self.placed[index].block.id for index in alike[:10]))

    def _title(self, index: int) -> str:
        span = self.placed[index].span
        return self.placed[index].block.text if span.end - span.start < LONGEST_TEXT else text_of(parse(self.raw(span)))

    def _section(self, index: int) -> Span:
        first = self.placed[index]
        end = first.span.end
        for placed in self.placed[index + 1 :]:
            if placed.container != first.container or 0 < placed.block.level <= first.block.level:
                break
            end = placed.span.end
        return Span(first.span.start, end)


def outline(storage: str, names: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """Return the blocks of a page (see `atlassian_kit.storage.outline`)."""
    return Page(storage, names).blocks


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _ids(sources: list[str]) -> list[str]:
    """Return an id for each source: equal ones are numbered, and different ones never share one."""
    digests = [blake2b(source.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest() for source in sources]
    sharing: dict[str, set[str]] = {}
    for digest in digests:
        sharing.setdefault(digest[:6], set()).add(digest)
    counts: dict[str, int] = {}
    made: list[str] = []
    for digest in digests:
        counts[digest] = counts.get(digest, 0) + 1
        short = digest[:6] if len(sharing[digest[:6]]) == 1 else digest
        made.append(f"b{short}" + (f"-{counts[digest]}" if counts[digest] > 1 else ""))
    return made


def _runs(root: Element) -> Iterator[tuple[Run, int, Element]]:
    """Yield the pieces of each block with the number of the container that it stands in, and the container."""
    count = 0
    containers = [(iter(root.children), 0, root)]
    line: Run = []
    while containers:
        children, number, holder = containers[-1]
        child = next(children, None)
        if child is not None and _is_loose(child):
            line.append(child)
            continue
        if any(map(_is_seen, line)):
            yield _trimmed(line), number, holder
        line = []
        if child is None:
            containers.pop()
            continue
        inner = _container(child)
        if inner is not None:
            count += 1
            containers.append((iter(inner.children), count, inner))
        elif _is_seen(child):
            yield [child], number, holder


def _is_loose(child: Element | Text) -> bool:
    if isinstance(child, Text) or child.name == "br":
        return True
    if child.name == "ac:image":
        return child.attrs.get("ac:inline") == "true"
    return is_in_line(child)


def _container(child: Element | Text) -> Element | None:
    """Return the element whose children are blocks, None for a block."""
    if not isinstance(child, Element):
        return None
    if child.name in _LAYOUT:
        return child
    return child.body if child.macro in _COLUMNS else None


def _is_seen(piece: Element | Text) -> bool:
    if isinstance(piece, Text):
        return bool(piece.text.strip())
    if piece.name not in _UNSEEN:
        return True
    inner = islice(piece.walk(), 1, None)
    return bool(text_of(piece, 1)) or any(part.name not in _UNSEEN or part.start_tag.find("=") > 0 for part in inner)


def _trimmed(line: Run) -> Run:
    kept = list(line)
    for end in (0, -1):
        while not _is_seen(kept[end]):
            del kept[end]
    return kept


def _kind(run: Run) -> tuple[str, int]:
    """Return the kind of a block and the level of a heading."""
    first = run[0]
    if not isinstance(first, Element) or len(run) > 1:
        return "paragraph", 0
    if first.name in _HEADINGS:
        return "heading", _HEADINGS[first.name]
    if first.macro:
        return _MACRO_KINDS.get(first.macro, "paragraph" if is_in_line(first) else "macro"), 0
    if first.attrs.get("data-card-appearance") in ("block", "embed"):
        return "card", 0
    node = first.first("ac:adf-node") if first.name == "ac:adf-extension" else None
    if node is not None:
        return _ADF_KINDS.get(node.attrs.get("type", ""), "other"), 0
    return _KINDS.get(first.name, "paragraph" if is_in_line(first) else "other"), 0


def _text(run: Run, kind: str, names: Mapping[str, str] | None) -> str:
    """Return the first characters of a block's text in one line."""
    parts: list[str] = []
    for piece in run:
        parts.append(text_of(piece, LONGEST_TEXT, names))
        if sum(map(len, parts)) > LONGEST_TEXT:
            break
    text = " ".join(" ".join(parts).split())
    first = run[0]
    if isinstance(first, Element) and kind in ("macro", "panel") and first.macro:
        text = f"{first.macro}: {text or _told(first)}".removesuffix(": ")
    if isinstance(first, Element) and kind == "other" and not text:
        text = first.name
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1].rstrip() + "…"


def _told(macro: Element) -> str:
    """Return what a macro without text is about, from its parameters."""
    for name in _TELLING:
        parameter = macro.parameter_element(name)
        if parameter is not None:
            found = parameter.text.strip() or next(
                (
                    target
                    for part in parameter.walk()
                    if (
                        target := part.attrs.get("ri:content-title")
                        or part.attrs.get("ri:filename")
                        or part.attrs.get("ri:value")
                    )
                ),
                "",
            )
            if found:
                return " ".join(found.split())
    return ""
