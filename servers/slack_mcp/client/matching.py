"""Names as people write them."""

import difflib
from collections.abc import Iterable

_COMPARED = 5_000
"""Comparing long lists holds up everybody else."""


def normal(text: str) -> str:
    """A name as it is compared: without case, blanks made equal."""
    return " ".join(text.casefold().split())


def meant(name: str, known: Iterable[str]) -> str:
    """ " Did you mean X?" where a name looks like one of `known`, else ""."""
    names: dict[str, str] = {}
    for candidate in known:
        if len(names) < _COMPARED:
            names.setdefault(normal(candidate), candidate)
    close = difflib.get_close_matches(normal(name)[:80], names, n=2, cutoff=0.7)
    return f" Did you mean {' or '.join(names[match] for match in close)}?" if close else ""
