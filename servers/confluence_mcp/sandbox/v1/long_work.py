"""What takes long: copying trees, archiving pages, deleting trees and spaces; and how far that is.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-long-running-task.
"""

from __future__ import annotations

from typing import Any, cast

from confluence_mcp.sandbox.access import find_content, find_space, require
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import ARCHIVED, CURRENT, Content, JsonObject
from confluence_mcp.sandbox.permissions import allowed, sees
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.store import Store
from confluence_mcp.sandbox.v1 import task_list
from confluence_mcp.sandbox.v1.beans import pages
from confluence_mcp.sandbox.v1.links import API
from confluence_mcp.sandbox.v1.moving import TITLE_TAKEN, descendants, duplicate, read_flags
from confluence_mcp.sandbox.v1.task_list import Task, Worker
from confluence_mcp.sandbox.web import Call, Routes, as_long
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

COPY, ARCHIVE, TRASH, SPACE = "copy.page.hierarchy", "archive.pages", "delete.page.tree", "delete.space"
MOST_ARCHIVED = 300
_MOST_COPIED = 2_000


def copy_tree(call: Call) -> Reply:
    """POST content/{id}/pagehierarchy/copy."""
    body = call.json_object()
    flags = read_flags(body)
    if not isinstance(body.get("copyDescendants", True), bool):
        raise bad_request("copyDescendants is true or false.")
    with call.store.writing() as session:
        source = find_content(session, call.account, call.id(), ("page",), (CURRENT,))
        target = as_long(body.get("destinationPageId"), "destinationPageId")
        destination = find_content(session, call.account, target, ("page", "folder"), (CURRENT,))
        require(session, call.account, destination.space, "create", "page")
        below = descendants(session, source) if body.get("copyDescendants", True) else []
        tree = [source, *(each for each in below if each.type == "page" and sees(session, call.account, each))]
        if len(tree) > _MOST_COPIED:
            raise bad_request(f"At most {_MOST_COPIED} pages can be copied at once.")
        if destination.id in {each.id for each in tree[1:]}:
            raise bad_request("A page hierarchy cannot be copied below itself.")
        titles = _titles(session, body, tree, destination.space)
        work = [
            [each.id, each.parent if each is not source else None, title]
            for each, title in zip(tree, titles, strict=True)
        ]
        told: JsonObject = {"destination": destination.id, "flags": sorted(flags), "made": {}}
        task = task_list.submit(session, COPY, call.account.account_id, work, told)
    return _accepted(task)


def archive(call: Call) -> Reply:
    """POST content/archive."""
    listed: Any = call.json_object().get("pages")
    if not isinstance(listed, list) or not listed:
        raise bad_request("pages is missing")
    entries = cast("list[object]", listed)
    if len(entries) > MOST_ARCHIVED:
        raise bad_request(f"The number of pages to archive is larger than the limit of {MOST_ARCHIVED}.")
    wanted = [as_long(cast("JsonObject", each).get("id") if isinstance(each, dict) else None, "id") for each in entries]
    with call.store.writing() as session:
        if any(not each.finished for each in task_list.tasks(session) if each.name == ARCHIVE):
            raise bad_request("There is an archival job already running.")
        for number in wanted:
            content = session.content(number)
            if content is None or content.type != "page" or not sees(session, call.account, content):
                raise bad_request(f"The content id {number} does not resolve to a page.")
            if content.status != CURRENT:
                raise bad_request(f"The page {number} is {content.status} already.")
            require(session, call.account, content.space, "archive", "page")
        task = task_list.submit(session, ARCHIVE, call.account.account_id, list(dict.fromkeys(wanted)))
    return _accepted(task)


def delete_tree(call: Call) -> Reply:
    """DELETE content/{id}/pageTree: into the trash."""
    with call.store.writing() as session:
        content = find_content(session, call.account, call.id())
        if content.type != "page" or content.status != CURRENT:
            raise bad_request(f"The content {content.id} is no current page.")
        require(session, call.account, content.space, "delete", "page")
        tree = [content, *descendants(session, content)]
        if not all(sees(session, call.account, each) for each in tree):
            raise unseen()
        work = [each.id for each in reversed(tree)]
        task = task_list.submit(session, TRASH, call.account.account_id, work)
    return _accepted(task)


def delete_space(call: Call) -> Reply:
    """DELETE space/{spaceKey}: for good."""
    with call.store.writing() as session:
        space = find_space(session, call.account, call.path_values["spaceKey"])
        if not allowed(session, call.account, space.id, "administer", "space"):
            raise unseen()
        work = [each.id for each in session.contents("space = ? ORDER BY id DESC", space.id)]
        task = task_list.submit(session, SPACE, call.account.account_id, [*work, 0], {"space": space.id})
    return _accepted(task)


def get_task(call: Call) -> Reply:
    """GET longtask/{id}."""
    with call.store.writing() as session:
        task = task_list.task_of(session, call.path_values["id"])
        if task is None or not (task.account == call.account.account_id or call.account.site_admin):
            raise unseen()
        task_list.step(session, task, WORKERS)
        shown = _status(session, task)
    self = f"{call.base}{API}/longtask/{task.id}"
    return Reply(200, {**shown, "_links": {"base": call.base, "context": "/wiki", "self": self}})


def get_tasks(call: Call) -> Reply:
    """GET longtask: those that are the caller's."""
    with call.store.reading() as session:
        mine = [
            each
            for each in task_list.tasks(session)
            if each.account == call.account.account_id and call.text("key") in ("", each.name)
        ]
        found = pages(call, mine, lambda each: _status(session, each), size=100, most=200)
    return Reply(200, found)


def _accepted(task: Task) -> Reply:
    return Reply(202, {"id": task.id, "links": {"status": f"{API}/longtask/{task.id}"}})


def _status(session: Session, task: Task) -> JsonObject:
    done = 100 if not task.total else 100 * (task.total - len(task.work)) // task.total
    details: JsonObject = {}
    if task.name == COPY:
        made: dict[str, int] = task.told["made"]
        first = next(iter(made.values()), None)
        content = session.content(first) if first else None
        details = {"totalPageNeedToCopy": task.total}
        if content:
            details |= {"destinationId": str(content.id), "destinationUrl": f"/pages/viewpage.action?pageId={first}"}
    messages: list[JsonObject] = [{"translation": each, "args": []} for each in task.errors]
    return {
        "ari": f"ari:cloud:confluence::long-running-task/{task.id}",
        "id": task.id,
        "name": {"key": f"com.atlassian.confluence.{task.name}", "args": []},
        "elapsedTime": (task.ended or now_ms()) - task.started,
        "percentageComplete": done if task.finished else min(done, 99),
        "successful": task.finished and not task.errors,
        "finished": task.finished,
        "messages": messages,
        "status": ("Failed" if task.errors else "Complete") if task.finished else "In progress",
        "errors": messages,
        "additionalDetails": details,
    }


def _titles(session: Session, body: JsonObject, tree: list[Content], space: int) -> list[str]:
    """What the copies are called; 400 when one of them would be called like a page that is there."""
    told: Any = body.get("titleOptions") or {}
    if not isinstance(told, dict) or not all(
        isinstance(each, str) for each in cast("dict[str, object]", told).values()
    ):
        raise bad_request("titleOptions has prefix, search and replace, which are texts.")
    options = cast("dict[str, str]", told)
    prefix, search, replace = (options.get(name, "") for name in ("prefix", "search", "replace"))
    titles = [prefix + (each.title.replace(search, replace) if search else each.title) for each in tree]
    if len(set(titles)) < len(titles) or any(session.titled(space, title) for title in titles):
        raise bad_request(TITLE_TAKEN)
    if any(not title.strip() or len(title) > 255 for title in titles):
        raise bad_request("A title has between 1 and 255 characters.")
    return titles


def _copy_one(session: Session, task: Task, wish: list[Any]) -> None:
    number, parent, title = wish
    made: dict[str, int] = task.told["made"]
    source = session.content(number)
    destination = session.content(task.told["destination"])
    if source is None or source.status != CURRENT or destination is None:
        raise ApiError(404, f"The page {number} is not there any more.")
    below = destination.id if parent is None else made.get(str(parent), destination.id)
    flags = frozenset(task.told["flags"])
    copied = duplicate(session, source, task.account, title, destination.space, below, flags)
    made[str(number)] = copied.id


def _archive_one(session: Session, _task: Task, number: int) -> None:
    content = session.content(number)
    if content is None or content.status != CURRENT:
        raise ApiError(404, f"The page {number} is not there any more.")
    for child in session.children(number):  # they go on below the nearest page that is not archived
        child.parent, child.position = content.parent, session.next_position(content.space, content.parent)
        session.save(child)
    content.status = ARCHIVED
    session.save(content)


def _trash_one(session: Session, _task: Task, number: int) -> None:
    content = session.content(number)
    if content is not None and content.status == CURRENT:
        session.trash(content)


def _erase_one(session: Session, task: Task, number: int) -> None:
    if number:
        content = session.content(number)
        if content is not None:
            session.erase(content)
        return
    space: int = task.told["space"]
    for query in (
        "DELETE FROM permission WHERE space = ?",
        "DELETE FROM template WHERE space = ?",
        "DELETE FROM property WHERE owner = ?",
        "DELETE FROM labelled WHERE target = ?",
        "DELETE FROM space WHERE id = ?",
    ):
        session.db.execute(query, (space,))


WORKERS: dict[str, Worker] = {COPY: _copy_one, ARCHIVE: _archive_one, TRASH: _trash_one, SPACE: _erase_one}


def catch_up(store: Store) -> None:
    """Let the tasks of the site go on, as far as they would be by now."""
    task_list.catch_up(store, WORKERS)


_CONTENT = "/wiki/rest/api/content"
LONG_WORK: Routes = {
    f"{_CONTENT}/{{id}}/pagehierarchy/copy": {"POST": copy_tree},
    f"{_CONTENT}/{{id}}/pageTree": {"DELETE": delete_tree},
    f"{_CONTENT}/archive": {"POST": archive},
    "/wiki/rest/api/longtask": {"GET": get_tasks},
    "/wiki/rest/api/longtask/{id}": {"GET": get_task},
}
"""Which handler answers which path and method."""
