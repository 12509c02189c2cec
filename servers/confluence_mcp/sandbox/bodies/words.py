"""The words of a body, for searching and for the lines below a hit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from confluence_mcp.sandbox.bodies import references
from confluence_mcp.sandbox.bodies.tree import Element, InvalidBodyError, parse

_INLINE = frozenset(
    {
        *("strong", "b", "em", "i", "cite", "u", "ins", "s", "del", "strike", "code", "tt", "kbd", "sub", "sup", "a"),
        *("span", "small", "br", "time", "ac:link", "ac:link-body", "ri:user", "ac:plain-text-link-body"),
        *("ac:inline-comment-marker", "ac:emoticon", "ac:placeholder", "at:var"),
    }
)
_SILENT = frozenset(
    {
        *("ac:parameter", "ac:adf-attribute", "ac:adf-fallback", "at:declarations"),
        *("ac:task-id", "ac:task-uuid", "ac:task-status"),
    }
)
_SHOWN = ("title", "key")
"""The parameters of macros that a reader sees."""
_TAG = re.compile(r"<[^>]*>")


def storage_text(body: str) -> str:
    """The words of the body, a line per block. Of what cannot be parsed, whatever is no tag."""
    try:
        root = parse(body)
    except InvalidBodyError:
        return " ".join(_TAG.sub(" ", body).split())
    lines = "".join(_words(root)).split("\n")
    return "\n".join(kept for line in lines if (kept := " ".join(line.split())))


def _words(part: Element) -> Iterator[str]:
    for each in part.content:
        if isinstance(each, str):
            yield each if part.tag == "ac:plain-text-body" else each.replace("\n", " ")
        elif each.tag in _SILENT:
            continue
        elif each.tag == "br":
            yield "\n"
        elif each.tag == "time":
            yield each.words() or each.get("datetime")
        elif each.tag == "ac:link" and each.child("ac:link-body", "ac:plain-text-link-body") is None:
            yield references.default_words(each)
        elif each.macro:
            told = each.parameters()
            shown = " ".join(told[name] for name in _SHOWN if name in told)
            inline = each.child("ac:rich-text-body", "ac:plain-text-body") is None
            yield f" {shown} " if inline else f"\n{shown}\n"
            yield from _words(each)
            yield "" if inline else "\n"
        else:
            line = each.tag in _INLINE or each.tag.startswith("ri:")
            yield "" if line else "\n"
            yield from _words(each)
            yield "" if line else "\n"


def excerpt(body: str, around: Iterable[str] = (), length: int = 300) -> str:
    """A few lines of the body: from its beginning, or around the first of the words that occurs in it."""
    text = " ".join(storage_text(body).split())
    low = text.lower()
    places = [place for word in around if word and (place := low.find(word.lower())) >= 0]
    start = max(0, min(places) - length // 3) if places else 0
    if start:
        start = text.find(" ", start) + 1
    cut = text[start : start + length]
    if start + length < len(text):
        cut = cut.rpartition(" ")[0] or cut
    return cut
