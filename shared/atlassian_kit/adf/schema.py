"""What ADF lets stand where: the content rules of Atlassian's JSON schema for whole documents.

Follows https://go.atlassian.com/adf-json-schema ("full"). `to_adf` uses it in two ways: to know where
a block that Markdown allows must become something else, and to decide whether a block given as JSON
may pass. It is never more permissive than the vendor's schema; where that schema accepts things that
no document holds (empty mark lists, a mark twice) it is stricter.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from atlassian_kit.adf.attributes import (
    Attrs,
    anything,
    attributes,
    datasource,
    flag,
    like,
    name,
    number,
    numbers,
    one_of,
    text,
    texts,
    url,
)
from atlassian_kit.adf.dialects import ContentRules
from atlassian_kit.adf.nodes import Node, is_clean

_MAX_JSON_DEPTH: Final = 120


@dataclass(frozen=True, slots=True)
class _Rule:
    attrs: tuple[Attrs, ...] = (attributes({}),)
    content: frozenset[str] | None = None
    least: int = 0
    most: float = math.inf
    may_lack_content: bool = False
    needs_attrs: bool = False
    marks: frozenset[str] = field(default_factory=frozenset[str])


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


INLINE: Final = _set("text date emoji hardBreak inlineCard mention placeholder status inlineExtension mediaInline")
_EVERYWHERE: Final = _set("paragraph bulletList orderedList codeBlock mediaSingle extension")
_BODY: Final = _EVERYWHERE | _set("heading rule taskList decisionList panel blockquote mediaGroup")
_NON_NESTABLE: Final = _BODY | _set("table blockCard embedCard")
_BLOCK: Final = _NON_NESTABLE | _set("expand bodiedExtension")
_CELL: Final = _BODY | _set("blockCard embedCard nestedExpand")

CONTENT: Final = ContentRules(
    {
        "doc": _BLOCK | _set("layoutSection syncBlock bodiedSyncBlock"),
        "layoutColumn": _BLOCK,
        "bodiedSyncBlock": _BLOCK - {"extension", "bodiedExtension"} | {"layoutSection"},
        "bodiedExtension": _NON_NESTABLE,
        "expand": _NON_NESTABLE | {"nestedExpand"},
        "nestedExpand": _BODY,
        "tableCell": _CELL,
        "tableHeader": _CELL,
        "panel": _BODY - {"panel", "blockquote"} | {"blockCard"},
        "blockquote": _EVERYWHERE | {"mediaGroup"},
        "listItem": _EVERYWHERE | {"taskList"},
    }
)
"""The block nodes that a container may hold."""

_LAYOUT: Final = one_of("wide", "full-width", "center", "wrap-right", "wrap-left", "align-end", "align-start")
_COLOUR: Final = like("#[0-9a-fA-F]{6}")
_EXTENSION: Final = {
    "extensionKey!": name,
    "extensionType!": name,
    "parameters": anything,
    "text": text,
    "localId": name,
}
_BLOCK_EXTENSION: Final = attributes({**_EXTENSION, "layout": one_of("wide", "full-width", "default")})
_CODE: Final = {"language": text, "uniqueId": text, "wrap": flag, "hideLineNumbers": flag}
_SIZED: Final = {"alt": text, "width": number(), "height": number()}
_CELL_ATTRS: Final = attributes(
    {
        "colspan": number(),
        "rowspan": number(),
        "colwidth": numbers,
        "background": text,
        "valign": one_of("top", "middle", "bottom"),
    }
)
_PANEL: Final = {
    "panelType!": one_of("info", "note", "tip", "warning", "error", "success", "custom"),
    "panelIcon": text,
    "panelIconId": text,
    "panelIconText": text,
    "panelColor": text,
}
_TASK_STATE: Final = attributes({"localId!": text, "state!": one_of("TODO", "DONE")})
_MEDIA_MARKS: Final = _set("dataConsumer link annotation border")

_RULES: Final[Mapping[str, _Rule]] = {
    "text": _Rule(marks=_set("link em strong strike subsup underline textColor annotation backgroundColor")),
    "date": _Rule((attributes({"timestamp!": name}),)),
    "emoji": _Rule((attributes({"shortName!": text, "id": text, "text": text}),)),
    "hardBreak": _Rule((attributes({"text": one_of("\n")}),)),
    "inlineCard": _Rule((attributes({"url!": url}), attributes({"data!": anything}))),
    "mention": _Rule(
        (
            attributes(
                {
                    "id!": text,
                    "text": text,
                    "accessLevel": text,
                    "userType": one_of("DEFAULT", "SPECIAL", "APP"),
                }
            ),
        )
    ),
    "placeholder": _Rule((attributes({"text!": text}),)),
    "status": _Rule(
        (
            attributes(
                {
                    "text!": name,
                    "color!": like("neutral|purple|blue|red|yellow|green|#[0-9a-fA-F]{6}"),
                    "style": text,
                }
            ),
        )
    ),
    "inlineExtension": _Rule((attributes(_EXTENSION),), marks=_set("dataConsumer fragment")),
    "mediaInline": _Rule(
        (
            attributes(
                {
                    **_SIZED,
                    "type": one_of("link", "file", "image"),
                    "id!": name,
                    "collection!": text,
                    "occurrenceKey": name,
                    "data": anything,
                }
            ),
        ),
        marks=_MEDIA_MARKS,
    ),
    "paragraph": _Rule(content=INLINE, may_lack_content=True),
    "heading": _Rule((attributes({"level!": number(1, 6)}),), INLINE, may_lack_content=True),
    "codeBlock": _Rule((attributes(_CODE),), _set("text"), may_lack_content=True),
    "rule": _Rule(),
    "bulletList": _Rule(content=_set("listItem"), least=1),
    "orderedList": _Rule((attributes({"order": number(0)}),), _set("listItem"), 1),
    "listItem": _Rule(content=CONTENT["listItem"], least=1),
    "taskList": _Rule((attributes({"localId!": text}),), _set("taskItem taskList blockTaskItem"), 1),
    "taskItem": _Rule((_TASK_STATE,), INLINE, may_lack_content=True),
    "blockTaskItem": _Rule((_TASK_STATE,), _set("paragraph extension"), 1, 2),
    "decisionList": _Rule((attributes({"localId!": text}),), _set("decisionItem"), 1),
    "decisionItem": _Rule((attributes({"localId!": text, "state!": text}),), INLINE, may_lack_content=True),
    "blockquote": _Rule(content=CONTENT["blockquote"], least=1),
    "panel": _Rule((attributes(_PANEL),), CONTENT["panel"], 1),
    "expand": _Rule((attributes({"title": text}),), CONTENT["expand"], 1),
    "nestedExpand": _Rule((attributes({"title": text}),), CONTENT["nestedExpand"], 1, needs_attrs=True),
    "table": _Rule(
        (
            attributes(
                {
                    "displayMode": one_of("default", "fixed"),
                    "isNumberColumnEnabled": flag,
                    "layout": one_of("wide", "full-width", "center", "align-end", "align-start", "default"),
                    "width": number(),
                    "localId": name,
                }
            ),
        ),
        _set("tableRow"),
        1,
        marks=_set("fragment"),
    ),
    "tableRow": _Rule(content=_set("tableCell tableHeader")),
    "tableCell": _Rule((_CELL_ATTRS,), CONTENT["tableCell"], 1),
    "tableHeader": _Rule((_CELL_ATTRS,), CONTENT["tableHeader"], 1),
    "mediaSingle": _Rule(
        (
            attributes({"layout!": _LAYOUT, "width": number(0, 100), "widthType": one_of("percentage")}),
            attributes({"layout!": _LAYOUT, "width!": number(0), "widthType!": one_of("pixel")}),
        ),
        _set("media caption"),
        1,
        2,
        marks=_set("link"),
    ),
    "mediaGroup": _Rule((attributes({}, local_id=False),), _set("media"), 1),
    "media": _Rule(
        (
            attributes(
                {
                    **_SIZED,
                    "type!": one_of("link", "file"),
                    "id!": name,
                    "collection!": text,
                    "occurrenceKey": name,
                }
            ),
            attributes({**_SIZED, "type!": one_of("external"), "url!": url}),
        ),
        marks=_MEDIA_MARKS,
    ),
    "caption": _Rule(content=INLINE - {"inlineExtension", "mediaInline"}, may_lack_content=True),
    "blockCard": _Rule(
        (
            attributes(
                {"datasource!": datasource, "url": url, "width": number(), "layout": _LAYOUT},
            ),
            attributes({"url!": url}),
            attributes({"data!": anything}),
        )
    ),
    "embedCard": _Rule(
        (
            attributes(
                {
                    "url!": url,
                    "layout!": _LAYOUT,
                    "width": number(0, 100),
                    "originalHeight": number(),
                    "originalWidth": number(),
                }
            ),
        )
    ),
    "extension": _Rule((_BLOCK_EXTENSION,), marks=_set("dataConsumer fragment")),
    "bodiedExtension": _Rule((_BLOCK_EXTENSION,), CONTENT["bodiedExtension"], 1, marks=_set("dataConsumer fragment")),
    "layoutSection": _Rule(content=_set("layoutColumn"), least=2, most=3, marks=_set("breakout")),
    "layoutColumn": _Rule(
        (attributes({"width!": number(0, 100), "valign": one_of("top", "middle", "bottom")}),),
        CONTENT["layoutColumn"],
        1,
    ),
    "syncBlock": _Rule((attributes({"resourceId!": text, "localId!": text}),), marks=_set("breakout")),
    "bodiedSyncBlock": _Rule(
        (attributes({"resourceId!": text, "localId!": text}),),
        CONTENT["bodiedSyncBlock"],
        1,
        marks=_set("breakout"),
    ),
}

_PLAIN: Final = attributes({}, local_id=False)
_MARKS: Final[Mapping[str, Attrs]] = {
    "code": _PLAIN,
    "em": _PLAIN,
    "strong": _PLAIN,
    "strike": _PLAIN,
    "underline": _PLAIN,
    "link": attributes(
        {"href!": url, "title": text, "id": text, "collection": text, "occurrenceKey": text}, local_id=False
    ),
    "subsup": attributes({"type!": one_of("sub", "sup")}, local_id=False),
    "textColor": attributes({"color!": _COLOUR}, local_id=False),
    "backgroundColor": attributes({"color!": _COLOUR}, local_id=False),
    "annotation": attributes({"id!": text, "annotationType!": one_of("inlineComment")}, local_id=False),
    "border": attributes({"size!": number(1, 3), "color!": like("#[0-9a-fA-F]{8}|#[0-9a-fA-F]{6}")}, local_id=False),
    "alignment": attributes({"align!": one_of("center", "end")}, local_id=False),
    "indentation": attributes({"level!": number(1, 6)}, local_id=False),
    "fontSize": attributes({"fontSize!": one_of("small")}, local_id=False),
    "breakout": attributes({"mode!": one_of("wide", "full-width"), "width": number()}, local_id=False),
    "fragment": attributes({"localId!": name, "name": text}, local_id=False),
    "dataConsumer": attributes({"sources!": texts}, local_id=False),
}

_AT_ROOT: Final = _set("doc layoutColumn bodiedSyncBlock")
_IN_CELL: Final = _set("tableCell tableHeader")


def _marks_allowed(type_: str, parent: str) -> tuple[frozenset[str], ...]:
    """Return the alternatives of marks that a node may bear inside a parent."""
    if type_ == "text":
        if parent == "codeBlock":
            return ()
        return (_RULES["text"].marks, _set("code link annotation"))
    if type_ == "paragraph":
        if parent in _AT_ROOT:
            return (_set("fontSize alignment"), _set("fontSize indentation"))
        if parent in _IN_CELL:
            return (_set("fontSize alignment"),)
        return () if parent == "blockquote" else (_set("fontSize"),)
    if type_ == "heading":
        return (_set("alignment"), _set("indentation")) if parent in _AT_ROOT | _IN_CELL else ()
    if type_ in ("codeBlock", "expand"):
        return (_set("breakout"),) if parent == "doc" else ()
    return (_RULES[type_].marks,)


def may_hold(parent: str, child: Node) -> bool:
    """Whether a valid block may stand in a container, with the marks it bears."""
    if child["type"] not in CONTENT[parent]:
        return False
    return "marks" not in child or _accepts_marks(child, parent)


def is_valid(value: object, parent: str) -> bool:
    """Whether a JSON value is a node that Atlassian's schema accepts inside `parent`.

    It must also be free of characters that the service refuses and of links that carry a script.
    """
    return is_plain_json(value) and isinstance(value, dict) and _accepts(cast("Node", value), parent)


def _accepts(value: Node, parent: str) -> bool:
    type_ = value.get("type")
    rule = _RULES.get(type_) if isinstance(type_, str) else None
    allowed = CONTENT[parent] if parent in CONTENT else _RULES[parent].content or frozenset()
    if rule is None or type_ not in allowed or ("marks" in value and not _accepts_marks(value, parent)):
        return False
    if type_ == "text":
        return value.keys() <= {"type", "text", "marks"} and name(value.get("text"))
    if not value.keys() <= {"type", "attrs", "content", "marks"}:
        return False
    attrs = value.get("attrs")
    if attrs is None and "attrs" not in value and not rule.needs_attrs:
        attrs = {}
    if not isinstance(attrs, dict) or not any(shape.accept(cast("Node", attrs)) for shape in rule.attrs):
        return False
    if "attrs" in value and type_ == "mediaGroup":
        return False
    return _accepts_content(value, str(type_), rule)


def _accepts_content(value: Node, type_: str, rule: _Rule) -> bool:
    if "content" not in value:
        return rule.content is None or rule.may_lack_content
    content = value["content"]
    if rule.content is None or not isinstance(content, list):
        return False
    listed = cast("list[Any]", content)
    if not rule.least <= len(listed) <= rule.most:
        return False
    if not all(isinstance(child, dict) and _accepts(cast("Node", child), type_) for child in listed):
        return False
    if type_ == "mediaSingle":
        return [child["type"] for child in listed] == ["media", "caption"][: len(listed)]
    return True


def _accepts_marks(value: Node, parent: str) -> bool:
    marks = value["marks"]
    if not isinstance(marks, list) or not marks:
        return False
    types: list[str] = []
    for mark in cast("list[Any]", marks):
        if not isinstance(mark, dict):
            return False
        found = cast("Node", mark)
        type_ = found.get("type")
        shape = _MARKS.get(type_) if isinstance(type_, str) else None
        attrs = found.get("attrs", {})
        if shape is None or not found.keys() <= {"type", "attrs"} or not isinstance(attrs, dict):
            return False
        if ("attrs" in found) != bool(shape.checks) or not shape.accept(cast("Node", attrs)):
            return False
        if type_ in types and type_ != "annotation":
            return False
        types.append(str(type_))
    return any(allowed.issuperset(types) for allowed in _marks_allowed(value["type"], parent))


def is_plain_json(value: object) -> bool:
    """Whether a value is JSON of a bounded depth with only strings and numbers that a service accepts."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if depth > _MAX_JSON_DEPTH:
            return False
        if isinstance(item, str):
            if not is_clean(item):
                return False
        elif isinstance(item, dict):
            for key, inner in cast("dict[str, object]", item).items():
                waiting += [(key, depth + 1), (inner, depth + 1)]
        elif isinstance(item, list):
            waiting += [(inner, depth + 1) for inner in cast("list[object]", item)]
        elif isinstance(item, float) and not math.isfinite(item):
            return False
    return True
