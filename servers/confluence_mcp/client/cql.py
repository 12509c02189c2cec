"""CQL as text: quoting, plain words, and a restriction to spaces that a query cannot escape from."""

import re
from collections.abc import Sequence

from connector_kit.errors import InvalidInput, clean_text

_TOKEN = re.compile(
    r"""(?P<escape>\\.)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|(?P<open>["'])|(?P<order>\border\s+by\b)|(?P<paren>[()])""",
    re.IGNORECASE | re.DOTALL,
)
_PIECE = re.compile(r'"[^"]*"|\S+')
_SPECIAL = re.compile(r"""[+\-!(){}\[\]^"'~:\\/&|*?\x00-\x1f]+""")
"""Of Lucene's syntax: developer.atlassian.com/cloud/confluence/performing-text-searches-using-cql."""
_OPERATORS = frozenset({"AND", "OR", "NOT", "TO"})
_WILDCARD = re.compile(r"\w[\w]*[*?][\w*?]*")
_AROUND = 30


def quote(text: str) -> str:
    """A text as a CQL string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f]+", " ", escaped) + '"'


def plain_words(text: str) -> str:
    """Words as the operand of `~`: every word counts, "words in quotation marks" are a phrase, `deploy*` a beginning;
    nothing else means more than it says. "" if there is no word in it."""
    found: list[str] = []
    for piece in _PIECE.findall(text):
        words = _SPECIAL.sub(" ", piece).split()
        if piece.startswith('"') and piece.endswith('"') and len(words) > 1:
            found.append(f'"{" ".join(words)}"')
        elif _WILDCARD.fullmatch(piece):
            found.append(piece)
        else:
            found += [word.lower() if word in _OPERATORS else word for word in words]
    return " ".join(each for each in found if re.search(r"\w", each))


def split_order(cql: str) -> tuple[str, str]:
    """The condition and the `ORDER BY` clause of a query.

    Raises InvalidInput for quotes or parentheses that do not close: what follows them could not be trusted.
    """
    depth = 0
    order: int | None = None
    for token in _TOKEN.finditer(cql):
        if token["open"]:
            raise InvalidInput(
                f"The quotation mark at character {token.start() + 1} of the CQL is never closed.",
                fields={"cql": _around(cql, token.start())},
            )
        if token["paren"]:
            depth += 1 if token["paren"] == "(" else -1
            if depth < 0:
                raise InvalidInput(
                    f"The parenthesis at character {token.start() + 1} of the CQL closes nothing.",
                    fields={"cql": _around(cql, token.start())},
                )
        if token["order"] and depth == 0 and order is None:
            order = token.start()
    if depth:
        raise InvalidInput("A parenthesis in the CQL is never closed.", fields={"cql": clean_text(cql, 120)})
    return (cql, "") if order is None else (cql[:order].rstrip(), cql[order:].strip())


def within_spaces(cql: str, spaces: Sequence[str]) -> str:
    """The query limited to `spaces`."""
    if not spaces:
        return cql
    condition, order = split_order(cql)
    limit = f"space in ({', '.join(quote(key) for key in spaces)})"
    limited = f"{limit} AND ({condition})" if condition.strip() else limit
    return f"{limited} {order}".strip()


def outside_of_texts(cql: str) -> str:
    """The query with everything in quotation marks left out."""
    return _TOKEN.sub(lambda token: '""' if token["text"] else token[0], cql)


def _around(cql: str, position: int) -> str:
    start, end = max(0, position - _AROUND), min(len(cql), position + _AROUND)
    before = ("…" if start else "") + cql[start:position]
    return f"{before}⟨here⟩{cql[position:end]}" + ("…" if end < len(cql) else "")
