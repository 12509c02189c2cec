"""Any document of Atlassian's own schema can be edited as Markdown without loss."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from atlassian_kit.adf import to_editable, write_back
from connector_kit.testing.specs import REASON, find_spec

Node = dict[str, Any]
Errors = Callable[[object], list[str]]
Draw = Callable[[st.SearchStrategy[Any]], Any]

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
DEEPEST = 9
TEXTS = st.one_of(
    st.sampled_from(
        ["a", "two words", "`", "* x", "@[Ann]", "<b>", "1. ", "[d] ", "::: layout", "|", "! x", "<", "^", " ", "#",
         "https://x.y/z_w", "a\nb", "\\", "😄", "é\u00a0", "\x07", "- [ ] t", "~~", "[x](adf:123456)", "&amp;", "", ">"]
    ),
    st.lists(st.sampled_from([*"ab *_`~[]()<>#+-=|!&;:.\\@^\n", "漢", "<br>", "**", "https://x.y"]), max_size=8).map(
        "".join
    ),
    st.text(max_size=6),
)  # fmt: skip
ANYTHING = st.sampled_from([{}, {"a": [1, None]}, "text", 3, True])


class Generator:
    """Draws what a JSON schema (draft 4, as far as Atlassian's uses it) describes."""

    def __init__(self, schema: Node) -> None:
        self._definitions = schema["definitions"]
        self._root = schema
        self._flat: dict[int, Node] = {}

    def document(self, draw: Draw) -> Node:
        return self._drawn(self._root, draw, 0)

    def _resolved(self, schema: Node) -> Node:
        if id(schema) in self._flat:
            return self._flat[id(schema)]
        made: Node = schema
        if "$ref" in schema:
            made = self._resolved(self._definitions[schema["$ref"].rpartition("/")[2]])
        elif "allOf" in schema:
            parts = [self._resolved(part) for part in schema["allOf"]]
            properties = {name: inner for part in parts for name, inner in part.get("properties", {}).items()}
            made = {"type": "object", "properties": properties}
            made["required"] = [name for part in parts for name in part.get("required", [])]
        self._flat[id(schema)] = made
        return made

    def _alternatives(self, schema: Node) -> list[Node]:
        resolved = self._resolved(schema)
        if "anyOf" not in resolved:
            return [resolved]
        return [one for part in resolved["anyOf"] for one in self._alternatives(part)]

    def _drawn(self, schema: Node, draw: Draw, depth: int) -> Any:
        alternatives = self._alternatives(schema)
        if depth >= DEEPEST:
            alternatives = [one for one in alternatives if not _holds(one)] or alternatives
        return self._one(draw(st.sampled_from(alternatives)), draw, depth)

    def _one(self, schema: Node, draw: Draw, depth: int) -> Any:
        if "enum" in schema:
            return draw(st.sampled_from(schema["enum"]))
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, draw, depth)
        if kind == "array":
            return self._array(schema, draw, depth)
        if kind == "string":
            return _string(schema, draw)
        if kind == "number":
            low, high = schema.get("minimum", 0), schema.get("maximum", 12)
            return draw(st.sampled_from([low, min(low + 1, high), min(low + 2.5, high), high]))
        return draw(st.booleans() if kind == "boolean" else ANYTHING)

    def _object(self, schema: Node, draw: Draw, depth: int) -> Node:
        made: Node = {}
        for name, inner in schema.get("properties", {}).items():
            if name in schema.get("required", ()) or draw(st.integers(0, 2)) == 0 or name == "content":
                made[name] = self._drawn(inner, draw, depth + (name == "content"))
        return made

    def _array(self, schema: Node, draw: Draw, depth: int) -> list[Any]:
        least: int = schema.get("minItems", 0)
        items: Any = schema.get("items", {})
        if isinstance(items, list):
            each: list[Node] = [*items]
            return [self._drawn(item, draw, depth) for item in each[: draw(st.integers(max(least, 1), len(each)))]]
        most = min(schema.get("maxItems", 3), max(least, 0 if depth > DEEPEST else 3))
        return [self._drawn(items, draw, depth) for _ in range(draw(st.integers(least, max(most, least))))]


def _holds(schema: Node) -> bool:
    return "content" in schema.get("required", ()) and "content" in schema.get("properties", {})


def _string(schema: Node, draw: Draw) -> str:
    if "pattern" in schema:
        return draw(st.sampled_from(["#ff0000", "#ABCDEF", "green"]).filter(re.compile(schema["pattern"]).search))
    return draw(TEXTS.filter(lambda text: len(text) >= schema.get("minLength", 0)))


@pytest.fixture(scope="session")
def any_document() -> st.SearchStrategy[Node]:
    path = find_spec("adf-full.atlaskit-57.7.22.json")
    if path is None:
        pytest.skip(REASON)
    generator = Generator(json.loads(path.read_text(encoding="utf-8")))

    @st.composite
    def documents(draw: Draw) -> Node:
        return generator.document(draw)

    return documents()


@QUICK
@given(data=st.data())
def test_any_document_is_the_same_when_it_is_written_back_unchanged(
    data: st.DataObject, any_document: st.SearchStrategy[Node]
) -> None:
    original = data.draw(any_document)
    before = json.dumps(original)
    edit = write_back(original, to_editable(original))
    assert edit.document is original
    assert json.dumps(original) == before
    assert (edit.lost, edit.unknown, edit.strangers, edit.changed) == ((), (), (), False)


@settings(QUICK, max_examples=60)
@given(data=st.data())
def test_a_paragraph_added_to_any_document_leaves_all_else_as_it_was(
    data: st.DataObject, any_document: st.SearchStrategy[Node], adf_errors: Errors
) -> None:
    original = data.draw(any_document)
    first = {"type": "paragraph", "content": [{"type": "text", "text": "first words"}]}
    edit = write_back(original, f"first words\n\n{to_editable(original)}\n\nlast words")
    last = {"type": "paragraph", "content": [{"type": "text", "text": "last words"}]}
    kept = [block for block in edit.document["content"] if block not in (first, last)]  # pyright: ignore[reportGeneralTypeIssues, reportOptionalIterable, reportUnknownVariableType]
    assert json.dumps(kept) == json.dumps(original["content"])
    assert len(edit.document["content"]) == len(original["content"]) + 2  # pyright: ignore[reportArgumentType]
    assert (edit.lost, edit.unknown, edit.strangers) == ((), (), ())
    assert adf_errors(original) != [] or adf_errors(edit.document) == []


@settings(QUICK, max_examples=20)
@given(data=st.data())
def test_any_document_overwritten_with_another_is_valid_and_no_loss_goes_unsaid(
    data: st.DataObject, any_document: st.SearchStrategy[Node], adf_errors: Errors
) -> None:
    original, other = data.draw(any_document), data.draw(any_document)
    assume(adf_errors(original) == [])  # where a node has several forms, parts of two may have been drawn together
    markdown = to_editable(original)
    edit = write_back(original, to_editable(other))
    assert adf_errors(edit.document) == []
    tokens = set(re.findall(r"adf:[0-9]{6,24}", markdown))
    lost = {loss.token for loss in edit.lost if loss.kind == "placeholder"}
    written = to_editable(edit.document)
    assert {token for token in tokens - lost if token not in written and f"({token}" in _unescaped(markdown)} == set()


def _unescaped(markdown: str) -> str:
    """Return Markdown without what only looks like a placeholder."""
    return markdown.replace("\\](", "").replace("[x](adf:123456)", "")
