"""One thing out of a few by its name."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from connector_kit.errors import InvalidInput, clean_text
from jira_mcp.client.values import normal

T = TypeVar("T")

_SHOWN = 20

LONGEST_NAME = 255
"""Characters. Nothing in Jira has a longer name, and comparing long texts holds up everybody else."""

_COMPARED = 2_000
"""Names that are looked through for one that is spelled alike; more would hold up everybody else."""


def listing(names: Iterable[str], shown: int = _SHOWN) -> str:
    """Names in a row, the first `shown` of them."""
    unique = list(dict.fromkeys(name for name in names if name))
    return ", ".join(unique[:shown]) + (f" and {len(unique) - shown} more" if len(unique) > shown else "")


def suggestion(name: str, names: Iterable[str]) -> str:
    """ " Did you mean X?" for a name that looks like one of `names`, else ""."""
    if len(name) > LONGEST_NAME:
        return ""
    known: dict[str, str] = {}
    for candidate in names:
        known.setdefault(normal(candidate), candidate)
    close = difflib.get_close_matches(normal(name), list(known)[:_COMPARED], n=2, cutoff=0.6)
    return f" Did you mean {' or '.join(known[match] for match in close)}?" if close else ""


def matching(query: str, names: Sequence[str]) -> list[str]:
    """The `names` that `query` may mean, the likeliest first.

    Those that begin so, those that hold it somewhere, those that hold all its words; without any, those that
    are spelled alike.
    """
    if len(query) > LONGEST_NAME:
        return []
    wanted, words = normal(query), [normal(word) for word in query.split()]
    if not wanted:
        return list(names)
    begin: list[str] = []
    hold: list[str] = []
    worded: list[str] = []
    for name in names:
        plain = normal(name)
        if plain.startswith(wanted):
            begin.append(name)
        elif wanted in plain:
            hold.append(name)
        elif words and all(word in plain for word in words):
            worded.append(name)
    if begin or hold or worded:
        return list(dict.fromkeys([*begin, *hold, *worded]))
    known = {normal(name): name for name in reversed(names[:_COMPARED])}
    return [known[close] for close in difflib.get_close_matches(wanted, known, n=5, cutoff=0.6)]


def one_of(
    name: str,
    candidates: Sequence[T],
    *,
    names: Callable[[T], tuple[str, ...]],
    what: str,
    field: str,
) -> T:
    """The candidate one of whose `names` is `name`, whatever its case; the first of a name counts in messages.

    Raises InvalidInput that lists the candidates, and suggests the likeliest.
    """
    exact = [item for item in candidates if name.strip() in names(item)]
    found = exact or [item for item in candidates if normal(name) in map(normal, names(item))]
    if found:
        return found[0]
    known = [names(item)[0] for item in candidates]
    raise InvalidInput(
        f"{clean_text(name, 60)!r} is no {what}.{suggestion(name, known)}",
        fields={field: f"one of {listing(known)}" if known else "there is none that this account may use"},
    )
