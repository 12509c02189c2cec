"""The bare text of an ADF document."""

from typing import Final

from atlassian_kit.adf.nodes import Node, attrs_of, children_of, clean, content_of, iso_date, string, type_of

_INLINE: Final = frozenset(
    {"text", "mention", "status", "date", "emoji", "inlineCard", "placeholder", "inlineExtension", "mediaInline"}
)


def plain_text(doc: object) -> str:
    """Return the bare text of a document (see `atlassian_kit.adf.plain_text`)."""
    if isinstance(doc, str):
        return clean(doc).strip()
    parts: list[str] = []
    waiting: list[Node | None] = [*reversed(content_of(doc))]
    while waiting:
        value = waiting.pop()
        if value is None:
            parts.append("\n")
            continue
        type_ = type_of(value)
        if type_ in _INLINE:
            parts.append(_own_text(type_, value))
        else:
            parts += ["\n", _own_text(type_, value), "\n"]
            waiting.append(None)
        waiting.extend(reversed(children_of(value)))
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _own_text(type_: str, value: Node) -> str:
    attrs = attrs_of(value)
    if type_ == "text":
        return string(value.get("text"))
    if type_ in ("expand", "nestedExpand"):
        return string(attrs.get("title"))
    if type_ in ("media", "mediaInline"):
        return string(attrs.get("alt"))
    if type_ == "date":
        return iso_date(attrs.get("timestamp"))
    if type_ == "mention":
        identity = string(attrs.get("id"))
        return string(attrs.get("text")) or (f"@{identity}" if identity else "")
    if type_ in ("inlineCard", "blockCard", "embedCard"):
        return string(attrs.get("url"))
    return string(attrs.get("text")) or string(attrs.get("shortName"))
