"""People by name, e-mail address or account id."""

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.wire import objects
from jira_mcp.client.ids import is_account_id
from jira_mcp.client.metadata import Metadata
from jira_mcp.client.values import normal, user
from jira_mcp.models import UserRef

_ME = frozenset({"me", "myself", "currentuser", "currentuser()"})
_CANDIDATES = 50


class Users(Metadata):
    """Finding people."""

    async def search_users(
        self, query: str, *, limit: int = 20, assignable_in: str | None = None
    ) -> tuple[UserRef, ...]:
        """Active people whose name or e-mail address begins with `query`, word by word.

        `assignable_in` is a project key: only people who can be assigned issues there. Apps are left out.
        """
        project = self._project(assignable_in) if assignable_in else None
        limit = max(1, min(limit, 50))

        async def load() -> tuple[UserRef, ...]:
            if project:
                answer = await self._call("find_assignable_users", query=query, project=project, max_results=limit)
            else:
                answer = await self._call("find_users", query=query, max_results=limit)
            people = [user(entry) for entry in objects(answer) if entry.get("accountType", "atlassian") != "app"]
            return tuple(person for person in people if person is not None)

        return await self._cached(("users", query, project, limit), CATALOGUE_TTL, load, CATALOGUE)

    async def resolve_user(self, text: str, *, assignable_in: str | None = None) -> UserRef:
        """The one person that `text` means: an account id, an e-mail address, a name, or "me".

        Raises InvalidInput when it means nobody or several people; these are listed with their ids.
        """
        wanted = text.strip()
        if normal(wanted) in _ME:
            return await self.myself()
        if is_account_id(wanted):
            return await self._user_by_id(wanted)
        people = await self.search_users(wanted, limit=_CANDIDATES, assignable_in=assignable_in)
        exact = [
            person
            for person in people
            if normal(person.name) == normal(wanted) or (person.email or "").casefold() == wanted.casefold()
        ]
        found = exact or list(people)
        if len(found) == 1:
            return found[0]
        shown = clean_text(wanted, 60)
        if found:
            raise InvalidInput(
                f"{shown!r} may mean {len(found)} people.",
                fields={
                    person.account_id: person.name + (f" <{person.email}>" if person.email else "") for person in found
                },
                next_step="Name the one you mean by the account id, or ask the user.",
            )
        where = f" among those who can be assigned in {assignable_in}" if assignable_in else ""
        raise InvalidInput(
            f"Nobody called {shown!r} was found{where}.",
            next_step="jira_search_users finds people by the beginning of a name or e-mail address.",
        )

    async def _user_by_id(self, account_id: str) -> UserRef:
        async def load() -> UserRef:
            try:
                person = user(await self._call("get_user", account_id=account_id))
            except NotFound:
                person = None
            if person is None:
                raise InvalidInput(
                    f"Nobody has the account id {account_id!r}.",
                    next_step="jira_search_users finds people by name.",
                )
            return person

        return await self._cached(("user", account_id), CATALOGUE_TTL, load, CATALOGUE)
