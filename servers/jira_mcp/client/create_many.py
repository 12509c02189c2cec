"""Creating many issues, fifty a request, so that none is ever created twice
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulk-post).
"""

import functools
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import anyio

from atlassian_kit.errors import read_error_body
from connector_kit import trace
from connector_kit.errors import BadAnswer, InvalidInput, OutcomeUnknown, ServiceError, clean_text
from connector_kit.previews import Kept
from connector_kit.sites import and_site
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client.convert import NOTHING_WRITTEN
from jira_mcp.client.create import BulkRefused, Create, NewIssue, Prepared, failed, look_for
from jira_mcp.client.jql import quote
from jira_mcp.client.writing import with_allowed
from jira_mcp.models import CreateResult

CHUNK = 50
"""Issues in one request, at most; Jira's own limit."""
LOOKS = (0.0, 2.0, 4.0)
"""Seconds before each look for issues in doubt: Jira's search notices a new issue a little late."""
_PAGES = 20
_LEAST = 8.0
"""Seconds of a call without which no request is sent any more."""
_EARLIER = re.compile(r"#(\d{1,4})")

Progress = Callable[[int, int], Awaitable[None]]
"""Told how many issues are done, and of how many."""


class Creation(list[CreateResult]):
    """A result for each issue, in the order given; `resume` is the token that goes on with what is left, "" when
    nothing is."""

    resume: str = ""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Issues whose request got no clear answer: sent at `since`, in seconds of the clock on the wall.

    `after` is the key of an issue that was created before them, `known` the ids of all that were.
    """

    items: tuple[Prepared, ...]
    since: float
    after: str
    known: frozenset[str]


@dataclass
class _Batch:
    """A list of issues on its way: what became of each, and which still wait, those without parents first."""

    issues: Sequence[NewIssue]
    results: dict[int, CreateResult] = field(default_factory=dict[int, CreateResult])
    waiting: list[Prepared] = field(default_factory=list[Prepared])
    parents: dict[int, int] = field(default_factory=dict[int, int])
    depths: dict[int, int] = field(default_factory=dict[int, int])
    held: list[Prepared] = field(default_factory=list[Prepared])
    """Those whose parent is in doubt."""
    doubts: list[_Doubt] = field(default_factory=list[_Doubt])
    longest: float = 0.0

    @property
    def created(self) -> list[CreateResult]:
        """Those that exist."""
        return [result for result in self.results.values() if result.key]


class CreateMany(Create):
    """Creating issues in bulk."""

    @functools.cached_property
    def _creations(self) -> Kept[_Batch]:
        return Kept(parameter="resume")

    async def create_many(self, issues: Sequence[NewIssue], *, on_progress: Progress | None = None) -> Creation:
        """Create issues; a result for each, in the order given. A parent "#2" is the third of these issues.

        What is wrong with one does not keep the others from being created. Issues whose request gets no clear answer
        are looked for; as long as they are not found they are marked `unknown`, and those after them are not sent.
        Nor are those for which the time of a call does not suffice.
        """
        batch = _Batch(list(issues))
        for index, issue in enumerate(issues):
            try:
                item = await self._prepare_below(index, issue, batch)
            except InvalidInput as error:
                message = "" if error.message == NOTHING_WRITTEN else error.message  # said of each, it says nothing
                batch.results[index] = failed(index, issue, message, error.fields, error.next_step)
            else:
                batch.waiting.append(item)
        batch.waiting.sort(key=lambda item: (batch.depths.get(item.index, 0), item.index))
        return await self._create_waiting(batch, on_progress)

    async def resume_creating(self, token: str, *, on_progress: Progress | None = None) -> Creation:
        """Go on with what an earlier call left: look again for what was in doubt, then send what was not sent.

        Raises InvalidInput or NotPermitted when the token is not good (any more).
        """
        batch = self._creations.take(token)
        batch.longest = 0.0
        return await self._create_waiting(batch, on_progress)

    async def _prepare_below(self, index: int, issue: NewIssue, batch: _Batch) -> Prepared:
        found = _EARLIER.fullmatch((issue.parent or "").strip())
        if not found:
            return await self._prepare(index, issue)
        number = int(found[1])
        if number >= index:
            raise InvalidInput(
                NOTHING_WRITTEN, fields={"parent": f"#{number} is not an earlier one: they are counted from #0"}
            )
        item = await self._prepare(index, replace(issue, parent=None))
        if not any(entry.info.id == "parent" for entry in item.screen):
            raise InvalidInput(NOTHING_WRITTEN, fields={"parent": f"is not on the create screen of {issue.type}"})
        batch.parents[index] = number
        batch.depths[index] = batch.depths.get(number, 0) + 1
        return item

    async def _create_waiting(self, batch: _Batch, on_progress: Progress | None) -> Creation:
        for doubt in list(batch.doubts):
            await self._look_up(batch, doubt)
        stopped: ServiceError | None = None
        reason = ""
        while batch.waiting and stopped is None:
            if trace.seconds_left() < max(_LEAST, batch.longest * 1.5):
                reason = "the time of a call was up"
                break
            chunk = _next_chunk(batch)
            if chunk:
                stopped = await self._send(batch, chunk)
            if on_progress is not None:
                await on_progress(len(batch.results), len(batch.issues))
        batch.waiting += batch.held
        batch.held = []
        creation = Creation()
        if batch.waiting or batch.doubts:
            creation.resume = self._creations.keep(batch)
        if stopped is not None and not batch.created:
            raise _with_resume(stopped, creation.resume, len(batch.waiting))
        if stopped is not None:
            reason = clean_text(f"an earlier request failed: {stopped.message}", 300)
        why = f"Not sent, because {reason or 'its parent is in doubt'}"
        unsent = {item.index: replace(failed(item.index, item.issue, why, {}), unsent=True) for item in batch.waiting}
        creation.extend({**batch.results, **unsent}[index] for index in range(len(batch.issues)))
        return creation

    async def _send(self, batch: _Batch, chunk: Sequence[Prepared]) -> ServiceError | None:
        """Create some issues; what keeps the next ones from being sent."""
        doubt = self._doubt(batch, chunk)
        started = time.monotonic()
        try:
            answer = as_object(
                await self._write(
                    "create_issues",
                    data={"issueUpdates": [item.body for item in chunk]},
                    look=look_for([item.issue for item in chunk]),
                )
            )
        except BulkRefused as refused:
            answer = refused.body
        except (OutcomeUnknown, BadAnswer) as error:
            if isinstance(error, BadAnswer) and (error.status or 0) >= 300:
                batch.waiting[:0] = chunk
                return error
            batch.results.update({item.index: _doubtful(item, error) for item in chunk})
            batch.doubts.append(doubt)
            return error if await self._look_up(batch, doubt) else None
        except ServiceError as error:
            batch.waiting[:0] = chunk  # Jira has surely created none of them
            return error
        finally:
            batch.longest = max(batch.longest, time.monotonic() - started)
        batch.results.update(await self._results(chunk, answer))
        return None

    async def _results(self, chunk: Sequence[Prepared], answer: JsonObject) -> dict[int, CreateResult]:
        results: dict[int, CreateResult] = {}
        for entry in objects(answer.get("errors")):
            position = as_int(entry.get("failedElementNumber"))
            if position is None or not 0 <= position < len(chunk):
                continue
            item = chunk[position]
            message, fields = read_error_body(as_object(entry.get("elementErrors")), self.field_name)
            error = with_allowed(InvalidInput(message, fields=fields), await self._latest_screen(item))
            results[item.index] = failed(item.index, item.issue, error.message, error.fields)
        created = iter(objects(answer.get("issues")))
        for item in chunk:
            if item.index in results:
                continue
            entry = next(created, None)
            results[item.index] = (
                failed(item.index, item.issue, "Jira did not say what became of it.", {}, unknown=True)
                if entry is None
                else self._created(item, entry)
            )
        return results

    # What is in doubt

    def _doubt(self, batch: _Batch, chunk: Sequence[Prepared]) -> _Doubt:
        project = chunk[0].issue.project.strip().upper()
        numbers = [
            int(number)
            for key in (str(result.key) for result in batch.created)
            for where, _, number in [key.rpartition("-")]
            if where == project
        ]
        known = {result.id or "" for result in batch.created} | {str(number) for number in self._written}
        after = f"{project}-{max(numbers)}" if numbers else ""
        return _Doubt(tuple(chunk), time.time(), after, frozenset(known))

    async def _look_up(self, batch: _Batch, doubt: _Doubt) -> bool:
        """Look for issues in doubt until all are found; whether some are not."""
        missing = list(doubt.items)
        for pause in LOOKS:
            if trace.seconds_left() < pause + _LEAST:
                break
            await anyio.sleep(pause)
            try:
                found = await self._found(doubt, missing)
            except ServiceError:
                break
            batch.results.update({item.index: self._created(item, entry) for item, entry in found})
            there = {item.index for item, _ in found}
            missing = [item for item in missing if item.index not in there]
            if not missing:
                break
        batch.doubts.remove(doubt)
        if missing:
            known = doubt.known | {result.id or "" for result in batch.created}
            batch.doubts.append(replace(doubt, items=tuple(missing), known=known))
        return bool(missing)

    async def _found(self, doubt: _Doubt, missing: Sequence[Prepared]) -> list[tuple[Prepared, JsonObject]]:
        """Issues of this account that are new since the doubt, by the items that they came from.

        One is taken for an item if it has the same summary and type; each for one item only.
        """
        minutes = int((time.time() - doubt.since) / 60) + 2
        project = self._project(missing[0].issue.project)
        after = f" AND key > {doubt.after}" if doubt.after else ""
        mine = f'creator = currentUser() AND created >= "-{minutes}m"{after}'
        jql = f"project = {quote(project)} AND {mine} ORDER BY key ASC"
        fresh: dict[tuple[str, str], list[JsonObject]] = {}
        token = ""
        for _ in range(_PAGES):
            body: dict[str, object] = {"jql": jql, "maxResults": 100, "fields": ["summary", "issuetype"]}
            if token:
                body["nextPageToken"] = token
            answer = as_object(
                await self._call("search_and_reconsile_issues_using_jql_post", data=body, repeatable=True)
            )
            for entry in objects(answer.get("issues")):
                if as_text(entry.get("id")) not in doubt.known and self._is_open(entry):
                    fields = as_object(entry.get("fields"))
                    kind = as_text(as_object(fields.get("issuetype")).get("id"))
                    fresh.setdefault((as_text(fields.get("summary")).strip(), kind), []).append(entry)
            token = as_text(answer.get("nextPageToken"))
            if not token:
                break
        pairs: list[tuple[Prepared, JsonObject]] = []
        for item in missing:
            sent: Mapping[str, object] = as_object(item.body.get("fields"))
            kind = as_text(as_object(sent.get("issuetype")).get("id"))
            if candidates := fresh.get((as_text(sent.get("summary")).strip(), kind)):
                pairs.append((item, candidates.pop(0)))
        return pairs


def _next_chunk(batch: _Batch) -> list[Prepared]:
    """The next fifty of those that wait on the same level, with their parents; those without theirs are settled."""
    depth = batch.depths.get(batch.waiting[0].index, 0)
    chunk: list[Prepared] = []
    while batch.waiting and len(chunk) < CHUNK and batch.depths.get(batch.waiting[0].index, 0) == depth:
        item = batch.waiting.pop(0)
        number = batch.parents.get(item.index)
        if number is None:
            chunk.append(item)
            continue
        above = batch.results.get(number)
        if above is not None and above.key:
            fields = {**as_object(item.body.get("fields")), "parent": {"key": above.key}}
            chunk.append(replace(item, body={**item.body, "fields": fields}))
        elif above is None or above.unknown:
            batch.held.append(item)
        else:
            reason = f"Not created, because its parent issues[{number}] was not."
            batch.results[item.index] = failed(item.index, item.issue, reason, {})
    return chunk


def _doubtful(item: Prepared, error: ServiceError) -> CreateResult:
    return failed(item.index, item.issue, str(error), {}, unknown=True)


def _with_resume(error: ServiceError, resume: str, waiting: int) -> ServiceError:
    if not resume:
        return error
    others = f"{waiting:,} {'other was' if waiting == 1 else 'others were'} not sent; " if waiting else ""
    again = f"{others}jira_create_issues with resume={resume}{and_site()} looks again and goes on."
    return type(error)(
        error.message,
        next_step=f"{error.next_step} {again}".strip(),
        fields=error.fields,
        status=error.status,
        request_id=error.request_id,
        retry_after=error.retry_after,
    )
