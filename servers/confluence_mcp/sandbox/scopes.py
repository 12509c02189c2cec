"""Which scopes a token needs for which operation, as Atlassian's gateway judges it."""

from __future__ import annotations


def required_scopes(method: str, path: str) -> tuple[frozenset[str], ...]:
    """The sets of scopes of which a token must cover one; none when any token will do.

    `path` is unquoted and without the query.
    """
    del method, path
    return ()
