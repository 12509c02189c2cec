"""Watchers of issues (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-watchers/)."""

from collections.abc import Sequence

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, NotFound, NotPermitted, ScopeMissing, ServiceError
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, objects
from jira_mcp.client.matching import listing
from jira_mcp.client.opening import Opening
from jira_mcp.client.values import user
from jira_mcp.models import UserRef
from jira_mcp.people_models import Following, WatchResult

ME = "me"
_MOST = 20


class Watchers(Opening):
    """Reading and changing who follows an issue."""

    async def following(self, key: str) -> Following:
        """Who watches an issue and who voted for it."""
        key = await self._open(key)

        async def load() -> Following:
            watched = as_object(await self._call("get_issue_watchers", key))
            try:
                voted = as_object(await self._call("get_votes", key))
            except NotFound:  # voting is switched off: the issue was found a moment ago
                voted = None
            return _following(key, watched, voted)

        return await self._cached(("following", key), CONTENT_TTL, load, CONTENT)

    async def watch(self, key: str, people: Sequence[str] = (ME,), *, stop: bool = False) -> WatchResult:
        """Have people watch an issue, or stop watching it; whoever is named like "me" is the account itself.

        Everybody is found before anything is sent. Raises what Jira said if it refused the only one, and what keeps
        the others from being tried, with who was reached before.
        """
        key = await self._open(key)
        if not people or len(people) > _MOST:
            raise InvalidInput(f"{len(people)} people were named.", fields={"people": f"from 1 to {_MOST}"})
        found = {person.account_id: person for person in [await self.resolve_user(name) for name in people]}
        done: list[str] = []
        refused: list[tuple[str, str]] = []
        for person in found.values():
            try:
                await self._set_watching(key, person, stop=stop)
            except (InvalidInput, NotPermitted, NotFound) as error:
                if len(found) == 1 or isinstance(error, ScopeMissing):
                    raise
                refused.append((person.name, error.message))
            except ServiceError as error:
                if len(found) == 1:
                    raise
                raise _midway(error, person, list(found.values()), done) from error
            else:
                done.append(person.name)
        return WatchResult(key, tuple(done), tuple(refused))

    async def _set_watching(self, key: str, person: UserRef, *, stop: bool) -> None:
        look = f"jira_list_watchers {key}"
        if stop:
            await self._write("remove_watcher", key, account_id=person.account_id, look=look)
        else:
            await self._write("add_watcher", key, data=person.account_id, look=look)


def _midway(error: ServiceError, at: UserRef, people: Sequence[UserRef], done: Sequence[str]) -> ServiceError:
    """What went wrong at a person, with those before and those after."""
    after = [person.name for person in people[people.index(at) + 1 :]]
    told = [f"At {at.name}: {error.message}"]
    told += [f"Done before: {listing(done)}."] if done else []
    told += [f"Not tried: {listing(after)}."] if after else []
    return type(error)(
        " ".join(told),
        next_step=error.next_step,
        fields=error.fields,
        status=error.status,
        request_id=error.request_id,
        retry_after=error.retry_after,
    )


def _following(key: str, watched: JsonObject, voted: JsonObject | None) -> Following:
    watchers, voters = _people(watched.get("watchers")), _people((voted or {}).get("voters"))
    return Following(
        key,
        watchers,
        as_int(watched.get("watchCount")) or len(watchers),
        as_flag(watched.get("isWatching")),
        voters,
        None if voted is None else as_int(voted.get("votes")) or len(voters),
        as_flag((voted or {}).get("hasVoted")),
    )


def _people(entries: object) -> tuple[UserRef, ...]:
    return tuple(person for person in map(user, objects(entries)) if person is not None)
