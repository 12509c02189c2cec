"""Tasks in the texts of pages."""

from typing import Annotated, Literal

from pydantic import Field

from confluence_mcp.scopes import DETAILS, PAGES, PEOPLE, SPACES, TASKS
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.output import page_line, quoted, table

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
    found = await confluence.tasks(
        page=page,
        space=space,
        assignee=assignee,
        done=None if state == "all" else state == "done",
        due_before=due_before,
        limit=limit,
        cursor=cursor or None,
    )
    if not found.items and not found.cursor:
        return "No task matches."
    rows = (
        (
            each.id,
            "done" if each.done else "open",
            each.due,
            each.assignee,
            f"{each.page} {clean_text(each.page_title, _TITLE)}".strip(),
            each.text,
        )
        for each in found.items
    )
    shown = quoted("tasks", table(_COLUMNS, rows).text)
    return f"{shown}\n{page_line(len(found.items), noun='tasks', cursor=found.cursor)}"
