"""An Atlassian document as storage format."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from confluence_mcp.sandbox.bodies.grammar import Node, is_legacy
from confluence_mcp.sandbox.bodies.inline import MACRO, PLAIN_BODY, STATUS_COLOURS
from confluence_mcp.sandbox.bodies.references import link_source
from confluence_mcp.sandbox.bodies.tree import InvalidBodyError, cdata, element, parse, text_source

_TAGS = {
    "bulletList": "ul", "listItem": "li", "blockquote": "blockquote", "tableRow": "tr",
    "tableHeader": "th", "tableCell": "td",
}  # fmt: skip
_MARKS = {"strong": "strong", "em": "em", "underline": "u", "strike": "del", "code": "code"}
_ORDER = ("code", "subsup", "textColor", "backgroundColor", "underline", "strike", "em", "strong", "link", "annotation")
"""From the inside out."""
_PANELS = {"info": "info", "warning": "note", "success": "tip", "error": "warning"}
_SECTIONS = {
    (50, 50): "two_equal", (33, 67): "two_left_sidebar", (67, 33): "two_right_sidebar",
    (25, 50, 25): "three_with_sidebars", (25, 25, 50): "three_left_sidebars", (50, 25, 25): "three_right_sidebars",
}  # fmt: skip


def adf_to_storage(document: Mapping[str, Any]) -> str:
    """The document as storage format. Raises `InvalidBodyError` for what is no document."""
    if document.get("type") != "doc" or not isinstance(document.get("content"), list):
        raise InvalidBodyError("Error parsing adf: not a document")
    try:
        made = [_node(node) for node in cast("list[Node]", document["content"])]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as trouble:
        raise InvalidBodyError(f"Error parsing adf: {type(trouble).__name__}: {trouble}") from trouble
    return _joined_layouts(made)


def _joined_layouts(blocks: list[str]) -> str:
    """The blocks, with sections of a layout that follow each other in one."""
    joined = ""
    for block in blocks:
        if block.startswith("<ac:layout>") and joined.endswith("</ac:layout>"):
            joined = joined.removesuffix("</ac:layout>") + block.removeprefix("<ac:layout>")
        else:
            joined += block
    return joined


def _all(nodes: list[Node]) -> str:
    return "".join(map(_node, nodes))


def _node(node: Node) -> str:
    kind: str = node["type"]
    if kind in _WRITERS:
        return _WRITERS[kind](node)
    if kind in _TAGS:
        return element(_TAGS[kind], {}, _content(node))
    return _content(node)


def _content(node: Node) -> str:
    return _all(_children(node))


def _children(node: Node) -> list[Node]:
    return node.get("content") or []


def _marks(node: Node) -> list[Node]:
    return node.get("marks") or []


def _attributes(node: Node) -> Node:
    return node.get("attrs") or {}


def _paragraph(node: Node) -> str:
    style = {}
    for mark in _marks(node):
        if mark["type"] == "alignment":
            style = {"style": f"text-align: {'right' if mark['attrs']['align'] == 'end' else 'center'};"}
        elif mark["type"] == "indentation":
            style = {"style": f"margin-left: {30.0 * mark['attrs']['level']}px;"}
    return element("p", style, _content(node))


def _heading(node: Node) -> str:
    return element(f"h{int(_attributes(node)['level'])}", {}, _content(node))


def _ordered(node: Node) -> str:
    order = _attributes(node).get("order", 1)
    return element("ol", {"start": order if order != 1 else None}, _content(node))


def _text(node: Node) -> str:
    words: str = node["text"]
    made = text_source(words)
    marks: dict[str, Node] = {mark["type"]: mark.get("attrs") or {} for mark in _marks(node)}
    for kind in _ORDER:
        if kind not in marks:
            continue
        told = marks[kind]
        match kind:
            case "link":
                made = link_source(told["href"], made, words)
            case "annotation":
                made = element("ac:inline-comment-marker", {"ac:ref": told["id"]}, made)
            case "subsup":
                made = element(told["type"], {}, made)
            case "textColor":
                made = element("span", {"style": f"color: {told['color']};"}, made)
            case "backgroundColor":
                made = element("span", {"style": f"background-color: {told['color']};"}, made)
            case _:
                made = element(_MARKS[kind], {}, made)
    return made


def _break(_node: Node) -> str:
    return "<br />"


def _rule(_node: Node) -> str:
    return "<hr />"


def _mention(node: Node) -> str:
    return element("ac:link", {}, element("ri:user", {"ri:account-id": _attributes(node)["id"]}))


def _emoji(node: Node) -> str:
    told = _attributes(node)
    short: str = told["shortName"]
    attributes = {
        "ac:name": short.strip(":"),
        "ac:emoji-shortname": short,
        "ac:emoji-id": told.get("id"),
        "ac:emoji-fallback": told.get("text"),
    }
    return element("ac:emoticon", attributes)


def _date(node: Node) -> str:
    day = datetime.fromtimestamp(int(_attributes(node)["timestamp"]) / 1000, UTC)
    return element("time", {"datetime": f"{day:%Y-%m-%d}"})


def _status(node: Node) -> str:
    told = _attributes(node)
    parameters = {"title": told["text"], "colour": STATUS_COLOURS.get(told["color"], "Grey")}
    if told.get("style") == "subtle":
        parameters["subtle"] = "true"
    return _macro("status", parameters)


def _placeholder(node: Node) -> str:
    return element("ac:placeholder", {}, text_source(_attributes(node)["text"]))


def _card(appearance: str) -> Callable[[Node], str]:
    def write(node: Node) -> str:
        url: str = _attributes(node)["url"]
        link = element("a", {"href": url, "data-card-appearance": appearance}, text_source(url))
        return link if appearance == "inline" else element("p", {}, link)

    return write


def _macro(name: str, parameters: Mapping[str, str], body: str = "", about: Mapping[str, str] | None = None) -> str:
    told = "".join(
        element("ac:parameter", {"ac:name": key}, value if _is_source(value) else text_source(value))
        for key, value in parameters.items()
    )
    attributes = {"ac:name": name, "ac:schema-version": "1", **(about or {})}
    return element("ac:structured-macro", attributes, told, body)


def _is_source(value: str) -> bool:
    if not value.startswith(("<ac:", "<ri:")):
        return False
    try:
        parse(value)
    except InvalidBodyError:
        return False
    return True


def _panel(node: Node) -> str:
    told = _attributes(node)
    kind = told.get("panelType", "info")
    body = element("ac:rich-text-body", {}, _content(node))
    if kind in _PANELS:
        return _macro(_PANELS[kind], {}, body)
    if kind == "custom" and set(told) <= {"panelType", "panelColor"}:
        return _macro("panel", {"bgColor": told.get("panelColor", "#F4F5F7")}, body)
    named = {"panelType": "panel-type", "panelIcon": "panel-icon", "panelColor": "panel-color"}
    inner = "".join(
        element("ac:adf-attribute", {"key": named[key]}, text_source(value))
        for key, value in told.items()
        if key in named
    )
    content = element("ac:adf-content", {}, _content(node))
    return element("ac:adf-extension", {}, element("ac:adf-node", {"type": "panel"}, inner, content))


def _decisions(node: Node) -> str:
    items = [
        element("ac:adf-node", {"type": "decision-item"}, element("ac:adf-content", {}, _content(item)))
        for item in node["content"]
    ]
    return element("ac:adf-extension", {}, element("ac:adf-node", {"type": "decision-list"}, *items))


def _code(node: Node) -> str:
    language = _attributes(node).get("language")
    words = "".join(str(each.get("text", "")) for each in _children(node))
    return _macro("code", {"language": language} if language else {}, element("ac:plain-text-body", {}, cdata(words)))


def _expand(node: Node) -> str:
    title = _attributes(node).get("title", "")
    return _macro("expand", {"title": title} if title else {}, element("ac:rich-text-body", {}, _content(node)))


def _table(node: Node) -> str:
    layout = _attributes(node).get("layout")
    body = element("tbody", {}, _content(node))
    return element("table", {"data-layout": layout if layout != "default" else None}, body)


def _cell(node: Node) -> str:
    told = _attributes(node)
    attributes = {name: told[name] for name in ("colspan", "rowspan") if told.get(name, 1) != 1}
    if told.get("background"):
        attributes["data-highlight-colour"] = told["background"]
    return element(_TAGS[node["type"]], attributes, _content(node))


def _tasks(node: Node) -> str:
    items: list[str] = []
    for item in node["content"]:
        if item["type"] == "taskList":
            items.append(_tasks(item))
            continue
        told = _attributes(item)
        number, state = str(told.get("localId", "")), "complete" if told.get("state") == "DONE" else "incomplete"
        id_tag = "ac:task-id" if number.isdecimal() else "ac:task-uuid"
        items.append(
            element(
                "ac:task",
                {},
                element(id_tag, {}, text_source(number)),
                element("ac:task-status", {}, state),
                element("ac:task-body", {}, _content(item)),
            )
        )
    return element("ac:task-list", {}, *items)


def _layout(node: Node) -> str:
    columns: list[Node] = node["content"]
    widths = tuple(round(_attributes(column).get("width", 0)) for column in columns)
    kind = _SECTIONS.get(widths, "three_equal" if len(columns) == 3 else "two_equal" if len(columns) == 2 else "single")
    cells = [element("ac:layout-cell", {}, _content(column)) for column in columns]
    return element("ac:layout", {}, element("ac:layout-section", {"ac:type": kind}, *cells))


def _media_single(node: Node) -> str:
    told = _attributes(node)
    attributes = {"ac:align": {"align-start": "left", "align-end": "right"}.get(told.get("layout", ""), "center")}
    if told.get("widthType") == "pixel":
        attributes["ac:width"] = str(told["width"])
    caption = ""
    for child in node["content"]:
        if child["type"] == "caption" and child.get("content"):
            caption = element("ac:caption", {}, element("p", {}, _content(child)))
    return _image(node["content"][0], attributes, caption)


def _media(node: Node) -> str:
    return _image(node, {}, "")


def _image(media: Node, attributes: dict[str, str], caption: str) -> str:
    told = _attributes(media)
    if told.get("alt"):
        attributes["ac:alt"] = told["alt"]
    for name in ("width", "height"):
        if name in told:
            attributes[f"ac:original-{name}"] = str(told[name])
    if told.get("type") == "external":
        target = element("ri:url", {"ri:value": told["url"]})
    else:
        target = element("ri:attachment", {"ri:filename": told["id"]})
    return element("ac:image", attributes, target, caption)


def _extension(node: Node) -> str:
    told = _attributes(node)
    parameters: Node = told.get("parameters") or {}
    if is_legacy(node):
        kept: str = parameters["cxhtml"]
        parse(kept)
        return kept
    if told["extensionType"] != MACRO:
        return _unknown(node)
    given: dict[str, Node] = parameters.get("macroParams") or {}
    values = {name: str(each.get("value", "")) for name, each in given.items()}
    plain = values.pop(PLAIN_BODY, None)
    about = {
        attribute: str(parameters["macroMetadata"][name]["value"])
        for name, attribute in (("schemaVersion", "ac:schema-version"), ("macroId", "ac:macro-id"))
        if name in (parameters.get("macroMetadata") or {})
    }
    body = element("ac:plain-text-body", {}, cdata(plain)) if plain is not None else ""
    if node["type"] == "bodiedExtension":
        body = element("ac:rich-text-body", {}, _content(node))
    return _macro(told["extensionKey"], values, body, about)


def _unknown(node: Node) -> str:
    inner = element("ac:adf-attribute", {"key": "adf"}, cdata(json.dumps(node, ensure_ascii=False)))
    return element("ac:adf-extension", {}, element("ac:adf-node", {"type": "extension"}, inner))


_WRITERS: dict[str, Callable[[Node], str]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "orderedList": _ordered,
    "text": _text,
    "hardBreak": _break,
    "rule": _rule,
    "mention": _mention,
    "emoji": _emoji,
    "date": _date,
    "status": _status,
    "placeholder": _placeholder,
    "inlineCard": _card("inline"),
    "blockCard": _card("block"),
    "embedCard": _card("embed"),
    "panel": _panel,
    "decisionList": _decisions,
    "codeBlock": _code,
    "expand": _expand,
    "nestedExpand": _expand,
    "table": _table,
    "tableHeader": _cell,
    "tableCell": _cell,
    "taskList": _tasks,
    "layoutSection": _layout,
    "mediaSingle": _media_single,
    "media": _media,
    "mediaInline": _media,
    "extension": _extension,
    "inlineExtension": _extension,
    "bodiedExtension": _extension,
}
