"""Who and what the modifiers of a query name, and the moments that they leave."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from slack_mcp.sandbox.model import Conversation, User
from slack_mcp.sandbox.records.conversations import im_name
from slack_mcp.sandbox.search.dates import span
from slack_mcp.sandbox.search.grammar import Modifier, Query
from slack_mcp.sandbox.session import Session

_MENTION = re.compile(r"<?[@#]?(?P<id>[A-Z][A-Z0-9]{6,})(?:\|[^>]*)?>?")
_EVERYBODY = 100_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, and when."""

    session: Session
    user: User
    now: float


@dataclass(frozen=True, slots=True)
class Names:
    """Ids that are wanted (None for all), and ids that are not."""

    wanted: frozenset[str] | None
    unwanted: frozenset[str]

    def take(self, value: str) -> bool:
        """Whether an id is left."""
        return (self.wanted is None or value in self.wanted) and value not in self.unwanted


def people(viewer: Viewer, query: Query) -> Names:
    """The authors that from: leaves. Of several one is enough."""
    return _names(query, ("from", "creator"), lambda each: _users(viewer, each))


def places(viewer: Viewer, query: Query, seen: Iterable[Conversation]) -> Names:
    """The conversations that in: leaves, of those that the viewer sees."""
    known = list(seen)
    return _names(query, ("in",), lambda each: _conversations(viewer, each, known))


def moments(viewer: Viewer, query: Query) -> tuple[float, float, list[tuple[float, float]]]:
    """The first moment, the first one that is too late, and spans that are not wanted."""
    first, last = 0.0, math.inf
    unwanted: list[tuple[float, float]] = []
    for each in query.modifiers:
        if each.name not in ("before", "after", "on", "during"):
            continue
        found = span(each.value, viewer.now, viewer.user.time_zone)
        if found is None:
            return 0.0, 0.0, []  # Slack finds nothing on a day that there is not
        begin, end = found
        inside = {"before": (0.0, begin), "after": (end, math.inf)}.get(each.name, (begin, end))
        if each.negated:
            unwanted.append(inside)
        else:
            first, last = max(first, inside[0]), min(last, inside[1])
    return first, last, unwanted


def find_users(viewer: Viewer, value: str) -> set[str]:
    """The ids of the users that a name stands for: me, a handle, an id, or a name as people see it."""
    return _users(viewer, value)


def _names(query: Query, modifiers: tuple[str, ...], read: Callable[[str], set[str]]) -> Names:
    found = [(read(each.value), each.negated) for each in query.modifiers if each.name in modifiers]
    wanted = [ids for ids, negated in found if not negated]
    unwanted = [ids for ids, negated in found if negated]
    return Names(frozenset[str]().union(*wanted) if wanted else None, frozenset[str]().union(*unwanted))


def _users(viewer: Viewer, value: str) -> set[str]:
    name = value.removeprefix("@").casefold()
    if name == "me":
        return {viewer.user.id}
    mention = _MENTION.fullmatch(value)
    if mention and viewer.session.people.find(mention["id"]):
        return {mention["id"]}
    user = viewer.session.people.by_name(name)
    if user:
        return {user.id}
    everybody = viewer.session.people.page("", _EVERYBODY)
    return {each.id for each in everybody if name in (each.display_name.casefold(), each.real_name.casefold())}


def _conversations(viewer: Viewer, value: str, known: list[Conversation]) -> set[str]:
    mention = _MENTION.fullmatch(value)
    if mention and mention["id"][0] in "CDG":
        return {each.id for each in known if each.id == mention["id"]}
    if value.startswith("@") or (mention and mention["id"][0] in "UW"):
        direct = {im_name(viewer.user.id, each) for each in _users(viewer, value)}
        return {each.id for each in known if each.kind == "im" and each.name in direct}
    name = value.removeprefix("#").lower()
    found = {each.id for each in known if each.name == name and each.kind != "im"}
    if found:
        return found
    direct = {im_name(viewer.user.id, each) for each in _users(viewer, value)}
    return {each.id for each in known if each.kind == "im" and each.name in direct}


def modifiers(query: Query, *names: str) -> list[Modifier]:
    """The modifiers with these names."""
    return [each for each in query.modifiers if each.name in names]
