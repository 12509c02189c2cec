"""The Markdown that is edited to nodes, with a stand-in for each placeholder."""

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from atlassian_kit.adf.book import Book, Entry
from atlassian_kit.adf.drawing import ABOVE, LEFT
from atlassian_kit.adf.edit_grammar import edit_parser
from atlassian_kit.adf.fitting import fit
from atlassian_kit.adf.inline_writer import FILE, PICTURE, PLACEHOLDER, settled
from atlassian_kit.adf.nodes import Node, clean, code_block, joined, node, paragraph, text_node, type_of
from atlassian_kit.adf.schema import CONTENT
from atlassian_kit.adf.views import MAX_SPAN
from atlassian_kit.adf.writer import MANY_LINES, Writer, kind_of

if TYPE_CHECKING:
    from markdown_it.token import Token

_BREAK: Final = re.compile(r"[ \t]*<br\s{0,9}/?>", re.IGNORECASE)
_PLAIN_START: Final = re.compile(r"[^\W\d_]|\*\*\w|\[[^!\]xXd ]")
_BOXES: Final = re.compile(r"\[([ xXd])\](?=[ \n]|$)")
_HEADER: Final = re.compile(r"!(?: |$)")
_MAX_FRAMES: Final = 8
_CARDS: Final = {"card": "blockCard", "embed": "embedCard"}

Resolve = Callable[[str], str | None]
"""From the name of somebody to the account id, None for a name that says nothing."""


class EditWriter(Writer):
    """Makes nodes of the tokens of `edit_grammar.edit_parser`.

    A stand-in is a node with the type of what it stands for, its id as `token` and where it was as
    `places`. What the text names in vain is kept in `unknown` (placeholders) and `strangers` (people).
    """

    boxes = _BOXES
    verbatim = False

    def __init__(self, tokens: "list[Token]", book: Book, resolve: Resolve, env: dict[str, Any] | None = None) -> None:
        super().__init__(list(_frames_kept(tokens)))
        _mark_alone(tokens)
        self._book = book
        self._resolve = resolve
        self._env: dict[str, Any] = env if env is not None else {}
        self.unknown: list[str] = []
        self.strangers: list[str] = []

    def _block(self, token: "Token", parent: str) -> list[Node]:
        if token.type == "frame_open":
            return self._frame(token, parent)
        if token.type == "frame_close":
            return [paragraph([text_node(":::")])]
        if token.type == "card":
            made = node(_CARDS[token.meta["kind"]], url=clean(token.meta["url"]))
            if made["type"] == "embedCard":
                made["attrs"]["layout"] = "center"
            return [made]
        if token.type == "heading_open":
            lines, blocks = self._parted(self._inline("heading_close"))
            content = settled([child for line in lines for child in line])
            return [node("heading", content, level=int(token.tag[1:])), *blocks]
        return super()._block(token, parent)

    def _lists(self, opening: "Token") -> list[Node]:
        if opening.type == "ordered_list_open":
            return super()._lists(opening)
        runs = groupby(self._items(), lambda item: kind_of(*item))
        return [self._list(opening, list(run)) for _, run in runs]

    def _frame(self, token: "Token", parent: str) -> list[Node]:
        name, rest = token.meta["name"], token.meta["rest"]
        if name == "layout" and "layoutSection" in CONTENT.get(parent, ()):
            return _columns(self._blocks("frame_close", "layoutSection"))
        if name == "column" and parent == "layoutSection":
            width = _width(rest)
            content = fit(self._blocks("frame_close", "layoutColumn"), "layoutColumn")
            return [node("layoutColumn", content, width=width)]
        entry = self._found(name.removeprefix("adf:")) if name.startswith("adf:") else None
        if entry is None or entry.kind != "frame" or type_of(entry.node) not in CONTENT.get(parent, ()):
            return self._blocks("frame_close", "doc" if parent == "layoutSection" else parent)
        made = _stand_in(name.removeprefix("adf:"), entry)
        made["content"] = fit(self._blocks("frame_close", made["type"]), made["type"])
        return [made]

    def _found(self, identity: str) -> Entry | None:
        entry = self._book.find(identity)
        if entry is None:
            self.unknown.append(f"adf:{identity}")
        return entry

    def _inline(self, stop: str) -> list[Node]:
        return [self._settled(child) for child in super()._inline(stop)]

    def _settled(self, child: Node) -> Node:
        if child["type"] == "mention" and "name" in child:
            name = child["name"]
            account = self._book.account(name) or self._resolve(name)
            if account:
                return node("mention", id=account, text=f"@{name}")
            self.strangers.append(name)
            return text_node(f"@{name}")
        if child["type"] in (FILE, PICTURE) and child["id"] and self._book.file(child["id"]):
            # `to_markdown` shows files by their own ids.
            child = {**child, "id": self._book.file(child["id"]), "picture": child["type"] == PICTURE}
        elif child["type"] != PLACEHOLDER:
            return child
        entry = self._found(child["id"])
        if entry is None:
            return text_node(child.get("label") or child["id"])
        if entry.kind == "frame":
            # Without the lines of its frame there is nothing to put the contents into.
            return text_node(child.get("label") or child["id"])
        made = {**child, **_stand_in(child["id"], entry), "kind": entry.kind}
        if child["type"] == PICTURE and entry.kind == "media" and self._book.is_named(child["id"]):
            made["attrs"] = {"alt": child["alt"]}
        return made

    def _parted(self, content: list[Node]) -> tuple[list[list[Node]], list[Node]]:
        """Return the lines between the blocks that stand in a line, and these blocks."""
        lines: list[list[Node]] = [[]]
        blocks: list[Node] = []
        for child in content:
            if child.get("kind", "line") == "line":
                lines[-1].append(_bare(child) if "token" in child else child)
            else:
                blocks.append(child)
                lines.append([])
        return lines, blocks

    def _paragraph(self, stop: str) -> list[Node]:
        boxed = self._at_box()
        content = self._inline(stop)
        lines, blocks = self._parted(content)
        if not blocks:
            return self._paragraphs(lines[0], boxed=boxed)
        made: list[Node] = []
        for position, line in enumerate(lines):
            if any(child["type"] != "text" or child["text"].strip() for child in line):
                made += self._paragraphs(_trimmed(line), boxed=boxed)
            if position < len(blocks):
                _add_block(made, blocks[position])
        return made

    def _table(self) -> Node:
        rows: list[list[tuple[bool, list[Node]] | str]] = []
        while (token := self._next()) is not None and token.type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(self._cell(token.type == "th_open"))
        if len(rows) > 1 and not any(isinstance(cell, str) or cell[1] != [paragraph()] for cell in rows[0]):
            del rows[0]
        width = max(len(row) for row in rows)
        if width * len(rows) <= 1000 + 4 * sum(len(row) for row in rows):
            for row in rows:
                row.extend([(False, [paragraph()])] * (width - len(row)))
        return node("table", [node("tableRow", row) for row in _spanned(rows)])

    def _cell(self, in_header: bool) -> tuple[bool, list[Node]] | str:
        stop = "th_close" if in_header else "td_close"
        text = self._tokens[self._position].content.strip()
        if text in (LEFT, ABOVE):
            self._inline(stop)
            return text
        header = in_header or _HEADER.match(text) is not None
        if _PLAIN_START.match(text) and not _BREAK.search(text):
            return header, fit(self._paragraph(stop), "tableCell")
        while (token := self._next()) is not None and token.type != stop:
            pass
        text = text[1:].lstrip() if _HEADER.match(text) else text
        tokens = edit_parser(tables=False).parse(_BREAK.sub("\n", text), {"link_work": self._env.get("link_work", 0)})
        for token in tokens:
            for child in token.children or ():
                if child.type == "softbreak":
                    child.type = "hardbreak"
        inner = EditWriter(tokens, self._book, self._resolve, self._env)
        blocks = fit(inner._blocks("", "tableCell"), "tableCell")
        self.unknown += inner.unknown
        self.strangers += inner.strangers
        return header, blocks or [paragraph()]


def read_edited(markdown: str, book: Book, resolve: Resolve) -> tuple[list[Node], EditWriter]:
    """Return the nodes of a text that was edited, and the writer, which knows what it named in vain."""
    text = clean(markdown)
    head = MANY_LINES.match(text)
    env: dict[str, Any] = {}
    writer = EditWriter(edit_parser().parse(head[0] if head else text, env), book, resolve, env)
    content = writer.document()
    if head and head.end() < len(text):
        content.append(code_block(text[head.end() :]))
    return content, writer


def _frames_kept(tokens: "list[Token]") -> "Iterator[Token]":
    """Yield the tokens without the frames that are too deep within others."""
    kept: list[bool] = []
    for token in tokens:
        if token.type == "frame_open":
            kept.append(len(kept) < _MAX_FRAMES)
            if kept[-1]:
                yield token
        elif token.type != "frame_close" or not kept or kept.pop():
            yield token


def _mark_alone(tokens: "list[Token]") -> None:
    """Mark the sections that nothing closes before what holds them ends: they would take in what follows it."""
    waiting: list[list[Token]] = [[]]
    for token in tokens:
        if token.nesting == 1:
            waiting.append([])
        elif token.nesting == -1:
            for section in waiting.pop():
                section.meta["alone"] = True
        elif token.type == "details_open":
            waiting[-1].append(token)
        elif token.type == "details_close" and waiting[-1]:
            waiting[-1].pop()


def _stand_in(identity: str, entry: Entry) -> Node:
    type_ = "placeholder" if entry.kind == "line" else type_of(entry.node)
    return {"type": type_, "token": identity, "places": entry.places}


def _bare(stand_in: Node) -> Node:
    return {name: stand_in[name] for name in ("type", "token", "places", "attrs") if name in stand_in}


def _add_block(made: list[Node], block: Node) -> None:
    if block["kind"] != "media":
        made.append(_bare(block))
    elif block["picture"]:
        caption = [node("caption", [text_node(block["title"])])] if block["title"] else []
        made.append(node("mediaSingle", [_bare(block), *caption], layout="center"))
    elif made and made[-1]["type"] == "mediaGroup" and "token" not in made[-1]:
        made[-1]["content"].append(_bare(block))
    else:
        made.append(node("mediaGroup", [_bare(block)]))


def _trimmed(line: list[Node]) -> list[Node]:
    """Return a line without the blanks and breaks beside a block that stood in it."""
    kept = list(line)
    for end in (0, -1):
        while kept and (
            kept[end]["type"] == "hardBreak" or (kept[end]["type"] == "text" and not kept[end]["text"].strip())
        ):
            del kept[end]
    if kept and kept[-1]["type"] == "text":
        kept[-1] = {**kept[-1], "text": kept[-1]["text"].rstrip()}
    if kept and kept[0]["type"] == "text":
        kept[0] = {**kept[0], "text": kept[0]["text"].lstrip()}
    return joined(kept)


def _width(rest: str) -> float:
    try:
        width = float(rest.split()[0].rstrip("%")) if rest.split() else 0.0
    except ValueError:
        width = 0.0
    if not 0 <= width <= 100:
        width = 0.0
    return int(width) if width == int(width) else width


def _columns(blocks: list[Node]) -> list[Node]:
    columns: list[Node] = []
    loose: list[Node] = []
    for block in [*blocks, None]:
        if block is not None and block["type"] != "layoutColumn":
            loose.append(block)
            continue
        if loose:
            columns.append(node("layoutColumn", fit(loose, "layoutColumn"), width=0))
            loose = []
        if block is not None:
            columns.append(block)
    if len(columns) < 2:
        return [block for column in columns for block in column["content"]]
    for column in columns:
        if not column["attrs"]["width"]:
            column["attrs"]["width"] = round(100 / len(columns), 2)
    return [node("layoutSection", columns)]


def _spanned(rows: list[list[tuple[bool, list[Node]] | str]]) -> list[list[Node]]:
    """Return the rows of cells, in which those reach over others that the marks say."""
    made: list[list[Node]] = []
    owners: list[tuple[Node, int, int]] = []
    for number, row in enumerate(rows):
        cells: list[Node] = []
        above, owners = owners, []
        for column, cell in enumerate(row):
            owner = _owner(cell, owners, above, number, column)
            if owner is None:
                header, blocks = (False, [paragraph([text_node(cell)])]) if isinstance(cell, str) else cell
                owner = (node("tableHeader" if header else "tableCell", blocks), number, column)
                cells.append(owner[0])
            owners.append(owner)
        made.append(cells)
    return made


def _owner(
    cell: object, owners: list[tuple[Node, int, int]], above: list[tuple[Node, int, int]], row: int, column: int
) -> tuple[Node, int, int] | None:
    """Return the cell that a mark belongs to with the place where it starts, None for what is no mark."""
    if cell == LEFT and column:
        found, top, left = owners[column - 1]
        attrs = found.setdefault("attrs", {})
        if top == row and column - left < MAX_SPAN:
            attrs["colspan"] = column - left + 1
            return owners[column - 1]
        if top != row and column < left + attrs.get("colspan", 1):
            return owners[column - 1]
        if not attrs:
            del found["attrs"]
    if cell == ABOVE and column < len(above):
        found, top, left = above[column]
        if left == column and row - top < MAX_SPAN:
            found.setdefault("attrs", {})["rowspan"] = row - top + 1
            return above[column]
    return None
