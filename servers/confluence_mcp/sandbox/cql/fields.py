"""The fields that a query can name, and the operators that each takes.

Follows Atlassian's reference "CQL fields" (developer.atlassian.com/cloud/confluence/cql-fields).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from .syntax import Operator

Kind = Literal["text", "title", "word", "number", "user", "type", "date"]
"""What a field holds, and what of a `Document` it is compared with.

| kind | compared with |
| --- | --- |
| text | words of the document's text, title and labels, or of one of `texts` |
| title | as text, and as a whole |
| word, type | `values`, without regard to case |
| number | `values` that are ids |
| user | `values` that are account ids |
| date | `moments` |
"""

_IDENTITY: Final[frozenset[Operator]] = frozenset({"=", "!=", "in", "not in"})
_RANGE: Final[frozenset[Operator]] = frozenset({"=", "!=", "<", ">", "<=", ">="})
_MATCHING: Final[frozenset[Operator]] = frozenset({"~", "!~"})

TYPES: Final = frozenset(
    {"page", "blogpost", "comment", "attachment", "space", "user", "whiteboard", "database", "embed", "folder"}
)
"""The values of `type`."""


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field: its id, the other names that a query may use, what it holds and which operators it takes."""

    id: str
    kind: Kind
    operators: frozenset[Operator]
    names: tuple[str, ...] = ()
    sortable: bool = False


class FieldCatalog:
    """Fields, found by any of their names without regard to case."""

    def __init__(self, fields: Iterable[FieldDef]) -> None:
        self._by_name = {name.casefold(): field for field in fields for name in (field.id, *field.names)}

    def get(self, name: str) -> FieldDef | None:
        """The field of that name."""
        return self._by_name.get(name.casefold())


CONTENT_FIELDS: Final = FieldCatalog(
    (
        FieldDef("ancestor", "number", _IDENTITY),
        FieldDef("container", "number", _IDENTITY),
        FieldDef("contributor", "user", _IDENTITY),
        FieldDef("created", "date", _RANGE, sortable=True),
        FieldDef("creator", "user", _IDENTITY),
        FieldDef("favourite", "user", _IDENTITY, ("favorite",)),
        FieldDef("id", "number", _IDENTITY, ("content",), sortable=True),
        FieldDef("label", "word", _IDENTITY),
        FieldDef("lastmodified", "date", _RANGE, sortable=True),
        FieldDef("macro", "word", _IDENTITY),
        FieldDef("mention", "user", _IDENTITY),
        FieldDef("parent", "number", _IDENTITY),
        FieldDef("siteSearch", "text", _MATCHING),
        FieldDef("space", "word", _IDENTITY, ("space.key",), sortable=True),
        FieldDef("space.title", "title", _IDENTITY | _MATCHING),
        FieldDef("space.type", "word", _IDENTITY),
        FieldDef("text", "text", _MATCHING),
        FieldDef("title", "title", _IDENTITY | _MATCHING, sortable=True),
        FieldDef("type", "type", _IDENTITY, sortable=True),
        FieldDef("watcher", "user", _IDENTITY),
    )
)
"""The fields of GET /rest/api/search."""

USER_FIELDS: Final = FieldCatalog(
    (
        FieldDef("type", "type", _IDENTITY),
        FieldDef("user", "user", _IDENTITY),
        FieldDef("user.accountid", "user", _IDENTITY),
        FieldDef("user.userkey", "user", _IDENTITY),
        FieldDef("user.fullname", "text", _MATCHING),
    )
)
"""The fields of GET /rest/api/search/user, which knows these only; the other search knows none of them but `type`."""
