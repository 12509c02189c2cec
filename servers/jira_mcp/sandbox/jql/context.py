"""What a query is run against: issues, the values that exist on the site, who asks and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from .fields import FieldDef

SprintState = Literal["active", "closed", "future"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that has several spellings: a user, a status, a project, a sprint, an issue.

    Two are the same when their ids are. `names` are its other spellings (a project's key and name; a user's
    email address and display name; an issue's key), the one to sort and show by first. `order` is its rank for
    `<`, `>` and ORDER BY, larger is higher (the highest priority has the largest); None sorts by first name.
    Issues need none: they are ordered by project key and number.
    """

    id: str
    names: tuple[str, ...]
    order: float | None = None


FieldValue = str | float | date | datetime | Ref | tuple[str, ...] | tuple[date, ...] | tuple[Ref, ...] | None


class IssueView(Protocol):
    """An issue as a query sees it."""

    @property
    def id(self) -> str:
        """Its numeric id; newer issues have larger ones."""
        ...

    def value(self, field_id: str, /) -> FieldValue:
        """The value of a field; its type follows from the field's kind (see `Kind`)."""
        ...


class Directory(Protocol):
    """The values that exist on the site and that the asking user may see."""

    def find(self, field: FieldDef, spelling: str, /) -> Sequence[Ref]:
        """All values of the field whose id or one of whose names is `spelling`, without regard to case.

        Asked only for the kinds whose values are Refs; `field.kind` tells which. `RefIndex` does the look-up.
        """
        ...

    def sprints(self, state: SprintState, /) -> Sequence[Ref]:
        """The sprints in that state."""
        ...

    def versions(self, released: bool, projects: Sequence[str], /) -> Sequence[Ref]:
        """The (un)released versions of those projects (keys, names or ids); of all if there are none."""
        ...

    def issue_types(self, subtask: bool, /) -> Sequence[Ref]:
        """The issue types that are (not) sub-tasks."""
        ...

    def linked_issues(self, issue: Ref, link_type: str | None, /) -> Sequence[Ref] | None:
        """The issues linked to `issue`, all or by one type's name, inward or outward text.

        None: no such link type.
        """
        ...


class RefIndex:
    """Looks values up by id or name, without regard to case."""

    def __init__(self, refs: Iterable[Ref]) -> None:
        self._by_spelling: dict[str, list[Ref]] = {}
        for ref in refs:
            for spelling in dict.fromkeys(text.casefold() for text in (ref.id, *ref.names)):
                self._by_spelling.setdefault(spelling, []).append(ref)

    def find(self, spelling: str) -> Sequence[Ref]:
        """All values spelled so."""
        return self._by_spelling.get(spelling.casefold(), ())


@dataclass(frozen=True, slots=True)
class JqlContext:
    """Who asks, when and where.

    `now` carries the time zone of the user: dates without a zone in the query are read in it.
    `first_weekday` is where startOfWeek() begins, 0 for Monday; 6, Sunday, is what Jira does for en_US.
    """

    now: datetime
    directory: Directory
    current_user: Ref | None = None
    first_weekday: int = 6
