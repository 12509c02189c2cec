"""Tasks in the text of pages (https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-task/)."""

from confluence_mcp.client.base import V2
from confluence_mcp.client.ids import numeric_id
from confluence_mcp.client.opening import Opening, aside, storage_of
from confluence_mcp.write_models import TaskChange
from connector_kit.errors import BadAnswer
from connector_kit.wire import as_text


class PageTasks(Opening):
    """Completing and reopening tasks."""

    async def update_task(self, task: str, *, done: bool) -> TaskChange:
        """Tick off a task, or open it again, by its id."""
        from atlassian_kit.storage import accounts_in, to_markdown

        number = numeric_id(task, "task")
        bean = await self._get(f"{V2}/tasks/{number}", body_format="storage")
        home = as_text(bean.get("pageId")) or as_text(bean.get("blogPostId"))
        if not home:
            raise BadAnswer(f"Confluence does not say where task {number} stands.")
        page = await self.page_ref(numeric_id(home, "page"), fresh=True)
        storage = storage_of(bean)
        text = await aside(len(storage), to_markdown, storage, await self.names_of(accounts_in(storage)))
        if (as_text(bean.get("status")) == "complete") == done:
            return TaskChange(number, page, done, text, wrote=False)
        look = f"confluence_get_page {page.id} shows its tasks"
        body = {"status": "complete" if done else "incomplete"}
        await self._write("PUT", f"{V2}/tasks/{number}", body, look=look)
        return TaskChange(number, page, done, text)
