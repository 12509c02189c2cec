"""What may stand in a document: our rules against Atlassian's own schema."""

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlassian_kit.adf import plain_text, to_markdown
from atlassian_kit.adf.schema import is_valid

Node = dict[str, Any]
Errors = Callable[[object], list[str]]

LAYOUT = {"layout": "center"}
TEXT: Node = {"type": "text", "text": "x"}
PARA: Node = {"type": "paragraph", "content": [TEXT]}
KEY = {"extensionKey": "k", "extensionType": "t"}
LINK: Node = {"type": "link", "attrs": {"href": "https://a.b"}}
FILE: Node = {"type": "media", "attrs": {"type": "file", "id": "1", "collection": ""}}
ITEM: Node = {"type": "listItem", "content": [PARA]}


def marked(type_: str, **attrs: object) -> Node:
    return {**PARA, "marks": [{"type": type_, "attrs": attrs}]}


def written(*marks: Node) -> Node:
    return {"type": "paragraph", "content": [{**TEXT, "marks": list(marks)}]}


def inline(type_: str, **attrs: object) -> Node:
    return {"type": "paragraph", "content": [{"type": type_, "attrs": attrs} if attrs else {"type": type_}]}


def table(**attrs: object) -> Node:
    cell: Node = {
        "type": "tableCell",
        "attrs": attrs,
        "content": [marked("alignment", align="end"), {"type": "nestedExpand", "attrs": {}, "content": [PARA]}],
    }
    return {"type": "table", "attrs": {"layout": "wide"}, "content": [{"type": "tableRow", "content": [cell]}]}


SAMPLES: list[Node] = [
    {"type": "paragraph"},
    PARA,
    marked("alignment", align="end"),
    marked("indentation", level=2),
    marked("fontSize", fontSize="small"),
    {"type": "heading", "attrs": {"level": 2}, "marks": [{"type": "alignment", "attrs": {"align": "center"}}]},
    {"type": "codeBlock", "attrs": {"wrap": True}, "marks": [{"type": "breakout", "attrs": {"mode": "wide"}}]},
    {"type": "rule", "attrs": {"localId": "1"}},
    {"type": "bulletList", "content": [ITEM]},
    {"type": "orderedList", "attrs": {"order": 0}, "content": [ITEM]},
    {
        "type": "taskList",
        "attrs": {"localId": ""},
        "content": [
            {"type": "taskItem", "attrs": {"localId": "", "state": "DONE"}, "content": [TEXT]},
            {"type": "blockTaskItem", "attrs": {"localId": "", "state": "TODO"}, "content": [PARA]},
        ],
    },
    {
        "type": "decisionList",
        "attrs": {"localId": ""},
        "content": [{"type": "decisionItem", "attrs": {"localId": "", "state": "DECIDED"}}],
    },
    {"type": "blockquote", "content": [PARA]},
    {"type": "panel", "attrs": {"panelType": "custom", "panelColor": "#fff"}, "content": [{"type": "rule"}]},
    {"type": "expand", "marks": [{"type": "breakout", "attrs": {"mode": "wide", "width": 9}}], "content": [PARA]},
    table(colspan=2, colwidth=[1, 2.5], background="#fff", valign="top"),
    {**table(), "marks": [{"type": "fragment", "attrs": {"localId": "1", "name": "n"}}]},
    {"type": "mediaSingle", "attrs": {**LAYOUT, "width": 50}, "content": [FILE], "marks": [LINK]},
    {
        "type": "mediaSingle",
        "attrs": {**LAYOUT, "width": 500, "widthType": "pixel"},
        "content": [
            {**FILE, "marks": [{"type": "border", "attrs": {"size": 2, "color": "#00000080"}}]},
            {"type": "caption", "content": [TEXT]},
        ],
    },
    {"type": "mediaGroup", "content": [FILE, {"type": "media", "attrs": {"type": "external", "url": "/x"}}]},
    {"type": "blockCard", "attrs": {"url": "https://a.b"}},
    {"type": "blockCard", "attrs": {"data": {"a": 1}}},
    {
        "type": "blockCard",
        "attrs": {"datasource": {"id": "1", "parameters": None, "views": [{"type": "table", "properties": 1}]}},
    },
    {"type": "embedCard", "attrs": {**LAYOUT, "url": "https://a.b", "width": 50.5}},
    {"type": "extension", "attrs": KEY, "marks": [{"type": "dataConsumer", "attrs": {"sources": ["1"]}}]},
    {"type": "bodiedExtension", "attrs": {**KEY, "layout": "wide"}, "content": [PARA]},
    {
        "type": "layoutSection",
        "content": [{"type": "layoutColumn", "attrs": {"width": 50}, "content": [PARA]}] * 2,
        "marks": [{"type": "breakout", "attrs": {"mode": "full-width"}}],
    },
    {"type": "syncBlock", "attrs": {"resourceId": "1", "localId": "2"}},
    {"type": "bodiedSyncBlock", "attrs": {"resourceId": "1", "localId": "2"}, "content": [PARA]},
    inline("hardBreak"),
    inline("date", timestamp="0"),
    inline("emoji", shortName=":x:"),
    inline("inlineCard", url="https://a.b"),
    inline("mention", id="1", userType="APP", accessLevel=""),
    inline("placeholder", text=""),
    inline("status", text="x", color="#a1b2c3", style="bold"),
    inline("inlineExtension", **KEY),
    inline("mediaInline", id="1", collection="", type="image"),
    written({"type": "strong"}, {"type": "em"}, LINK),
    written({"type": "code"}, LINK),
    written({"type": "textColor", "attrs": {"color": "#ff0000"}}, {"type": "underline"}, {"type": "strike"}),
    written({"type": "subsup", "attrs": {"type": "sup"}}, {"type": "backgroundColor", "attrs": {"color": "#ff0000"}}),
    written(*({"type": "annotation", "attrs": {"id": i, "annotationType": "inlineComment"}} for i in "12")),
]

WRONG: list[Node] = [
    {},
    {"type": "text", "text": "x"},
    {"type": "listItem", "content": [PARA]},
    {"type": "nestedExpand", "attrs": {}, "content": [PARA]},
    {"type": "heading"},
    {"type": "heading", "attrs": {"level": True}},
    {"type": "codeBlock", "content": [{**TEXT, "marks": [{"type": "strong"}]}]},
    {"type": "rule", "content": []},
    {"type": "bulletList", "content": "x"},
    {"type": "mediaGroup", "attrs": {}, "content": [FILE]},
    {"type": "mediaSingle", "attrs": LAYOUT, "content": [FILE, FILE]},
    {"type": "expand", "content": [{"type": "nestedExpand", "content": [PARA]}]},
    {"type": "expand", "content": [{"type": "expand", "content": [PARA]}]},
    {"type": "blockquote", "content": [{"type": "blockquote", "content": [PARA]}]},
    {"type": "blockquote", "content": [marked("fontSize", fontSize="small")]},
    {"type": "panel", "attrs": {"panelType": "info"}, "content": [marked("alignment", align="end")]},
    {"type": "blockCard", "attrs": {"datasource": 1}},
    {"type": "blockCard", "attrs": {"datasource": {"id": "1"}}},
    {"type": "extension", "attrs": KEY, "marks": [{"type": "dataConsumer", "attrs": {"sources": []}}]},
    {**marked("alignment", align="end"), "marks": "alignment"},
    written(),
    written({"type": "code"}, {"type": "strong"}),
    written({"type": "strong"}, {"type": "strong"}),
    written({"type": "strong", "attrs": {}}),
    written({"type": "link"}),
    written({"type": "blink"}),
    {"type": "paragraph", "content": [{**TEXT, "marks": ["strong"]}]},
    {"type": "paragraph", "attrs": None},
    table(colwidth="x"),
]


@pytest.mark.parametrize("block", SAMPLES, ids=lambda block: block["type"])
def test_a_block_that_atlassian_accepts_is_valid(block: Node, adf_errors: Errors) -> None:
    assert is_valid(block, "doc")
    assert adf_errors({"type": "doc", "version": 1, "content": [block]}) == []


@pytest.mark.parametrize("block", WRONG, ids=repr)
def test_a_block_that_atlassian_refuses_or_that_nobody_writes_is_not(block: Node) -> None:
    assert not is_valid(block, "doc")


VALUES: list[Any] = [
    None,
    True,
    0,
    1.5,
    "",
    "center",
    [],
    {},
    [1],
    TEXT,
    PARA,
    [{"type": "strong"}],
    [LINK],
    [{"type": "breakout", "attrs": {"mode": "wide"}}],
    [{"type": "alignment", "attrs": {"align": "end"}}],
    [{"type": "fontSize", "attrs": {"fontSize": "small"}}],
]
NAMES = ["type", "attrs", "content", "marks", "text", "id", "localId", "title", "url", "width", "layout", "level"]
NAMES_OF_FEW = ["order", "panelType", "state", "color", "href", "align", "mode", "fontSize", "collection", "timestamp"]
TYPES = sorted({block["type"] for block in SAMPLES} | {"text", "listItem", "taskItem", "tableCell", "media", "caption"})


def places(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        held = cast("list[Any]", list(value.values()) if isinstance(value, dict) else value)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        for inner in held:
            yield from places(inner)


def spoiled(block: Node, random: Random) -> Node:
    made = copy.deepcopy(block)
    for _ in range(random.randint(1, 2)):
        place = random.choice(list(places(made)))
        if isinstance(place, list):
            other = random.choice([*VALUES, *({"type": type_} for type_ in TYPES), *SAMPLES])
            cast("list[Any]", place).insert(random.randint(0, len(place)), copy.deepcopy(other))  # pyright: ignore[reportUnknownArgumentType]
        else:
            name = random.choice([*NAMES, *NAMES_OF_FEW])
            place[name] = random.choice(TYPES) if name == "type" else copy.deepcopy(random.choice(VALUES))
    return made


@settings(max_examples=400, deadline=None)
@given(block=st.sampled_from(SAMPLES), random=st.randoms(use_true_random=False))
def test_a_spoiled_block_never_passes_where_atlassian_refuses_it(
    block: Node, random: Random, adf_errors: Errors
) -> None:
    changed = spoiled(block, random)
    doc = {"type": "doc", "version": 1, "content": [changed]}
    if is_valid(changed, "doc"):
        assert adf_errors(doc) == []
    for shown in (to_markdown(doc), to_markdown(doc, lossless=True), plain_text(doc)):
        assert isinstance(shown, str)
