"""Reading one issue, at the depth that is asked for."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.concurrency import aside, run_all
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client.documents import editable, is_document, is_long
from jira_mcp.client.fields import screen_entry
from jira_mcp.client.ids import project_of
from jira_mcp.client.search import SUMMARY_FIELDS
from jira_mcp.client.values import attachment, issue_ref, plain, user_name
from jira_mcp.client.worklog_reads import WorklogReads
from jira_mcp.models import (
    Change,
    Comment,
    FieldChange,
    IssueDetail,
    IssueRef,
    IssueSummary,
    Link,
    RichField,
    Transition,
    Worklog,
)

T = TypeVar("T")

Part = Literal["comments", "worklogs", "children", "changes", "transitions", "all_fields"]

_DETAIL_FIELDS = (
    *SUMMARY_FIELDS,
    "project",
    "reporter",
    "resolution",
    "description",
    "subtasks",
    "issuelinks",
    "attachment",
    "timetracking",
)
_NO_EXTRA = frozenset(
    {
        *_DETAIL_FIELDS,
        "comment",
        "worklog",
        "lastViewed",
        "statuscategorychangedate",
        "statusCategory",
        "timespent",
        "timeestimate",
        "timeoriginalestimate",
        "aggregatetimespent",
        "aggregatetimeestimate",
        "aggregatetimeoriginalestimate",
        "aggregateprogress",
        "progress",
        "workratio",
        "watches",
        "votes",
        "issuerestriction",
    }
)
"""What "all fields" leaves out: shown elsewhere, or derived from what is shown."""
_PAGE = 100


@dataclass
class _Parts:
    comments: Page[Comment] | None = None
    worklogs: Page[Worklog] | None = None
    children: Page[IssueSummary] | None = None
    changes: Page[Change] | None = None
    transitions: tuple[Transition, ...] | None = None


class Issues(WorklogReads):
    """Reading issues."""

    async def issue(
        self,
        key: str,
        *,
        include: Sequence[Part] = (),
        fields: Sequence[str] = (),
        comments: int = 5,
        worklogs: int = 10,
        children: int = 20,
        changes: int = 20,
    ) -> IssueDetail:
        """One issue with the parts in `include`, and the `fields` named besides the usual ones.

        "all_fields" adds every field that has a value. The numbers bound the parts. Comments, worklogs and
        changes come newest first, children in the order of their creation.

        Raises NotFound, and InvalidInput for a field that does not exist.
        """
        asked = self._key(key)
        wanted = [(name, await self._field_id(name)) for name in fields]
        everything = "all_fields" in include
        answer = await self._issue_answer(asked, [field_id for _, field_id in wanted], everything)
        real = self._answered_key(asked, answer)
        if everything:
            wanted.extend(await self._further_fields(answer, {field_id for _, field_id in wanted}))
        parts = _Parts()

        async def read_comments() -> None:
            parts.comments = await self.comments(real, limit=comments)

        async def read_worklogs() -> None:
            parts.worklogs = await self.worklogs(real, limit=worklogs)

        async def read_children() -> None:
            parts.children = await self.children(real, limit=children)

        async def read_changes() -> None:
            parts.changes = await self.changes(real, limit=changes)

        async def read_transitions() -> None:
            parts.transitions = await self.transitions(real)

        readers: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "comments": read_comments,
            "worklogs": read_worklogs,
            "children": read_children,
            "changes": read_changes,
            "transitions": read_transitions,
        }
        await run_all([readers[part] for part in dict.fromkeys(include) if part in readers])
        found = await aside(is_long(as_object(answer.get("fields"))), self._detail, answer, wanted, parts)
        self._readings.note((real, "description"), found.description)
        for text in found.texts:
            self._readings.note((real, text.id), text.text)
        return found

    async def _issue_answer(self, key: str, more: Sequence[str], everything: bool) -> JsonObject:
        fields = "*all,-comment,-worklog" if everything else ",".join(dict.fromkeys([*_DETAIL_FIELDS, *more]))

        async def load() -> JsonObject:
            return dict(as_object(await self._call("get_issue", key, fields=fields)))

        return await self._cached(("issue", key, fields), CONTENT_TTL, load, CONTENT)

    async def _further_fields(self, answer: JsonObject, named: set[str]) -> list[tuple[str, str]]:
        """All other fields that have a value, by name; by id where two share a name."""
        names = await self.field_names()
        found: list[tuple[str, str]] = []
        for field_id, value in as_object(answer.get("fields")).items():
            if field_id in named or field_id in _NO_EXTRA or plain(value) in (None, "", [], {}):
                continue
            info = names.get(field_id)
            if info is None or "lexo-rank" in info.plugin:
                continue
            found.append((info.name if len(names.find(info.name)) == 1 else field_id, field_id))
        return sorted(found)

    def _detail(self, answer: JsonObject, wanted: Sequence[tuple[str, str]], parts: _Parts) -> IssueDetail:
        fields = as_object(answer.get("fields"))
        times = as_object(fields.get("timetracking"))
        parent = fields.get("parent")
        texts = tuple(
            RichField(field_id, name, editable(fields.get(field_id)))
            for name, field_id in wanted
            if is_document(fields.get(field_id))
        )
        shown = [(name, field_id) for name, field_id in wanted if not is_document(fields.get(field_id))]
        return IssueDetail(
            issue=self._summary(answer, shown),
            project=as_text(as_object(fields.get("project")).get("name")),
            reporter=user_name(fields.get("reporter")),
            resolution=self._named(fields.get("resolution")),
            description=editable(fields.get("description")),
            texts=texts,
            parent=self._visible(issue_ref(parent)) if parent else None,
            subtasks=tuple(self._visible(issue_ref(entry)) for entry in objects(fields.get("subtasks"))),
            links=tuple(self._link(entry) for entry in objects(fields.get("issuelinks"))),
            attachments=tuple(map(attachment, objects(fields.get("attachment")))),
            time_spent=as_text(times.get("timeSpent")) or None,
            original_estimate=as_text(times.get("originalEstimate")) or None,
            remaining_estimate=as_text(times.get("remainingEstimate")) or None,
            comments=parts.comments,
            worklogs=parts.worklogs,
            children=parts.children,
            changes=parts.changes,
            transitions=parts.transitions,
        )

    def _visible(self, ref: IssueRef) -> IssueRef:
        """The reference, its content only if its project is one that tools may touch."""
        return ref if self._allowed(project_of(ref.key)) else IssueRef(ref.key)

    def _link(self, entry: JsonObject) -> Link:
        kind = as_object(entry.get("type"))
        outward = entry.get("outwardIssue")
        phrase = kind.get("outward") if outward else kind.get("inward")
        return Link(
            as_text(entry.get("id")),
            as_text(phrase),
            self._visible(issue_ref(outward or entry.get("inwardIssue"))),
        )

    async def children(self, key: str, *, limit: int = 20, cursor: str | None = None) -> Page[IssueSummary]:
        """The issues whose parent is `key`, in the order of their creation."""
        return await self.search(
            f"parent = {await self._open(key)} ORDER BY created ASC, key ASC", limit=limit, cursor=cursor
        )

    async def changes(self, key: str, *, limit: int = 20) -> Page[Change]:
        """The latest edits of an issue, newest first."""
        key = await self._open(key)

        def ask(start: int, count: int) -> Awaitable[object]:
            return self._call("get_change_logs", key, start_at=start, max_results=count)

        return await self._latest("values", key, ask, _change, limit)

    async def _latest(
        self,
        part: str,
        key: str,
        ask: Callable[[int, int], Awaitable[object]],
        read: Callable[[JsonObject], T],
        limit: int,
    ) -> Page[T]:
        """The end of a part of an issue that Jira lists from the oldest on, turned round."""
        limit = max(1, min(limit, _PAGE))

        async def load() -> Page[T]:
            answer = as_object(await ask(0, limit))
            total = as_int(answer.get("total"))
            if total is not None and total > limit:
                answer = as_object(await ask(total - limit, limit))
            entries = reversed(objects(answer.get(part)))
            return Page(tuple(read(entry) for entry in entries), total=total)

        return await self._cached(("latest", part, key, limit), CONTENT_TTL, load, CONTENT)

    async def transitions(self, key: str) -> tuple[Transition, ...]:
        """The ways out of an issue's present status, each with the fields that its screen asks for."""
        answer = as_object(await self._call("get_transitions", await self._open(key), expand="transitions.fields"))
        return tuple(transition(entry) for entry in objects(answer.get("transitions")))


def transition(entry: JsonObject) -> Transition:
    """A transition as Jira lists it."""
    to = as_object(entry.get("to"))
    fields = as_object(entry.get("fields"))
    return Transition(
        as_text(entry.get("id")),
        as_text(entry.get("name")),
        as_text(to.get("name")),
        tuple(screen_entry(field_id, as_object(field)).shown() for field_id, field in fields.items()),
    )


def _change(entry: JsonObject) -> Change:
    return Change(
        user_name(entry.get("author")) or "",
        as_text(entry.get("created")),
        tuple(
            FieldChange(
                as_text(item.get("field")),
                as_text(item.get("fromString")) or as_text(item.get("from")),
                as_text(item.get("toString")) or as_text(item.get("to")),
            )
            for item in objects(entry.get("items"))
        ),
    )
