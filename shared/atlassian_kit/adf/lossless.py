"""ADF documents to Markdown that reads back as the same document."""

import json
from typing import Final, cast

from atlassian_kit.adf.nodes import Node, children_of, code_block, content_of, joined
from atlassian_kit.adf.reader import Reader, to_markdown
from atlassian_kit.adf.schema import is_plain_json, is_valid
from atlassian_kit.adf.writer import write

_MAY_BE_EMPTY: Final = frozenset({"attrs", "marks", "content"})
_DEFAULTS: Final = (("accessLevel", ""), ("order", 1))
_CONTAINERS: Final = frozenset({"blockquote", "panel", "expand", "nestedExpand"})


def to_exact_markdown(doc: object) -> str:
    """Return Markdown from which `to_adf` makes a document equal to `doc`.

    Each block is tried: where it would not come back as it was, its contents are tried one by one,
    and where that does not do either, it is written as JSON in a code block.
    """
    content = content_of(doc)
    if isinstance(doc, str) or not is_plain_json(content):
        return to_markdown(doc)
    content = [cast("Node", _without_empty_marks(block)) for block in content]
    if not all(is_valid(block, "doc") for block in content):
        return to_markdown(doc)
    exact = [_exact(block) for block in content]
    markdown = _written(exact)
    if _comparable(_read(markdown)) == _comparable(content):
        return markdown
    # What was exact by itself may not be so beside its neighbours.
    return _written([_fence(block) for block in content])


def _exact(block: Node) -> Node:
    """Return what to write for a valid block: itself, itself with some of its contents as JSON, or JSON."""
    if _comes_back(block, block):
        return block
    type_ = block["type"]
    if type_ in ("bulletList", "orderedList"):
        items = [{**item, "content": [_exact(child) for child in item["content"]]} for item in block["content"]]
        mixed = {**block, "content": items}
    elif type_ in _CONTAINERS:
        mixed = {**block, "content": [_exact(child) for child in block["content"]]}
    else:
        return _fence(block)
    return mixed if _comes_back(mixed, block) else _fence(block)


def _fence(block: Node) -> Node:
    return code_block(json.dumps(block, ensure_ascii=False), "adf")


def _written(blocks: list[Node]) -> str:
    return Reader(exact=True).blocks(blocks)


def _read(markdown: str) -> list[Node]:
    return children_of(write(markdown))


def _comes_back(written: Node, block: Node) -> bool:
    expected = {**block, "type": "expand"} if block["type"] == "nestedExpand" else block
    return _comparable(_read(_written([written]))) == _comparable([expected])


def _without_empty_marks(value: object) -> object:
    if isinstance(value, list):
        return [_without_empty_marks(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    made = cast("Node", value)
    return {name: _without_empty_marks(inner) for name, inner in made.items() if (name, inner) != ("marks", [])}


def _comparable(content: list[Node]) -> list[Node]:
    """Return valid nodes in the one form that all with the same meaning share."""
    return joined([_one_form(node) for node in content])


def _one_form(node: Node) -> Node:
    made = {name: value for name, value in node.items() if value not in ([], {}) or name not in _MAY_BE_EMPTY}
    if "marks" in made:
        made["marks"] = sorted(made["marks"], key=lambda mark: str(mark["type"]))
    if "content" in made:
        made["content"] = _comparable(made["content"])
    attrs = {name: value for name, value in made.get("attrs", {}).items() if (name, value) not in _DEFAULTS}
    if attrs != made.get("attrs", {}):
        made["attrs"] = attrs
        if not attrs:
            del made["attrs"]
    return made
