"""Blocks of ADF that are written as such, in a fence: what is taken over, and where it may stand."""

import json
from typing import Any

import pytest

from atlassian_kit.adf import plain_text, to_adf

Node = dict[str, Any]


def blocks(markdown: str) -> list[Node]:
    content: Any = to_adf(markdown)["content"]
    return content


PANEL = '{"type": "panel", "attrs": {"panelType": "tip"}, "content": [{"type": "paragraph"}]}'


@pytest.mark.parametrize(
    "fence",
    [
        PANEL,
        f"[{PANEL}, {PANEL}]",
        '{"type":"extension","attrs":{"extensionType":"t","extensionKey":"k","parameters":{"a":[1,null]}}}',
    ],
)
def test_valid_json_in_an_adf_fence_is_taken_over_as_it_is(fence: str) -> None:
    value = json.loads(fence)
    assert blocks(f"```adf\n{fence}\n```") == (value if isinstance(value, list) else [value])


@pytest.mark.parametrize(
    "fence",
    [
        "not json",
        "",
        "7",
        '"text"',
        "{}",
        '{"type": "paragraph", "more": 1}',
        '{"type": "listItem", "content": []}',
        '{"type": "script"}',
        '{"type": "panel", "attrs": {"panelType": "pink"}, "content": [{"type": "paragraph"}]}',
        '{"type": "panel", "attrs": {"panelType": "tip"}, "content": []}',
        '{"type": "paragraph", "content": [{"type": "text", "text": ""}]}',
        '{"type": "paragraph", "content": [{"type": "text", "text": "\\u0000"}]}',
        '{"type": "paragraph", "content": [{"type": "text", "text": "\\ud800"}]}',
        '{"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": '
        '[{"type": "link", "attrs": {"href": "java\\tscript:x"}}]}]}',
        '{"type": "embedCard", "attrs": {"url": "javascript:x", "layout": "wide"}}',
        '{"type": "mediaSingle", "attrs": {"layout": "center", "width": NaN}, "content": []}',
        '{"type": "layoutColumn", "attrs": {"width": 1e999}, "content": [{"type": "rule"}]}',
        "[" * 100_000,
        '{"type": "extension", "attrs": {"extensionType": "t", "extensionKey": "k", "parameters": '
        + "[" * 200
        + "]" * 200
        + "}}",
    ],
)
def test_anything_else_in_an_adf_fence_stays_code(fence: str) -> None:
    (block,) = blocks(f"```adf\n{fence}\n```")
    assert block["type"] == "codeBlock"
    assert plain_text(block) == fence.strip()


def test_a_fence_may_only_hold_what_its_place_can() -> None:
    (quote,) = blocks(f"> ```adf\n> {PANEL}\n> ```")
    assert quote["content"][0]["type"] == "codeBlock"


def test_a_fenced_block_lifted_out_of_its_place_is_fitted_to_the_new_one() -> None:
    small = '{"type": "paragraph", "marks": [{"type": "fontSize", "attrs": {"fontSize": "small"}}]}'
    card = '{"type": "blockCard", "attrs": {"data": {"name": "b"}}}'
    tasks = (
        '{"type": "taskList", "attrs": {"localId": "1"}, "content": [{"type": "taskList", "attrs": '
        '{"localId": "2"}, "content": [{"type": "blockTaskItem", "attrs": {"localId": "3", "state": "DONE"}, '
        '"content": [{"type": "paragraph", "content": [{"type": "text", "text": "done"}]}]}]}]}'
    )
    fences = "".join(f"> > ```adf\n> > {block}\n> > ```\n> >\n" for block in (small, card, tasks))
    (quote,) = blocks(f"> > [!NOTE]\n> >\n{fences}")
    label, bare, code, boxes = quote["content"]
    assert label == {"type": "paragraph", "content": [{"type": "text", "text": "Note", "marks": [{"type": "strong"}]}]}
    assert bare == {"type": "paragraph"}
    assert code["attrs"]["language"] == "adf"
    assert boxes["type"] == "bulletList"
    assert plain_text(boxes).split("\n") == ["☑", "done"]
