"""Finding issues by JQL (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/)."""

from collections.abc import Sequence

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, ServiceError
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_list, as_object, as_text, objects, texts
from jira_mcp.client import jql_errors
from jira_mcp.client.ids import project_of
from jira_mcp.client.jql import within_projects
from jira_mcp.client.users import Users
from jira_mcp.client.values import normal, plain, user_name
from jira_mcp.models import IssueSummary, PlainValue

SUMMARY_FIELDS = (
    "summary",
    "status",
    "issuetype",
    "priority",
    "assignee",
    "parent",
    "labels",
    "created",
    "updated",
    "duedate",
)
PAGE = 100


class Search(Users):
    """Reading lists of issues."""

    async def search(
        self, jql: str, *, fields: Sequence[str] = (), limit: int = 25, cursor: str | None = None
    ) -> Page[IssueSummary]:
        """Issues that match `jql`, at most `limit` (100), each with the `fields` named besides the usual ones.

        Issues written through this client within the last minute are found as they are now. Raises
        InvalidInput for wrong JQL, with the place and what may be meant, and for unknown fields.
        """
        wanted = [(name, (await self._field_id(name))) for name in fields]
        asked = fingerprint(jql, list(fields))
        state = decode_cursor("search", cursor, asked) if cursor else {}
        token = as_text(state.get("token"))
        # All pages of one answer must reconcile the same issues.
        written = [item for item in as_list(state.get("written")) if isinstance(item, int)]
        if not cursor:
            written = self._reconcile()
        limit = max(1, min(limit, PAGE))
        shown = list(dict.fromkeys([*SUMMARY_FIELDS, *(field_id for _, field_id in wanted)]))

        async def load() -> Page[IssueSummary]:
            answer = await self._matching(jql, shown, limit, token, written)
            after = as_text(answer.get("nextPageToken"))
            following: dict[str, PlainValue] = {"token": after}
            if written:
                following["written"] = list(written)
            return Page(
                tuple(self._summary(entry, wanted) for entry in objects(answer.get("issues")) if self._is_open(entry)),
                encode_cursor("search", following, asked) if after else None,
                warnings=tuple(_warnings(answer)),
            )

        key = ("search", jql, limit, token, *(field_id for _, field_id in wanted), "|", *written)
        return await self._cached(key, CONTENT_TTL, load, CONTENT)

    async def _matching(
        self, jql: str, fields: Sequence[str], most: int, token: str, written: Sequence[int]
    ) -> JsonObject:
        """Jira's answer with at most `most` issues that match; `written` are shown as they are this moment.

        Raises InvalidInput for wrong JQL.
        """
        limited, moved = within_projects(jql, self.settings.projects)
        body: dict[str, object] = {"jql": limited, "maxResults": most, "fields": list(fields)}
        if token:
            body["nextPageToken"] = token
        if written:
            body["reconcileIssues"] = list(written)
        try:
            return as_object(await self._call("search_and_reconsile_issues_using_jql_post", data=body, repeatable=True))
        except InvalidInput as error:
            raise await self._explain_jql(error, jql, moved) from error

    async def count(self, jql: str) -> int:
        """About how many issues match; Jira estimates, and may lag some seconds behind."""
        limited, moved = within_projects(jql, self.settings.projects)

        async def load() -> int:
            try:
                answer = await self._call("count_issues", data={"jql": limited}, repeatable=True)
            except InvalidInput as error:
                raise await self._explain_jql(error, jql, moved) from error
            return as_int(as_object(answer).get("count")) or 0

        return await self._cached(("count", limited), CONTENT_TTL, load, CONTENT)

    def _is_open(self, entry: JsonObject) -> bool:
        """Whether tools may see an issue: the query was limited already, this does not rely on it."""
        return self._allowed(project_of(as_text(entry.get("key"))))

    async def _field_id(self, name: str) -> str:
        return (await self.field(name)).id

    def _summary(self, entry: JsonObject, wanted: Sequence[tuple[str, str]] = ()) -> IssueSummary:
        fields, key = as_object(entry.get("fields")), as_text(entry.get("key"))
        status = as_object(fields.get("status"))
        return IssueSummary(
            key=key,
            id=as_text(entry.get("id")),
            url=self.browse_url(key),
            type=self._named(fields.get("issuetype")) or "",
            summary=as_text(fields.get("summary")),
            status=as_text(status.get("name")),
            priority=self._named(fields.get("priority")),
            assignee=user_name(fields.get("assignee")),
            parent=as_text(as_object(fields.get("parent")).get("key")) or None,
            labels=tuple(texts(fields.get("labels"))),
            created=as_text(fields.get("created")),
            updated=as_text(fields.get("updated")),
            due=as_text(fields.get("duedate")) or None,
            fields={name: plain(fields.get(field_id)) for name, field_id in wanted},
        )

    async def _explain_jql(self, error: InvalidInput, jql: str, moved: int) -> InvalidInput:
        """The error with a suggestion; the suggestion is left out if the catalogue cannot be read."""
        try:
            known = await self._alternatives(error.message)
        except ServiceError:
            known = ()
        return jql_errors.explain(error, jql, moved, known)

    async def _alternatives(self, message: str) -> tuple[str, ...]:
        if jql_errors.unknown_field(message) is not None:
            return tuple(name for info in await self.fields() for name in (*info.clauses, info.name))
        found = jql_errors.unknown_value(message)
        if found is None:
            return ()
        field = normal(found[0])
        if field == "status":
            return await self.statuses()
        if field == "priority":
            return await self.priorities()
        if field == "project":
            return tuple(text for item in (await self.projects()).items for text in (item.key, item.name))
        if field in ("issuetype", "type"):
            answer = await self._call("get_issue_all_types")
            return tuple(dict.fromkeys(as_text(entry.get("name")) for entry in objects(answer)))
        return ()


def _warnings(answer: JsonObject) -> list[str]:
    found: list[str] = []
    for item in as_list(answer.get("warnings")):
        text = as_text(item) or as_text(as_object(item).get("message"))
        if text:
            found.append(text)
    return found
