"""An issue's history, read as far as it is needed
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/, "Get changelogs").

Jira lists it from the oldest change on, in pages of at most a hundred, and filters nothing.
"""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, ServiceError, clean_text
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client import durations
from jira_mcp.client.ids import is_number
from jira_mcp.client.issues import Issues
from jira_mcp.client.sprints_history import moment_in
from jira_mcp.client.values import normal, user
from jira_mcp.history_models import HistoryPage
from jira_mcp.models import Change, FieldChange

_PAGE = 100
_MOST_PAGES = 10
"""Pages that one call reads: a thousand changes."""
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_ONLY_IN_HISTORY = (
    "Attachment",
    "Comment",
    "Epic Child",
    "IssueParentAssociation",
    "Key",
    "Link",
    "Project",
    "Rank",
    "RemoteIssueLink",
    "WorklogId",
    "WorklogTimeSpent",
)
"""What the history calls changes of things that are no fields."""
_ALSO = {"parent": "issueparentassociation", "issuelinks": "link", "attachment": "attachment", "comment": "comment"}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a change must be: of one of these `fields` (ids and names), by a person, within a time."""

    fields: frozenset[str]
    person: frozenset[str]
    since: datetime | None
    until: datetime | None

    def of(self, entry: JsonObject) -> Change | None:
        """The change with the fields that were asked for; None for any other."""
        created = as_text(entry.get("created"))
        moment = moment_in(created)
        if moment is not None and ((self.since and moment < self.since) or (self.until and moment >= self.until)):
            return None
        author = user(entry.get("author"))
        names = {author.account_id.casefold(), normal(author.name), (author.email or "").casefold()} if author else {""}
        if self.person and not (self.person & (names - {""})):
            return None
        fields = tuple(
            FieldChange(
                as_text(item.get("field")),
                as_text(item.get("fromString")) or as_text(item.get("from")),
                as_text(item.get("toString")) or as_text(item.get("to")),
            )
            for item in objects(entry.get("items"))
            if not self.fields or not self.fields.isdisjoint(_names_of(item))
        )
        return Change(author.name if author else "", created, fields) if fields else None

    def over(self, entry: JsonObject, *, newest: bool) -> bool:
        """Whether no change that follows, in the order that they are read in, can be within the time."""
        moment = moment_in(entry.get("created"))
        if moment is None:
            return False
        return bool(self.since and moment < self.since) if newest else bool(self.until and moment >= self.until)


class ChangeHistory(Issues):
    """Reading what was changed in an issue, by whom and when."""

    async def history(
        self,
        key: str,
        *,
        fields: tuple[str, ...] = (),
        person: str = "",
        since: str = "",
        until: str = "",
        newest: bool = True,
        limit: int = 30,
        cursor: str | None = None,
    ) -> HistoryPage:
        """The changes of an issue that match, the newest (or the oldest) first.

        `fields` are names, `person` an account id, name or e-mail address as the history has it, or "me". `since`
        and `until` are a date, a moment, or how long ago ("7d", "12h"); a date as `until` is taken to its end.
        Raises InvalidInput for fields that do not exist and times that cannot be read.
        """
        key = await self._open(key)
        asked = fingerprint(key, list(fields), person, since, until, newest)
        wanted = _Wanted(
            await self._changed_fields(fields),
            await self._author(person),
            await self._bound(since, "since"),
            await self._bound(until, "until", ends=True),
        )
        limit = max(1, min(limit, _PAGE))
        total = as_int((await self._changelog(key, 0)).get("total")) or 0
        state = decode_cursor("history", cursor, asked) if cursor else {}
        start = as_int(state.get("at"))
        at = start if start is not None and 0 <= start < total else (total - 1 if newest else 0)
        step = -1 if newest else 1
        found: list[Change] = []
        authors: dict[str, None] = {}
        read, pages = 0, 0
        page: list[JsonObject] = []
        first = -1
        while 0 <= at < total and len(found) < limit:
            if not first <= at < first + len(page) or not page:
                if pages == _MOST_PAGES:
                    break
                pages, first = pages + 1, at - at % _PAGE
                page = objects((await self._changelog(key, first)).get("values"))
                if not first <= at < first + len(page):
                    break  # Jira has fewer than it said
            entry = page[at - first]
            if wanted.over(entry, newest=newest):
                at = -1
                break
            if change := wanted.of(entry):
                found.append(change)
            if author := user(entry.get("author")):
                authors[author.name] = None
            at, read = at + step, read + 1
        more = 0 <= at < total and (len(found) == limit or pages == _MOST_PAGES)
        following = encode_cursor("history", {"at": at}, asked) if more else None
        return HistoryPage(key, tuple(found), total, read, following, tuple(authors))

    async def _changelog(self, key: str, start: int) -> JsonObject:
        async def load() -> JsonObject:
            return dict(as_object(await self._call("get_change_logs", key, start_at=start, max_results=_PAGE)))

        return await self._cached(("changelog", key, start), CONTENT_TTL, load, CONTENT)

    async def _changed_fields(self, names: tuple[str, ...]) -> frozenset[str]:
        """What the history may call the fields of these names."""
        found: set[str] = set()
        known = {normal(name): name for name in _ONLY_IN_HISTORY}
        for name in names:
            wanted = normal(name)
            if wanted in known:
                found.add(wanted)
                continue
            info = (await self.field_names()).resolve(name)
            found |= {normal(info.id), normal(info.name)}
            if info.id in _ALSO:
                found.add(_ALSO[info.id])
        return frozenset(found)

    async def _author(self, person: str) -> frozenset[str]:
        wanted = person.strip()
        if not wanted:
            return frozenset()
        if normal(wanted) in ("me", "myself"):
            return frozenset({(await self.myself()).account_id.casefold()})
        return frozenset({wanted.casefold(), normal(wanted)})

    async def _bound(self, text: str, field: str, *, ends: bool = False) -> datetime | None:
        """A moment of a date, a time or a span that has passed; a date is that of the account's time zone."""
        wanted = text.strip()
        if not wanted:
            return None
        past = wanted.removeprefix("-")
        if is_number(past[:-1]) and past[-1] in _UNITS:
            try:
                return datetime.now(UTC) - timedelta(seconds=int(past[:-1]) * _UNITS[past[-1]])
            except OverflowError:
                raise _no_time(wanted, field) from None
        try:
            moment = durations.moment(wanted, field)
        except InvalidInput:
            raise _no_time(wanted, field) from None
        if moment.tzinfo is None:
            with contextlib.suppress(ServiceError):  # a token may lack the scope to ask
                await self.myself()
            moment = moment.replace(tzinfo=self._zone or UTC)
        if len(wanted) == len("2026-01-31"):
            moment = moment.replace(hour=0) + timedelta(days=1 if ends else 0)
        return moment


def _names_of(item: JsonObject) -> set[str]:
    return {normal(as_text(item.get(name))) for name in ("field", "fieldId")} - {""}


def _no_time(text: str, field: str) -> InvalidInput:
    return InvalidInput(
        f"{clean_text(text, 40)!r} is not a time.",
        fields={field: 'should be like "2026-01-31", "2026-01-31T09:30+01:00" or "7d" for a week ago'},
    )
