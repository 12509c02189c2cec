"""What search knows: the issues in memory, brought up to date before each search, and a moment behind.

The vendor's search is eventually consistent: a change shows after a moment, or at once for the issues that a
request names in `reconcileIssues` (developer.atlassian.com/cloud/jira/platform/search-and-reconcile).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from threading import Lock

from jira_mcp.sandbox import agile_store, field_kinds, project_parts, refs
from jira_mcp.sandbox.adf import plain_text
from jira_mcp.sandbox.jql import FieldValue, Ref, RefIndex, SprintState
from jira_mcp.sandbox.jql.fields import FieldDef
from jira_mcp.sandbox.model import Issue
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD, FIELDS, RANK, SPRINT_FIELD
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import CHANGE, LINKS, IndexedRow, Link, Session
from sandbox_kit.atlassian.accounts import Account

_PARTS = {"components": "components", "fixVersions": "fix_versions", "versions": "affects_versions"}
"""The fields that hold parts of a project, and where an issue keeps them."""
_VERSIONS = frozenset(field.id for field in FIELDS if field.custom and field.kind in ("version", "versions"))


class IndexedIssue:
    """An issue as a query sees it; values are worked out once, when first asked for."""

    def __init__(self, issue: Issue, index: IssueIndex) -> None:
        self.issue = issue
        self.id = str(issue.id)
        self._index = index
        self._values: dict[str, FieldValue] = {}

    def value(self, field_id: str, /) -> FieldValue:
        """The value of a field."""
        if field_id in (
            "parent",
            "issueLinkType",
            SPRINT_FIELD,
            *_PARTS,
            *_VERSIONS,
        ):  # depends on what is not the issue's: never kept
            return self._relation(field_id)
        try:
            return self._values[field_id]
        except KeyError:
            value = self._values[field_id] = _value(self.issue, field_id)
            return value

    def _relation(self, field_id: str) -> FieldValue:
        if field_id == "parent":
            parent = self.issue.parent
            return self._index.ref(parent) if parent is not None else None
        if field_id == SPRINT_FIELD:
            numbers: list[int] = self.issue.custom.get(SPRINT_FIELD) or []
            return tuple(self._index.sprint(number) for number in numbers) or None
        if field_id in _VERSIONS:
            kept: str | list[str] = self.issue.custom.get(field_id) or []
            return self._index.parts_of(field_id, kept if isinstance(kept, list) else [kept])
        if field_id in _PARTS:
            ids: list[str] = getattr(self.issue, _PARTS[field_id])
            return self._index.parts_of(field_id, ids)
        return tuple(
            refs.LINK_TYPE_REFS[link.type, "outward" if link.source == self.issue.id else "inward"]
            for link in self._index.links_of(self.issue.id)
        )


class IssueIndex:
    """All issues of the file in memory, shared by the threads of a process."""

    def __init__(self, lag: float) -> None:
        self._lag = lag
        self._lock = Lock()
        self._generation = ""
        self._seq = -1
        self._links_seq = -1
        self._rows: dict[int, tuple[float, IndexedIssue, IndexedIssue | None]] = {}
        self._links: dict[int, list[Link]] = {}
        self._by_spelling: dict[str, Ref] = {}
        self._sprints_seq = -1
        self._sprints: dict[int, tuple[Ref, SprintState]] = {}
        self._parts_seq = -1
        self._versions: dict[str, tuple[Ref, str, bool]] = {}
        self._components: dict[str, tuple[Ref, str]] = {}

    def refresh(self, session: Session) -> None:
        """Take in what was written since the last time."""
        with self._lock:
            generation = session.setting("generation")
            if generation != self._generation:
                self._rows, self._links, self._by_spelling = {}, {}, {}
                self._generation, self._seq, self._links_seq, self._sprints_seq = generation, -1, -1, -1
                self._parts_seq = -1
            seq = session.sequence(CHANGE)
            if seq > self._seq:
                self._take(session.changed_since(self._seq), session.removed_since(self._seq))
                self._seq = seq
            links_seq = session.sequence(LINKS)
            if links_seq != self._links_seq:
                self._links = _by_issue(session.links())
                self._links_seq = links_seq
            sprints_seq = session.sequence(agile_store.CHANGED)
            if sprints_seq != self._sprints_seq:
                self._sprints = {
                    each.id: (Ref(str(each.id), (each.name,)), each.state) for each in agile_store.all_sprints(session)
                }
                self._sprints_seq = sprints_seq
            parts_seq = session.sequence(project_parts.CHANGED)
            if parts_seq != self._parts_seq:
                parts = project_parts.all_parts(session)
                self._versions = {
                    each.id: (refs.version_ref(each), project, each.released)
                    for project, each in parts.versions.values()
                }
                self._components = {
                    each.id: (refs.component_ref(each), project) for project, each in parts.components.values()
                }
                self._parts_seq = parts_seq

    def _take(self, rows: Iterable[IndexedRow], removed: Iterable[int]) -> None:
        known, spellings = dict(self._rows), dict(self._by_spelling)
        for row in rows:
            issue = row.current
            previous = IndexedIssue(row.previous, self) if row.previous else None
            known[issue.id] = (row.changed, IndexedIssue(issue, self), previous)
            spellings[str(issue.id)] = spellings[issue.key] = refs.issue_ref(issue)
        for number in removed:
            if number in known:
                spellings.pop(known.pop(number)[1].issue.key)
                spellings.pop(str(number))
        self._rows, self._by_spelling = known, spellings

    def visible(self, account: Account, reconciled: Collection[int] = ()) -> list[IndexedIssue]:
        """The issues that a search by this account goes through, each in the state that search knows."""
        projects = {project.id for project in refs.visible_projects(account)}
        settled = time.time() - self._lag
        found: list[IndexedIssue] = []
        for number, (changed, current, previous) in self._rows.items():
            if current.issue.project not in projects:
                continue
            if changed <= settled or number in reconciled:
                found.append(current)
            elif previous is not None:
                found.append(previous)
        return found

    def ref(self, number: int) -> Ref | None:
        """The issue with this id as a value."""
        return self._by_spelling.get(str(number))

    def find(self, spelling: str) -> Ref | None:
        """The issue with this key or id as a value."""
        return self._by_spelling.get(spelling.upper())

    def sprint(self, number: int) -> Ref:
        """A sprint as a value."""
        return self._sprints[number][0]

    def sprints(self, state: SprintState | None = None) -> list[Ref]:
        """The sprints as values, perhaps only those in one state."""
        return [ref for ref, is_in in self._sprints.values() if state in (None, is_in)]

    def parts_of(self, field_id: str, ids: Sequence[str]) -> FieldValue:
        """An issue's components or versions as values; those deleted since are left out."""
        table = self._components if field_id == "components" else self._versions
        return tuple(table[each][0] for each in ids if each in table)

    def versions(self, projects: Collection[str], *, released: bool | None = None) -> list[Ref]:
        """The versions of these projects, perhaps only those (not) released."""
        return [
            ref
            for ref, project, is_released in self._versions.values()
            if project in projects and released in (None, is_released)
        ]

    def components(self, projects: Collection[str]) -> list[Ref]:
        """The components of these projects."""
        return [ref for ref, project in self._components.values() if project in projects]

    def project_of(self, number: int) -> str:
        """The project of a known issue."""
        return self._rows[number][1].issue.project

    def links_of(self, number: int) -> Sequence[Link]:
        """The links from and to an issue."""
        return self._links.get(number, ())


class SiteDirectory:
    """The values that exist on the site for one account (`jql.Directory`)."""

    def __init__(self, index: IssueIndex, account: Account) -> None:
        self._index = index
        self._values = refs.value_index(account)

    def find(self, field: FieldDef, spelling: str, /) -> Sequence[Ref]:
        """The values of the field with this id or name."""
        if field.kind == "issue":
            issue = self._index.find(spelling)
            visible = {project.id for project in self._values.projects}
            return (issue,) if issue and self._index.project_of(int(issue.id)) in visible else ()
        if field.kind == "sprint":
            return RefIndex(self._index.sprints()).find(spelling)
        visible_ids = {project.id for project in self._values.projects}
        if field.kind == "version":
            return RefIndex(self._index.versions(visible_ids)).find(spelling)
        if field.kind == "component":
            return RefIndex(self._index.components(visible_ids)).find(spelling)
        return self._values.find(field, spelling)

    def sprints(self, state: SprintState, /) -> Sequence[Ref]:
        """The sprints in that state."""
        return self._index.sprints(state)

    def versions(self, released: bool, projects: Sequence[str], /) -> Sequence[Ref]:
        """The versions of those projects that are (not) released."""
        wanted = {name.casefold() for name in projects}
        projects_meant = {
            project.id
            for project in self._values.projects
            if not wanted or wanted & {project.id, project.key.casefold(), project.name.casefold()}
        }
        return self._index.versions(projects_meant, released=released)

    def issue_types(self, subtask: bool, /) -> Sequence[Ref]:
        """The types that are (not) for sub-tasks."""
        return [refs.TYPE_REFS[kind.id] for kind in site.ISSUE_TYPES if (kind.level < 0) == subtask]

    def linked_issues(self, issue: Ref, link_type: str | None, /) -> Sequence[Ref] | None:
        """The issues linked to this one, perhaps by one type or in one direction only."""
        number = int(issue.id)
        wanted = (link_type or "").casefold()
        words = {
            kind.id: (kind.name.casefold(), kind.outward.casefold(), kind.inward.casefold()) for kind in site.LINK_TYPES
        }
        if wanted and not any(wanted in spellings for spellings in words.values()):
            return None
        found: list[Ref] = []
        for link in self._index.links_of(number):
            name, outward, inward = words[link.type]
            here_reads = outward if link.source == number else inward
            other = self._index.ref(link.target if link.source == number else link.source)
            if other and wanted in ("", name, here_reads):
                found.append(other)
        return found


def _by_issue(links: Collection[Link]) -> dict[int, list[Link]]:
    table: dict[int, list[Link]] = {}
    for link in links:
        table.setdefault(link.source, []).append(link)
        table.setdefault(link.target, []).append(link)
    return table


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _value(issue: Issue, field_id: str) -> FieldValue:
    match field_id:
        case "issuekey":
            return refs.issue_ref(issue)
        case "project":
            return refs.PROJECT_REFS[issue.project]
        case "projectCategory":
            return refs.CATEGORY_REFS[PROJECT[issue.project].category.id]
        case "issuetype":
            return refs.TYPE_REFS[issue.type]
        case "status":
            return refs.STATUS_REFS[issue.status]
        case "statusCategory":
            return refs.STATUS_CATEGORY_REFS[site.STATUS[issue.status].category.id]
        case "priority":
            return refs.PRIORITY_REFS.get(issue.priority or "")
        case "resolution":
            return refs.RESOLUTION_REFS.get(issue.resolution or "")
        case "assignee":
            return refs.USERS.get(issue.assignee or "")
        case "reporter":
            return refs.USERS.get(issue.reporter or "")
        case "creator":
            return refs.USERS.get(issue.creator)
        case "attachment":
            return tuple(str(each["name"]) for each in issue.attachments)
        case "watcher":
            return tuple(refs.USERS[each] for each in issue.watchers)
        case "worklogAuthor":
            return tuple(refs.USERS[each["author"]] for each in issue.worklogs)
        case "voter":
            return tuple(refs.USERS[each] for each in issue.voters)
        case _:
            return _plain_value(issue, field_id)


def _plain_value(issue: Issue, field_id: str) -> FieldValue:
    match field_id:
        case "summary":
            return issue.summary
        case "description":
            return plain_text(issue.description)
        case "environment":
            return plain_text(issue.environment)
        case "comment":
            return tuple(plain_text(each["body"]) for each in issue.comments)
        case "worklogComment":
            return tuple(plain_text(each["comment"]) for each in issue.worklogs)
        case "labels":
            return tuple(issue.labels)
        case "created":
            return _moment(issue.created)
        case "updated":
            return _moment(issue.updated)
        case "resolutiondate":
            return _moment(issue.resolved)
        case "statuscategorychangedate":
            return _moment(issue.status_changed)
        case "duedate":
            return date.fromisoformat(issue.due) if issue.due else None
        case "worklogDate":
            moments = [_moment(each["started"]) for each in issue.worklogs]
            return tuple(moment.date() for moment in moments if moment)
        case "timespent":
            return issue.time_spent
        case "timeoriginalestimate":
            return issue.original_estimate
        case "timeestimate":
            return issue.remaining_estimate
        case "votes":
            return len(issue.voters)
        case "watches":
            return len(issue.watchers)
        case "workratio":
            return 100 * (issue.time_spent or 0) // issue.original_estimate if issue.original_estimate else -1
        case _:
            return _custom_value(issue, field_id)


def _custom_value(issue: Issue, field_id: str) -> FieldValue:
    if field_id == RANK:
        return agile_store.rank_of(issue)
    stored = issue.custom.get(field_id)
    if stored is None:
        return None
    field = FIELD[field_id]
    match field.kind:
        case "user":
            return refs.USERS[stored]
        case "project_pick":
            return refs.PROJECT_REFS[stored]
        case "labels":
            return tuple(stored)
        case "users":
            return tuple(refs.USERS[each] for each in stored)
        case "date":
            return date.fromisoformat(stored)
        case "datetime":
            return _moment(stored)
        case "rich_text":
            return plain_text(stored)
        case _:
            return field_kinds.as_refs(field, stored) or stored
