"""Addresses in Markdown: which become links, and the schemes that stand for ADF's own inline nodes."""

import re
from typing import Final
from urllib.parse import quote, unquote

from atlassian_kit.adf.dialects import dialect
from atlassian_kit.adf.nodes import is_safe_link, scheme_of, timestamp_of

OWN_SCHEMES: Final = frozenset({"mention", "status", "date", "emoji", "attachment"})

_ADDRESS: Final = r"(?:[\w\-.:/?#@!$&'()+,;=%]|~(?!~))*"
_BARE_URL: Final = re.compile("https?://" + _ADDRESS, re.IGNORECASE)
_URL_START: Final = re.compile(r"(?<![\w.+-])https?://", re.IGNORECASE)
_LONGEST_ADDRESS: Final = 5000
_ADDRESS_TEXT: Final = re.compile(_ADDRESS)
_TRAILING: Final = "?!.,:;_~'&("


def split_own(href: str) -> tuple[str, str]:
    """Return the scheme of our own and the rest of a link, or ("", "") for any other link."""
    scheme, _, rest = href.partition(":")
    return (scheme, rest) if scheme in OWN_SCHEMES else ("", "")


def is_of_dialect(href: str) -> bool:
    """Whether a link is of those that only the documents read now have."""
    scheme, _, rest = href.partition(":")
    return rest != "" and scheme in dialect().schemes


def is_markdown_link(href: str) -> bool:
    """Whether a link written in Markdown becomes a link (or one of ADF's inline nodes)."""
    if is_of_dialect(href):
        return True
    scheme, rest = split_own(href)
    if scheme == "date":
        return timestamp_of(rest) is not None or re.fullmatch(r"-?[0-9]{1,15}", rest, re.ASCII) is not None
    return rest != "" if scheme else is_safe_link(href) and scheme_of(href) not in OWN_SCHEMES


def find_bare_url(text: str, start: int) -> str:
    """Return the web address that stands in a text at a position, "" when there is none.

    As on GitHub, punctuation at its end belongs to the sentence, and so does a closing bracket
    that the address did not open.
    """
    match = _BARE_URL.match(text, start)
    if match is None:
        return ""
    url = match[0]
    spare = url.count(")") - url.count("(")
    while True:
        if url[-1] in _TRAILING:
            spare += url[-1] == "("
            url = url[:-1]
        elif url[-1] == ")" and spare > 0:
            spare -= 1
            url = url[:-1]
        else:
            break
    return url if url.partition("://")[2] else ""


def address_end(text: str, start: int) -> int:
    """Return the position up to which every character from a position on can be part of a web address."""
    match = _BARE_URL.match(text, start)
    return match.end() if match else start


def joins_address(text: str, joined: bool) -> bool:
    """Whether an address at the end of a text, or one before it, would take in what comes next.

    `joined` says it of what stands before the text.
    """
    return _ends_in_address(text) or (joined and _ADDRESS_TEXT.fullmatch(text) is not None)


def _ends_in_address(text: str) -> bool:
    # Backwards, since each of many beginnings of an address would be followed to its end.
    backwards = _ADDRESS_TEXT.match(text[: -_LONGEST_ADDRESS - 1 : -1])
    tail = backwards[0][::-1] if backwards else ""
    return "://" in tail and _URL_START.search(tail) is not None


def quoted(value: str) -> str:
    """Return an id as part of a link."""
    return quote(value, safe=":@-._~")


def unquoted(value: str) -> str:
    """Return the id that `quoted` made part of a link."""
    return unquote(value)


def normalized(href: str) -> str:
    """Return a link's address without the blanks at its ends and the line ends and tabs that browsers skip."""
    return re.sub(r"\s", lambda blank: quote(blank[0]), re.sub(r"[\t\r\n]", "", href.strip()))


def destination(href: str) -> str:
    """Return a link's address as Markdown writes it between brackets."""
    address = re.sub(r"\\(?=[!-/:-@\[-`{-~]|$)|&(?=#?\w{1,40};)|[<>()]", r"\\\g<0>", normalized(href))
    return address if address else "<>"
