"""Issues that follow what happens in a code repository: found by the keys in names and messages, moved forward."""

import re
from collections.abc import Iterable, Mapping, Sequence

from connector_kit.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    ScopeMissing,
    ServiceError,
    clean_text,
)
from connector_kit.wire import JsonObject, as_object, as_text, objects
from jira_mcp.client.fields import screen_entry
from jira_mcp.client.ids import is_issue_key, issue_links, project_of
from jira_mcp.client.matching import listing
from jira_mcp.client.remote_links import RemoteLinks
from jira_mcp.client.status_times import TimesInStatus
from jira_mcp.client.statuses import status_info
from jira_mcp.client.values import normal
from jira_mcp.client.web_address import same_address, web_address
from jira_mcp.development_models import EventOutcome, EventResult, GitEvent
from jira_mcp.history_models import StatusInfo
from jira_mcp.links_models import RemoteLinkResult

MOST = 20
"""Issues that one event may touch."""
_MOST_CANDIDATES = 60
_KEY = re.compile(r"(?<![^\W_])([A-Za-z][A-Za-z0-9_]{1,30})-([1-9][0-9]{0,9})(?![^\W_])")
_REVIEW = re.compile(r"review", re.IGNORECASE)
_RANKS = {"new": 0, "indeterminate": 1, "done": 3}
_IN_REVIEW = 2
_WANTED: Mapping[GitEvent, tuple[int, ...]] = {
    "branch_created": (1,),
    "pull_request_opened": (_IN_REVIEW, 1),
    "pull_request_merged": (3,),
    "pull_request_declined": (),
}
"""How far an issue is to be then, in the order in which that is tried."""
_USUAL = {1: ("in progress",), _IN_REVIEW: ("in review", "review", "code review"), 3: ("done", "closed", "resolved")}
_MEANS = {1: "in progress", _IN_REVIEW: "in review", 3: "done"}
_RELATION = "development"
_OVER = {"pull_request_opened": False, "pull_request_merged": True, "pull_request_declined": True}
"""Whether a pull request is over; a branch is neither."""

Ways = Sequence[tuple[JsonObject, StatusInfo]]
"""Transitions as Jira lists them, and where they lead."""
_NO_WAY: Ways = ()


class GitEvents(TimesInStatus, RemoteLinks):
    """Moving issues along with branches and pull requests."""

    async def apply_git_event(
        self,
        event: GitEvent,
        *,
        branch: str = "",
        title: str = "",
        message: str = "",
        url: str = "",
        status: str = "",
        values: Mapping[str, object] | None = None,
        dry_run: bool = False,
    ) -> EventOutcome:
        """Move the issues that `branch`, `title` and `message` name to where the event brings them, and link `url`.

        Without `status` a branch means in progress, an open pull request in review where that can be reached (else in
        progress), a merged one done, and a declined one nothing. No issue is ever moved backwards, and one that is
        there already stays. `values` fill fields of the transition's screen. Nothing is written with `dry_run`.

        Raises InvalidInput where no key is found, or more than twenty issues.
        """
        address = web_address(url) if url.strip() else ""
        texts = (branch, title, message)
        elsewhere = [link for text in texts for link in issue_links(text) if self._is_elsewhere(link)]
        candidates = keys_in(*(_without(text, elsewhere) for text in texts))
        if elsewhere and not candidates:
            self._key(elsewhere[0])  # which says where that issue is
        if not candidates:
            raise InvalidInput(
                "No issue key was found; nothing was done.",
                fields={"branch, title, message": "one of them has to hold a key, like feature/PROJ-123-search"},
            )
        if len(candidates) > _MOST_CANDIDATES:
            raise InvalidInput(f"{len(candidates)} different keys are too many; nothing was done.")
        outside = [key for key in candidates if not self._allowed(project_of(key))]
        found = await self._fetched(
            [key for key in candidates if key not in outside], ("summary", "status"), fresh=True
        )
        entries = {as_text(entry.get("key")): entry for entry in found.values()}
        if len(entries) > MOST:
            raise InvalidInput(f"{len(entries)} issues at once are too many: at most {MOST}. Nothing was done.")
        results: list[EventResult] = []
        unreached: list[str] = []
        for key, entry in entries.items():
            if unreached:
                unreached.append(key)
                continue
            try:
                results.append(await self._apply(key, entry, event, status, values or {}, address, title, dry_run))
            except ServiceError as error:
                general = not _is_about_one_issue(error)
                if general and not results:
                    raise
                results.append(EventResult(key, problem=str(error)))
                if general:
                    unreached = [key]
        unknown = [key for key in candidates if key not in found and key not in outside]
        return EventOutcome(
            event,
            dry_run,
            tuple(results),
            tuple(_unlikely_dropped(unknown, found)),
            tuple(outside),
            tuple(unreached[1:]),
        )

    async def _apply(
        self,
        key: str,
        entry: JsonObject,
        event: GitEvent,
        status: str,
        values: Mapping[str, object],
        address: str,
        title: str,
        dry_run: bool,
    ) -> EventResult:
        fields = as_object(entry.get("fields"))
        present = status_info(fields.get("status"))
        way, after, why = await self._way(key, present, event, status, values)
        if way and not dry_run:
            after = (await self.transition(key, way, values=values)).after
        link = ""
        if address:
            try:
                link = await self._link_once(key, event, address, title, dry_run)
            except ServiceError as error:
                if dry_run or not way:
                    raise
                raise type(error)(
                    f"{key} is {after} now, but the link was not added: {error.message}",
                    next_step=error.next_step,
                    fields=error.fields,
                    status=error.status,
                    request_id=error.request_id,
                ) from error
        return EventResult(key, as_text(fields.get("summary")), present.name, after or present.name, why, link)

    async def _way(
        self, key: str, present: StatusInfo, event: GitEvent, status: str, values: Mapping[str, object]
    ) -> tuple[str, str, str]:
        """The id of the transition to take and where it leads; or "" twice and why the issue stays."""
        wanted = _WANTED[event]
        rank = _rank(present)
        if not status.strip():
            if not wanted:
                return "", "", "a declined pull request moves nothing unless a status is given"
            if rank >= wanted[0]:
                return "", "", "it is there already" if rank == wanted[0] else f"it is further than {_MEANS[wanted[0]]}"
        elif normal(present.name) == normal(status):
            return "", "", "it is there already"
        answer = as_object(await self._call("get_transitions", key, expand="transitions.fields"))
        ways = [(way, status_info(way.get("to"))) for way in objects(answer.get("transitions"))]
        forward = [(way, to) for way, to in ways if _is_forward(present, to, event)]
        if status.strip():
            chosen: Ways = [(way, to) for way, to in forward if normal(to.name) == normal(status)]
            backwards = any(normal(to.name) == normal(status) for _, to in ways) and not chosen
            if backwards:
                return "", "", f"{clean_text(status, 60)} would be a step back"
            goal = clean_text(status, 60)
        else:
            tried = (_leading(forward, goal) for goal in wanted if goal > rank)
            chosen = next((some for some in tried if some), _NO_WAY)
            goal = _MEANS[wanted[0]]
        if not chosen:
            reachable = listing(to.name for _, to in ways)
            there = f"from there only {reachable}" if reachable else "this account can move it nowhere"
            return "", "", f"{goal} cannot be reached from {present.name}: {there}"
        return _easiest(chosen, values)

    async def _link_once(self, key: str, event: GitEvent, address: str, title: str, dry_run: bool) -> str:
        """Link the address once; a pull request that is over is struck through. What became of it."""
        resolved = _OVER.get(event)
        if dry_run:
            there = any(same_address(each.url, address) for each in await self.remote_links(key))
            return "there already" if there else "added"
        done: RemoteLinkResult = await self.add_remote_link(
            key, address, title=title, relation=_RELATION, resolved=resolved
        )
        return "added" if done.added else "changed" if done.changed else "there already"


def keys_in(branch: str, title: str, message: str) -> list[str]:
    """What looks like an issue key, in upper case, in the order of its first mention. In names of branches keys are
    often written small; elsewhere small ones are words."""
    found: dict[str, None] = {}
    for text, small in ((branch, True), (title, False), (message, False)):
        for match in _KEY.finditer(text[:20_000]):
            project, number = match.groups()
            if not small and project != project.upper():
                continue
            # feature_PROJ-1 may be a key, or one behind a word.
            for name in dict.fromkeys((project, project.rpartition("_")[2])):
                key = f"{name.upper()}-{number}"
                if is_issue_key(key):
                    found[key] = None
    return list(found)


def _without(text: str, links: Iterable[str]) -> str:
    """A text without links whose keys are those of another site's issues."""
    for link in links:
        text = text.replace(link, " ")
    return text


def _unlikely_dropped(unknown: Iterable[str], found: Mapping[str, object]) -> list[str]:
    """The keys that nobody can see, without those that are one that was found with a word before it."""
    return [key for key in unknown if not any(key.endswith(f"_{known}") for known in found)]


def _rank(status: StatusInfo) -> int:
    """How far an issue is: not begun, in progress, in review, done."""
    rank = _RANKS.get(status.category, 0)
    return _IN_REVIEW if rank == 1 and _REVIEW.search(status.name) else rank


def _is_forward(present: StatusInfo, to: StatusInfo, event: GitEvent) -> bool:
    """Whether this is no step back: a declined pull request alone may bring an issue from review to work."""
    least = _RANKS.get(present.category, 0) if event == "pull_request_declined" else _rank(present)
    return _rank(to) >= least and to.id != present.id


def _leading(ways: Ways, goal: int) -> Ways:
    """The ways to a status that means the goal, those with its usual names alone if there are any."""
    there = [(way, to) for way, to in ways if _rank(to) == goal]
    for name in _USUAL[goal]:
        if named := [(way, to) for way, to in there if normal(to.name) == normal(name)]:
            return named
    return there


def _easiest(ways: Ways, values: Mapping[str, object]) -> tuple[str, str, str]:
    """The way that asks for the least; why none can be taken when each asks for more than is given."""
    given = {normal(name) for name in values}

    def lacking(way: JsonObject) -> list[str]:
        screen = [screen_entry(name, as_object(field)) for name, field in as_object(way.get("fields")).items()]
        needed = [entry.info for entry in screen if entry.required and not entry.has_default]
        return [info.name for info in needed if not given & {normal(info.name), normal(info.id)}]

    way, to = min(ways, key=lambda each: len(lacking(each[0])))
    if missing := lacking(way):
        return "", "", f"{to.name} asks for {listing(missing)}: repeat with these in fields"
    return as_text(way.get("id")), to.name, ""


def _is_about_one_issue(error: ServiceError) -> bool:
    return isinstance(error, InvalidInput | NotFound | NotPermitted | Conflict) and not isinstance(error, ScopeMissing)
