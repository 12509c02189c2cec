"""Views to the Markdown that is edited."""

from typing import Final

from atlassian_kit.adf.book import Book
from atlassian_kit.adf.inline_reader import picture
from atlassian_kit.adf.lines import LineViewer, placeholder
from atlassian_kit.adf.nodes import Node, attrs_of, text_node
from atlassian_kit.adf.pieces import Finished, title_of
from atlassian_kit.adf.reader import Reader
from atlassian_kit.adf.views import FRAMES, View

LEFT: Final = "<"
"""Stands in a cell of a table that the cell to its left reaches over."""
ABOVE: Final = "^"
"""Stands in a cell of a table that the cell above reaches down to."""
_CARDS: Final = {"blockCard": "card", "embedCard": "embed"}


class Drawer:
    """Writes views as Markdown; `in_cell` for what stands in a cell of a table, whose every line end is a break."""

    def __init__(self, book: Book, *, in_cell: bool = False) -> None:
        self._book = book
        self._in_cell = in_cell
        self._lines = LineViewer(book, original=True)
        self._reader = Reader(exact=True, breaks="\n" if in_cell else "\\\n")

    def markdown(self, views: list[View]) -> str:
        """Return blocks as Markdown."""
        return self._reader.blocks(self._all(views))

    def _all(self, views: list[View] | None) -> list[Node]:
        return [self._drawn(view) for view in views or ()]

    def _drawn(self, view: View) -> Node:
        type_, said = view.type, dict(view.said)
        if view.token and type_ not in FRAMES:
            return placeholder(self._book, view.token)
        if type_ == "taskItem":
            return {"type": type_, "attrs": said, "content": self._lines.drawn(view.line or [])}
        if view.line is not None:
            return {"type": type_, "attrs": said, "content": self._lines.drawn(view.line)}
        if type_ == "codeBlock":
            text = str(said["text"])
            content = [text_node(text)] if text else []
            return {"type": type_, "attrs": {"language": said["language"]}, "content": content}
        if type_ == "decisionList":
            items: list[Node] = [
                {"type": "taskItem", "attrs": {"state": "DECIDED"}, "content": self._lines.drawn(item.line or [])}
                for item in view.blocks or ()
            ]
            return {"type": "taskList", "content": items}
        if type_ in ("mediaSingle", "mediaGroup"):
            return Finished(type=type_, text=self._media(view))
        if type_ in _CARDS:
            return Finished(type=type_, text=f"::{_CARDS[type_]} {said['url']}")
        if type_ == "table":
            return Finished(type=type_, text=self._table(view.blocks or []))
        if type_ in FRAMES or type_ in ("layoutSection", "layoutColumn"):
            return Finished(type=type_, text=self._frame(view, said))
        return {"type": type_, "attrs": said, "content": self._all(view.blocks)}

    def _media(self, view: View) -> str:
        parts = view.blocks or []
        if view.type == "mediaGroup":
            return " ".join(str(placeholder(self._book, media.token)["text"]) for media in parts)
        caption = str(dict(parts[1].said)["text"]) if len(parts) > 1 else ""
        if parts[0].token:
            return str(placeholder(self._book, parts[0].token, picture=True, title=title_of(caption))["text"])
        return picture(parts[0].node, caption)

    def _frame(self, view: View, said: dict[str, object]) -> str:
        if view.type == "layoutSection":
            line = "layout"
        elif view.type == "layoutColumn":
            line = f"column {said['width']}"
        else:
            entry = self._book.find(view.token)
            line = f"adf:{view.token} {attrs_of(view.node).get('extensionKey') or (entry.label if entry else '')}"
        body = self.markdown(view.blocks or [])
        return f"::: {' '.join(line.split())}\n\n{body}\n\n:::" if body else f"::: {' '.join(line.split())}\n\n:::"

    def _table(self, rows: list[View]) -> str:
        with_header = _has_header(rows)
        lines: list[list[str]] = []
        covered: dict[int, tuple[int, str]] = {}
        for number, row in enumerate(rows):
            line: list[str] = []
            for cell in row.blocks or ():
                _mark_covered(line, covered)
                said = dict(cell.said)
                columns, down = int(str(said["colspan"])), int(str(said["rowspan"])) - 1
                for column in range(columns):
                    if down:
                        covered[len(line)] = (down, LEFT if column else ABOVE)
                    line.append(LEFT if column else self._cell(cell, with_header and not number))
            _mark_covered(line, covered)
            lines.append(line)
        width = max((len(line) for line in lines), default=0)
        if not with_header:
            lines.insert(0, [""] * width)
        lines.insert(1, ["---"] * width)
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _cell(self, cell: View, in_header: bool) -> str:
        text = Drawer(self._book, in_cell=True).markdown(cell.blocks or [])
        text = text.replace("\n", "<br>").replace("|", "\\|").strip()
        if text in (LEFT, ABOVE) or text.startswith("! ") or text == "!":
            text = "\\" + text
        return f"! {text}".strip() if cell.type == "tableHeader" and not in_header else text


def _has_header(rows: list[View]) -> bool:
    """Whether the first row can be the header of Markdown's table."""
    first = rows[0].blocks if rows else None
    return (
        bool(first)
        and all(cell.type == "tableHeader" for cell in first or ())
        and any(cell.blocks for cell in first or ())
    )


def _mark_covered(line: list[str], covered: dict[int, tuple[int, str]]) -> None:
    while (below := covered.pop(len(line), None)) is not None:
        rest, mark = below
        if rest > 1:
            covered[len(line)] = (rest - 1, mark)
        line.append(mark)
