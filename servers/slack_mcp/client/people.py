"""People and user groups, by name, e-mail address or id."""

import re
from typing import TYPE_CHECKING

from connector_kit.errors import InvalidInput, NotFound, ScopeMissing, clean_text
from connector_kit.pages import Page
from connector_kit.wire import as_object, objects, texts
from slack_mcp.client.base import GROUPS, PEOPLE, SlackBase
from slack_mcp.client.concurrency import gather
from slack_mcp.client.convert import next_cursor, user, user_group
from slack_mcp.client.ids import is_group_id, is_user_id
from slack_mcp.client.lazy import LazyList
from slack_mcp.client.matching import meant, normal
from slack_mcp.models import User, UserGroup
from slack_mcp.text import parse_user

if TYPE_CHECKING:
    from typing import Any

PER_PAGE = 500
"""Slack takes up to 999 and asks for less."""

MOST_PAGES = 8
"""Pages of the directory that one search by name may read: the 4,000 people of a large workspace."""

_ME = frozenset({"me", "myself"})
_GROUP_MEMBERS_SHOWN = 100


class People(SlackBase):
    """Finding people."""

    def __init__(self, *arguments: "Any", **options: "Any") -> None:
        super().__init__(*arguments, **options)
        self._directory = LazyList(self._directory_page, pages=MOST_PAGES)

    async def users(self, query: str, *, limit: int = 20) -> Page[User]:
        """People whose name, handle, e-mail address or id is `query` or has a word that begins with it.

        The best matches come first; people who left are last. An address needs the scope users:read.email.
        Slack has no search by name: its directory is read page by page, 4,000 people at most.
        """
        wanted = query.strip()
        if not wanted:
            raise InvalidInput("There is nothing to search for.", fields={"query": "is empty"})
        limit = max(1, min(limit, 100))
        ref = None if normal(wanted) in _ME else parse_user(wanted)
        if ref is None or ref.id or ref.email:
            return Page((await self.user(wanted),))
        words = normal(ref.name)
        found, complete = await self._directory.select(lambda person: rank(words, person) is not None)
        found.sort(key=lambda person: (not person.active, person.is_bot, rank(words, person) or 0, normal(person.name)))
        warnings: list[str] = []
        if not complete:
            warnings.append(f"Only the first {MOST_PAGES * PER_PAGE:,} people of the workspace were looked through.")
        if len(found) > limit:
            warnings.append(f"{len(found) - limit} more match: be more specific.")
        return Page(tuple(found[:limit]), warnings=tuple(warnings))

    async def user(self, user: str) -> User:
        """The one person that a text means: an id, a mention, "me", an e-mail address, a handle or a name.

        Raises InvalidInput when it means nobody or several people; these are listed with their ids.
        """
        wanted = user.strip()
        if normal(wanted) in _ME:
            return await self.user_by_id((await self.identity()).user_id)
        ref = parse_user(wanted)
        if ref.id:
            return await self.user_by_id(ref.id)
        return await (self._by_email(ref.email) if ref.email else self._by_name(ref.name))

    async def user_by_id(self, user_id: str) -> User:
        """The person or app with an id. Raises NotFound."""

        async def load() -> User:
            found = user(as_object((await self._read("users.info", user=user_id)).get("user")), team=await self._team())
            if found is None:
                raise NotFound(f"There is nobody with the id {user_id}.", next_step="slack_search_users finds people.")
            return found

        return await self._cached(("user", user_id), load, PEOPLE)

    async def groups(self, *, disabled: bool = False) -> tuple[UserGroup, ...]:
        """The user groups of the workspace."""

        async def load() -> tuple[UserGroup, ...]:
            body = await self._read("usergroups.list", include_count=True, include_disabled=disabled or None)
            groups = [user_group(entry) for entry in objects(body.get("usergroups"))]
            return tuple(group for group in groups if group is not None)

        return await self._cached(("groups", disabled), load, GROUPS)

    async def group(self, group: str) -> UserGroup:
        """The user group of an id, handle or name. Raises InvalidInput that lists the groups."""
        wanted = group.strip().removeprefix("@")
        groups = await self.groups()
        for found in groups:
            names = (found.id,) if is_group_id(wanted) else (found.handle, found.name)
            if normal(wanted) in map(normal, names):
                return found
        raise InvalidInput(
            f"There is no user group called {clean_text(wanted, 60)!r}."
            f"{meant(wanted, (item.handle for item in groups))}",
            next_step="slack_list_groups shows them.",
        )

    async def group_members(self, group: str) -> tuple[User, ...]:
        """The people of a user group, a hundred at most; those whom Slack does not show are left out."""
        found = await self.group(group)
        body = await self._read("usergroups.users.list", usergroup=found.id)
        return await self.people(texts(body.get("users"))[:_GROUP_MEMBERS_SHOWN])

    async def people(self, user_ids: "list[str]") -> tuple[User, ...]:
        """The people with these ids, in that order; those whom Slack does not show are left out."""
        found = await gather([each for each in user_ids if is_user_id(each)], self.user_by_id, seconds=20)
        return tuple(found[user_id] for user_id in user_ids if user_id in found)

    async def _by_email(self, address: str) -> User:
        async def load() -> User:
            try:
                entry = as_object((await self._read("users.lookupByEmail", email=address)).get("user"))
            except NotFound:
                entry = as_object(None)
            found = user(entry, team=await self._team())
            if found is None:
                raise InvalidInput(
                    f"Nobody in the workspace has the e-mail address {clean_text(address, 100)}.",
                    next_step="slack_search_users finds people by name.",
                )
            return found

        return await self._cached(("email", address.casefold()), load, PEOPLE)

    async def _by_name(self, text: str) -> User:
        words = normal(text)
        by_handle, _ = await self._directory.select(lambda person: normal(person.handle) == words, enough=1)
        if by_handle:
            return by_handle[0]  # a handle belongs to one person, a name may belong to several
        ranked, complete = await self._directory.select(
            lambda person: person.active and rank(words, person) is not None
        )
        same = [person for person in ranked if words in (normal(person.name), normal(person.real_name))]
        found = same or ranked
        if len(found) == 1:
            return found[0]
        shown = clean_text(text, 60)
        if found:
            raise InvalidInput(
                f"{shown!r} may mean {len(found)} people.",
                fields={person.id: f"{person.name} (@{person.handle})" for person in found[:10]},
                next_step="Name the one you mean by the id, or ask the user.",
            )
        known = [name for person in self._directory.seen for name in (person.name, person.handle)]
        raise InvalidInput(
            f"Nobody called {shown!r} was found"
            + ("." if complete else f" among the first {MOST_PAGES * PER_PAGE:,} people.")
            + meant(words, known),
            next_step="Try the e-mail address, or slack_search_users with a part of the name.",
        )

    async def _directory_page(self, cursor: str | None) -> tuple[list[User], str | None]:
        body = await self._read("users.list", limit=PER_PAGE, cursor=cursor)
        team = await self._team()
        people = [user(entry, team=team) for entry in objects(body.get("members"))]
        return [person for person in people if person is not None], next_cursor(body)

    async def _team(self) -> str:
        return (await self.identity()).team_id

    async def _can_look_up(self, user_id: str) -> User | None:
        try:
            return await self.user_by_id(user_id)
        except (NotFound, ScopeMissing):
            return None


def rank(words: str, person: User) -> int | None:
    """How well a person matches: 0 is the name itself, None no match."""
    names = [normal(name) for name in (person.name, person.handle, person.real_name, person.email or "") if name]
    if words in names:
        return 0
    if any(name.startswith(words) for name in names):
        return 1
    parts = [part for name in names for part in re.split(r"[\s._-]+", name)]
    if all(any(part.startswith(word) for part in parts) for word in words.split()):
        return 2
    return 3 if len(words) >= 4 and any(words in name for name in names) else None
