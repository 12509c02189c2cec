"""Text as storage format writes it."""

import re
from collections.abc import Mapping
from typing import Final

from atlassian_kit.adf.nodes import clean
from atlassian_kit.storage.tree import unescaped

Spelling = Mapping[int, str]
"""From the number of a character to what is written for it."""

USUAL: Final[Spelling] = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", 0xA0: "&nbsp;"}
_ATTRIBUTE: Final[Spelling] = {
    **USUAL,
    ord('"'): "&quot;",
    ord("\n"): "&#10;",
    ord("\t"): "&#9;",
}
_TAG: Final = re.compile("<[^>]*>")
_REFERENCE: Final = re.compile("&#?[0-9A-Za-z]{1,32};")


def spelling_of(source: str) -> Spelling:
    """Return how a source spells characters, so that text written in its place is spelt alike."""
    if "&" not in source and "\xa0" not in source:
        return USUAL
    text = _TAG.sub("", source)
    made = dict(USUAL)
    if "\xa0" in text:
        del made[0xA0]
    for reference in set(_REFERENCE.findall(text)):
        character = unescaped(reference)
        if len(character) == 1 and character not in "&<>" and character not in text:
            made[ord(character)] = reference
    return made


def escaped(text: str, spelling: Spelling = USUAL) -> str:
    """Return a text as content of an element; control characters are left out."""
    return clean(text).translate(spelling)


def attribute(text: str) -> str:
    """Return a text as the value of an attribute."""
    return clean(text).translate(_ATTRIBUTE)


def cdata(text: str) -> str:
    """Return a text as CDATA, in two sections where it holds the end of one."""
    return f"<![CDATA[{clean(text).replace(']]>', ']]]]><![CDATA[>')}]]>"
