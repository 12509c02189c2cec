"""The fields that a query can name, and how each behaves.

Operators and aliases follow Atlassian's reference "JQL fields" (support.atlassian.com).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "text",
    "string",
    "labels",
    "number",
    "duration",
    "date",
    "datetime",
    "user",
    "option",
    "issue",
    "project",
    "category",
    "issuetype",
    "status",
    "status_category",
    "priority",
    "resolution",
    "component",
    "version",
    "sprint",
    "link_type",
    "level",
]
"""What a field holds.

| kind | what `IssueView.value` gives |
| --- | --- |
| text | str, or a tuple of str (comments); searched by word |
| string, labels | str, or a tuple of str; compared as a whole, without regard to case |
| number | float or int |
| duration | seconds, float or int |
| date | datetime.date |
| datetime | datetime.datetime with a time zone |
| all others | Ref, or a tuple of Ref |

None and the empty tuple both stand for EMPTY.
"""

Operator = Literal["=", "!=", "<", ">", "<=", ">=", "~", "!~", "in", "not in", "is", "is not"]

EQUALITY: Final[frozenset[Operator]] = frozenset({"=", "!=", "in", "not in", "is", "is not"})
ORDERING: Final[frozenset[Operator]] = frozenset({"<", ">", "<=", ">="})
MATCHING: Final[frozenset[Operator]] = frozenset({"~", "!~", "is", "is not"})

_ORDERED_KINDS: Final[frozenset[Kind]] = frozenset(
    {"number", "duration", "date", "datetime", "issue", "priority", "version"}
)
_NEWEST_FIRST_KINDS: Final[frozenset[Kind]] = frozenset({"number", "duration", "date", "datetime", "issue", "priority"})


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field: the id that `IssueView.value` is asked for and the names that a query may use."""

    id: str
    names: tuple[str, ...]
    kind: Kind
    operators: frozenset[Operator] = frozenset()
    """Empty: those of the kind."""
    has_empty: bool = True
    """Whether EMPTY makes sense for it."""
    sortable: bool = True
    sources: tuple[str, ...] = ()
    """For text that is searched in several fields: their ids. Empty: the field itself."""
    empty_names: tuple[str, ...] = ()
    """Values that mean EMPTY, like Unresolved."""

    @property
    def name(self) -> str:
        """The name that a person would use first."""
        return self.names[0]

    @property
    def supported(self) -> frozenset[Operator]:
        """The operators that the field takes."""
        if self.operators:
            return self.operators
        if self.kind == "text":
            return MATCHING
        return EQUALITY | ORDERING if self.kind in _ORDERED_KINDS else EQUALITY

    @property
    def descending(self) -> bool:
        """The direction of ORDER BY when the query gives none."""
        return self.kind in _NEWEST_FIRST_KINDS


class FieldCatalog:
    """The fields of a site, found by any of their names without regard to case."""

    def __init__(self, fields: Iterable[FieldDef]) -> None:
        self._fields = tuple(fields)
        self._by_name: dict[str, FieldDef] = {}
        for field in self._fields:
            for name in field.names:
                self._by_name.setdefault(name.casefold(), field)

    def get(self, name: str) -> FieldDef | None:
        """The field of that name; of several with one name, the first."""
        return self._by_name.get(name.casefold())

    def __iter__(self) -> Iterator[FieldDef]:
        return iter(self._fields)


def custom_field(number: int, name: str, kind: Kind, type_label: str = "") -> FieldDef:
    """A custom field under its three spellings: its name, `name[Type]` and `cf[number]`.

    `type_label` is the type as Jira shows it in a query: Number, Dropdown, Short text, Date, User Picker.
    """
    names = [name, f"cf[{number}]", f"customfield_{number}"]
    if type_label:
        names.insert(1, f"{name}[{type_label}]")
    return FieldDef(f"customfield_{number}", tuple(names), kind)


_WORDS: Final[frozenset[Operator]] = frozenset({"~", "!~"})
_IDENTITY: Final[frozenset[Operator]] = frozenset({"=", "!=", "in", "not in"})


def standard_fields() -> tuple[FieldDef, ...]:
    """Jira's own fields under the ids of REST v3 (`issuekey`, `status`, `fixVersions`, …)."""
    everything = ("summary", "description", "environment", "comment")
    return (
        FieldDef("issuekey", ("key", "issueKey", "issue", "id", "workItem"), "issue", has_empty=False),
        FieldDef("project", ("project", "space"), "project"),
        FieldDef("projectCategory", ("category",), "category", sortable=False),
        FieldDef("issuetype", ("issuetype", "type", "workType"), "issuetype"),
        FieldDef("status", ("status",), "status"),
        FieldDef("statusCategory", ("statusCategory",), "status_category", sortable=False),
        FieldDef("priority", ("priority",), "priority"),
        FieldDef("resolution", ("resolution",), "resolution", empty_names=("Unresolved",)),
        FieldDef("assignee", ("assignee",), "user"),
        FieldDef("reporter", ("reporter",), "user"),
        FieldDef("creator", ("creator",), "user"),
        FieldDef("voter", ("voter",), "user", sortable=False),
        FieldDef("watcher", ("watcher",), "user", sortable=False),
        FieldDef("attachment", ("attachments",), "string", frozenset({"is", "is not"}), sortable=False),
        FieldDef("worklogAuthor", ("worklogAuthor",), "user", sortable=False),
        FieldDef("summary", ("summary",), "text"),
        FieldDef("description", ("description",), "text"),
        FieldDef("environment", ("environment",), "text"),
        FieldDef("comment", ("comment",), "text", _WORDS, has_empty=False, sortable=False),
        FieldDef("worklogComment", ("worklogComment",), "text", _WORDS, has_empty=False, sortable=False),
        FieldDef("text", ("text",), "text", frozenset({"~"}), False, False, everything),
        FieldDef("labels", ("labels",), "labels"),
        FieldDef("components", ("component", "components"), "component"),
        FieldDef("fixVersions", ("fixVersion", "fixVersions"), "version"),
        FieldDef("versions", ("affectedVersion", "affectsVersion"), "version"),
        FieldDef("parent", ("parent",), "issue"),
        FieldDef("parentEpic", ("parentEpic",), "issue", sortable=False),
        FieldDef("issueLinkType", ("issueLinkType", "workItemLinkType"), "link_type", sortable=False),
        FieldDef("security", ("level",), "level"),
        FieldDef("created", ("created", "createdDate"), "datetime"),
        FieldDef("updated", ("updated", "updatedDate"), "datetime"),
        FieldDef("resolutiondate", ("resolved", "resolutionDate"), "datetime"),
        FieldDef("statuscategorychangedate", ("statusCategoryChangedDate",), "datetime"),
        FieldDef("lastViewed", ("lastViewed",), "datetime"),
        FieldDef("duedate", ("due", "dueDate"), "date"),
        FieldDef("worklogDate", ("worklogDate",), "date", sortable=False),
        FieldDef("timespent", ("timeSpent",), "duration"),
        FieldDef("timeoriginalestimate", ("originalEstimate", "timeOriginalEstimate"), "duration"),
        FieldDef("timeestimate", ("remainingEstimate", "timeEstimate"), "duration"),
        FieldDef("votes", ("votes",), "number", _IDENTITY | ORDERING, has_empty=False),
        FieldDef("watches", ("watchers",), "number", _IDENTITY | ORDERING, has_empty=False),
        FieldDef("workratio", ("workRatio",), "number"),
    )
