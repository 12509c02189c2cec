"""Text as Markdown that means just that text."""

import re
import unicodedata
from typing import Final

from atlassian_kit.adf.links import address_end, find_bare_url, joins_address

EDGE: Final = "\x00"
"""Stands beside a text where markup may follow or precede it; a blank where there is none."""

# A character is escaped only where it could mean something; the lookarounds see one character beyond
# the text on each side, EDGE or a blank.
_SPECIAL: Final = re.compile(
    r"`"
    r"|\\(?=[!-/:-@\[-`{-~\x00\n])"
    r"|(?<! )\*|\*(?! )"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|\](?=[(\[:\x00])"
    r"|<(?=[A-Za-z/!?\x00])"
    r"|&(?=#?\w{1,40};)"
    r"|~(?=[~\x00])|(?<=[~\x00])~"
    r"|!(?=[\[\x00])|(?<=@)\["
)
_SPECIAL_IN_LINK: Final = re.compile(_SPECIAL.pattern + r"|[\[\]]")
_URL_START: Final = re.compile(r"(?<![\w.+-])https?://", re.IGNORECASE)
_SEEN_BEYOND: Final = 200
_JOINS_URL: Final = re.compile(r"[\w.+-]")
_LINE_START: Final = re.compile(
    r"(?P<mark>#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|::+(?=\s|[a-z]|$)|=+\s*$|-{2,}\s*$|~{3,}"
    r"|[-:|][-:| \t]*$|\[(?=(?:![A-Za-z]+|[ xXd])\](?:\s|$)))"
    r"|(?P<number>\d{1,9})(?=[.)](?:\s|$))"
)
_CLOSING_HASHES: Final = re.compile(r"(?:^|(?<=\s))#+$")


def escaped(text: str, before: str = " ", after: str = " ", *, in_link: bool = False) -> str:
    """Return a text of one line as Markdown in which no address becomes a link.

    `before` and `after` are the neighbouring characters: EDGE where markup may stand, "\\n" before a hard break.
    """
    framed = before + text + after
    last = len(framed) - 1

    def mark(match: re.Match[str]) -> str:
        return match[0] if match.start() in (0, last) else "\\" + match[0]

    return (_SPECIAL_IN_LINK if in_link else _SPECIAL).sub(mark, framed)[1:-1]


def with_addresses(
    text: str,
    before: str,
    after: str,
    *,
    preceding: str = "",
    following: str = "",
    joined: bool = False,
    keep: bool = True,
) -> str:
    """Return a text of one line as Markdown; a web address in it stays as it is.

    So it becomes a link when it is read, unless `keep` is False: then it stays text. `preceding` is
    the character before the text and `following` the text after it, whatever markup is between;
    `joined` tells that an address before the text reaches up to it.
    """
    if "://" not in text:
        return escaped(text, before, after)
    parts: list[str] = []
    position = 0
    while (match := _URL_START.search(text, position)) is not None:
        start = match.start()
        url = find_bare_url(text, start)
        end = max(start + len(url), match.end())
        # Only the rest of a text, as far as nothing in it ends an address, reaches what follows.
        reaches = bool(following) and address_end(text, start) == len(text)
        read = find_bare_url(text[start:] + following[:_SEEN_BEYOND], 0) if reaches else url
        taken = joins_address(text[:start], joined) if position == 0 else False
        begins = not taken and (start > 0 or not _JOINS_URL.match(preceding))
        stands = keep and begins and url != "" and read == url
        parts.append(escaped(text[position:start], before, EDGE if stands else "h"))
        if stands:
            parts.append(url)
        else:
            inside = escaped(text[start:end], text[start - 1] if start else before, text[end : end + 1] or after)
            parts.append(inside.replace("://", r"\://") if read else inside)
        before = EDGE if stands else text[end - 1]
        position = end
    parts.append(escaped(text[position:], before, after))
    return "".join(parts)


def stands_alone(url: str, preceding: str, following: str, *, joined: bool) -> bool:
    """Whether a web address between two texts is read as a link of just that address."""
    return not joined and not _JOINS_URL.match(preceding) and find_bare_url(url + following[:_SEEN_BEYOND], 0) == url


def line_safe(line: str) -> str:
    """Return a line of a paragraph so that it does not start a block of another kind."""
    match = _LINE_START.match(line)
    if match is None:
        return line
    return line[: match.end("number")] + "\\" + line[match.end("number") :] if match["number"] else "\\" + line


def heading_safe(line: str) -> str:
    """Return the text of a heading so that no number sign at its end is taken for markup."""
    return _CLOSING_HASHES.sub(lambda match: "\\" + match[0], line)


def code_span(text: str) -> str:
    """Return a text of one line as code."""
    if "]:" in text:
        # Within brackets at the start of a paragraph these two would make it a link definition.
        inside = escaped(text, EDGE, EDGE, in_link=True).replace("://", r"\://")
        return f"<code>{inside}</code>"
    runs = {len(run) for run in re.findall("`+", text)}
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " " and text.strip(" ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def code_fence(text: str, language: str) -> str:
    """Return a text as a block of code."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}" if text else f"{fence}{language}\n{fence}"


def binds(delimiter: str, inner: str, previous: str, following: str) -> bool:
    """Whether a delimiter run around a text opens and closes as meant (CommonMark 0.31, 6.2)."""
    star = delimiter[0]
    if previous == star or following == star:
        return False
    core = inner
    if star == "*" and (inner[0] == star or inner[-1] == star):
        # Runs that touch are read as one; that is clear only with nothing but blanks around it.
        if inner.count("*") not in (2, 4) or "\\*" in inner or "<" in inner:
            return False
        if not (_is_open(previous) and _is_open(following)):
            return False
        core = inner.strip("*")
    first, last = _class_of(core[0]), _class_of(core[-1])
    return (first == "other" or (first == "punctuation" and _is_open(previous))) and (
        last == "other" or (last == "punctuation" and _is_open(following))
    )


def _is_open(character: str) -> bool:
    return _class_of(character) != "other"


def _class_of(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs" or character in "\t\n":
        return "blank"
    return "punctuation" if category[0] in "PS" else "other"
