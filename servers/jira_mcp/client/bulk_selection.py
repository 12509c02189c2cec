"""The issues that a bulk operation is about: named by their keys, or found by a query; never more than 1,000."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_flag, as_object, as_text, is_object, objects
from jira_mcp.bulk_models import Refused
from jira_mcp.client.edit import Edit
from jira_mcp.client.ids import project_of

MOST = 1_000
"""Issues in one operation, at most; Jira's own limit, which counts sub-tasks that go along."""
_FETCHED = 100
_FETCH = "bulk_fetch_issues"
_FIELDS = ("summary", "status", "issuetype", "project", "parent", "subtasks")
_UNSEEN = "does not exist, or this account may not see it"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An issue as it is now; `fields` are Jira's values by the fields' ids."""

    id: str
    key: str
    summary: str
    type: str
    type_id: str
    level: int
    status: str
    status_id: str
    parent: str = ""
    subtasks: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def project(self) -> str:
        """The key of its project."""
        return project_of(self.key)

    @property
    def screen(self) -> tuple[str, str]:
        """What decides about its screens and its workflow: project and type."""
        return self.project, self.type_id


@dataclass(frozen=True, slots=True)
class Selection:
    """The issues, and those that were named but cannot be had."""

    issues: tuple[Chosen, ...]
    refused: tuple[Refused, ...] = ()

    @property
    def number(self) -> int:
        """How many were named or found."""
        return len(self.issues) + len(self.refused)

    def alike(self) -> Iterator[tuple[Chosen, ...]]:
        """The issues of each project and type."""
        groups: dict[tuple[str, str], list[Chosen]] = {}
        for issue in self.issues:
            groups.setdefault(issue.screen, []).append(issue)
        yield from map(tuple, groups.values())


class BulkSelection(Edit):
    """Reading the issues of a bulk operation."""

    async def _select_for_bulk(self, keys: Sequence[str], jql: str, fields: Sequence[str] = ()) -> Selection:
        """The issues with these `keys`, or those that match `jql`, each with the `fields` of these ids.

        Raises InvalidInput unless exactly one of both is given, for more than 1,000 issues, and for none.
        """
        if bool(keys) == bool(jql.strip()):
            raise InvalidInput(
                "Nothing was changed.",
                fields={"keys": "give either keys or jql, not both" if keys else "give keys or jql: one is needed"},
            )
        wanted = list(dict.fromkeys((*_FIELDS, *fields)))
        found = await (self._chosen_by_keys(keys, wanted) if keys else self._chosen_by_query(jql, wanted))
        if not found.number:
            raise InvalidInput(f"No issue {'is there' if keys else 'matches this query'}; nothing was changed.")
        return found

    async def _chosen_by_keys(self, keys: Sequence[str], fields: Sequence[str]) -> Selection:
        asked = list(dict.fromkeys(self._key(key) for key in keys))
        if len(asked) > MOST:
            raise _too_many(f"{len(asked):,} keys")
        found, unseen = await self._fetch_chosen(asked, fields)
        by_key = {issue.key: issue for issue in found}
        order = {key: place for place, key in enumerate(asked)}
        ordered = sorted(by_key.values(), key=lambda issue: order.get(issue.key, len(order)))
        refused = [Refused(key, _UNSEEN) for key in asked if key in unseen]
        outside = [key for key in asked if key not in by_key and key not in unseen]
        # One that has moved is answered under its new key; it is not told which of these it was.
        moved = sum(issue.key not in order for issue in found)
        refused += [Refused(key, "was moved to a project outside of JIRA_PROJECTS") for key in outside[moved:]]
        return Selection(tuple(ordered), tuple(refused))

    async def _fetch_chosen(self, references: Sequence[str], fields: Sequence[str]) -> tuple[list[Chosen], set[str]]:
        """The issues with these keys or ids as they are this moment, and which of them cannot be seen."""
        found: list[Chosen] = []
        unseen: set[str] = set()
        for start in range(0, len(references), _FETCHED):
            body = {"issueIdsOrKeys": list(references[start : start + _FETCHED]), "fields": list(fields)}
            answer = as_object(await self._call(_FETCH, data=body, repeatable=True))
            found += [chosen(entry) for entry in objects(answer.get("issues")) if self._is_open(entry)]
            unseen |= {as_text(entry.get("id")) for entry in objects(answer.get("issueErrors"))}
        return found, unseen

    async def _chosen_by_query(self, jql: str, fields: Sequence[str]) -> Selection:
        """What the search finds, as it is this moment: what the search knows of the issues may be older."""
        found: dict[str, None] = {}
        token, written = "", self._reconcile()
        while True:
            answer = await self._matching(jql, ["key"], MOST + 1, token, written)
            before = len(found)
            found |= {as_text(entry.get("id")): None for entry in objects(answer.get("issues")) if self._is_open(entry)}
            token = as_text(answer.get("nextPageToken"))
            if len(found) > MOST:
                raise _too_many(f"about {max(await self.count(jql), len(found)):,} issues match")
            if not token or len(found) == before:
                break
        issues, _ = await self._fetch_chosen(list(found), fields)
        return Selection(tuple(sorted(issues, key=_by_number)))


def _by_number(issue: Chosen) -> tuple[str, int]:
    number = issue.key.rpartition("-")[2]
    return issue.project, int(number) if number.isdecimal() else 0


def chosen(entry: JsonObject) -> Chosen:
    """An issue as Jira answers it."""
    fields = as_object(entry.get("fields"))
    kind, status = as_object(fields.get("issuetype")), as_object(fields.get("status"))
    level = kind.get("hierarchyLevel")
    if not isinstance(level, int):
        level = -1 if as_flag(kind.get("subtask")) else 0
    return Chosen(
        as_text(entry.get("id")),
        as_text(entry.get("key")),
        clean_text(as_text(fields.get("summary")), 255),
        as_text(kind.get("name")),
        as_text(kind.get("id")),
        level,
        as_text(status.get("name")),
        as_text(status.get("id")),
        as_text(as_object(fields.get("parent")).get("key")),
        tuple(as_text(each.get("key")) for each in objects(fields.get("subtasks")) if is_object(each)),
        fields,
    )


def _too_many(how_many: str) -> InvalidInput:
    return InvalidInput(
        f"That is too much for one operation: {how_many}, and Jira takes at most {MOST:,}. Nothing was changed.",
        next_step="Split it, for example by project, status or ranges of creation dates in the JQL.",
    )
