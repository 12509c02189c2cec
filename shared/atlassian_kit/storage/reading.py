"""Storage format to ADF's nodes, each of which leads to its source."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from atlassian_kit.adf.nodes import Node, clean, node, text_node
from atlassian_kit.storage import macros
from atlassian_kit.storage.inline_reading import LineReader, attachment_of, is_inline, opaque
from atlassian_kit.storage.origins import Origin, from_source
from atlassian_kit.storage.tree import Element, Text

Names = Mapping[str, str] | Callable[[str], str | None]
"""From an account id to the name of somebody."""

Pieces = Sequence[Element | Text]

_BLANKS: Final = " \t\r\n"
_DEEPEST: Final = 40
_TRANSPARENT: Final = frozenset({"div", "section", "article", "center", "ac:layout", "ac:rich-text-body"})
_ROW_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})
_ALIGNED: Final = re.compile(r"text-align\s*:\s*(center|right)", re.IGNORECASE)
_WIDTHS: Final = {
    "two_left_sidebar": (33.33, 66.66),
    "two_right_sidebar": (66.66, 33.33),
    "three_with_sidebars": (25, 50, 25),
    "three_left_sidebars": (25, 25, 50),
    "three_right_sidebars": (50, 25, 25),
}


def read(pieces: Pieces, names: Names | None = None) -> Node:
    """Return elements and texts of a tree as a document of ADF's nodes, each with its origin.

    They are blocks, or lines of text between blocks, that stand beside each other in their source.
    """
    made: Node = {"type": "doc", "version": 1, "content": Reader(names).blocks(pieces, 0)}
    return from_source(made, Origin(pieces[0].source, pieces[0].start, pieces[-1].end)) if pieces else made


class Reader:
    """Makes blocks of elements."""

    def __init__(self, names: Names | None = None) -> None:
        find = names if names is None or callable(names) else names.get
        self._lines = LineReader(lambda account: clean((find(account) if find else None) or ""))

    def blocks(self, pieces: Pieces, depth: int) -> list[Node]:
        """Return the blocks of a container's contents."""
        made: list[Node] = []
        for run, block in _runs(pieces):
            if run:
                made.append(self._run(run))
            if block is not None:
                made += self._block(block, depth)
        return made

    def line(self, pieces: Pieces) -> list[Node]:
        """Return the inline nodes of a line."""
        return self._lines.line(pieces)

    def _run(self, run: Pieces) -> Node:
        origin = Origin(run[0].source, run[0].start, run[-1].end)
        card = run[0] if len(run) == 1 else None
        if isinstance(card, Element) and card.attrs.get("data-card-appearance") in ("block", "embed"):
            return self._card(card, Origin(card.source, card.start, card.end, card))
        return from_source(node("paragraph", self.line(run)), origin)

    def _block(self, element: Element, depth: int) -> list[Node]:
        name = element.name
        if depth > _DEEPEST:
            return [_opaque(element)]
        wrapped = _wrapped(element)
        if wrapped is not None:
            return self.blocks(wrapped.children, depth + 1)
        origin = Origin(element.source, element.start, element.end, element, element)
        if name == "p":
            return [self._paragraph(element, origin, depth)]
        if name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            made = node("heading", self.line(element.children), level=int(name[1]))
            return [from_source(_aligned(made, element), origin)]
        if name == "hr":
            return [from_source(node("rule"), Origin(element.source, element.start, element.end, element))]
        if name in ("ul", "ol"):
            return [self._list(element, origin, depth)]
        if name == "blockquote":
            return [from_source(node("blockquote", self.blocks(element.children, depth + 1)), origin)]
        if name == "table":
            return [self._table(element, origin, depth)]
        if name == "pre" and not element.elements:
            text = clean(element.text.removeprefix("\n"))
            return [from_source(node("codeBlock", [text_node(text)] if text else []), origin)]
        if name == "ac:layout-section":
            return [self._layout(element, origin, depth)]
        if name == "ac:task-list":
            return [self._tasks(element, origin)]
        return [self._special(element, element, depth)]

    def _special(self, element: Element, whole: Element, depth: int) -> Node:
        """Return the node of an image, a macro or anything unknown, which is all that `whole` holds."""
        origin = Origin(whole.source, whole.start, whole.end, element)
        if element.name == "ac:image":
            return self._image(element, origin)
        if element.name == "a":
            return self._card(element, origin)
        made = macros.read(element, origin, self, depth)
        return made if made is not None else from_source(opaque(element, "extension"), origin)

    def _paragraph(self, element: Element, origin: Origin, depth: int) -> Node:
        shown = [piece for piece in element.children if not isinstance(piece, Text) or is_inline(piece)]
        only = shown[0] if len(shown) == 1 else None
        if isinstance(only, Element):
            is_card = only.name == "a" and only.attrs.get("data-card-appearance") in ("block", "embed")
            if only.name == "ac:image" or is_card or (not is_inline(only) and (only.macro or "adf" in only.name)):
                return self._special(only, element, depth)
        return from_source(_aligned(node("paragraph", self.line(element.children)), element), origin)

    def _card(self, element: Element, origin: Origin) -> Node:
        embedded = element.attrs.get("data-card-appearance") == "embed"
        made = node("embedCard" if embedded else "blockCard", url=clean(element.attrs.get("href", "")))
        if embedded:
            made["attrs"]["layout"] = element.attrs.get("data-layout", "center")
        return from_source(made, origin)

    def _image(self, element: Element, origin: Origin) -> Node:
        attrs = element.attrs
        name, collection = attachment_of(element)
        url = element.first("ri:url")
        alt = clean(attrs.get("ac:alt", ""))
        if name:
            media = node("media", type="file", id=name, collection=collection, alt=alt or name)
        elif url is not None and url.attrs.get("ri:value"):
            media = node("media", type="external", url=clean(url.attrs["ri:value"]), alt=alt or None)
        else:
            return from_source(opaque(element, "extension"), origin)
        from_source(media, Origin(element.source, element.start, element.end, element))
        content = [media]
        caption = element.first("ac:caption")
        text = clean(" ".join(caption.text.split())) if caption is not None else ""
        if text:
            content.append(node("caption", [text_node(text)]))
        return from_source(node("mediaSingle", content, layout=attrs.get("ac:layout", "center")), origin)

    def _list(self, element: Element, origin: Origin, depth: int) -> Node:
        items: list[Node] = []
        for child in element.children:
            if isinstance(child, Text):
                if is_inline(child):
                    return _opaque(element)
                continue
            span = Origin(child.source, child.start, child.end, child, child)
            if child.name == "li":
                content = self.blocks(child.children, depth + 1)
            else:
                # Pasted text has lists right inside of lists.
                content, span = self.blocks([child], depth + 1), Origin(child.source, child.start, child.end)
            items.append(from_source(node("listItem", content), span))
        if not items:
            return _opaque(element)
        start = element.attrs.get("start", "1")
        order = int(start) if start.isdecimal() and start.isascii() and len(start) < 9 else 1
        made = node("orderedList" if element.name == "ol" else "bulletList", items)
        if made["type"] == "orderedList" and order != 1:
            made["attrs"] = {"order": order}
        return from_source(made, origin)

    def _table(self, element: Element, origin: Origin, depth: int) -> Node:
        rows = list(_rows(element))
        if not rows or None in rows:
            return _opaque(element)
        made = node("table", [self._row(row, depth) for row in rows if row is not None])
        layout = element.attrs.get("data-layout")
        if layout:
            made["attrs"] = {"layout": layout}
        return from_source(made, origin)

    def _row(self, row: Element, depth: int) -> Node:
        cells = [self._cell(cell, depth) for cell in row.elements]
        return from_source(node("tableRow", cells), Origin(row.source, row.start, row.end, row, row))

    def _cell(self, cell: Element, depth: int) -> Node:
        attrs = cell.attrs
        made = node("tableHeader" if cell.name == "th" else "tableCell", self.blocks(cell.children, depth + 1))
        spans = {name: attrs[name] for name in ("colspan", "rowspan") if attrs.get(name, "1") != "1"}
        said: Node = {name: int(value) if value.isdecimal() else value for name, value in spans.items()}
        if attrs.get("data-highlight-colour"):
            said["background"] = attrs["data-highlight-colour"]
        if said:
            made["attrs"] = said
        return from_source(made, Origin(cell.source, cell.start, cell.end, cell, cell))

    def _layout(self, element: Element, origin: Origin, depth: int) -> Node:
        cells = element.elements
        known = _WIDTHS.get(element.attrs.get("ac:type", ""), ())
        widths = known if len(known) == len(cells) else [_share(len(cells))] * len(cells)
        columns = [
            from_source(
                node("layoutColumn", self.blocks(cell.children, depth + 1), width=width),
                Origin(cell.source, cell.start, cell.end, cell, cell),
            )
            for cell, width in zip(cells, widths, strict=True)
        ]
        return from_source(node("layoutSection", columns), origin)

    def _tasks(self, element: Element, origin: Origin) -> Node:
        items: list[Node] = []
        for child in element.elements:
            if child.name == "ac:task-list":
                items.append(self._tasks(child, Origin(child.source, child.start, child.end, child, child)))
                continue
            body = child.first("ac:task-body")
            holder = _line_holder(body) if body is not None else None
            if child.name != "ac:task" or (body is not None and holder is None):
                return _opaque(element)
            identity, status = child.first("ac:task-id"), child.first("ac:task-status")
            made = node(
                "taskItem",
                self.line(holder.children) if holder is not None else [],
                localId=identity.text.strip() if identity is not None else "",
                state="DONE" if status is not None and status.text.strip() == "complete" else "TODO",
            )
            items.append(from_source(made, Origin(child.source, child.start, child.end, child, holder)))
        if not items or any(child["type"] != "taskItem" and "content" not in child for child in items):
            return _opaque(element)
        return from_source(node("taskList", items, localId=""), origin)


def _wrapped(element: Element) -> Element | None:
    """Return what holds the contents of an element that shows nothing of its own, None for any other."""
    if element.name in _TRANSPARENT:
        return element
    cells = element.elements
    if element.name == "ac:layout-section" and len(cells) <= 1:
        return cells[0] if cells else element
    return None


def _share(columns: int) -> float:
    share = round(100 / columns, 2)
    return int(share) if share == int(share) else share


def _runs(pieces: Pieces) -> Iterator[tuple[Pieces, Element | None]]:
    """Yield the lines of text with the block that follows each: ([], block) where there is no text."""
    run: list[Element | Text] = []
    for piece in pieces:
        if isinstance(piece, Text) or is_inline(piece) or (run and _may_be_inline(piece)):
            if run or is_inline(piece):
                run.append(piece)
            continue
        yield _trimmed(run), piece
        run = []
    yield _trimmed(run), None


def _may_be_inline(piece: Element) -> bool:
    return piece.name == "ac:image" or (bool(piece.macro) and piece.body is None)


def _trimmed(run: list[Element | Text]) -> Pieces:
    """Return a line without the blanks at its ends, which belong to what is around it."""
    while run and isinstance(run[-1], Text) and not is_inline(run[-1]):
        run.pop()
    first, last = (run[0], run[-1]) if run else (None, None)
    if isinstance(first, Text) and first.kind == "text":
        run[0] = Text(first.source, first.end - len(first.raw.lstrip(_BLANKS)), first.end)
    if isinstance(last, Text) and last.kind == "text":
        run[-1] = Text(last.source, run[-1].start, last.start + len(last.raw.rstrip(_BLANKS)))
    return run


def _opaque(element: Element) -> Node:
    return from_source(opaque(element, "extension"), Origin(element.source, element.start, element.end, element))


def _aligned(made: Node, element: Element) -> Node:
    found = _ALIGNED.search(element.attrs.get("style", ""))
    if found is not None:
        made["marks"] = [{"type": "alignment", "attrs": {"align": "center" if found[1].lower() == "center" else "end"}}]
    return made


def _rows(table: Element) -> Iterator[Element | None]:
    """Yield the rows of a table, None for what no table of ours has."""
    for child in table.children:
        if isinstance(child, Text):
            if is_inline(child):
                yield None
        elif child.name == "tr":
            yield child if _is_row(child) else None
        elif child.name in _ROW_GROUPS:
            yield from _rows(child)
        elif child.name not in ("colgroup", "col"):
            yield None


def _is_row(row: Element) -> bool:
    return all(
        child.name in ("td", "th") if isinstance(child, Element) else not is_inline(child) for child in row.children
    )


def _line_holder(body: Element) -> Element | None:
    """Return the element that holds the line of a task, None where its body holds more than a line."""
    shown = [piece for piece in body.children if not isinstance(piece, Text) or is_inline(piece)]
    only = shown[0] if len(shown) == 1 else None
    if isinstance(only, Element) and (only.name == "p" or "placeholder-inline-tasks" in only.attrs.get("class", "")):
        return only if only.name != "p" or _is_line(only) else None
    return body if _is_line(body) else None


def _is_line(element: Element) -> bool:
    return all(isinstance(child, Text) or is_inline(child) or _may_be_inline(child) for child in element.children)
