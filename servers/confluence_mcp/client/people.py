"""People: their names by account id, and whom a name means."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from cachetools import TTLCache

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from confluence_mcp.client.base import V1, V2
from confluence_mcp.client.ids import is_account_id
from confluence_mcp.client.spaces import Spaces
from confluence_mcp.models import Person
from connector_kit.errors import InvalidInput, ServiceError, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, objects

_ME = frozenset({"me", "myself", "currentuser", "currentuser()"})
_CANDIDATES = 25
_AT_ONCE = 200
"""How many names are asked for in one request."""
_MOST_NAMES = 2_000
_LONGEST_ID = 128
_FIND = "Give an account id, or the name as Confluence shows it."


class People(Spaces):
    """Finding people."""

    @cached_property
    def _names(self) -> TTLCache[str, str]:
        """The names of accounts that were looked up; "" where Confluence tells none."""
        return TTLCache(_MOST_NAMES, CATALOGUE_TTL, timer=self._clock)

    async def names_of(self, accounts: Iterable[str]) -> Mapping[str, str]:
        """The display names of accounts, without those that Confluence does not tell."""
        wanted = sorted({each for each in accounts if each and len(each) <= _LONGEST_ID})[:_MOST_NAMES]
        found = {each: name for each in wanted if (name := self._names.get(each)) is not None}
        unknown = [each for each in wanted if each not in found]
        for start in range(0, len(unknown), _AT_ONCE):
            part = unknown[start : start + _AT_ONCE]
            try:
                answer = as_object(await self._ask(f"{V2}/users-bulk", {"accountIds": part}))
            except ServiceError:
                break  # a name is a courtesy: the ids do without
            told = {person.account_id: person.name for person in map(_person, objects(answer.get("results"))) if person}
            for each in part:
                found[each] = self._names[each] = told.get(each, "")
        return {each: name for each, name in found.items() if name}

    async def myself(self) -> Person:
        """Whose account this is."""

        async def load() -> Person:
            person = _person(await self._get(f"{V1}/user/current"))
            return person or Person("", "")

        return await self._cached(("myself",), CATALOGUE_TTL, load, CATALOGUE)

    async def search_people(self, query: str, *, limit: int = _CANDIDATES) -> tuple[Person, ...]:
        """People whose name has the words of `query`."""
        words = " ".join(query.replace('"', " ").replace("\\", " ").split())
        if not words:
            return ()

        async def load() -> tuple[Person, ...]:
            answer = await self._get(f"{V1}/search/user", cql=f'user.fullname~"{words}"', limit=limit)
            found = (_person(as_object(bean.get("user"))) for bean in objects(answer.get("results")))
            return tuple(person for person in found if person is not None)

        return await self._cached(("people", words, limit), CATALOGUE_TTL, load, CATALOGUE)

    async def person(self, text: str) -> Person:
        """The one person that `text` means: an account id, a name, or "me".

        Raises InvalidInput when it means nobody or several people; these are listed with their ids.
        """
        wanted = text.strip()
        if wanted.casefold() in _ME:
            return await self.myself()
        if is_account_id(wanted):
            names = await self.names_of([wanted])
            if wanted not in names:
                raise InvalidInput(f"Nobody has the account id {clean_text(wanted, 80)!r}.", next_step=_FIND)
            return Person(wanted, names[wanted])
        people = await self.search_people(wanted)
        exact = [each for each in people if each.name.casefold() == wanted.casefold()]
        found = exact or list(people)
        if len(found) == 1:
            return found[0]
        shown = clean_text(wanted, 60)
        if found:
            raise InvalidInput(
                f"{shown!r} may mean {len(found)} people.",
                fields={each.account_id: each.name for each in found[:10]},
                next_step="Name the one you mean by the account id, or ask the user.",
            )
        raise InvalidInput(f"Nobody called {shown!r} was found.", next_step=_FIND)


def _person(bean: JsonObject) -> Person | None:
    account = as_text(bean.get("accountId"))
    if not account:
        return None
    name = as_text(bean.get("displayName")) or as_text(bean.get("publicName"))
    return Person(account, name, as_text(bean.get("accountType")), as_text(bean.get("accountStatus")))
