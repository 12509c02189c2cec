"""Building ADF nodes, and looking into ones that a server sent."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias, cast

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
Node: TypeAlias = dict[str, Any]

MAX_DEPTH: Final = 40
"""Levels of nested nodes that are read as structure; what lies deeper is read as its text."""

# XML 1.0 has no place for these, and Atlassian's services refuse documents that hold them.
_REFUSED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LINE_END: Final = re.compile("\r\n?")

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_SCRIPT_SCHEMES: Final = frozenset({"javascript", "vbscript", "data"})


def clean(text: str) -> str:
    """Return a text without the characters that Atlassian refuses; line ends become "\\n"."""
    if text.isascii() and text.isprintable():
        return text
    if _SURROGATE.search(text):
        # Two halves that found their way into a string separately are one character again.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _REFUSED.sub("", _LINE_END.sub("\n", text))


def is_clean(text: str) -> bool:
    """Whether `clean` would leave a text as it is."""
    return clean(text) == text


def scheme_of(href: str) -> str:
    """Return the scheme of a link in lower case, or "" for a relative one.

    Blanks and control characters do not count, since browsers skip them too.
    """
    match = _SCHEME.match(re.sub(r"[\x00-\x20\x7f-\xa0]", "", href[:200]))
    return match[1].lower() if match else ""


def is_safe_link(href: str) -> bool:
    """Whether a link may be made from Markdown: the web, mail, telephone, or relative."""
    scheme = scheme_of(href)
    return not scheme or scheme in _SAFE_SCHEMES


def is_script_link(href: str) -> bool:
    """Whether following a link would run or show what the link itself carries."""
    return scheme_of(href) in _SCRIPT_SCHEMES


def node(type_: str, content: list[Node] | None = None, **attrs: JsonValue) -> Node:
    """Return a node; `content` and attributes that are None are left out."""
    made: Node = {"type": type_}
    kept = {name: value for name, value in attrs.items() if value is not None}
    if kept:
        made["attrs"] = kept
    if content is not None:
        made["content"] = content
    return made


def text_node(text: str, marks: Iterable[Node] = ()) -> Node:
    """Return a text node."""
    made: Node = {"type": "text", "text": text}
    listed = list(marks)
    if listed:
        made["marks"] = listed
    return made


def paragraph(content: list[Node] | None = None) -> Node:
    """Return a paragraph."""
    return node("paragraph", content or [])


def code_block(text: str, language: str | None = None) -> Node:
    """Return a code block; the schema has no empty text nodes."""
    return node("codeBlock", [text_node(text)] if text else [], language=language)


def strong(content: list[Node]) -> list[Node]:
    """Return inline nodes with all their text bold, but for code, which bears no other mark."""
    made: list[Node] = []
    for child in content:
        marks = marks_of(child)
        if child["type"] != "text" or any(mark["type"] in ("code", "strong") for mark in marks):
            made.append(child)
        else:
            made.append(text_node(child["text"], [*marks, {"type": "strong"}]))
    return made


def joined(content: list[Node]) -> list[Node]:
    """Return inline nodes with neighbouring texts of equal marks made one."""
    made: list[Node] = []
    parts: list[str] = []
    for child in content:
        last = made[-1] if made else None
        if last is not None and child["type"] == last["type"] == "text" and _same_marks(child, last):
            parts.append(child["text"])
            continue
        if parts and last is not None:
            made[-1] = {**last, "text": last["text"] + "".join(parts)}
            parts = []
        made.append(child)
    if parts:
        made[-1] = {**made[-1], "text": made[-1]["text"] + "".join(parts)}
    return made


def _same_marks(one: Node, other: Node) -> bool:
    return one.get("marks", []) == other.get("marks", [])


def type_of(value: object) -> str:
    """Return the type of whatever a server sent as a node; "" when it has none."""
    # This is asked of every node many times, and all that a schema knows are plain words; a cast would be a call.
    if isinstance(value, dict):
        named: object = value.get("type")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if isinstance(named, str):
            return named if named.isascii() and named.isalnum() else clean(named)
    return ""


def attrs_of(value: Node) -> dict[str, object]:
    """Return a node's attributes; {} when they are missing or of a wrong type."""
    attrs = value.get("attrs")
    return cast("dict[str, object]", attrs) if isinstance(attrs, dict) else {}


def children_of(value: object) -> list[Node]:
    """Return the nodes that a node holds; what is not a node is left out."""
    return _nodes(cast("dict[str, object]", value).get("content")) if isinstance(value, dict) else []


def marks_of(value: Node) -> list[Node]:
    """Return a node's marks; what is not a mark is left out."""
    return _nodes(value.get("marks"))


def content_of(doc: object) -> list[Node]:
    """Return the top-level nodes of a document; a list of nodes or a single one will do as well."""
    if type_of(doc) not in ("", "doc"):
        return [cast("Node", doc)]
    return _nodes(cast("list[object]", doc)) if isinstance(doc, list) else children_of(doc)


def _nodes(value: object) -> list[Node]:
    if not isinstance(value, list):
        return []
    return [item for item in cast("list[Node]", value) if type_of(item)]


def string(value: object) -> str:
    """Return a string or number that a server sent as clean text; "" for anything else."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def whole(value: object, default: int, low: int, high: int) -> int:
    """Return a number that a server sent as an int between `low` and `high`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return default
    return int(min(max(value, low), high))


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS: Final = 86_400_000


def iso_date(timestamp: object) -> str:
    """Return the day (UTC) of an ADF date's timestamp in milliseconds, "2026-01-31"; "" when there is none."""
    text = string(timestamp)
    if not re.fullmatch(r"-?[0-9]{1,15}", text, re.ASCII):
        return ""
    try:
        return (_EPOCH + timedelta(milliseconds=int(text))).date().isoformat()
    except OverflowError:
        return ""


def timestamp_of(day: str) -> str | None:
    """Return the timestamp in milliseconds of a day written "2026-01-31"; None when it is no day."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day, re.ASCII):
        return None
    try:
        return str((datetime.fromisoformat(day).replace(tzinfo=UTC) - _EPOCH).days * _DAY_MS)
    except ValueError:
        return None
