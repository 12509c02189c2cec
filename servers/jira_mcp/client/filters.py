"""A search without JQL: plain filters, put into JQL with names resolved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import is_list
from jira_mcp.client.collaboration import Collaboration
from jira_mcp.client.durations import day
from jira_mcp.client.ids import is_number
from jira_mcp.client.jql import quote
from jira_mcp.client.values import normal

_NOTHING = frozenset({"", "none", "empty", "unassigned", "nobody"})
_CATEGORIES: Mapping[str, str] = {
    "todo": '= "To Do"',
    "inprogress": '= "In Progress"',
    "done": '= "Done"',
    "notdone": '!= "Done"',
    "open": '!= "Done"',
}
_ORDERS: Mapping[str, str] = {
    "updated": "updated DESC",
    "created": "created DESC",
    "priority": "priority DESC, updated DESC",
    "due": "due ASC, priority DESC",
    "rank": "Rank ASC",
    "key": "key ASC",
}
ORDERS = tuple(_ORDERS)


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Conditions that must all hold; lists hold alternatives.

    `text` is searched for in summary, description and comments. People are names, e-mail addresses, account
    ids, "me" or "unassigned". Dates are 2026-01-31 or relative like -7d. `category` is "to do", "in
    progress", "done" or "not done". `fields` are further fields by name with the value (or values) wanted,
    None for empty. `sprint` is a name, "open" for running ones, or "none".
    """

    project: Sequence[str] = ()
    text: str = ""
    type: Sequence[str] = ()
    status: Sequence[str] = ()
    category: str = ""
    priority: Sequence[str] = ()
    assignee: Sequence[str] = ()
    reporter: Sequence[str] = ()
    labels: Sequence[str] = ()
    parent: str = ""
    sprint: str = ""
    created_after: str = ""
    updated_after: str = ""
    due_before: str = ""
    fields: Mapping[str, object] = field(default_factory=dict[str, object])
    order_by: str = "updated"


class Filters(Collaboration):
    """Searching by plain filters."""

    async def jql_from(self, filters: SearchFilters) -> str:
        """The JQL that the filters mean. Raises InvalidInput for people or fields that cannot be found."""
        parts = [
            _any_of("project", [self._project(key) for key in filters.project]),
            _any_of("issuetype", filters.type),
            _any_of("status", filters.status),
            _category(filters.category),
            _any_of("priority", filters.priority),
            await self._people("assignee", filters.assignee),
            await self._people("reporter", filters.reporter),
            _any_of("labels", filters.labels),
            f"parent = {self._key(filters.parent)}" if filters.parent else "",
            sprint_clause(filters.sprint),
            _date("created", ">=", filters.created_after, "created_after"),
            _date("updated", ">=", filters.updated_after, "updated_after"),
            _date("due", "<=", filters.due_before, "due_before"),
        ]
        if filters.text.strip():
            parts.append(f"text ~ {quote(filters.text.strip())}")
        for name, value in filters.fields.items():
            parts.append(await self._by_field(name, value))
        condition = " AND ".join(part for part in parts if part)
        if not condition:
            raise InvalidInput(
                "A search needs at least one filter.", next_step="Name a project, for example, or updated_after=-30d."
            )
        order = _ORDERS.get(filters.order_by)
        if order is None:
            raise InvalidInput(
                f"Issues cannot be ordered by {clean_text(filters.order_by, 40)!r}.",
                fields={"order_by": f"one of {', '.join(ORDERS)}"},
            )
        return f"{condition} ORDER BY {order}"

    async def _people(self, clause: str, people: Sequence[str]) -> str:
        ids: list[str] = []
        empty = False
        for person in people:
            if normal(person) in _NOTHING:
                empty = True
            elif normal(person) in ("me", "myself", "currentuser()"):
                ids.append("currentUser()")
            else:
                ids.append(quote((await self.resolve_user(person)).account_id))
        return _with_empty(clause, ids, empty=empty)

    async def _by_field(self, name: str, value: object) -> str:
        info = await self.field(name)
        if info.custom:
            clause = f"cf[{info.id.removeprefix('customfield_')}]"
        else:
            clause = info.clauses[0] if info.clauses else info.id
        given: list[object] = value if is_list(value) else [value]
        if info.kind == "user" or info.items == "user":
            return await self._people(clause, [str(item) if item is not None else "" for item in given])
        texts = [
            str(item) if isinstance(item, int | float) and not isinstance(item, bool) else quote(str(item))
            for item in given
            if item is not None
        ]
        if info.kind in ("text", "Markdown", "string") and texts:
            return "(" + " OR ".join(f"{clause} ~ {text}" for text in texts) + ")"
        return _with_empty(clause, texts, empty=None in given)


def _with_empty(clause: str, values: Sequence[str], *, empty: bool) -> str:
    choices = [f"{clause} in ({', '.join(values)})"] if values else []
    if len(values) == 1:
        choices = [f"{clause} = {values[0]}"]
    if empty:
        choices.append(f"{clause} is EMPTY")
    return choices[0] if len(choices) == 1 else ("(" + " OR ".join(choices) + ")" if choices else "")


def _any_of(clause: str, values: Sequence[str]) -> str:
    given = [value.strip() for value in values if value.strip()]
    return _with_empty(clause, [quote(value) for value in given], empty=False)


def _category(name: str) -> str:
    if not name.strip():
        return ""
    wanted = _CATEGORIES.get(normal(name))
    if wanted is None:
        raise InvalidInput(
            f"{clean_text(name, 40)!r} is no status category.",
            fields={"category": "one of to do, in progress, done, not done"},
        )
    return f"statusCategory {wanted}"


def sprint_clause(name: str) -> str:
    """The condition for a sprint by name or id, "open" for running ones, or "none"."""
    wanted = name.strip()
    if not wanted:
        return ""
    if normal(wanted) in _NOTHING:
        return "sprint is EMPTY"
    if normal(wanted) in ("open", "active", "current", "opensprints()"):
        return "sprint in openSprints()"
    return f"sprint = {wanted if is_number(wanted) else quote(wanted)}"


def _date(clause: str, operator: str, value: str, name: str) -> str:
    wanted = value.strip()
    if not wanted:
        return ""
    if is_number(wanted.lstrip("+-")[:-1]) and wanted[-1] in "mhdwMy" and not wanted[1:].startswith(("+", "-")):
        # What lies behind is meant by 7d where issues since then are looked for; JQL would take it for next week.
        back = "-" if operator == ">=" and wanted[0] not in "+-" else ""
        return f"{clause} {operator} {back}{wanted.removeprefix('+')}"  # which JQL reserves
    try:
        return f"{clause} {operator} {quote(day(wanted, name))}"
    except InvalidInput as error:
        raise InvalidInput(
            error.message, fields={name: 'should be like "2026-01-31", or -7d for a week ago'}
        ) from error
