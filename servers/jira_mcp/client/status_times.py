"""How long issues stayed in each status, told by their histories, and lead and cycle times.

All spans are by the calendar: Jira's API does not tell anybody's working hours.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput
from connector_kit.wire import JsonObject, as_object, as_text, objects
from jira_mcp.client.history import ChangeHistory
from jira_mcp.client.sprints_history import moment_in
from jira_mcp.client.statuses import Statuses, status_info
from jira_mcp.client.values import user_name
from jira_mcp.history_models import IssueTimes, StatusInfo, StatusSum, StatusTimes, Stay

MOST = 1_000
"""Issues at once, which is what Jira takes in one request for histories."""
_FETCHED = 100
_PAGE = 200
_LOGS_PAGE = 5_000
_MOST_LOG_PAGES = 20
_FIELDS = ("summary", "status", "created", "resolutiondate")

Move = tuple[datetime, StatusInfo, StatusInfo, str]
"""When, from which status, to which, by whom."""


class TimesInStatus(ChangeHistory, Statuses):
    """Times in statuses, of one issue or of many."""

    async def status_times(
        self, keys: Sequence[str] = (), *, jql: str = "", limit: int = 100, now: datetime | None = None
    ) -> StatusTimes:
        """The times of the issues with these keys, or of the first `limit` that match a query; at most 1,000.

        Raises InvalidInput for neither or both, and for wrong JQL.
        """
        if bool(keys) == bool(jql.strip()):
            raise InvalidInput("Give issue keys or JQL: one of the two.")
        limit = max(1, min(limit, MOST))
        if len(keys) > MOST:
            raise InvalidInput(f"{len(keys):,} issues are too many: at most {MOST:,} at once.")
        entries, missing = await self._by_keys(keys) if keys else ([], ())
        more = False
        if not keys:
            entries, more = await self._by_query(jql, limit, _FIELDS)
        moves = await self._moves([as_text(entry.get("id")) for entry in entries])
        known = await self.status_infos()
        end = now or datetime.now(UTC)
        issues = [times_of(entry, moves.get(as_text(entry.get("id")), []), known, end) for entry in entries]
        found = tuple(issue for issue in issues if issue is not None)
        lead = [issue.lead for issue in found if issue.lead is not None]
        cycle = [issue.cycle for issue in found if issue.cycle is not None]
        return StatusTimes(
            found,
            tuple(_sums(found)),
            len(lead),
            median(lead) if lead else None,
            median(cycle) if cycle else None,
            more,
            missing,
        )

    async def _by_keys(self, keys: Sequence[str]) -> tuple[list[JsonObject], tuple[str, ...]]:
        """Issues by key in the order given, and the keys of those that cannot be seen."""
        wanted = list(dict.fromkeys(self._key(key) for key in keys))
        found = await self._fetched(wanted, _FIELDS)
        return list(found.values()), tuple(key for key in wanted if key not in found)

    async def _fetched(
        self, keys: Sequence[str], fields: Sequence[str], *, fresh: bool = False
    ) -> dict[str, JsonObject]:
        """Issues by the key that was asked for, as far as they can be seen and tools may touch them.

        `fresh`: as they are now, for what is written next depends on them.
        """
        found: dict[str, JsonObject] = {}
        for start in range(0, len(keys), _FETCHED):
            some = list(keys[start : start + _FETCHED])
            data = {"issueIdsOrKeys": some, "fields": list(fields)}

            async def load(data: dict[str, list[str]] = data) -> list[JsonObject]:
                answer = as_object(await self._call("bulk_fetch_issues", data=data, repeatable=True))
                return objects(answer.get("issues"))

            name = ("fetched", *some, "|", *fields)
            entries = await load() if fresh else await self._cached(name, CONTENT_TTL, load, CONTENT)
            by_key = {as_text(entry.get("key")): entry for entry in entries if self._is_open(entry)}
            moved = [entry for key, entry in by_key.items() if key not in some]
            missing = [key for key in some if key not in by_key]
            found |= {key: by_key[key] for key in some if key in by_key}
            if len(moved) == len(missing) == 1:  # the one issue that has another key since it was moved
                found[missing[0]] = moved[0]
        return found

    async def _by_query(self, jql: str, limit: int, fields: Sequence[str]) -> tuple[list[JsonObject], bool]:
        """The first issues that match, and whether there are others."""
        written = self._reconcile()
        found: list[JsonObject] = []
        token = ""
        while True:
            answer = await self._matching(jql, fields, min(_PAGE, limit - len(found)), token, written)
            page = objects(answer.get("issues"))
            found.extend(entry for entry in page if self._is_open(entry))
            token = as_text(answer.get("nextPageToken"))
            if not token or not page:
                return found, False
            if len(found) >= limit:
                return found, True

    async def _moves(self, numbers: Sequence[str]) -> dict[str, list[Move]]:
        """The changes of status of issues, by their ids, in their order. Raises InvalidInput for too many of them."""
        found: dict[str, list[Move]] = {number: [] for number in numbers}
        token = ""
        for _ in range(_MOST_LOG_PAGES if numbers else 0):
            body: dict[str, object] = {
                "issueIdsOrKeys": list(numbers),
                "fieldIds": ["status"],
                "maxResults": _LOGS_PAGE,
            }
            if token:
                body["nextPageToken"] = token
            answer = as_object(await self._call("get_bulk_changelogs", data=body, repeatable=True))
            for log in objects(answer.get("issueChangeLogs")):
                moves = found.get(as_text(log.get("issueId")))
                if moves is not None:
                    moves.extend(moves_in(objects(log.get("changeHistories"))))
            token = as_text(answer.get("nextPageToken"))
            if not token:
                break
        if token:
            raise InvalidInput(
                "The histories of these issues are too long to be read at once: nothing is told from half of them.",
                next_step="Ask about fewer issues at a time.",
            )
        for moves in found.values():
            moves.sort(key=lambda move: move[0])
        return found


def moves_in(changes: Iterable[JsonObject]) -> Iterable[Move]:
    """The changes of status among the entries of a history."""
    for change in changes:
        when = moment_in(change.get("created"))
        for item in objects(change.get("items")):
            if when is not None and (as_text(item.get("fieldId")) or as_text(item.get("field"))) == "status":
                before = StatusInfo(as_text(item.get("from")), as_text(item.get("fromString")), "")
                after = StatusInfo(as_text(item.get("to")), as_text(item.get("toString")), "")
                yield when, before, after, user_name(change.get("author")) or ""


def times_of(
    entry: JsonObject, moves: Sequence[Move], known: Mapping[str, StatusInfo], end: datetime
) -> IssueTimes | None:
    """The stays of an issue; None where Jira does not say when it was created."""
    fields = as_object(entry.get("fields"))
    present = status_info(fields.get("status"))
    began = moment_in(fields.get("created"))
    if began is None:
        return None

    def named(status: StatusInfo) -> StatusInfo:
        """With its category; a status that was deleted has its name from the history alone."""
        found = known.get(status.id)
        return found or (present if status.id == present.id else status)

    stays: list[Stay] = []
    status, since, by = (moves[0][1] if moves else present), began, ""
    for when, _, after, who in moves:
        stays.append(_stay(named(status), since, when, by))
        status, since, by = after, when, who
    # Time after the end of the work is no time in a status that anybody waits for.
    last = named(status)
    stays.append(Stay(last, _shown(since), None, by, 0.0 if last.done else max(0.0, (end - since).total_seconds())))
    done = _done_since(stays)
    if done == began and not moves:
        # It came here done, from elsewhere: its history does not tell when that happened.
        done = moment_in(fields.get("resolutiondate"))
    work = next((moment_in(stay.start) for stay in stays if stay.status.category == "indeterminate"), None)
    return IssueTimes(
        as_text(entry.get("key")),
        as_text(fields.get("summary")),
        last,
        as_text(fields.get("created")),
        tuple(stays),
        (done - began).total_seconds() if done else None,
        (done - work).total_seconds() if done and work else None,
    )


def _done_since(stays: Sequence[Stay]) -> datetime | None:
    """When the issue was done for the last time; None while it is not."""
    found = None
    for stay in reversed(stays):
        if not stay.status.done:
            break
        found = stay
    return moment_in(found.start) if found else None


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _stay(status: StatusInfo, start: datetime, end: datetime, by: str) -> Stay:
    return Stay(status, _shown(start), _shown(end), by, max(0.0, (end - start).total_seconds()))


def _sums(issues: Sequence[IssueTimes]) -> Iterable[StatusSum]:
    """Per status over all issues; those of the beginning first, done ones last."""
    statuses: dict[str, StatusInfo] = {}
    spans: dict[str, list[float]] = {}
    visits: dict[str, int] = {}
    for issue in issues:
        for stay in issue.stays:
            statuses.setdefault(stay.status.name, stay.status)
            visits[stay.status.name] = visits.get(stay.status.name, 0) + 1
        for name, seconds in issue.by_status.items():
            spans.setdefault(name, []).append(seconds)
    order = {"new": 0, "indeterminate": 1, "done": 3}
    for name in sorted(spans, key=lambda name: order.get(statuses[name].category, 2)):
        yield StatusSum(statuses[name], len(spans[name]), visits[name], sum(spans[name]), median(spans[name]))
