"""The storage format as an Atlassian document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from confluence_mcp.sandbox.bodies import from_adf, inline, media
from confluence_mcp.sandbox.bodies.grammar import Node, fitted, legacy, paragraphs, trim
from confluence_mcp.sandbox.bodies.tree import Element, parse, source

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TRANSPARENT = frozenset({"div", "p", "tbody", "thead", "colgroup", "section", "article", "center", "span"})
_BLOCK_TAGS = frozenset(
    [
        "ul",
        "ol",
        "li",
        "blockquote",
        "hr",
        "pre",
        "table",
        "p",
        "div",
        "ac:task-list",
        "ac:layout",
        "ac:layout-section",
        "ac:layout-cell",
        "ac:adf-extension",
        "section",
        "article",
        "center",
        "dl",
        "figure",
    ]
) | set(_HEADINGS)
_PANELS = {"info": "info", "note": "warning", "tip": "success", "warning": "error", "panel": "custom"}
"""The macros of the boxes, and what the editor calls each."""
_PANEL_TYPES = ("info", "note", "tip", "warning", "error", "success")
_LAYOUTS = {
    "two_equal": (50, 50), "two_left_sidebar": (33.33, 66.66), "two_right_sidebar": (66.66, 33.33),
    "three_equal": (33.33, 33.33, 33.33), "three_with_sidebars": (25, 50, 25),
    "three_left_sidebars": (25, 25, 50), "three_right_sidebars": (50, 25, 25),
}  # fmt: skip
_INDENTED = re.compile(r"margin-left:(\d{1,4}(?:\.\d)?)px")
_WIDTH = re.compile(r"width:(\d{1,5}(?:\.\d{1,3})?)px")


def storage_to_adf(body: str) -> Node:
    """The body as an Atlassian document that follows the rules on which node may stand where.

    Macros without a node of their own become extensions; what cannot stand where it does, an extension that holds its
    source. Raises `InvalidBodyError`.
    """
    return {"version": 1, "type": "doc", "content": fitted("doc", _blocks(parse(body).content), _source)}


def _source(node: Node) -> str:
    return from_adf.adf_to_storage({"type": "doc", "version": 1, "content": [node]})


def _inside(parent: str, parts: Iterable[Element | str]) -> list[Node]:
    return fitted(parent, _blocks(parts), _source)


def _blocks(parts: Iterable[Element | str]) -> Iterator[Node]:
    line: list[Node] = []
    for part in parts:
        if isinstance(part, str) or not _is_block(part):
            line += inline.inline([part])
            continue
        yield from paragraphs(line)
        line = []
        yield from _block(part)
    yield from paragraphs(line)


def _is_block(part: Element) -> bool:
    if part.macro:
        return not inline.is_inline(part)
    if part.tag == "a":
        return part.get("data-card-appearance") in ("block", "embed") or media.linked_picture(part) is not None
    if part.tag == "ac:image":
        return part.get("ac:inline") != "true"
    if part.tag == "ac:adf-extension":
        node = part.child("ac:adf-node")
        return node is None or node.get("type") != "inline-extension"
    return part.tag in _BLOCK_TAGS


def _block(part: Element) -> Iterator[Node]:
    tag = part.tag
    if part.macro:
        yield from _macro(part)
    elif tag in _HEADINGS:
        words = trim(inline.inline(part.content))
        yield from _aligned(part, [{"type": "heading", "attrs": {"level": _HEADINGS[tag]}, "content": words}])
    elif tag == "p":
        yield from _paragraph(part)
    elif tag in _NODES:
        yield from _NODES[tag](part)
    elif tag in _TRANSPARENT:
        yield from _blocks(part.content)
    else:
        yield legacy(source(part))


def _paragraph(part: Element) -> Iterator[Node]:
    alone = [each for each in part.content if isinstance(each, Element) or each.strip()]
    if len(alone) > 1 and all(isinstance(each, str) or each.macro or not _is_block(each) for each in alone):
        if any(isinstance(each, Element) and each.child("ac:rich-text-body") for each in alone):
            yield from _blocks(part.content)
        else:
            yield from _aligned(part, paragraphs(inline.inline(part.content)))
        return
    made = list(_blocks(part.content))
    yield from _aligned(part, made) if made else [{"type": "paragraph"}]


def _aligned(part: Element, nodes: list[Node]) -> list[Node]:
    """The nodes; the only one of them has the alignment or indentation of the element."""
    style = part.get("style").replace(" ", "")
    mark: Node | None = None
    if indented := _INDENTED.search(style):
        mark = {"type": "indentation", "attrs": {"level": min(6, max(1, round(float(indented[1]) / 30)))}}
    elif "text-align:center" in style or "text-align:right" in style:
        mark = {"type": "alignment", "attrs": {"align": "center" if "text-align:center" in style else "end"}}
    if mark and len(nodes) == 1 and nodes[0]["type"] in ("paragraph", "heading"):
        nodes[0]["marks"] = [mark]
    return nodes


def _list(part: Element) -> Iterator[Node]:
    items: list[Node] = []
    for child in part.children():
        if child.tag == "li":
            items.append({"type": "listItem", "content": _inside("listItem", child.content)})
        elif items:  # a list right inside a list belongs to the item before it
            items[-1]["content"] += _inside("listItem", [child])
        else:
            items.append({"type": "listItem", "content": _inside("listItem", [child])})
    if not items:
        return
    if part.tag == "ul":
        yield {"type": "bulletList", "content": items}
    else:
        start = part.get("start", "1")
        order = int(start) if start.isdecimal() and len(start) < 9 else 1
        yield {"type": "orderedList", "attrs": {"order": order}, "content": items}


def _table(part: Element) -> Iterator[Node]:
    found = [
        _WIDTH.search(each.get("style").replace(" ", ""))
        for group in part.children("colgroup")
        for each in group.children("col")
    ]
    widths = [round(float(each[1])) for each in found if each]
    rows: list[Node] = []
    for row in _rows(part):
        cells = [_cell(cell) for cell in row.children("td", "th")]
        _widen(cells, widths if len(widths) == len(found) else [])
        if cells:
            rows.append({"type": "tableRow", "content": cells})
    layout = part.get("data-layout", "default")
    layout = layout if layout in ("wide", "full-width", "center", "align-start", "align-end") else "default"
    if rows:
        yield {"type": "table", "attrs": {"isNumberColumnEnabled": False, "layout": layout}, "content": rows}


def _widen(cells: list[Node], widths: list[int]) -> None:
    """Give the cells of a row their widths, if the row has a cell in each column."""
    spans: list[int] = [cell["attrs"].get("colspan", 1) for cell in cells]
    if sum(spans) != len(widths):
        return
    for cell, span in zip(cells, spans, strict=True):
        cell["attrs"]["colwidth"], widths = widths[:span], widths[span:]


def _rows(part: Element) -> Iterator[Element]:
    for child in part.children():
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from child.children("tr")


def _cell(cell: Element) -> Node:
    kind = "tableHeader" if cell.tag == "th" else "tableCell"
    attributes: Node = {name: int(cell.get(name)) for name in ("colspan", "rowspan") if cell.get(name).isdecimal()}
    if cell.get("data-highlight-colour"):
        attributes["background"] = cell.get("data-highlight-colour")
    content = _inside(kind, cell.content)
    for node in content:
        if node["type"] in ("paragraph", "heading") and not node.get("content"):
            node.pop("content", None)
    return {"type": kind, "attrs": attributes, "content": content}


def _tasks(part: Element) -> Iterator[Node]:
    items: list[Node] = []
    for task in part.children("ac:task"):
        told = {each.tag: each for each in task.children()}
        name = told["ac:task-uuid"].words() if "ac:task-uuid" in told else ""
        number = told["ac:task-id"].words().strip() if "ac:task-id" in told else ""
        done = "ac:task-status" in told and told["ac:task-status"].words().strip() == "complete"
        attributes = {"localId": number or name or str(len(items) + 1), "state": "DONE" if done else "TODO"}
        body = told.get("ac:task-body")
        content = body.content if body is not None else []
        nested = [each for each in content if isinstance(each, Element) and each.tag == "ac:task-list"]
        nested += task.children("ac:task-list")
        words = trim(inline.inline(each for each in content if each not in nested))
        items.append({"type": "taskItem", "attrs": attributes, "content": words})
        for each in nested:
            items += _tasks(each)
    if items:
        yield {"type": "taskList", "attrs": {"localId": part.get("ac:task-list-id") or "tasks"}, "content": items}


def _layout(part: Element) -> Iterator[Node]:
    for section in part.children("ac:layout-section"):
        columns = [list(_blocks(cell.content)) for cell in section.children("ac:layout-cell")]
        if len(columns) < 2:
            yield from (node for column in columns for node in column)
            continue
        kept = [*columns[:2], [node for column in columns[2:] for node in column]] if len(columns) > 2 else columns
        widths = _LAYOUTS.get(section.get("ac:type"), ())
        if len(widths) != len(kept):
            widths = (round(100 / len(kept), 2),) * len(kept)
        made: list[Node] = [
            {"type": "layoutColumn", "attrs": {"width": width}, "content": fitted("layoutColumn", nodes, _source)}
            for width, nodes in zip(widths, kept, strict=True)
        ]
        mode = section.get("ac:breakout-mode")
        wide = {"marks": [{"type": "breakout", "attrs": {"mode": mode}}]} if mode in ("wide", "full-width") else {}
        yield {"type": "layoutSection", **wide, "content": made}


def _image(part: Element) -> Iterator[Node]:
    yield media.picture(part)


def _card(part: Element) -> Iterator[Node]:
    shown = media.linked_picture(part)
    if shown is not None:
        yield media.picture(shown, part.get("href"))
    elif part.get("data-card-appearance") == "embed":
        attributes: Node = {"url": part.get("href"), "layout": part.get("data-layout") or "center"}
        if part.get("data-width").isdecimal():
            attributes["width"] = min(100, int(part.get("data-width")))
        yield {"type": "embedCard", "attrs": attributes}
    else:
        yield {"type": "blockCard", "attrs": {"url": part.get("href")}}


def _adf_extension(part: Element) -> Iterator[Node]:
    node = part.child("ac:adf-node")
    if node is None:
        return
    told = _told(node)
    inside = node.child("ac:adf-content")
    content = inside.content if inside is not None else []
    kind = node.get("type")
    items = [_decision(item, number) for number, item in enumerate(node.children("ac:adf-node"), 1)]
    if kind == "panel" and told.get("panel-type") in _PANEL_TYPES:
        yield {"type": "panel", "attrs": {"panelType": told["panel-type"]}, "content": _inside("panel", content)}
    elif kind == "decision-list" and items:
        yield {"type": "decisionList", "attrs": {"localId": told.get("local-id", "decisions")}, "content": items}
    elif kind == "extension" and told.get("extension-key") and told.get("extension-type"):
        made = inline.app_extension("bodiedExtension" if inside is not None else "extension", told)
        yield made | {"content": _inside("bodiedExtension", content)} if inside is not None else made
    else:
        yield legacy(source(part))


def _told(node: Element) -> dict[str, str]:
    return {each.get("key"): each.words() for each in node.children("ac:adf-attribute")}


def _decision(item: Element, number: int) -> Node:
    told = _told(item)
    inside = item.child("ac:adf-content")
    words = trim(inline.inline(inside.content if inside is not None else []))
    attributes = {"localId": told.get("local-id", f"decision-{number}"), "state": told.get("state", "DECIDED")}
    return {"type": "decisionItem", "attrs": attributes, "content": words}


def _macro(part: Element) -> Iterator[Node]:
    told = part.parameters()
    rich = part.child("ac:rich-text-body")
    if part.macro in _PANELS and rich is not None:
        yield from _panel(part.macro, told, rich)
    elif part.macro == "view-file" and (card := media.file_card(part)) is not None:
        yield card
    elif part.macro == "code":
        plain = part.child("ac:plain-text-body")
        words = plain.words() if plain is not None else ""
        language = {"language": told["language"]} if told.get("language") else {}
        yield {"type": "codeBlock", "attrs": language, "content": inline.text(words)}
    elif part.macro in ("expand", "ui-expand") and rich is not None:
        title = {"title": told.get("title", "")}
        yield {"type": "expand", "attrs": title, "content": _inside("expand", rich.content)}
    elif rich is not None:
        node = inline.macro_extension("bodiedExtension", part)
        yield node | {"content": _inside("bodiedExtension", rich.content)}
    else:
        yield inline.macro_extension("extension", part)


def _panel(macro: str, told: dict[str, str], rich: Element) -> Iterator[Node]:
    attributes = {"panelType": _PANELS[macro]}
    if macro == "panel":
        attributes["panelColor"] = told.get("bgColor") or "#F4F5F7"
        attributes |= {name: told[name] for name in ("panelIcon", "panelIconId", "panelIconText") if name in told}
    content = _inside("panel", rich.content)
    if told.get("title"):
        marks = [{"type": "strong"}]
        content.insert(0, {"type": "paragraph", "content": inline.text(told["title"], marks)})
    yield {"type": "panel", "attrs": attributes, "content": content}


def _code(part: Element) -> Iterator[Node]:
    yield {"type": "codeBlock", "attrs": {}, "content": inline.text(part.words())}


def _quote(part: Element) -> Iterator[Node]:
    yield {"type": "blockquote", "content": _inside("blockquote", part.content)}


def _rule(_part: Element) -> Iterator[Node]:
    yield {"type": "rule"}


_NODES: dict[str, Callable[[Element], Iterator[Node]]] = {
    "ul": _list,
    "ol": _list,
    "table": _table,
    "ac:task-list": _tasks,
    "ac:layout": _layout,
    "ac:image": _image,
    "ac:adf-extension": _adf_extension,
    "a": _card,
    "pre": _code,
    "blockquote": _quote,
    "hr": _rule,
}
