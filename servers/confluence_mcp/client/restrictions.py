"""Who alone may view and edit a page
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions/).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confluence_mcp.client.base import V1
from confluence_mcp.client.opening import Opening, require_live
from confluence_mcp.models import PageRef
from confluence_mcp.write_models import Restrictions
from connector_kit.errors import InvalidInput, ServiceError, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, objects

EVERYBODY = frozenset({"everyone", "everybody", "all", "*"})
GROUP = "group:"
_OPERATIONS = ("read", "update")
_MOST = 50
_LISTED = 200
"""People, or groups, that Confluence lists at once."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """Somebody, or a group, by id and by name."""

    id: str
    name: str
    group: bool = False


_Lists = Mapping[str, tuple[_Subject, ...]]


class PageRestrictions(Opening):
    """Changing who may do what with a page."""

    async def restrict(self, page: str, view: Sequence[str], edit: Sequence[str]) -> Restrictions:
        """Set who alone may view or edit a page: people by name, groups as group:NAME, "everyone" to lift it.

        A list that is empty stays as it is. Raises InvalidInput when this account would lock itself out.
        """
        if not view and not edit:
            raise InvalidInput("Nothing was changed.", fields={"view": "is empty", "edit": "is empty"})
        ref = require_live(await self.page_ref(page, fresh=True), archived=True)
        wanted = await self._wanted(ref, view, edit)
        if lost := await self._lost(wanted):
            raise InvalidInput(
                f"Nothing was changed: this account could not {lost} {ref.id} any more.",
                fields=dict.fromkeys(lost.split(" and "), 'add "me", or a group that this account is in'),
            )
        look = f"confluence_get_page_access {ref.id} shows who may"
        path = f"{V1}/content/{ref.id}/restriction"
        body = [_body(operation, subjects) for operation, subjects in wanted.items() if subjects]
        if body:
            await self._write("PUT", path, body, look=look)
        else:
            await self._write("DELETE", path, look=look)
        shown = {operation: tuple(map(_shown, subjects)) for operation, subjects in wanted.items()}
        return Restrictions(ref, shown.get("read", ()), shown.get("update", ()))

    async def _wanted(self, ref: PageRef, view: Sequence[str], edit: Sequence[str]) -> _Lists:
        now: _Lists = {}
        if not (view and edit):
            now = await self._restrictions(ref)
        wanted: dict[str, tuple[_Subject, ...]] = {}
        for operation, name, given in zip(_OPERATIONS, ("view", "edit"), (view, edit), strict=True):
            wanted[operation] = await self._subjects(given, name) if given else now.get(operation, ())
        return wanted

    async def _restrictions(self, ref: PageRef) -> _Lists:
        answer = await self._get(f"{V1}/content/{ref.id}/restriction", limit=_LISTED)
        found: dict[str, tuple[_Subject, ...]] = {}
        for bean in objects(answer.get("results")):
            lists = as_object(bean.get("restrictions"))
            people = objects(as_object(lists.get("user")).get("results"))
            groups = objects(as_object(lists.get("group")).get("results"))
            if max(len(people), len(groups)) >= _LISTED:
                raise InvalidInput(
                    f"Nothing was changed: {ref.id} is restricted to {_LISTED} or more, who cannot all be kept.",
                    next_step="Name both lists, view and edit, or let a person change it in Confluence.",
                )
            found[as_text(bean.get("operation"))] = (
                *(_Subject(as_text(each.get("accountId")), as_text(each.get("displayName"))) for each in people),
                *(_Subject(as_text(each.get("id")), as_text(each.get("name")), group=True) for each in groups),
            )
        return found

    async def _subjects(self, given: Sequence[str], name: str) -> tuple[_Subject, ...]:
        if any(each.strip().casefold() in EVERYBODY for each in given):
            if len(given) > 1:
                raise InvalidInput("Nothing was changed.", fields={name: "everyone stands alone"})
            return ()
        if len(given) > _MOST:
            raise InvalidInput("Nothing was changed.", fields={name: f"takes at most {_MOST} people and groups"})
        found: dict[tuple[str, bool], _Subject] = {}
        for each in given:
            subject = await self._subject(each)
            found[subject.id, subject.group] = subject
        return tuple(found.values())

    async def _subject(self, text: str) -> _Subject:
        wanted = text.strip()
        if not wanted.casefold().startswith(GROUP):
            person = await self.person(wanted)
            return _Subject(person.account_id, person.name)
        name = wanted[len(GROUP) :].strip()
        if not name:
            raise InvalidInput("Nothing was changed.", fields={"group": "has no name"})
        answer = await self._get(f"{V1}/group/picker", query=name, limit=50)
        known = [(as_text(each.get("id")), as_text(each.get("name"))) for each in objects(answer.get("results"))]
        exact = [pair for pair in known if name.casefold() == pair[1].casefold() or name == pair[0]]
        if len(exact) != 1:
            near = ", ".join(clean_text(pair[1], 60) for pair in known[:8])
            raise InvalidInput(
                f"No group is called {clean_text(name, 60)!r}.", next_step=f"Similar: {near}." if near else ""
            )
        return _Subject(*exact[0], group=True)

    async def _lost(self, wanted: _Lists) -> str:
        """What this account could not do any more."""
        me = await self.myself()
        groups: set[str] | None = None
        lost: list[str] = []
        for operation, word in zip(_OPERATIONS, ("view", "edit"), strict=True):
            subjects = wanted.get(operation, ())
            if not subjects or any(each.id == me.account_id and not each.group for each in subjects):
                continue
            if groups is None and any(each.group for each in subjects):
                groups = await self._groups_of(me.account_id)
            if not any(each.group and each.id in (groups or ()) for each in subjects):
                lost.append(word)
        return " and ".join(lost)

    async def _groups_of(self, account: str) -> set[str]:
        try:
            answer = await self._get(f"{V1}/user/memberof", accountId=account, limit=200)
        except ServiceError:
            return set()  # then a group is not enough: the account has to be named
        return {as_text(each.get("id")) for each in objects(answer.get("results"))}


def _shown(subject: _Subject) -> str:
    return f"{GROUP}{subject.name}" if subject.group else subject.name


def _body(operation: str, subjects: Sequence[_Subject]) -> JsonObject:
    people = [{"type": "known", "accountId": each.id} for each in subjects if not each.group]
    groups = [{"type": "group", "id": each.id} for each in subjects if each.group]
    restrictions: dict[str, object] = {}
    if people:
        restrictions["user"] = people
    if groups:
        restrictions["group"] = groups
    return {"operation": operation, "restrictions": restrictions}
