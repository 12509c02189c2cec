"""ADF documents to Markdown."""

import html
import re
from typing import Final

from atlassian_kit.adf.escaping import code_fence, heading_safe, line_safe
from atlassian_kit.adf.fitting import ALERTS, as_inline
from atlassian_kit.adf.inline_reader import inline_markdown, picture
from atlassian_kit.adf.nodes import (
    Node,
    attrs_of,
    children_of,
    clean,
    content_of,
    string,
    type_of,
    whole,
)
from atlassian_kit.adf.pieces import Finished, file_link
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.adf.simplify import simplified

_FAMILIES: Final = {"bulletList": "bullet", "taskList": "bullet", "orderedList": "number"}
_BOXES: Final = {"DONE": "x", "DECIDED": "d"}
_LINES: Final = frozenset({"paragraph", "mediaSingle", "mediaGroup"})
_OPENS_TIGHT: Final = re.compile(r"(?:[-*]|1[.)]) \S")
_HIGHEST_NUMBER: Final = 999_999_999
_MAX_SPAN: Final = 100


def to_markdown(doc: object) -> str:
    """Return an ADF document as Markdown made to be read (see `atlassian_kit.adf.to_markdown`)."""
    if isinstance(doc, str):
        return clean(doc).strip()
    return Reader().blocks(content_of(doc))


class Reader:
    """Writes nodes as Markdown.

    With `exact` the blanks that Markdown would drop are kept, and code of language "adf" is taken to
    stand for nodes. `breaks` is what stands for a hard break in a paragraph.
    """

    def __init__(self, *, exact: bool = False, breaks: str = "\\\n") -> None:
        self._exact = exact
        self._breaks = breaks

    def blocks(self, nodes: list[Node], depth: int = 0) -> str:
        """Return blocks as Markdown, a blank line between them; `depth` counts the nodes around them."""
        return "\n\n".join(text for text, _ in self._rendered(nodes, depth))

    def _rendered(self, nodes: list[Node], depth: int) -> list[tuple[str, str]]:
        """Return the Markdown and the type of each block that has any."""
        made: list[tuple[str, str]] = []
        family, other = "", False
        for original in nodes:
            for block in simplified(original, depth):
                type_ = type_of(block)
                # Two lists of a kind would be read as one, but for their different bullets.
                other = _FAMILIES.get(type_) == family and not other
                text = self._block(type_, block, depth, other)
                if text:
                    made.append((text, type_))
                    family = _FAMILIES.get(type_, "none")
        return made

    def _block(self, type_: str, block: Node, depth: int, other: bool) -> str:
        content = children_of(block)
        if isinstance(block, Finished):
            return str(block["text"])
        if type_ == "paragraph":
            return self._paragraph(content)
        if type_ == "heading":
            level = whole(attrs_of(block).get("level"), 1, 1, 6)
            text = heading_safe(inline_markdown(content, breaks="<br>", exact=self._exact))
            return f"{'#' * level} {text}".strip()
        if type_ == "rule":
            return "---"
        if type_ == "codeBlock":
            return self._code(block)
        if type_ == "blockquote":
            return _indented(self.blocks(content, depth + 1), "> ") or ">"
        if type_ == "panel":
            return self._panel(block, depth)
        if type_ in ("bulletList", "orderedList"):
            return self._list(type_, block, depth, other)
        if type_ == "taskList":
            return self._tasks(block, depth, "*" if other else "-")
        if type_ in ("mediaSingle", "mediaGroup"):
            text = _media_single(content) if type_ == "mediaSingle" else _media_group(content)
            return "\n".join(line_safe(line) for line in text.split("\n"))
        if type_ == "table":
            return self._table(content)
        return self._section(block, depth)

    def _paragraph(self, content: list[Node]) -> str:
        lines = inline_markdown(content, breaks=self._breaks, exact=self._exact).split("\n")
        return "\n".join(line_safe(line) for line in lines).strip()

    def _code(self, block: Node) -> str:
        text = "".join(string(child.get("text")) for child in children_of(block))
        language = next(iter(string(attrs_of(block).get("language")).replace("`", "").split()), "")
        if language == "adf" and not self._exact:
            # Only our own code of this name may turn into something else when it is read.
            language = "json"
        return code_fence(text, language)

    def _panel(self, block: Node, depth: int) -> str:
        alert = ALERTS.get(string(attrs_of(block).get("panelType")), "NOTE")
        rendered = self._rendered(children_of(block), depth + 1)
        gap = "\n" if rendered and rendered[0][1] in _LINES else "\n\n"
        body = "\n\n".join(text for text, _ in rendered)
        return _indented(f"[!{alert}]{gap}{body}".strip(), "> ")

    def _section(self, block: Node, depth: int) -> str:
        title = attrs_of(block).get("title")
        summary = ""
        if isinstance(title, str):
            summary = f"\n<summary>{html.escape(' '.join(clean(title).split()), quote=False)}</summary>"
        body = self.blocks(children_of(block), depth + 1)
        return f"<details>{summary}\n\n{body}\n\n</details>" if body else f"<details>{summary}\n\n</details>"

    def _list(self, type_: str, block: Node, depth: int, other: bool) -> str:
        items = children_of(block)
        start = whole(attrs_of(block).get("order"), 1, 0, _HIGHEST_NUMBER)
        start = min(start, max(_HIGHEST_NUMBER - len(items), 0))
        bullet = "*" if other else "-"
        made: list[str] = []
        for position, item in enumerate(items):
            marker = f"{start + position}{')' if other else '.'}" if type_ == "orderedList" else bullet
            content = children_of(item) if type_of(item) == "listItem" else [item]
            made.append(self._item(marker, self._rendered(content, depth + 2)))
        return "\n".join(made)

    @staticmethod
    def _item(marker: str, rendered: list[tuple[str, str]]) -> str:
        if not rendered:
            return marker
        body = ""
        for position, (text, type_) in enumerate(rendered):
            if position:
                tight = type_ in _FAMILIES and rendered[position - 1][1] in _LINES and _OPENS_TIGHT.match(text)
                body += "\n" if tight else "\n\n"
            body += text
        indented = _indented(body, " " * (len(marker) + 1))
        # "- - -" would be a rule.
        return f"{marker}\n{indented}" if rendered[0][1] in _FAMILIES else f"{marker} {indented.lstrip(' ')}"

    def _tasks(self, block: Node, depth: int, bullet: str) -> str:
        made: list[str] = []
        for child in children_of(block):
            if type_of(child) == "taskList":
                nested = (
                    self._tasks(child, depth + 1, "-" if made else bullet) if depth < _MAX_SPAN else plain_text([child])
                )
                made.append(_indented(nested, "  ") if made else nested)
                continue
            content = children_of(child)
            if type_of(child) != "taskItem":
                content = as_inline(content, depth)
            text = inline_markdown(content, breaks=self._breaks, exact=self._exact)
            lines = [line if number == 0 else line_safe(line) for number, line in enumerate(text.split("\n"))]
            box = f"{bullet} [{_BOXES.get(string(attrs_of(child).get('state')), ' ')}] "
            made.append(_indented(box + "\n".join(lines), "  ").removeprefix("  ").rstrip())
        return "\n".join(made)

    def _table(self, rows: list[Node]) -> str:
        spanned: dict[int, int] = {}
        lines = [self._row(children_of(row), spanned) for row in rows]
        width = max((len(line) for line in lines), default=0)
        if not width:
            return ""
        header = [type_of(cell) == "tableHeader" for cell in children_of(rows[0])]
        if not header or not all(header):
            lines.insert(0, [])
        first = lines[0] + [""] * (width - len(lines[0]))
        rule = ["---"] * width
        return "\n".join(_row_line(line) for line in (first, rule, *map(_without_empty_end, lines[1:])))

    def _row(self, cells: list[Node], spanned: dict[int, int]) -> list[str]:
        made: list[str] = []
        for cell in cells:
            _skip_spanned(made, spanned)
            attrs = attrs_of(cell)
            rows = whole(attrs.get("rowspan"), 1, 1, _MAX_SPAN)
            for column in range(whole(attrs.get("colspan"), 1, 1, _MAX_SPAN)):
                if rows > 1:
                    spanned[len(made)] = rows - 1
                made.append("" if column else self._cell(children_of(cell)))
        _skip_spanned(made, spanned)
        return made

    def _cell(self, blocks: list[Node]) -> str:
        if len(blocks) == 1 and type_of(blocks[0]) == "mediaSingle":
            text = _media_single(children_of(blocks[0]))
        else:
            text = inline_markdown(as_inline(blocks), breaks="<br>", exact=self._exact)
        return text.replace("\n", " ").replace("|", "\\|").strip()


def _indented(text: str, prefix: str) -> str:
    blank = prefix.rstrip()
    return "\n".join(prefix + line if line else blank for line in text.split("\n")) if text else ""


def _media_single(content: list[Node]) -> str:
    captions = [child for child in content if type_of(child) == "caption"]
    caption = plain_text(captions).replace("\n", " ")
    media = [child for child in content if type_of(child) != "caption"]
    return " ".join(picture(child, caption) for child in media[:1])


def _media_group(content: list[Node]) -> str:
    made: list[str] = []
    files: list[str] = []
    for media in content:
        attrs = attrs_of(media)
        if attrs.get("type") != "external" and string(attrs.get("id")):
            files.append(file_link(media))
            continue
        if files:
            made.append(" ".join(files))
            files = []
        made.append(picture(media))
    return "\n\n".join([*made, " ".join(files)] if files else made)


def _skip_spanned(made: list[str], spanned: dict[int, int]) -> None:
    """Leave empty the cells that one of an earlier row reaches down to."""
    while spanned.get(len(made), 0):
        spanned[len(made)] -= 1
        made.append("")


def _row_line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _without_empty_end(cells: list[str]) -> list[str]:
    kept = list(cells)
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return kept or [""]
