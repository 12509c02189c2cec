"""Creating an issue
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connector_kit.errors import InvalidInput, ServiceError, clean_text
from connector_kit.http import Reply
from connector_kit.wire import JsonObject, as_object, as_text, objects
from jira_mcp.client.convert import NOTHING_WRITTEN
from jira_mcp.client.fields import Entry
from jira_mcp.client.jql import quote
from jira_mcp.client.writing import Writing, with_allowed
from jira_mcp.models import CreateResult, PlainValue


@dataclass(frozen=True, slots=True)
class NewIssue:
    """An issue to create. `description` is Markdown; `fields` are further ones by name; `parent` a
    key; `assignee` a person by name, address or account id."""

    project: str
    type: str
    summary: str
    description: str = ""
    parent: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict[str, object])
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An issue as it is sent, with the place that it has among others."""

    index: int
    issue: NewIssue
    body: Mapping[str, object]
    screen: tuple[Entry, ...]
    changed: Mapping[str, PlainValue]


class BulkRefused(InvalidInput):
    """All issues of a bulk request were refused; `body` says why of each."""

    def __init__(self, reply: Reply, body: JsonObject) -> None:
        super().__init__("Jira refused all issues.", status=reply.status, request_id=reply.request_id)
        self.body = body


def bulk_refusal(reply: Reply) -> BulkRefused | None:
    """The error for an answer to a bulk request of which nothing was created; None for any other answer."""
    if reply.status != 400 or not reply.path.endswith("/issue/bulk") or reply.is_html:
        return None
    try:
        body = as_object(reply.json())
    except ServiceError:
        return None
    return BulkRefused(reply, body) if objects(body.get("errors")) else None


class Create(Writing):
    """Creating issues."""

    async def create(self, issue: NewIssue) -> CreateResult:
        """Create one issue.

        Raises InvalidInput with what is wrong by field, and OutcomeUnknown with a search that shows
        whether it was created.
        """
        prepared = await self._prepare(0, issue)
        try:
            answer = as_object(await self._write("create_issue", data=prepared.body, look=look_for([issue])))
        except InvalidInput as error:
            raise with_allowed(error, await self._latest_screen(prepared)) from error
        return self._created(prepared, answer)

    async def _prepare(self, index: int, issue: NewIssue) -> Prepared:
        """The body of one issue. Raises InvalidInput with all that is wrong with its values."""
        project = self._project(issue.project)
        kind = await self.issue_type(project, issue.type)
        screen = await self._create_screen(project, kind.id)
        await self.field_names()  # so that Jira's errors are told in names
        values: dict[str, object] = {"summary": issue.summary}
        if issue.description:
            values["description"] = issue.description
        if issue.parent:
            values["parent"] = issue.parent
        if issue.assignee:
            values["assignee"] = issue.assignee
        if twice := values.keys() & issue.fields.keys():
            raise InvalidInput(
                NOTHING_WRITTEN, fields=dict.fromkeys(sorted(twice), "is given twice, also in fields: give it once")
            )
        values.update(issue.fields)
        if not issue.summary.strip():
            raise InvalidInput("An issue needs a summary.", fields={"summary": "is empty"})
        where = f"the create screen of {kind.name} in {project}"
        try:
            written = await self._convert(values, screen, project=project, where=where)
        except InvalidInput:
            newer = await self._create_screen(project, kind.id, anew=True)
            if newer == screen:
                raise
            # An administrator has changed the screen since it was read.
            screen = newer
            written = await self._convert(values, screen, project=project, where=where)
        fields = {**written.fields, "project": {"key": project}, "issuetype": {"id": kind.id}}
        body: dict[str, object] = {"fields": fields}
        if written.update:
            body["update"] = written.update
        own = {entry.info.name for entry in screen if entry.info.id in ("summary", "description")}
        told = {name: value for name, value in written.changed.items() if name not in own}
        return Prepared(index, issue, body, screen, told)

    async def _latest_screen(self, item: Prepared) -> tuple[Entry, ...]:
        """The screen as it is now, for the values that Jira takes instead of those that it refused."""
        try:
            return await self._create_screen(item.issue.project, item.issue.type, anew=True)
        except ServiceError:
            return item.screen

    def _created(self, item: Prepared, answer: JsonObject) -> CreateResult:
        key, issue_id = as_text(answer.get("key")), as_text(answer.get("id"))
        self._remember(issue_id)
        return CreateResult(item.index, item.issue.summary, key, issue_id, self.browse_url(key), changed=item.changed)


def look_for(issues: Sequence[NewIssue]) -> str:
    """How to find out whether issues were created."""
    first = issues[0]
    also = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
    words = clean_text(first.summary, 60).replace("…", "")
    return (
        f"jira_search_issues with jql: project = {first.project.strip().upper()} AND created >= -15m "
        f"AND summary ~ {quote(words)}{also}"
    )


def failed(
    index: int,
    issue: NewIssue,
    message: str,
    fields: Mapping[str, str],
    next_step: str = "",
    *,
    unknown: bool = False,
) -> CreateResult:
    """What became of an issue that was not created."""
    error = message or ("" if fields else "Jira refused it.")
    return CreateResult(index, issue.summary, error=error, fields=fields, next_step=next_step, unknown=unknown)
