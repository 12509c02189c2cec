"""The tasks in the texts of pages (https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-task/)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from confluence_mcp.client.base import V2, next_cursor
from confluence_mcp.client.opening import storage_of
from confluence_mcp.client.tree import PageTree
from confluence_mcp.toolset_models import Task
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_text, objects

_KIND = "confluence-tasks"
_TEXT = 300


class TaskLists(PageTree):
    """Finding tasks."""

    async def tasks(
        self,
        *,
        page: str = "",
        space: str = "",
        assignee: str = "",
        done: bool | None = None,
        due_before: str = "",
        limit: int = 25,
        cursor: str | None = None,
    ) -> Page[Task]:
        """Tasks of a page, of a space or of all spaces that tools may touch.

        `assignee` is a name, "me" or an account id; `due_before` a date, like 2026-01-31.
        """
        ref = await self.page_ref(page) if page.strip() else None
        keys = [space] if space.strip() else list(self.settings.spaces)
        places = [] if ref else [(await self.space(key)).id for key in keys]
        person = (await self.person(assignee)).account_id if assignee.strip() else None
        due = _milliseconds(due_before) if due_before.strip() else None
        print_of = fingerprint(ref.id if ref else "", list(places), person, done, due)
        at = as_text(decode_cursor(_KIND, cursor, print_of).get("next")) if cursor else None
        answer = await self._get(
            f"{V2}/tasks",
            body_format="storage",
            include_blank_tasks=False,
            status=None if done is None else "complete" if done else "incomplete",
            space_id=places or None,
            page_id=ref.id if ref and ref.kind == "page" else None,
            blogpost_id=ref.id if ref and ref.kind == "blogpost" else None,
            assigned_to=person,
            due_at_to=due,
            limit=limit,
            cursor=at,
        )
        beans = [bean for bean in objects(answer.get("results")) if await self._may_see(bean)]
        titles = await self.titles([as_text(bean.get("pageId")) for bean in beans if bean.get("pageId")])
        names = await self.names_of(account for bean in beans for account in _accounts(bean))
        following = next_cursor(answer)
        return Page(
            tuple(_task(bean, titles, names) for bean in beans),
            encode_cursor(_KIND, {"next": following}, print_of) if following else None,
        )

    async def _may_see(self, bean: JsonObject) -> bool:
        return not self.settings.spaces or await self._is_open(as_text(bean.get("spaceId")))


def _accounts(bean: JsonObject) -> Iterator[str]:
    from atlassian_kit.storage import accounts_in

    yield as_text(bean.get("assignedTo"))
    yield from accounts_in(storage_of(bean))


def _task(bean: JsonObject, titles: Mapping[str, str], names: Mapping[str, str]) -> Task:
    from atlassian_kit.storage import plain_text

    page = as_text(bean.get("pageId")) or as_text(bean.get("blogPostId"))
    account = as_text(bean.get("assignedTo"))
    return Task(
        id=as_text(bean.get("id")),
        page=page,
        page_title=titles.get(page, ""),
        done=as_text(bean.get("status")) == "complete",
        text=clean_text(plain_text(storage_of(bean), names), _TEXT),
        assignee=names.get(account, account),
        due=as_text(bean.get("dueAt"))[:10],
    )


def _milliseconds(text: str) -> int:
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput(
            "That is no date.", fields={"due_before": f"{clean_text(text, 40)!r} should be like 2026-01-31"}
        ) from None
    return int(day.timestamp() * 1000)
