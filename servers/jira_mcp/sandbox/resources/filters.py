"""Saved filters.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-filters.
"""

from __future__ import annotations

from urllib.parse import quote

from jira_mcp.sandbox import filter_store
from jira_mcp.sandbox.errors import bad_request
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.resources.search import messages_of
from jira_mcp.sandbox.sample.filters import Filter
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.shares import share_beans
from jira_mcp.sandbox.web import Call, page
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.web import Reply

_KNOWN = (
    "approximateLastUsed", "description", "editPermissions", "favourite", "favouritedCount", "id", "jql", "name",
    "owner", "searchUrl", "self", "sharePermissions", "sharedUsers", "subscriptions", "viewUrl",
)  # fmt: skip
_EXPAND = frozenset({
    "description", "owner", "jql", "searchUrl", "viewUrl", "favourite", "favouritedCount", "sharePermissions",
    "editPermissions", "isWritable", "subscriptions", "approximateLastUsed",
})  # fmt: skip
_ORDERS = ("description", "favourite_count", "id", "is_favourite", "name", "owner", "is_shared")
_LONGEST_NAME = 255


def search_filters(call: Call) -> Reply:
    """GET filter/search: of those that the account sees, by words in the name, owner and id."""
    expand, order = set(call.words("expand")), call.text("orderBy", "name")
    if not expand <= _EXPAND:
        raise bad_request(f"The expand parameter has an invalid value: {', '.join(sorted(expand - _EXPAND))[:100]}.")
    name = order.lstrip("+- ")
    if name not in _ORDERS:
        raise bad_request(f"The orderBy value '{order[:50]}' is not supported.")
    words, owner, ids = call.text("filterName").casefold(), call.text("accountId"), call.words("id")
    with call.store.reading() as session:
        found = [
            each
            for each in _visible(call, session)
            if words in each.name.casefold() and owner in ("", each.owner) and (not ids or str(each.id) in ids)
        ]
    found.sort(key=lambda each: _sort_text(each, name, call.account.account_id), reverse=order.startswith("-"))
    return Reply(200, page(found, call, lambda each: _details(call, each, expand), size=50, most=100))


def favourite_filters(call: Call) -> Reply:
    """GET filter/favourite."""
    with call.store.reading() as session:
        found = [each for each in _visible(call, session) if call.account.account_id in each.favourites]
    return Reply(200, [_shown(call, each) for each in found])


def get_filter(call: Call) -> Reply:
    """GET filter/{id}."""
    with call.store.reading() as session:
        return Reply(200, _shown(call, _find(call, session)))


def create_filter(call: Call) -> Reply:
    """POST filter: private, as the account's default share scope says."""
    body = call.json_object(*_KNOWN)
    with call.store.writing() as session:
        saved = Filter(filter_store.next_id(session), "", "", call.account.account_id)
        _change(call, session, saved, body)
        if body.get("favourite"):
            saved.favourites.append(call.account.account_id)
        filter_store.save(session, saved)
    return Reply(200, _shown(call, saved))


def update_filter(call: Call) -> Reply:
    """PUT filter/{id}: only by its owner."""
    body = call.json_object(*_KNOWN)
    with call.store.writing() as session:
        saved = _find(call, session)
        if saved.owner != call.account.account_id:
            raise bad_request("The filter cannot be edited: you do not own it.")
        _change(call, session, saved, body)
        filter_store.save(session, saved)
    return Reply(200, _shown(call, saved))


def delete_filter(call: Call) -> Reply:
    """DELETE filter/{id}: by its owner or an administrator of the site."""
    with call.store.writing() as session:
        saved = _find(call, session)
        if saved.owner != call.account.account_id and not call.account.site_admin:
            raise bad_request("You do not have permission to delete this filter.")
        filter_store.remove(session, saved)
    return Reply(204)


def set_favourite(call: Call) -> Reply:
    """PUT filter/{id}/favourite."""
    return _star(call, add=True)


def unset_favourite(call: Call) -> Reply:
    """DELETE filter/{id}/favourite."""
    return _star(call, add=False)


def _star(call: Call, *, add: bool) -> Reply:
    me = call.account.account_id
    with call.store.writing() as session:
        saved = _find(call, session)
        saved.favourites = [each for each in saved.favourites if each != me] + ([me] if add else [])
        filter_store.save(session, saved)
    return Reply(200, _shown(call, saved))


def _visible(call: Call, session: Session) -> list[Filter]:
    return [
        each
        for each in filter_store.all_filters(session)
        if filter_store.visible(call.account, each.owner, each.shares)
    ]


def _find(call: Call, session: Session) -> Filter:
    saved = filter_store.find(session, call.path_values["id"])
    if saved is None or not filter_store.visible(call.account, saved.owner, saved.shares):
        raise bad_request(
            "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed."
        )
    return saved


def _change(call: Call, session: Session, saved: Filter, body: JsonObject) -> None:
    """Take in what the body says; 400 with the reasons by field. The default is what was saved."""
    name, jql = str(body.get("name", saved.name) or "").strip(), str(body.get("jql", saved.jql) or "")
    if not name:
        raise bad_request(filterName="You must specify a name to save this filter as.")
    if len(name) > _LONGEST_NAME:
        raise bad_request(filterName="The filter name is too long. It exceeds 255 characters.")
    for each in filter_store.all_filters(session):
        if each.owner == saved.owner and each.id != saved.id and each.name.casefold() == name.casefold():
            raise bad_request(filterName="Filter with same name already exists.")
    if jql and (said := messages_of(call, session, jql)):
        raise bad_request(*said)
    saved.name, saved.jql = name, jql
    saved.description = str(body.get("description", saved.description) or "")


def _details(call: Call, saved: Filter, expand: set[str]) -> JsonObject:
    """A filter in a list: what was asked for."""
    full = _shown(call, saved)
    shown: JsonObject = {
        "expand": "description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,"
        "editPermissions,isWritable,approximateLastUsed,subscriptions",
        **{name: full[name] for name in ("self", "id", "name")},
        **{name: full[name] for name in expand - {"isWritable", "subscriptions", "approximateLastUsed"}},
    }
    if "subscriptions" in expand:
        shown["subscriptions"] = []
    return shown


def _shown(call: Call, saved: Filter) -> JsonObject:
    return {
        "self": call.show.url(f"filter/{saved.id}"),
        "id": str(saved.id),
        "name": saved.name,
        "description": saved.description,
        "owner": call.show.full_user(BY_ID[saved.owner]),
        "jql": saved.jql,
        "viewUrl": f"{call.show.site_url}/issues/?filter={saved.id}",
        "searchUrl": call.show.url(f"search?jql={quote(saved.jql, errors='replace')}"),
        "favourite": call.account.account_id in saved.favourites,
        "favouritedCount": len(saved.favourites),
        "sharePermissions": share_beans(call.show, saved.shares),
        "editPermissions": [],
        "subscriptions": {"size": 0, "items": [], "max-results": 0, "start-index": 0, "end-index": 0},
    }


def _sort_text(saved: Filter, name: str, account_id: str) -> tuple[int, str]:
    numbers = {
        "id": saved.id,
        "favourite_count": len(saved.favourites),
        "is_favourite": account_id in saved.favourites,
        "is_shared": bool(saved.shares),
    }
    texts = {"description": saved.description, "owner": BY_ID[saved.owner].name}
    return int(numbers.get(name, 0)), texts.get(name, saved.name).casefold()
