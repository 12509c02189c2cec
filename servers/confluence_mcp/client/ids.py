"""Ids and links that go into a path or a query: checked before anything is built from them."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote_plus, urlsplit

from confluence_mcp.settings import SPACE_KEY
from connector_kit.errors import InvalidInput, clean_text

_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_ACCOUNT_ID = re.compile(r"[0-9A-Za-z:-]{5,128}")
_IN_PATH = re.compile(r"/(?:pages|folder|whiteboard)/(?:edit-v2/|edit/|resumedraft\.action/)?([1-9][0-9]{0,18})(?:/|$)")
_BLOG = re.compile(r"/blog/(?:\d{4}/\d\d/\d\d/|edit-v2/)?([1-9][0-9]{0,18})(?:/|$)")
_DISPLAY = re.compile(r"/display/([^/]+)/([^/]+)$")
_TINY = re.compile(r"/x/([A-Za-z0-9_-]{1,14})$")
_LONGEST_TITLE = 255


@dataclass(frozen=True, slots=True)
class PageArgument:
    """What an argument names: a page by `id`, or by `title` in the space with the key `space`."""

    id: str = ""
    space: str = ""
    title: str = ""


def page_argument(text: str) -> PageArgument:
    """What `text` names: an id, a link into a site, or SPACE/Title. Raises InvalidInput for anything else."""
    wanted = text.strip()
    if _NUMBER.fullmatch(wanted):
        return PageArgument(id=wanted)
    if re.match(r"(?i)https?://", wanted):
        return _linked(wanted)
    space, slash, title = wanted.partition("/")
    if slash and SPACE_KEY.fullmatch(space.strip()) and 0 < len(title.strip()) <= _LONGEST_TITLE:
        return PageArgument(space=space.strip(), title=title.strip())
    raise InvalidInput(
        "That names no page.",
        fields={"page": f"{clean_text(text, 80)!r} should be an id, a link, or SPACE/Title like DOCS/Home"},
        next_step="confluence_search finds pages by what they say.",
    )


def _linked(link: str) -> PageArgument:
    parts = urlsplit(link)
    asked = parse_qs(parts.query).get("pageId", [""])[0]
    if _NUMBER.fullmatch(asked):
        return PageArgument(id=asked)
    for pattern in (_IN_PATH, _BLOG):
        if found := pattern.search(parts.path):
            return PageArgument(id=found[1])
    if found := _DISPLAY.search(parts.path):
        return PageArgument(space=unquote_plus(found[1]), title=unquote_plus(found[2]))
    if (found := _TINY.search(parts.path)) and (number := _of_tiny(found[1])):
        return PageArgument(id=number)
    raise InvalidInput(
        "That link leads to no page.",
        fields={"page": f"{clean_text(link, 120)!r} has no id of a page in it"},
        next_step="Take the address of the page itself, or its id.",
    )


def _of_tiny(code: str) -> str:
    """The id in a short link: its bytes from the lowest on, in base 64 without the zeros at the end."""
    padded = code.replace("-", "/").replace("_", "+").ljust(12, "A")
    try:
        number = int.from_bytes(base64.b64decode(padded)[:8], "little")
    except (binascii.Error, ValueError):
        return ""
    return str(number) if 0 < number < 10**19 else ""


def numeric_id(text: str, what: str) -> str:
    """A number that Confluence gave as an id. Raises InvalidInput for anything else; `what` is named then."""
    if not _NUMBER.fullmatch(text.strip()):
        raise InvalidInput(f"{clean_text(text, 60)!r} is not the id of a {what}: ids are numbers.")
    return text.strip()


def is_account_id(text: str) -> bool:
    """Whether it could be an account id rather than a name: one word with digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None and (":" in text or sum(map(str.isdigit, text)) >= 6)
