"""Pieces of Markdown that mean what they were made from.

Text that was literal in Slack is escaped only where CommonMark, or GitHub's tables and strikes, would read
structure into it: names with underscores, arithmetic and brackets stay as people wrote them.
"""

import re
from collections.abc import Iterable
from typing import Final

_ADDRESS: Final = r"https?://[\w\-./?=&%#:+,;@~!$']+"
_SPECIAL: Final = (
    r"`"
    r"|\\(?=[!-/:-@\[-`{-~\n]|\Z)"
    r"|\*(?!\s)|(?<=\S)\*"
    r"|(?<![^\W_])_(?=\S)|(?<=\S)_(?![^\W_])"
    r"|\](?=[(\[:])"
    r"|!(?=\[)"
    r"|<(?=[A-Za-z/!?@#])"
    r"|&(?=#?\w{1,31};)"
)
_STRIKE: Final = r"|~(?=~)|(?<=\S)~"
_BLANK: Final = r"[^\S\n]"
_LINE_START: Final = (
    rf"(?m)^(?P<blank>(?:[ \t]*+(?:[-*+]|[0-9]{{1,9}}[.)])(?={_BLANK})){{0,8}}[ \t]*+)"
    rf"(?=#{{1,6}}(?:{_BLANK}|$)|>|=+{_BLANK}*$|-+{_BLANK}*$|(?:-{_BLANK}+){{2,}}-?{_BLANK}*$|~{{3,}}"
    r"|[-: \t]*\|[-:| \t]*$)"
)
_LANGUAGE: Final = r"[\w+#.-]{1,30}"


def literal(text: str, *, starts_line: bool = True) -> str:
    """`text` as Markdown that shows just that text; web addresses in it stay as they are.

    `starts_line` tells that the text begins a line, where more characters have a meaning.
    """
    special = _SPECIAL + _STRIKE if text.count("~") > 1 else _SPECIAL
    escaped = re.sub(f"({_ADDRESS})|{special}", lambda found: found[1] or "\\" + found[0], text)
    if starts_line:
        return re.sub(_LINE_START, r"\g<blank>\\", escaped)
    first, newline, rest = escaped.partition("\n")
    return first + newline + re.sub(_LINE_START, r"\g<blank>\\", rest) if newline else escaped


def label(text: str) -> str:
    """`text` on one line, as it may stand between square brackets."""
    return re.sub(r"(?<!\\)(?=[\[\]])", r"\\", literal(one_line(text), starts_line=False))


def one_line(text: str) -> str:
    """`text` with every run of white space as one blank."""
    return " ".join(text.split())


def code_span(text: str) -> str:
    """`text` as code within a line; each line of it is a span of its own."""
    return "\n".join(_span(line) if line.strip() else line for line in text.split("\n"))


def _span(line: str) -> str:
    runs = {len(run) for run in re.findall("`+", line)}
    ticks = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if "`" in (line[0], line[-1]) else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """`text` as a block of code, in a fence longer than any run of backticks in it."""
    ticks = "`" * max((len(run) + 1 for run in re.findall("`{3,}", text)), default=3)
    info = language if re.fullmatch(_LANGUAGE, language) else ""
    body = text.strip("\n")
    return f"{ticks}{info}\n{body}\n{ticks}" if body else f"{ticks}{info}\n{ticks}"


def link(url: str, text: str = "") -> str:
    """A link to `url` that says `text`; the bare address when there is nothing else to say.

    An e-mail address or a telephone number is written as such. The address is kept as it is but for
    characters that no address has.
    """
    target = _target(url)
    said = one_line(text)
    if not target:
        return literal(said, starts_line=False)
    bare = re.sub(r"^(?:mailto|tel):", "", target)
    if bare != target and said in ("", bare):
        return literal(bare, starts_line=False)
    if said in ("", url.strip(), target):
        return f"<{target}>" if re.match(r"(?i)https?://", target) else literal(target, starts_line=False)
    return f"[{label(said)}](<{target}>)" if re.search(r"[()]", target) else f"[{label(said)}]({target})"


def image(url: str, text: str) -> str:
    """An image by its address and what it shows; without an address, what it shows in brackets."""
    target = _target(url)
    said = label(text)
    if not target:
        return f"[image{f': {said}' if said else ''}]"
    return f"![{said}](<{target}>)" if re.search(r"[()]", target) else f"![{said}]({target})"


def _target(url: str) -> str:
    """An address with nothing in it that would end it early."""
    encoded = {"<": "%3C", ">": "%3E", "\\": "%5C", " ": "%20", "\t": "", "\n": "", "\r": ""}
    cleaned = re.sub(r"[\x00-\x1f\x7f]", "", url.strip())
    return re.sub(r"[<>\\ ]", lambda found: encoded[found[0]], cleaned)


def emphasised(text: str, *, bold: bool = False, italic: bool = False, strike: bool = False) -> str:
    """Markdown `text` with emphasis around each of its lines; blanks at the ends stay outside of it."""
    mark = ("**" if bold else "") + ("_" if italic else "") + ("~~" if strike else "")
    if not mark:
        return text
    return "\n".join(_emphasised_line(line, mark) for line in text.split("\n"))


def _emphasised_line(line: str, mark: str) -> str:
    core = line.strip()
    if not core:
        return line
    start = line.index(core)
    closing = "".join(reversed(re.findall(r"\*\*|_|~~", mark)))
    return f"{line[:start]}{mark}{core}{closing}{line[start + len(core) :]}"


def quote(text: str) -> str:
    """Markdown `text` as a block quote."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def hang(text: str, mark: str, indent: int) -> str:
    """Markdown `text` as an item of a list: `mark` before it, its further lines below its first."""
    first, *rest = text.split("\n")
    blank = " " * indent
    below = blank + " " * (len(mark) + 1)
    return "\n".join([f"{blank}{mark} {first}", *(below + line if line else line for line in rest)])


def table(rows: Iterable[Iterable[str]]) -> str:
    """Rows of Markdown cells as a table whose first row is its head; empty when there are no cells."""
    cells = [[re.sub(r"(?<!\\)\|", r"\\|", one_line(cell)) for cell in row] for row in rows]
    width = max((len(row) for row in cells), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def closed(text: str) -> str:
    """Foreign Markdown with its last fence closed, so that nothing after it is taken for code."""
    opened = ""
    for line in text.split("\n"):
        found = re.match(r"\s{0,3}(`{3,}|~{3,})(.*)", line)
        if found is None:
            continue
        run, rest = found[1], found[2]
        if not opened:
            opened = run if run[0] == "~" or "`" not in rest else ""
        elif run[0] == opened[0] and len(run) >= len(opened) and not rest.strip():
            opened = ""
    return f"{text}\n{opened}" if opened else text


class Line:
    """Markdown of one or more lines, put together from pieces."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._last = ""

    @property
    def starts(self) -> bool:
        """Whether the next piece begins a line."""
        return self._last in ("", "\n")

    def add(self, piece: str) -> None:
        """Append Markdown; an exclamation mark before a link does not make it an image."""
        if not piece:
            return
        if self._last == "!" and piece[0] == "[":
            self._text[-1] = self._text[-1][:-1] + "\\!"
        self._text.append(piece)
        self._last = piece[-1]

    def text(self, text: str) -> None:
        """Append literal text."""
        self.add(literal(text, starts_line=self.starts))

    def __str__(self) -> str:
        """All pieces as one Markdown text."""
        return "".join(self._text)
