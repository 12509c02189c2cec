"""The bare text of a page in storage format, and what it refers to."""

from collections.abc import Iterator, Mapping
from typing import Final

from atlassian_kit.storage.links import Target
from atlassian_kit.storage.tree import Element, StorageSyntaxError, Text, bare_text, parse

_IN_LINE: Final = frozenset(
    {"a", "abbr", "acronym", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s"}
    | {"samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "img"}
    | {"ac:emoticon", "ac:image", "ac:inline-comment-marker", "ac:link", "ac:link-body", "ac:placeholder"}
    | {"ac:plain-text-link-body", "ac:parameter", "ac:rich-text-body", "ac:task-body", "at:var"}
)
_IN_LINE_MACROS: Final = frozenset({"anchor", "jira", "status"})
_UNSHOWN: Final = frozenset(
    {"ac:adf-attribute", "ac:adf-fallback", "ac:adf-mark", "ac:default-parameter", "ac:task-id", "ac:task-uuid"}
    | {"ac:task-status", "at:declarations", "script", "style"}
)
_SHOWN_PARAMETERS: Final = frozenset({"key", "title"})
_VERBATIM: Final = frozenset({"ac:plain-text-body", "pre"})


def plain_text(storage: str, names: Mapping[str, str] | None = None) -> str:
    """Return the text of a page without markup (see `atlassian_kit.storage.plain_text`)."""
    try:
        return text_of(parse(storage), names=names)
    except StorageSyntaxError:
        return bare_text(storage)


def text_of(part: Element | Text, limit: int = 0, names: Mapping[str, str] | None = None) -> str:
    """Return the text of an element, a line for each block; with a `limit` not many more characters than that."""
    parts: list[str] = []
    length = 0
    verbatim_to = 0
    waiting: list[Element | Text | str] = [part]
    while waiting and (not limit or length <= 2 * limit):
        piece = waiting.pop()
        if isinstance(piece, str):
            parts.append(piece)
            continue
        if isinstance(piece, Text):
            text = piece.text if piece.start < verbatim_to else " ".join(f"|{piece.text}|".split())[1:-1]
            parts.append(text)
            length += len(text)
            continue
        if piece.name in _VERBATIM:
            verbatim_to = piece.end
        own = _own_text(piece, names or {})
        length += len(own)
        shown = _shown_children(piece)
        if is_in_line(piece):
            parts.append(own)
            waiting.extend(reversed(shown))
            continue
        parts += ["\n", own]
        waiting.append("\n")
        for child in reversed(shown):
            waiting.append(child)
            if piece.macro:
                waiting.append("\n")
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def is_in_line(element: Element) -> bool:
    """Whether an element stands in a line of text as far as its name tells."""
    if element.name in _IN_LINE or element.name.startswith("ri:"):
        return element.attrs.get("data-card-appearance") not in ("block", "embed")
    macro = element.macro
    if macro == "jira":
        return bool(element.parameter("key"))
    return macro in _IN_LINE_MACROS or element.parameter("atlassian-macro-output-type") == "INLINE"


def _shown_children(element: Element) -> list[Element | Text]:
    if element.name in _UNSHOWN:
        return []
    if element.name == "ac:parameter" and element.attrs.get("ac:name") not in _SHOWN_PARAMETERS:
        return []
    if element.name == "time":
        return []
    return element.children


def _own_text(element: Element, names: Mapping[str, str]) -> str:
    name, attrs = element.name, element.attrs
    if name == "br":
        return "\n"
    if name == "time":
        return attrs.get("datetime", "")
    if name == "ac:emoticon":
        return attrs.get("ac:emoji-fallback") or f":{attrs.get('ac:name', '')}:"
    if name == "img":
        return attrs.get("alt", "")
    if name == "ac:image":
        return attrs.get("ac:alt") or _target(element, names)
    if name == "ac:link" and not any(child.name.endswith("link-body") for child in element.elements):
        return _target(element, names)
    return ""


def _target(element: Element, names: Mapping[str, str]) -> str:
    """Return the name of what a link or picture shows when it has no text of its own."""
    for child in element.elements:
        attrs = child.attrs
        if child.name == "ri:user":
            account = attrs.get("ri:account-id") or attrs.get("ri:userkey", "")
            return f"@{names.get(account, account)}"
        for key in ("ri:content-title", "ri:filename", "ri:value", "ri:space-key", "ri:content-id", "ri:parameter"):
            if attrs.get(key):
                return attrs[key] if child.name != "ri:url" else attrs[key].rpartition("/")[2]
    return element.attrs.get("ac:anchor", "")


def accounts_in(storage: str) -> tuple[str, ...]:
    """Return the account ids of a page (see `atlassian_kit.storage.accounts_in`)."""
    return _each(user.attrs.get("ri:account-id", "") for user in _elements(storage, "ri:user"))


def accounts_of(root: Element) -> tuple[str, ...]:
    """Return the account ids within an element, once each."""
    return _each(user.attrs.get("ri:account-id", "") for user in root.walk() if user.name == "ri:user")


def files_in(storage: str) -> tuple[str, ...]:
    """Return the names of a page's own attachments (see `atlassian_kit.storage.files_in`)."""
    own = (file for file in _elements(storage, "ri:attachment") if not file.elements)
    return _each(file.attrs.get("ri:filename", "") for file in own)


def pages_in(storage: str) -> tuple[str, ...]:
    """Return the pages that a page refers to (see `atlassian_kit.storage.pages_in`)."""
    return _each(_page(page) for page in _elements(storage, "ri:page", "ri:blog-post", "ri:content-entity"))


def _page(page: Element) -> str:
    attrs = page.attrs
    identity, title, space = (
        attrs.get("ri:content-id", ""),
        attrs.get("ri:content-title", ""),
        attrs.get("ri:space-key", ""),
    )
    if page.name == "ri:blog-post":
        day = attrs.get("ri:posting-day", "").replace("/", "-")
        return Target("blog", title, space, day).address
    return Target("page", title, space, identity=identity).address if title or identity else ""


def _elements(storage: str, *names: str) -> Iterator[Element]:
    try:
        root = parse(storage)
    except StorageSyntaxError:
        return
    for element in root.walk():
        if element.name in names:
            yield element


def _each(values: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
