"""Markdown's block tokens to an ADF document."""

import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from atlassian_kit.adf.fitting import box, fit, titled
from atlassian_kit.adf.grammar import parser
from atlassian_kit.adf.inline_writer import FILE, PICTURE, inline_nodes, settled
from atlassian_kit.adf.nodes import (
    JsonValue,
    Node,
    clean,
    code_block,
    joined,
    node,
    paragraph,
    scheme_of,
    text_node,
)
from atlassian_kit.adf.schema import CONTENT, is_valid

if TYPE_CHECKING:
    from markdown_it.token import Token

MANY_LINES: Final = re.compile(r"(?:[^\n]*\n){40000}")
"""As many lines as are read as Markdown, which takes some seconds; the rest is kept as it is."""
_ALERT: Final = re.compile(r"\[!([A-Za-z]+)\](?=[ \t\n]|$)", re.ASCII)
_PANELS: Final = {
    "note": "info",
    "info": "info",
    "tip": "success",
    "success": "success",
    "important": "note",
    "warning": "warning",
    "caution": "error",
    "danger": "error",
    "error": "error",
}
_TASK: Final = re.compile(r"\[([ xX])\](?=[ \n]|$)")
_STATES: Final = {" ": "TODO", "d": "DECIDED"}
_SUMMARY_TAG: Final = re.compile(r"</?(?:b|strong|i|em|u|code|h[1-6]|p|span)\s*>", re.IGNORECASE)


def write(markdown: str) -> dict[str, JsonValue]:
    """Return the ADF document of a Markdown text (see `atlassian_kit.adf.to_adf`)."""
    text = clean(markdown)
    head = MANY_LINES.match(text)
    content = Writer(parser().parse(head[0] if head else text)).document()
    if head and head.end() < len(text):
        content.append(code_block(text[head.end() :]))
    return {"type": "doc", "version": 1, "content": cast("JsonValue", content)}


class Writer:
    """Makes nodes of the parser's tokens."""

    boxes = _TASK
    """What stands at the start of an item that is a task."""
    verbatim = True
    """Whether code of language `adf` stands for nodes."""

    def __init__(self, tokens: list["Token"]) -> None:
        self._tokens = tokens
        self._position = 0
        self._labels = _labels_used(tokens)
        self._ids: dict[str, int] = {}
        self._boxed = -1

    def document(self) -> list[Node]:
        """Return the blocks of a document."""
        return fit(self._blocks("", "doc"), "doc")

    def _next(self) -> "Token | None":
        if self._position >= len(self._tokens):
            return None
        self._position += 1
        return self._tokens[self._position - 1]

    def _blocks(self, stop: str, parent: str) -> list[Node]:
        """Return the blocks up to the token that closes their container, which is consumed."""
        made: list[Node] = []
        unfolded = 0
        while (token := self._next()) is not None and token.type != stop:
            if token.type == "details_open":
                inner = "" if token.meta.get("alone") else _section_within(parent)
                if inner:
                    made.append(self._section(token, inner))
                else:
                    unfolded += 1
                    made.append(titled(_summary(token)))
            elif token.type == "details_close":
                if unfolded:
                    unfolded -= 1
                elif parent in ("expand", "nestedExpand"):
                    return made
                else:
                    made.append(paragraph([text_node("</details>")]))
            else:
                made += self._block(token, parent)
        return made

    def _block(self, token: "Token", parent: str) -> list[Node]:
        kind = token.type
        if kind == "paragraph_open":
            return self._paragraph("paragraph_close")
        if kind == "heading_open":
            content = settled(self._inline("heading_close"))
            return [node("heading", content, level=int(token.tag[1:]))]
        if kind in ("bullet_list_open", "ordered_list_open"):
            return self._lists(token)
        if kind in ("fence", "code_block"):
            return self._code(token, parent)
        if kind == "blockquote_open":
            return [self._quote()]
        if kind == "table_open":
            return [self._table()]
        if kind == "html_block":
            html = clean(token.content).strip()
            return [] if re.fullmatch(r"<!--\s*-->", html) else [code_block(html, "html")]
        if kind == "definition":
            unused = token.meta["label"] not in self._labels
            return [paragraph(_lines_of(clean(token.content)))] if unused else []
        return [node("rule")]

    def _inline(self, stop: str) -> list[Node]:
        made: list[Node] = []
        while (token := self._next()) is not None and token.type != stop:
            made += inline_nodes(token.children or [])
        return made

    def _paragraph(self, stop: str) -> list[Node]:
        boxed = self._at_box()
        return self._paragraphs(self._inline(stop), boxed=boxed)

    def _at_box(self) -> bool:
        """Whether the paragraph that begins is the text of a task."""
        return self._position == self._boxed

    def _paragraphs(self, content: list[Node], *, boxed: bool) -> list[Node]:
        if boxed:
            return [paragraph(settled(content))]
        shown = [child for child in content if child["type"] != "text" or child["text"].strip() or "marks" in child]
        if (
            shown
            and all(map(_is_block_picture, shown))
            and (len(shown) == 1 or not any(picture["id"] for picture in shown))
        ):
            return [_media_single(picture) for picture in shown]
        if shown and all(child["type"] == FILE and not child["title"] for child in shown):
            return [node("mediaGroup", [_media(file) for file in shown])]
        return [paragraph(settled(content))]

    def _code(self, token: "Token", parent: str) -> list[Node]:
        text = clean(token.content.removesuffix("\n"))
        language, *notes = clean(token.info).split() or [""]
        if token.type == "fence" and language == "adf" and self.verbatim:
            verbatim = _verbatim(text, parent)
            if verbatim:
                return verbatim
        # ADF has no place for what else stands beside the language.
        return [*([paragraph([text_node(" ".join(notes))])] if notes else []), code_block(text, language or None)]

    def _section(self, token: "Token", type_: str) -> Node:
        title = _summary(token)
        # Sections stand only in documents and in each other, so nothing but the end stops one that is open.
        content = fit(self._blocks("", type_), type_)
        attrs = {} if title is None else {"title": title}
        if not attrs and type_ == "expand":
            return {"type": type_, "content": content}
        return {"type": type_, "attrs": attrs, "content": content}

    def _quote(self) -> Node:
        inline = self._tokens[self._position + 1 : self._position + 2]
        alert = self._tokens[self._position].type == "paragraph_open" and _ALERT.match(inline[0].content)
        children = inline[0].children if alert else None
        panel = _PANELS.get(alert[1].lower()) if alert else None
        if not (alert and children and panel and children[0].content.startswith(alert[0])):
            return node("blockquote", fit(self._blocks("blockquote_close", "blockquote"), "blockquote"))
        children[0].content = children[0].content[alert.end() :].lstrip(" \t")
        if len(children) > 1 and not children[0].content:
            del children[: 2 if children[1].type in ("softbreak", "hardbreak") else 1]
        body = self._blocks("blockquote_close", "panel")
        if body[0] == paragraph():
            del body[0]
        return node("panel", fit(body, "panel"), panelType=panel)

    def _lists(self, opening: "Token") -> list[Node]:
        return [self._list(opening, self._items())]

    def _items(self) -> list[tuple[str, list[Node]]]:
        """Return the items of a list with the state that each one's box tells, "" without a box."""
        items: list[tuple[str, list[Node]]] = []
        while (token := self._next()) is not None and token.type == "list_item_open":
            state = self._take_box()
            items.append((state, self._blocks("list_item_close", "listItem")))
        return items

    def _list(self, opening: "Token", items: list[tuple[str, list[Node]]]) -> Node:
        ordered = opening.type == "ordered_list_open"
        kinds = {"" if ordered else kind_of(*item) for item in items}
        if kinds == {"taskList"}:
            return self._tasks(items)
        if kinds == {"decisionList"}:
            return self._decisions([blocks[0]["content"] for _, blocks in items])
        made = [node("listItem", fit(_boxed(state, blocks), "listItem")) for state, blocks in items]
        if not ordered:
            return node("bulletList", made)
        start = cast("int", opening.attrGet("start") if opening.attrGet("start") is not None else 1)
        return node("orderedList", made, order=None if start == 1 else start)

    def _take_box(self) -> str:
        """Remove the box at the start of a list item; return the task's state, "" without a box."""
        if self._tokens[self._position].type != "paragraph_open":
            return ""
        inline = self._tokens[self._position + 1]
        found = self.boxes.match(inline.content)
        children = inline.children
        if found is None or not children or not children[0].content.startswith(found[0]):
            return ""
        # A task holds no blocks, so a picture in it cannot be one.
        self._boxed = self._position + 1
        rest = children[0].content[found.end() :]
        children[0].content = rest.removeprefix(" ")
        if not rest and len(children) > 1 and children[1].type == "softbreak":
            del children[1]
        return _STATES.get(found[1], "DONE")

    def _tasks(self, items: list[tuple[str, list[Node]]]) -> Node:
        made: list[Node] = []
        for state, blocks in items:
            content: list[Node] = blocks[0]["content"]
            text = "".join(child.get("text", "") for child in content)
            made.append(node("taskItem", content, localId=self._local_id("taskItem", text), state=state))
            made += blocks[1:]
        first = made[0]["attrs"]["localId"]
        return node("taskList", made, localId=self._local_id("taskList", first))

    def _decisions(self, lines: list[list[Node]]) -> Node:
        made: list[Node] = []
        for content in lines:
            text = "".join(child.get("text", "") for child in content)
            made.append(node("decisionItem", content, localId=self._local_id("decisionItem", text), state="DECIDED"))
        return node("decisionList", made, localId=self._local_id("decisionList", made[0]["attrs"]["localId"]))

    def _local_id(self, type_: str, text: str) -> str:
        """Return an id that is the same for the same text, so that writing a document twice changes nothing."""
        from uuid import NAMESPACE_OID, uuid5

        seed = f"{type_}:{text}"
        count = self._ids.get(seed, 0)
        self._ids[seed] = count + 1
        return str(uuid5(NAMESPACE_OID, f"{count}:{seed}"))

    def _table(self) -> Node:
        rows: list[list[Node]] = []
        while (token := self._next()) is not None and token.type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                type_ = "tableHeader" if token.type == "th_open" else "tableCell"
                rows[-1].append(node(type_, self._paragraph(token.type.replace("open", "close"))))
        if len(rows) > 1 and not any(cell["content"] != [paragraph()] for cell in rows[0]):
            # Markdown has no table without a header; one without text says that there is none.
            del rows[0]
        width = max(len(row) for row in rows)
        if width * len(rows) <= 1000 + 4 * sum(len(row) for row in rows):
            for row in rows:
                row += [node(row[0]["type"], [paragraph()]) for _ in range(width - len(row))]
        return node("table", [node("tableRow", row) for row in rows])


def _section_within(parent: str) -> str:
    """Return the type of a collapsible section inside a container, "" where there can be none."""
    # Beside the columns of a layout stands what will have a column of its own.
    allowed = CONTENT.get(parent, CONTENT["layoutColumn"])
    return next((type_ for type_ in ("expand", "nestedExpand") if type_ in allowed), "")


def _summary(token: "Token") -> str | None:
    import html

    title = token.meta["title"]
    if title is None:
        return None
    return clean(html.unescape(" ".join(_SUMMARY_TAG.sub("", str(title)).split())))


def _labels_used(tokens: list["Token"]) -> set[Any]:
    used: set[Any] = set()
    waiting = list(tokens)
    while waiting:
        token = waiting.pop()
        if token.type in ("link_open", "image") and "label" in token.meta:
            used.add(token.meta["label"])
        waiting += token.children or []
    return used


def _lines_of(text: str) -> list[Node]:
    made: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            made.append(node("hardBreak"))
        made.append(text_node(line.strip() or " "))
    return made


def _verbatim(text: str, parent: str) -> list[Node]:
    """Return the nodes that a code block of language `adf` stands for; [] unless all are valid here."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return []
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    return cast("list[Node]", listed) if all(is_valid(item, parent) for item in listed) else []


def _is_block_picture(child: Node) -> bool:
    return child["type"] == PICTURE and bool(child["id"] or scheme_of(child["url"]) in ("http", "https"))


def _media(stand_in: Node) -> Node:
    alt = stand_in["alt"] or None
    if stand_in["id"]:
        made = node("media", type="file", id=stand_in["id"], collection=stand_in["collection"], alt=alt)
    else:
        made = node("media", type="external", url=stand_in["url"], alt=alt)
    if stand_in["marks"]:
        made["marks"] = stand_in["marks"]
    return made


def _media_single(picture: Node) -> Node:
    content = [_media(picture)]
    if picture["title"]:
        content.append(node("caption", [text_node(picture["title"])]))
    return node("mediaSingle", content, layout="center")


def kind_of(state: str, blocks: list[Node]) -> str:
    """Return the type of the list that an item with a box belongs to, "" for any other item."""
    if state == "DECIDED":
        return "decisionList" if _is_line(blocks) else ""
    nested = all(block["type"] == "taskList" and "token" not in block for block in blocks[1:])
    return "taskList" if state and nested and _is_line(blocks[:1]) else ""


def _is_line(blocks: list[Node]) -> bool:
    return len(blocks) == 1 and blocks[0]["type"] == "paragraph" and "token" not in blocks[0]


def _boxed(state: str, blocks: list[Node]) -> list[Node]:
    if not state:
        return blocks
    label = text_node("Decision: " if state == "DECIDED" else box(state))
    if not _is_line(blocks[:1]):
        return [paragraph([label]), *blocks]
    return [paragraph(joined([label, *blocks[0]["content"]])), *blocks[1:]]
