"""The storage format as an Atlassian document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from confluence_mcp.sandbox.bodies import from_adf, inline
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
_LAYOUTS = {
    "two_equal": (50, 50), "two_left_sidebar": (33.33, 66.66), "two_right_sidebar": (66.66, 33.33),
    "three_equal": (33.33, 33.33, 33.33), "three_with_sidebars": (25, 50, 25),
    "three_left_sidebars": (25, 25, 50), "three_right_sidebars": (50, 25, 25),
}  # fmt: skip


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
        return part.get("data-card-appearance") in ("block", "embed")
    return part.tag in _BLOCK_TAGS or part.tag == "ac:image"


def _block(part: Element) -> Iterator[Node]:
    tag = part.tag
    if part.macro:
        yield from _macro(part)
    elif tag in _HEADINGS:
        words = trim(inline.inline(part.content))
        yield {"type": "heading", "attrs": {"level": _HEADINGS[tag]}, "content": words}
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
    style = part.get("style").replace(" ", "")
    align = "center" if "text-align:center" in style else "end" if "text-align:right" in style else ""
    if align and len(nodes) == 1 and nodes[0]["type"] == "paragraph":
        nodes[0]["marks"] = [{"type": "alignment", "attrs": {"align": align}}]
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
    rows: list[Node] = []
    for row in _rows(part):
        cells = [_cell(cell) for cell in row.children("td", "th")]
        if cells:
            rows.append({"type": "tableRow", "content": cells})
    layout = part.get("data-layout", "default")
    layout = layout if layout in ("wide", "full-width", "center", "align-start", "align-end") else "default"
    if rows:
        yield {"type": "table", "attrs": {"isNumberColumnEnabled": False, "layout": layout}, "content": rows}


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
        yield {
            "type": "layoutSection",
            "content": [
                {"type": "layoutColumn", "attrs": {"width": width}, "content": fitted("layoutColumn", nodes, _source)}
                for width, nodes in zip(widths, kept, strict=True)
            ],
        }


def _image(part: Element) -> Iterator[Node]:
    layout = {"left": "align-start", "right": "align-end"}.get(part.get("ac:align"), "center")
    attributes: Node = {"layout": layout}
    if part.get("ac:width").isdecimal():
        attributes |= {"width": int(part.get("ac:width")), "widthType": "pixel"}
    content: list[Node] = [{"type": "media", "attrs": inline.media(part)}]
    caption = part.child("ac:caption")
    if caption is not None:
        words = [each for each in trim(inline.inline(caption.content)) if each["type"] in _IN_A_CAPTION]
        content.append({"type": "caption", "content": words})
    yield {"type": "mediaSingle", "attrs": attributes, "content": content}


_IN_A_CAPTION = ("text", "hardBreak", "mention", "emoji", "date", "placeholder", "inlineCard", "status")


def _card(part: Element) -> Iterator[Node]:
    if part.get("data-card-appearance") == "embed":
        yield {"type": "embedCard", "attrs": {"url": part.get("href"), "layout": part.get("data-layout") or "center"}}
    else:
        yield {"type": "blockCard", "attrs": {"url": part.get("href")}}


def _adf_extension(part: Element) -> Iterator[Node]:
    node = part.child("ac:adf-node")
    if node is None:
        return
    told = {each.get("key"): each.words() for each in node.children("ac:adf-attribute")}
    inside = node.child("ac:adf-content")
    content = inside.content if inside is not None else []
    if node.get("type") == "panel":
        yield {"type": "panel", "attrs": _panel_attributes(told), "content": _inside("panel", content)}
    elif node.get("type") == "decision-list":
        items = [
            {
                "type": "decisionItem",
                "attrs": {"localId": f"decision-{number}", "state": "DECIDED"},
                "content": trim(inline.inline(item.content)),
            }
            for number, item in enumerate(node.children("ac:adf-node"), 1)
        ]
        if items:
            yield {"type": "decisionList", "attrs": {"localId": "decisions"}, "content": items}
    else:
        yield legacy(source(part))


def _panel_attributes(told: dict[str, str]) -> Node:
    kind = told.get("panel-type", "custom")
    known = kind if kind in ("info", "note", "tip", "warning", "error", "success") else "custom"
    named = {"panel-icon": "panelIcon", "panel-color": "panelColor"}
    return {"panelType": known} | {named[key]: value for key, value in told.items() if key in named}


def _macro(part: Element) -> Iterator[Node]:
    told = part.parameters()
    rich = part.child("ac:rich-text-body")
    if part.macro in _PANELS and rich is not None:
        yield from _panel(part.macro, told, rich)
    elif part.macro in ("code", "noformat"):
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
