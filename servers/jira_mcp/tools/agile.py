"""Boards and sprints, read: what there is, what is on it, and how a sprint went."""

from typing import Annotated, Literal

from pydantic import Field

from connector_kit.fitting import fitted_table
from connector_kit.output import one_line, page_line, table
from jira_mcp.agile_scopes import BOARD, BOARDS, CONTENTS, EPICS, SPRINTS, WORKINGS
from jira_mcp.tools.agile_render import LATE, board_text, capacity_text, report_text, sprint_row
from jira_mcp.tools.render import columns, row
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, Cursor, Jira

AGILE = "agile"

Board = Annotated[str, Field(description="Board by name or id; empty if there is only one with sprints.")]
Sprint = Annotated[str, Field(description="Sprint by name or id, or active, next or last.")]
State = Literal["open", "active", "future", "closed", "all"]
Place = Literal["board", "backlog", "sprint", "epic"]


@TOOLS.tool(title="List Jira boards", effect="reads", scopes=BOARDS, toolset=AGILE)
async def jira_list_boards(
    jira: Jira,
    query: Annotated[str, Field(description="Part of the name.")] = "",
    project: Annotated[str, Field(description="Project key.")] = "",
    limit: Annotated[int, Field(description="Boards in an answer.", ge=1, le=50)] = 50,
    cursor: Cursor = "",
) -> str:
    """List the boards that the account can see."""
    page = await jira.boards(query, project=project, limit=limit, cursor=cursor or None)
    if not page.items and not page.cursor:
        return "No board matches." if query or project else "The account can see no board."
    shown = table(
        ("id", "name", "kind", "project"), ((each.id, each.name, each.kind, each.project) for each in page.items)
    )
    return f"{shown.text}\n{page_line(shown.shown, noun='boards', total=page.total, cursor=page.cursor)}"


@TOOLS.tool(title="Get a Jira board", effect="reads", scopes=(*BOARD, *WORKINGS, *SPRINTS, READ), toolset=AGILE)
async def jira_get_board(jira: Jira, board: Board = "") -> str:
    """Read how a board works: columns with their statuses, what it estimates by, active and future sprints."""
    return board_text(await jira.board_detail(board))


@TOOLS.tool(title="List Jira sprints", effect="reads", scopes=(*BOARD, *SPRINTS), toolset=AGILE)
async def jira_list_sprints(
    jira: Jira,
    board: Board = "",
    state: Annotated[State, Field(description="open: active and future ones.")] = "open",
    limit: Annotated[int, Field(description="Sprints in an answer.", ge=1, le=100)] = 25,
    cursor: Cursor = "",
) -> str:
    """List the sprints of a board with their goals and dates, the latest closed ones first."""
    states = {"open": ("active", "future"), "all": ("active", "future", "closed")}.get(state, (state,))
    found, page = await jira.sprints(board, states=states, limit=limit, cursor=cursor or None)
    if not page.items:
        return f"The board {one_line(found.name)} has no {'' if state == 'all' else state + ' '}sprint."
    shown = table(("id", "name", "state", "start", "end", "goal"), map(sprint_row, page.items))
    return f"{shown.text}\n{page_line(shown.shown, noun='sprints', total=page.total, cursor=page.cursor)}"


@TOOLS.tool(
    title="List the issues of a Jira board or sprint",
    effect="reads",
    scopes=(*BOARD, *WORKINGS, *SPRINTS, *EPICS, *CONTENTS, READ),
    toolset=AGILE,
)
async def jira_list_board_issues(
    of: Annotated[Place, Field(description="What to list. An epic: its children.")],
    jira: Jira,
    board: Board = "",
    sprint: Sprint = "",
    epic: Annotated[str, Field(description="Key of the epic, for of=epic.")] = "",
    jql: Annotated[str, Field(description="JQL that narrows the list.", max_length=4_000)] = "",
    limit: Annotated[int, Field(description="Issues in an answer.", ge=1, le=100)] = 25,
    cursor: Cursor = "",
) -> str:
    """List the issues of a board, its backlog, a sprint or an epic, by rank: most important first.

    jira_search_issues finds issues anywhere, in any order.
    """
    target = await jira.target(of, board=board, sprint=sprint, epic=epic)
    fields = await jira.estimate_field_of(target, board) if of != "epic" else ()
    names = [name for name, _ in fields]
    page, shown = await fitted_table(
        lambda count: jira.contents(target, jql=jql, fields=fields, limit=count, cursor=cursor or None),
        columns(names),
        row,
        limit=limit,
    )
    if not page.items and not page.cursor:
        return f"No issue {'matches' if jql else 'is'} in this {of}."
    late = [LATE] if jira.lists_lag() else []
    return "\n".join([shown.text, *late, page_line(shown.shown, noun="issues", cursor=page.cursor)])


@TOOLS.tool(title="Report on a Jira sprint", effect="reads", scopes=(*BOARD, *WORKINGS, *SPRINTS, READ), toolset=AGILE)
async def jira_get_sprint_report(
    jira: Jira,
    sprint: Sprint = "active",
    board: Board = "",
    issues: Annotated[bool, Field(description="List the issues, not only the sums.")] = True,
) -> str:
    """Tell how a sprint went: committed, done, carried over, added later, removed, in issues and points, by person.

    Worked out from each issue's history: what was in the sprint at its start date is committed; done is the
    board's last column when the sprint was completed (or now). Points are those of that moment. Sub-tasks do not count.
    """
    return report_text(await jira.sprint_report(sprint or "active", board=board), issues=issues)


@TOOLS.tool(
    title="Plan a Jira sprint's capacity",
    effect="reads",
    scopes=(*BOARD, *WORKINGS, *SPRINTS, READ, PEOPLE),
    toolset=AGILE,
)
async def jira_get_capacity(
    jira: Jira,
    board: Board = "",
    sprint: Annotated[str, Field(description="Sprint to plan; the next one if empty.")] = "",
    availability: Annotated[
        dict[str, float],
        Field(description='Share of a usual sprint that somebody has: {"Ann": 0.5, "Bo": 0}; others 1.'),
    ] = {},
    sprints: Annotated[int, Field(description="Closed sprints to look back on.", ge=1, le=10)] = 3,
) -> str:
    """Tell what a team can take on: velocity of its last sprints, and per person usual points and planned ones."""
    found = await jira.capacity(board, sprint=sprint, sprints=sprints, available=availability)
    return capacity_text(found)
