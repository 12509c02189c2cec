"""Saved filters (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-filters/)."""

from typing import Literal

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import BadAnswer, InvalidInput, OutcomeUnknown, ServiceError, clean_text
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects, texts
from jira_mcp.client.ids import is_number
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.offsets import Offset
from jira_mcp.client.parts import part_name
from jira_mcp.client.search import Search
from jira_mcp.client.values import normal, user, user_name
from jira_mcp.filter_models import SavedFilter

Whose = Literal["all", "mine", "favourites"]

_PAGE = 50
_EMPTY = "none"
_LONGEST_QUERY = 10_000
_EXPAND = "description,owner,jql,favourite,favouritedCount,sharePermissions,viewUrl"
LOOK = "jira_list_filters"


class SavedFilters(Search):
    """Reading and writing saved filters."""

    async def saved_filters(
        self, query: str = "", *, whose: Whose = "all", owner: str = "", limit: int = _PAGE, cursor: str | None = None
    ) -> Page[SavedFilter]:
        """The filters that the account may see, by name; `query` is part of the name, `owner` a person."""
        account = (await self.myself()).account_id if whose == "mine" else None
        if owner.strip():
            account = (await self.resolve_user(owner)).account_id
        place = Offset.of("filters", cursor, query, whose, account)
        limit = max(1, min(limit, _PAGE))
        if whose == "favourites":
            wanted = [
                each
                for each in await self._favourites()
                if query.strip().casefold() in each.name.casefold() and account in (None, each.owner_id)
            ]
            return place.part(wanted, limit)

        async def load() -> Page[SavedFilter]:
            answer = await self._search_filters(query.strip(), account, place.start, limit)
            return place.page(answer, self._filter_from)

        return await self._cached(("filters", query, account, place.start, limit), CONTENT_TTL, load, CONTENT)

    async def _search_filters(self, query: str, account: str | None, start: int, limit: int) -> JsonObject:
        return as_object(
            await self._call(
                "get_filters_paginated",
                filter_name=query or None,
                is_substring_match=True if query else None,
                account_id=account,
                order_by="name",
                start_at=start,
                max_results=limit,
                expand=_EXPAND,
            )
        )

    async def _favourites(self) -> tuple[SavedFilter, ...]:
        async def load() -> tuple[SavedFilter, ...]:
            found = map(self._filter_from, objects(await self._call("get_favourite_filters")))
            return tuple(sorted(found, key=lambda each: each.name.casefold()))

        return await self._cached(("favourite filters",), CONTENT_TTL, load, CONTENT)

    async def saved_filter(self, text: str, *, whole: bool = False) -> SavedFilter:
        """The filter with this id or name; a part that only one has will do unless the `whole` name is needed.

        Raises InvalidInput that lists what may be meant.
        """
        wanted = text.strip()
        if is_number(wanted):
            return await self._filter_by_id(wanted)
        page = await self.saved_filters(wanted)
        found = [each for each in page.items if normal(each.name) == normal(wanted)]
        if not whole:
            found = found or (list(page.items) if len(page.items) == 1 else [])
        if len(found) == 1:
            return found[0]
        shown = clean_text(wanted, 60)
        if whole and page.items and not found:
            raise InvalidInput(
                f"There is no filter called {shown!r}. Nothing was changed.",
                fields={each.id: f"{each.name}, of {each.owner}" for each in page.items[:10]},
                next_step="Name the one you mean by its whole name or by its id.",
            )
        if found or page.items:
            some = found or page.items
            raise InvalidInput(
                f"{shown!r} may mean {len(some)} filters.",
                fields={each.id: f"{each.name}, of {each.owner}" for each in some[:10]},
                next_step="Name the one you mean by its id.",
            )
        known = [each.name for each in (await self.saved_filters()).items]
        raise InvalidInput(
            f"There is no filter called {shown!r} that this account may see.{suggestion(wanted, known)}",
            fields={"filter": f"such as {listing(known)}"} if known else {},
            next_step=f"{LOOK} finds filters by part of their name.",
        )

    async def _filter_by_id(self, number: str) -> SavedFilter:
        async def load() -> SavedFilter:
            try:
                return self._filter_from(as_object(await self._call("get_filter", number)))
            except InvalidInput as error:  # that is how Jira answers for one that is not there
                raise _with_step(error, f"{LOOK} shows the filters that this account may see.") from error

        return await self._cached(("filter", number), CONTENT_TTL, load, CONTENT)

    async def create_filter(
        self, name: str, jql: str, *, description: str = "", favourite: bool = False
    ) -> tuple[SavedFilter, str]:
        """Save a query, whose JQL is checked first; and what kept it from being a favourite, if something did."""
        data: dict[str, object] = {"name": part_name(name, "filter"), "jql": await self._checked(jql)}
        if description.strip():
            data["description"] = description.strip()
        made = self._filter_from(as_object(await self._write("create_filter", data=data, look=LOOK)))
        return await self._starred(made, favourite) if favourite else (made, "")

    async def update_filter(
        self, text: str, *, name: str = "", jql: str = "", description: str = "", favourite: bool | None = None
    ) -> tuple[SavedFilter, str]:
        """Change what is given of a filter; "none" empties the description. Shares stay as they are.

        The second part tells what kept it from becoming a favourite, or from no longer being one.
        """
        found = await self.saved_filter(text, whole=True)
        changes = name.strip() or jql.strip() or description.strip()
        if not changes and favourite is None:
            raise InvalidInput(
                "Nothing was given to change.", next_step="Give a name, JQL or description, or say favourite."
            )
        if changes:
            # What is not given is sent as it is now: what was read some seconds ago may have been changed since.
            found = self._filter_from(as_object(await self._call("get_filter", found.id)))
            described = "" if normal(description) == _EMPTY else description.strip() or found.description
            data: dict[str, object] = {
                "name": part_name(name, "filter") if name.strip() else found.name,
                "jql": await self._checked(jql) if jql.strip() else found.jql,
                "description": described,
            }
            try:
                answer = await self._write("update_filter", found.id, data=data, look=f"jira_get_filter {found.id}")
            except InvalidInput as error:
                raise self._why_refused(error, found) from error
            found = self._filter_from(as_object(answer))
        return (found, "") if favourite is None else await self._starred(found, favourite)

    async def delete_filter(self, text: str) -> SavedFilter:
        """Delete a filter for good, for everybody who uses it."""
        found = await self.saved_filter(text, whole=True)
        try:
            await self._write("delete_filter", found.id, look=f"jira_get_filter {found.id}")
        except InvalidInput as error:
            raise self._why_refused(error, found) from error
        return found

    async def _starred(self, found: SavedFilter, favourite: bool) -> tuple[SavedFilter, str]:
        operation = "set_favourite_for_filter" if favourite else "delete_favourite_for_filter"
        try:
            answer = await self._write(operation, found.id, look=f"jira_get_filter {found.id}")
        except ServiceError as error:  # the rest is done, and has to be told
            unclear = isinstance(error, OutcomeUnknown | BadAnswer)
            return found, f"{'perhaps ' if unclear else ''}not changed: {error}"
        return self._filter_from(as_object(answer)), ""

    async def _checked(self, jql: str) -> str:
        """The query, which Jira understands. Raises InvalidInput with the place and what may be meant."""
        query = jql.strip()
        if not query or len(query) > _LONGEST_QUERY:
            raise InvalidInput("A filter needs JQL.", fields={"jql": f"from 1 to {_LONGEST_QUERY:,} characters"})
        answer = as_object(
            await self._call("parse_jql_queries", data={"queries": [query]}, repeatable=True, validation="strict")
        )
        said = [text for entry in objects(answer.get("queries")) for text in texts(entry.get("errors"))]
        if said:
            raise await self._explain_jql(InvalidInput(" ".join(said)), query, 0)
        return query

    def _why_refused(self, error: InvalidInput, found: SavedFilter) -> InvalidInput:
        if self.account in (None, found.owner_id) or not found.owner:
            return error
        owner = clean_text(found.owner, 60)
        return _with_step(error, f"It belongs to {owner}: ask them, or save one of your own (jira_create_filter).")

    def _filter_from(self, entry: JsonObject) -> SavedFilter:
        owner, number = user(entry.get("owner")), as_text(entry.get("id"))
        return SavedFilter(
            number,
            as_text(entry.get("name")),
            as_text(entry.get("jql")),
            owner.name if owner else "",
            owner.account_id if owner else "",
            as_text(entry.get("description")),
            as_flag(entry.get("favourite")),
            as_int(entry.get("favouritedCount")) or 0,
            tuple(self.share(each) for each in objects(entry.get("sharePermissions"))),
            f"{self.site_url}/issues/?filter={number}",
        )

    def share(self, entry: JsonObject) -> str:
        """With whom something is shared, in a few words; projects that tools may not touch are not named."""
        kind = as_text(entry.get("type"))
        key = as_text(as_object(entry.get("project")).get("key"))
        project = f"project {key}" if key and self._allowed(key) else "another project"
        match kind:
            case "project" | "project-unknown":
                return project
            case "projectRole":
                return f"{self._named(entry.get('role')) or 'a role'} of {project}"
            case "group":
                return f"group {self._named(entry.get('group')) or ''}".strip()
            case "user":
                return user_name(entry.get("user")) or "a person"
            case "global":
                return "everybody, also without an account"
            case "authenticated" | "loggedin":
                return "everybody with an account"
            case _:
                return clean_text(kind, 40)


def _with_step(error: InvalidInput, step: str) -> InvalidInput:
    return InvalidInput(
        error.message, next_step=step, fields=error.fields, status=error.status, request_id=error.request_id
    )
