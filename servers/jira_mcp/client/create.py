"""Creating issues, one or many
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulk-post)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from atlassian_kit.errors import read_error_body
from connector_kit.errors import InvalidInput, OutcomeUnknown, ServiceError, clean_text
from connector_kit.http import Reply
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client.convert import NOTHING_WRITTEN
from jira_mcp.client.fields import Entry
from jira_mcp.client.jql import quote
from jira_mcp.client.writing import Writing, with_allowed
from jira_mcp.models import CreateResult, PlainValue

CHUNK = 50
"""Issues in one request, at most; Jira's own limit."""

Progress = Callable[[int, int], Awaitable[None]]
"""Told how many issues are done, and of how many."""


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
class _Prepared:
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
            answer = as_object(await self._write("create_issue", data=prepared.body, look=_look([issue])))
        except InvalidInput as error:
            raise with_allowed(error, await self._latest_screen(prepared)) from error
        return self._created(prepared, answer)

    async def create_many(
        self, issues: Sequence[NewIssue], *, on_progress: Progress | None = None
    ) -> list[CreateResult]:
        """Create issues, fifty a request; a result for each, in the order given.

        What is wrong with one does not keep the others from being created. When a request gets no clear
        answer its issues are marked `unknown` and those after it are not sent.
        """
        results: dict[int, CreateResult] = {}
        prepared: list[_Prepared] = []
        for index, issue in enumerate(issues):
            try:
                prepared.append(await self._prepare(index, issue))
            except InvalidInput as error:
                message = "" if error.message == NOTHING_WRITTEN else error.message  # said of each, it says nothing
                results[index] = _failed(index, issue, message, error.fields, error.next_step)
        stopped: ServiceError | None = None
        for start in range(0, len(prepared), CHUNK):
            chunk = prepared[start : start + CHUNK]
            if stopped is None:
                try:
                    results.update(await self._create_chunk(chunk))
                except ServiceError as error:
                    stopped = error
                    results.update({item.index: _unsent(item, error, maybe=True) for item in chunk})
            else:
                results.update({item.index: _unsent(item, stopped, maybe=False) for item in chunk})
            if on_progress is not None:
                await on_progress(len(results), len(issues))
        if stopped is not None and not any(result.key for result in results.values()):
            raise stopped
        return [results[index] for index in range(len(issues))]

    async def _create_chunk(self, chunk: Sequence[_Prepared]) -> dict[int, CreateResult]:
        try:
            answer = as_object(
                await self._write(
                    "create_issues",
                    data={"issueUpdates": [item.body for item in chunk]},
                    look=_look([item.issue for item in chunk]),
                )
            )
        except BulkRefused as refused:
            answer = refused.body
        failed: dict[int, CreateResult] = {}
        for entry in objects(answer.get("errors")):
            position = as_int(entry.get("failedElementNumber"))
            if position is None or not 0 <= position < len(chunk):
                continue
            item = chunk[position]
            message, fields = read_error_body(as_object(entry.get("elementErrors")), self.field_name)
            error = with_allowed(InvalidInput(message, fields=fields), await self._latest_screen(item))
            failed[position] = _failed(item.index, item.issue, error.message, error.fields)
        created = iter(objects(answer.get("issues")))
        results: dict[int, CreateResult] = {}
        for position, item in enumerate(chunk):
            if position in failed:
                results[item.index] = failed[position]
                continue
            entry = next(created, None)
            results[item.index] = (
                _failed(item.index, item.issue, "Jira did not say what became of it.", {}, unknown=True)
                if entry is None
                else self._created(item, entry)
            )
        return results

    async def _prepare(self, index: int, issue: NewIssue) -> _Prepared:
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
        return _Prepared(index, issue, body, screen, told)

    async def _latest_screen(self, item: _Prepared) -> tuple[Entry, ...]:
        """The screen as it is now, for the values that Jira takes instead of those that it refused."""
        try:
            return await self._create_screen(item.issue.project, item.issue.type, anew=True)
        except ServiceError:
            return item.screen

    def _created(self, item: _Prepared, answer: JsonObject) -> CreateResult:
        key, issue_id = as_text(answer.get("key")), as_text(answer.get("id"))
        self._remember(issue_id)
        return CreateResult(item.index, item.issue.summary, key, issue_id, self.browse_url(key), changed=item.changed)


def _look(issues: Sequence[NewIssue]) -> str:
    """How to find out whether issues were created."""
    first = issues[0]
    also = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
    words = clean_text(first.summary, 60).replace("…", "")
    return (
        f"jira_search_issues with jql: project = {first.project.strip().upper()} AND created >= -15m "
        f"AND summary ~ {quote(words)}{also}"
    )


def _failed(
    index: int,
    issue: NewIssue,
    message: str,
    fields: Mapping[str, str],
    next_step: str = "",
    *,
    unknown: bool = False,
) -> CreateResult:
    error = message or ("" if fields else "Jira refused it.")
    return CreateResult(index, issue.summary, error=error, fields=fields, next_step=next_step, unknown=unknown)


def _unsent(item: _Prepared, error: ServiceError, *, maybe: bool) -> CreateResult:
    unknown = maybe and isinstance(error, OutcomeUnknown)
    message = str(error) if maybe else f"Not sent, because an earlier request failed: {error.message}"
    return replace(_failed(item.index, item.issue, message, {}), unknown=unknown)
