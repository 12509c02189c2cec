"""Blocks that are new, as storage format."""

from typing import TYPE_CHECKING, Final

from atlassian_kit.adf.nodes import Node, attrs_of, children_of, string, type_of, whole
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.storage.inline_writing import image, line, macro
from atlassian_kit.storage.macros import PANELS
from atlassian_kit.storage.spelling import attribute, cdata, escaped

if TYPE_CHECKING:
    from atlassian_kit.storage.writing import Writer

_TAGS: Final = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
    "layoutSection": "ac:layout-section",
    "layoutColumn": "ac:layout-cell",
    "taskList": "ac:task-list",
}
_MACROS: Final = {"tip": "tip", **{shown: name for name, shown in PANELS.items()}}
_TWO: Final = 2
_THREE: Final = 3
_LAYOUTS: Final = {1: "fixed-width", 2: "two_equal", 3: "three_equal", 4: "four_equal", 5: "five_equal"}


def block(node: Node, writer: "Writer") -> str:
    """Return a block as storage format; what storage format has no form for as its text."""
    type_, attrs = type_of(node), attrs_of(node)
    if type_ in _TAGS or type_ in ("heading", "table"):
        return element(node, writer.inside(node), writer)
    if type_ == "rule":
        return "<hr />"
    if type_ == "codeBlock":
        text = "".join(string(child.get("text")) for child in children_of(node))
        body = f"<ac:plain-text-body>{cdata(text)}</ac:plain-text-body>"
        return macro("code", {"language": string(attrs.get("language"))}, body)
    if type_ == "panel":
        return _panel(node, writer)
    if type_ in ("expand", "nestedExpand"):
        return macro("expand", {"title": string(attrs.get("title"))}, _rich(writer.blocks(node)))
    if type_ == "taskItem":
        return _task(node, writer)
    if type_ == "decisionList":
        return _decisions(node)
    if type_ == "decisionItem":
        return _decision(node)
    if type_ == "mediaSingle":
        media = [child for child in children_of(node) if type_of(child) != "caption"]
        caption = plain_text([child for child in children_of(node) if type_of(child) == "caption"])
        return "".join(image(child, caption) for child in media)
    if type_ == "mediaGroup":
        return "".join(image(child) for child in children_of(node))
    if type_ in ("blockCard", "embedCard"):
        return _card(type_, string(attrs.get("url")))
    text = plain_text([node])
    return f"<p>{escaped(text)}</p>" if text else ""


def element(node: Node, inside: str, writer: "Writer") -> str:
    """Return a block that is an element of XHTML (or of layouts and lists of tasks) with its contents."""
    type_ = node["type"]
    if type_ == "table":
        return f"<table><tbody>{inside}</tbody></table>"
    if type_ == "taskItem":
        return _task(node, writer)
    name, changes = tag_of(node)
    said = "".join(f' {key}="{attribute(value)}"' for key, value in changes.items())
    return f"<{name}{said}>{inside}</{name}>" if inside or type_ not in ("paragraph",) else f"<{name}{said} />"


def tag_of(node: Node) -> tuple[str, dict[str, str]]:
    """Return the name of the element of a block and those of its attributes that Markdown shows."""
    type_, attrs = type_of(node), attrs_of(node)
    if type_ == "heading":
        return f"h{whole(attrs.get('level'), 1, 1, 6)}", {}
    if type_ in ("tableCell", "tableHeader"):
        spans = {key: string(attrs.get(key)) for key in ("colspan", "rowspan")}
        return _TAGS[type_], {key: value for key, value in spans.items() if value not in ("", "1")}
    if type_ == "orderedList":
        order = string(attrs.get("order"))
        return "ol", {"start": order} if order not in ("", "1") else {}
    if type_ == "layoutSection":
        return _TAGS[type_], {"ac:type": _layout(node), "ac:breakout-mode": "default"}
    return _TAGS.get(type_, "div"), {}


def _layout(section: Node) -> str:
    widths = [attrs_of(column).get("width") for column in children_of(section)]
    shares = [width if isinstance(width, int | float) else 0.0 for width in widths]
    if len(shares) == _TWO and abs(shares[0] - shares[1]) > 10:
        return "two_left_sidebar" if shares[0] < shares[1] else "two_right_sidebar"
    if len(shares) == _THREE and min(shares[1] - shares[0], shares[1] - shares[2]) > 10:
        return "three_with_sidebars"
    if len(shares) == _THREE and shares[2] - shares[0] > 10:
        return "three_left_sidebars"
    if len(shares) == _THREE and shares[0] - shares[2] > 10:
        return "three_right_sidebars"
    return _LAYOUTS.get(len(shares), "fixed-width")


def _rich(inside: str) -> str:
    return f"<ac:rich-text-body>{inside}</ac:rich-text-body>"


def _adf_attribute(key: str, value: str) -> str:
    return f'<ac:adf-attribute key="{key}">{escaped(value)}</ac:adf-attribute>'


def _panel(node: Node, writer: "Writer") -> str:
    inside = writer.blocks(node)
    kind = string(attrs_of(node).get("panelType"))
    if kind != "note":
        return macro(_MACROS.get(kind, "info"), {}, _rich(inside))
    shown = f'<ac:adf-node type="panel">{_adf_attribute("panel-type", kind)}<ac:adf-content>{inside}</ac:adf-content>'
    fallback = f'<ac:adf-fallback><div class="panel">{inside}</div></ac:adf-fallback>'
    return f"<ac:adf-extension>{shown}</ac:adf-node>{fallback}</ac:adf-extension>"


def _task(node: Node, writer: "Writer") -> str:
    attrs = attrs_of(node)
    status = "complete" if attrs.get("state") == "DONE" else "incomplete"
    return (
        f"<ac:task><ac:task-id>{writer.task_id(string(attrs.get('localId')))}</ac:task-id>"
        f"<ac:task-status>{status}</ac:task-status>"
        f"<ac:task-body>{line(children_of(node))}</ac:task-body></ac:task>"
    )


def _decision(node: Node) -> str:
    attrs = attrs_of(node)
    said = _adf_attribute("local-id", string(attrs.get("localId"))) + _adf_attribute("state", "DECIDED")
    inside = f"<ac:adf-content>{line(children_of(node))}</ac:adf-content>"
    return f'<ac:adf-node type="decision-item">{said}{inside}</ac:adf-node>'


def _decisions(node: Node) -> str:
    items = children_of(node)
    local_id = _adf_attribute("local-id", string(attrs_of(node).get("localId")))
    shown = "".join(f"<li>{line(children_of(item))}</li>" for item in items)
    return (
        f'<ac:adf-extension><ac:adf-node type="decision-list">{local_id}{"".join(map(_decision, items))}</ac:adf-node>'
        f'<ac:adf-fallback><ul class="decision-list">{shown}</ul></ac:adf-fallback></ac:adf-extension>'
    )


def _card(type_: str, url: str) -> str:
    if type_ == "blockCard":
        said = 'data-card-appearance="block"'
    else:
        said = 'data-card-appearance="embed" data-layout="center"'
    return f'<p><a href="{attribute(url)}" {said}>{escaped(url)}</a></p>'
