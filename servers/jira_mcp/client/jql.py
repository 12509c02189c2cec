"""JQL as text: quoting, and a restriction to projects that a query cannot escape from."""

import re
from collections.abc import Sequence

from connector_kit.errors import InvalidInput

# Jira takes a backslash outside of quotes as an escape too: \" there begins no string.
_TOKEN = re.compile(
    r"""(?P<escape>\\.)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|(?P<open>["'])|(?P<order>\border\s+by\b)|(?P<paren>[()])""",
    re.IGNORECASE | re.DOTALL,
)


def quote(text: str) -> str:
    """A text as a JQL string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f]+", " ", escaped) + '"'


def split_order(jql: str) -> tuple[str, str]:
    """The condition and the `ORDER BY` clause of a query.

    Raises InvalidInput for quotes or parentheses that do not close: what follows them could not be trusted.
    """
    depth = 0
    order: int | None = None
    for token in _TOKEN.finditer(jql):
        if token["open"]:
            raise InvalidInput(
                f"The quotation mark at character {token.start() + 1} of the JQL is never closed.",
                fields={"jql": _around(jql, token.start())},
            )
        if token["paren"]:
            depth += 1 if token["paren"] == "(" else -1
            if depth < 0:
                raise InvalidInput(
                    f"The parenthesis at character {token.start() + 1} of the JQL closes nothing.",
                    fields={"jql": _around(jql, token.start())},
                )
        if token["order"] and depth == 0 and order is None:
            order = token.start()
    if depth:
        raise InvalidInput("A parenthesis in the JQL is never closed.", fields={"jql": jql})
    return (jql, "") if order is None else (jql[:order].rstrip(), jql[order:].strip())


def within_projects(jql: str, projects: Sequence[str]) -> tuple[str, int]:
    """The query limited to `projects`, and by how many characters its own text moved to the right."""
    if not projects:
        return jql, 0
    condition, order = split_order(jql)
    limit = f"project in ({', '.join(quote(key) for key in projects)})"
    if not condition.strip():
        return f"{limit} {order}".strip(), 0
    return f"({condition}) AND {limit} {order}".strip(), 1


def point_at(jql: str, position: int) -> str:
    """The surroundings of a character of the query (counted from 0), with a mark before it."""
    return _around(jql, position)


def _around(jql: str, position: int, span: int = 30) -> str:
    start, end = max(0, position - span), min(len(jql), position + span)
    before = ("…" if start else "") + jql[start:position]
    return f"{before}⟨here⟩{jql[position:end]}" + ("…" if end < len(jql) else "")
