"""Tasks in the texts of pages."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from confluence_mcp.scopes import DETAILS, PAGES, PEOPLE, SPACES, TASKS
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.fitting import fitted_table
from connector_kit.output import page_line, quoted

if TYPE_CHECKING:
    from confluence_mcp.toolset_models import Task

_COLUMNS = ("id", "state", "due", "assignee", "page", "task")
_TITLE = 60


@TOOLS.tool(
    title="List Confluence tasks", effect="reads", scopes=(DETAILS, PAGES, PEOPLE, SPACES, TASKS), toolset="tasks"
)
async def confluence_list_tasks(
    confluence: Confluence,
    page: Annotated[str, Field(description="Page: id, link, or SPACE/Title.")] = "",
    space: Annotated[str, Field(description="Space: key or name.")] = "",
    assignee: Annotated[str, Field(description="Name or me.")] = "",
    state: Annotated[Literal["open", "done", "all"], Field(description="Only these.")] = "open",
    due_before: Annotated[str, Field(description="Due by this day, 2026-01-31.")] = "",
    limit: Annotated[int, Field(description="Tasks in an answer.", ge=1, le=50)] = 25,
    cursor: Cursor = "",
) -> str:
    """List the tasks (checkboxes) of a page, a space or a person, with where they stand."""
    if page.strip() and space.strip():
        raise InvalidInput("It takes a page or a space.", fields={"space": "not together with page"})
    found, shown = await fitted_table(
        lambda most: confluence.tasks(
            page=page,
            space=space,
            assignee=assignee,
            done=None if state == "all" else state == "done",
            due_before=due_before,
            limit=most,
            cursor=cursor or None,
        ),
        _COLUMNS,
        _row,
        limit=limit,
    )
    if not found.items and not found.cursor:
        return "No task matches."
    last = page_line(shown.shown, noun="tasks", cursor=found.cursor)
    return f"{quoted('tasks', shown.text)}\n{last}"


def _row(task: "Task") -> tuple[str, ...]:
    place = f"{task.page} {clean_text(task.page_title, _TITLE)}".strip()
    return (task.id, "done" if task.done else "open", task.due, task.assignee, place, task.text)
