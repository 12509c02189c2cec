"""Issues as REST API v3 shows them, with the fields and expansions that a request asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from jira_mcp.sandbox import agile_store, attachment_store, field_kinds, project_parts
from jira_mcp.sandbox.adf import to_html
from jira_mcp.sandbox.clock import stamp
from jira_mcp.sandbox.duration import format_duration
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.permissions import browsable
from jira_mcp.sandbox.readers import may_read
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD, FIELDS, RANK
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Link, Session
from jira_mcp.sandbox.workflow import available, transition_bean
from sandbox_kit.atlassian.accounts import Account

ISSUE_EXPAND = (
    "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations,customfield_10020.properties"
)
_OPTIONS = {option.id: option for field in FIELDS for option in field.options}
_WORKLOGS_INLINE = 20


def select_fields(requested: Sequence[str], default: str) -> list[str]:
    """The field ids that a request means: names, `*all`, `*navigable`, and `-name` to leave one out."""
    chosen: dict[str, None] = {}
    wanted = [name.strip() for name in requested if name.strip()] or [default]
    if all(name.startswith("-") for name in wanted):
        wanted = [default, *wanted]
    for name in wanted:
        if name == "*all":
            chosen.update(dict.fromkeys(FIELD))
        elif name == "*navigable":
            chosen.update(dict.fromkeys(field.id for field in FIELDS if field.navigable))
        elif name.startswith("-"):
            chosen.pop(name[1:], None)
        elif name in FIELD:
            chosen[name] = None
    return list(chosen)


class IssueRenderer:
    """Shows issues within one transaction."""

    def __init__(self, renderer: Renderer, session: Session, account: Account) -> None:
        self._show = renderer
        self._session = session
        self._account = account

    @cached_property
    def _parts(self) -> project_parts.Parts:
        return project_parts.all_parts(self._session)

    def bean(self, issue: Issue, field_ids: Iterable[str], expand: Iterable[str] = ()) -> JsonObject:
        """The issue with those fields and expansions."""
        wanted = set(expand)
        shown: JsonObject = {
            "expand": ISSUE_EXPAND,
            "id": str(issue.id),
            "self": self._show.url(f"issue/{issue.id}"),
            "key": issue.key,
        }
        if "changelog" in wanted:
            changes = self._session.history(issue.id)[::-1]
            shown["changelog"] = {
                "startAt": 0,
                "maxResults": len(changes),
                "total": len(changes),
                "histories": [self._show.change(change) for change in changes],
            }
        if "transitions" in wanted:
            shown["transitions"] = [
                transition_bean(self._show, PROJECT[issue.project], each, with_fields=False)
                for each in available(issue, self._account)
            ]
        if "names" in wanted:
            shown["names"] = self._show.names()
        if "schema" in wanted:
            shown["schema"] = self._show.schemas()
        fields = {name: self.value(issue, name) for name in field_ids}
        if "renderedFields" in wanted:
            shown["renderedFields"] = {name: _rendered(name, value) for name, value in fields.items()}
        shown["fields"] = fields
        return shown

    def linked(self, number: int) -> JsonObject:
        """An issue as links, sub-tasks and parents mention it."""
        issue = self._session.issue(number)
        assert issue is not None, "links to an issue go when it does"
        return {
            "id": str(issue.id),
            "key": issue.key,
            "self": self._show.url(f"issue/{issue.id}"),
            "fields": {
                "summary": issue.summary,
                "status": self._show.status(site.STATUS[issue.status]),
                **({"priority": self._show.priority(site.PRIORITY[issue.priority])} if issue.priority else {}),
                "issuetype": self._show.issue_type(site.ISSUE_TYPE[issue.type]),
            },
        }

    def _sees(self, link: Link, issue: Issue) -> bool:
        """Whether the account may see the other end: links to what it may not see are left out."""
        other = self._session.issue(link.target if link.source == issue.id else link.source)
        return other is not None and (
            other.project == issue.project or browsable(self._account, PROJECT[other.project])
        )

    def link(self, link: Link, seen_from: int) -> JsonObject:
        """A link as one of its two issues shows it."""
        outward = link.source == seen_from
        return {
            "id": str(link.id),
            "self": self._show.url(f"issueLink/{link.id}"),
            "type": self._show.link_type(link.type),
            "outwardIssue" if outward else "inwardIssue": self.linked(link.target if outward else link.source),
        }

    def value(self, issue: Issue, field_id: str) -> Any:
        """The value of one field."""
        show = self._show
        match field_id:
            case "summary":
                return issue.summary
            case "description":
                return issue.description
            case "environment":
                return issue.environment
            case "project":
                return show.project(PROJECT[issue.project])
            case "issuetype":
                return show.issue_type(site.ISSUE_TYPE[issue.type])
            case "status":
                return show.status(site.STATUS[issue.status])
            case "statusCategory":
                return show.status_category(site.STATUS[issue.status].category.id)
            case "priority":
                return show.priority(site.PRIORITY[issue.priority]) if issue.priority else None
            case "resolution":
                return show.resolution(site.RESOLUTION[issue.resolution]) if issue.resolution else None
            case "assignee":
                return show.user(issue.assignee)
            case "reporter":
                return show.user(issue.reporter)
            case "creator":
                return show.user(issue.creator)
            case "labels":
                return issue.labels
            case "components":
                return [show.component(self._parts.components[each][1]) for each in issue.components]
            case "fixVersions" | "versions":
                ids = issue.fix_versions if field_id == "fixVersions" else issue.affects_versions
                return [show.version(self._parts.versions[each][1]) for each in ids]
            case "parent":
                return self.linked(issue.parent) if issue.parent else None
            case "duedate":
                return issue.due
            case _:
                return self._counted(issue, field_id)

    def _counted(self, issue: Issue, field_id: str) -> Any:
        show = self._show
        match field_id:
            case "created":
                return stamp(issue.created)
            case "updated":
                return stamp(issue.updated)
            case "statuscategorychangedate":
                return stamp(issue.status_changed)
            case "resolutiondate":
                return stamp(issue.resolved) if issue.resolved else None
            case "timetracking":
                return _time_tracking(issue)
            case "timespent":
                return issue.time_spent
            case "timeoriginalestimate":
                return issue.original_estimate
            case "timeestimate":
                return issue.remaining_estimate
            case "workratio":
                return 100 * (issue.time_spent or 0) // issue.original_estimate if issue.original_estimate else -1
            case "issuelinks":
                return [self.link(link, issue.id) for link in self._session.links(issue.id) if self._sees(link, issue)]
            case "subtasks":
                children = self._session.children(issue.id)
                return [self.linked(each.id) for each in children if each.type == site.SUBTASK]
            case "watches":
                return {
                    "self": show.url(f"issue/{issue.key}/watchers"),
                    "watchCount": len(issue.watchers),
                    "isWatching": self._account.account_id in issue.watchers,
                }
            case "votes":
                return {
                    "self": show.url(f"issue/{issue.key}/votes"),
                    "votes": len(issue.voters),
                    "hasVoted": self._account.account_id in issue.voters,
                }
            case "attachment":
                return [attachment_store.bean(show, each) for each in issue.attachments]
            case "comment":
                comments = self._readable(issue, issue.comments)
                return {
                    "comments": [show.comment(issue.id, each) for each in comments],
                    "self": show.url(f"issue/{issue.id}/comment"),
                    "maxResults": len(comments),
                    "total": len(comments),
                    "startAt": 0,
                }
            case "worklog":
                worklogs = self._readable(issue, issue.worklogs)
                return {
                    "startAt": 0,
                    "maxResults": _WORKLOGS_INLINE,
                    "total": len(worklogs),
                    "worklogs": [show.worklog(issue.id, each) for each in worklogs[:_WORKLOGS_INLINE]],
                }
            case _:
                return self._custom(issue, field_id)

    def _readable(self, issue: Issue, entries: list[JsonObject]) -> list[JsonObject]:
        return [each for each in entries if may_read(self._account, PROJECT[issue.project], each)]

    def _custom(self, issue: Issue, field_id: str) -> Any:
        if field_id == RANK:
            return agile_store.rank_of(issue)
        stored = issue.custom.get(field_id)
        if stored is None:
            return None
        match FIELD[field_id].kind:
            case "option":
                return self._show.option(_OPTIONS[stored])
            case "options":
                return [self._show.option(_OPTIONS[each]) for each in stored]
            case "users":
                return [self._show.user(each) for each in stored]
            case "sprint":
                return [self._show.sprint(agile_store.known_sprint(self._session, each)) for each in stored]
            case "datetime":
                return stamp(stored)
            case "version":
                return self._versions([stored])[0] if self._versions([stored]) else None
            case "versions":
                return self._versions(stored)
            case _:
                return field_kinds.shown(self._show, FIELD[field_id], stored)

    def _versions(self, ids: Sequence[str]) -> list[JsonObject]:
        """The versions with these ids; those deleted since are left out."""
        known = self._parts.versions
        return [self._show.version(known[each][1]) for each in ids if each in known]


def _time_tracking(issue: Issue) -> JsonObject:
    shown: JsonObject = {}
    for name, seconds in (
        ("originalEstimate", issue.original_estimate),
        ("remainingEstimate", issue.remaining_estimate),
        ("timeSpent", issue.time_spent),
    ):
        if seconds is not None:
            shown[name] = format_duration(seconds)
            shown[f"{name}Seconds"] = seconds
    return shown


def _rendered(field_id: str, value: Any) -> Any:
    if value is None:
        return None
    if FIELD[field_id].kind == "rich_text":
        return to_html(value)
    if field_id == "comment":
        comments = [{**each, "body": to_html(each["body"])} for each in value["comments"]]
        return {**value, "comments": comments}
    return None
