"""Sprints, changed: made, edited, started, completed; issues moved and ranked."""

from typing import Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.errors import InvalidInput
from connector_kit.output import one_line
from connector_kit.serving.consent import Answer, Consent, ask, require
from jira_mcp.agile_scopes import BOARD, CONTENTS, PLAN, RANK, SPRINTS, WORKINGS
from jira_mcp.tools.agile import AGILE, Board, Sprint
from jira_mcp.tools.agile_render import sprint_line
from jira_mcp.tools.render import counted
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, IssueKey, Jira

_KEYS_SHOWN = 20

Name = Annotated[str, Field(description="Name, at most 30 characters.", max_length=30)]
Goal = Annotated[str, Field(description="What the sprint is for.", max_length=1_000)]
Start = Annotated[str, Field(description="ISO 8601, like 2026-12-01T09:00.", max_length=40)]
End = Annotated[str, Field(description="ISO 8601, like 2026-12-11T17:00.", max_length=40)]
Action = Literal["edit", "start", "complete"]


@TOOLS.tool(title="Create a Jira sprint", effect="adds", scopes=(*BOARD, *PLAN, PEOPLE), toolset=AGILE)
async def jira_create_sprint(
    name: Annotated[str, Field(description="Name, at most 30 characters.", min_length=1, max_length=30)],
    jira: Jira,
    board: Board = "",
    goal: Goal = "",
    start: Start = "",
    end: End = "",
) -> str:
    """Create a future sprint on a board. jira_update_sprint starts it, jira_move_issues fills it."""
    done = await jira.create_sprint(board, name, goal=goal, start=start, end=end)
    return f"created {sprint_line(done)}"


async def ask_before_completing(
    ctx: Context, sprint: str, action: str, confirm: bool, jira: Jira, board: str = "", open_issues_to: str = "backlog"
) -> Consent | Elicit[Consent]:
    """The question whether to complete a sprint, with what happens to its issues; nothing is asked otherwise."""
    if action != "complete":
        return Consent(confirm=True)
    plan = await jira.completion(await jira.sprint(sprint, board=board), open_issues_to)
    where = f"the sprint {plan.target.name}" if plan.target else "the backlog"
    rest = f"{counted(len(plan.open), 'open issue')} to {where}" if plan.open else "nothing is open"
    question = f'Complete the sprint "{plan.sprint.name}" for good? {counted(plan.done, "issue")} done, {rest}.'
    return ask(ctx, question, confirmed=confirm)


@TOOLS.tool(
    title="Change, start or complete a Jira sprint",
    effect="changes",
    scopes=(*BOARD, *WORKINGS, *SPRINTS, *CONTENTS, *PLAN, READ, PEOPLE),
    toolset=AGILE,
)
async def jira_update_sprint(
    sprint: Sprint,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_completing)],
    action: Annotated[Action, Field(description="edit changes only what is given.")] = "edit",
    board: Board = "",
    name: Name = "",
    goal: Goal = "",
    start: Start = "",
    end: End = "",
    open_issues_to: Annotated[
        str, Field(description="On complete: backlog, next, or a sprint.", max_length=100)
    ] = "backlog",
    confirm: Annotated[bool, Field(description="The user has agreed to completing this sprint.")] = False,
) -> str:
    """Edit a sprint, start a future one, or complete the active one: the user is asked before that.

    Starting needs an end date, begins now unless told otherwise, and a board has one active sprint at a time.
    """
    require(answer)
    found = await jira.sprint(sprint, board=board)
    if action == "complete":
        if name or goal or start or end:
            raise InvalidInput(
                "Completing takes no other change; nothing was done.", next_step="Edit the sprint first."
            )
        return await _complete(jira, found.id, open_issues_to)
    if action == "start":
        return f"started {sprint_line(await jira.start_sprint(found, name=name, goal=goal, start=start, end=end))}"
    return f"updated {sprint_line(await jira.update_sprint(found, name=name, goal=goal, start=start, end=end))}"


async def _complete(jira: Jira, sprint: int, target: str) -> str:
    done = await jira.complete_sprint(await jira.sprint(str(sprint)), target)
    lines = [f"completed {sprint_line(done.sprint)}", f"{counted(done.done, 'issue')} done"]
    if done.open:
        moved = [key for key in done.open if key not in done.left]
        where = f"sprint {one_line(done.target.name)}" if done.target else "the backlog"
        lines.append(f"{counted(len(moved), 'open issue')} now in {where}: {_keys(moved)}")
    if done.left:
        lines.append(f"not moved, in the backlog: {_keys(done.left)}. {done.problem}")
    return "\n".join(lines)


@TOOLS.tool(
    title="Move Jira issues to a sprint or the backlog",
    effect="changes",
    scopes=(*BOARD, *SPRINTS, *PLAN, *RANK, READ),
    toolset=AGILE,
)
async def jira_move_issues(
    keys: Annotated[list[IssueKey], Field(description="Issue keys, in their order.", min_length=1, max_length=200)],
    jira: Jira,
    to: Annotated[str, Field(description="Sprint by name or id, active, next, or backlog; empty: only rank.")] = "",
    board: Board = "",
    before: Annotated[str, Field(description="Rank them right before this issue.", max_length=300)] = "",
    after: Annotated[str, Field(description="Rank them right after this issue.", max_length=300)] = "",
) -> str:
    """Move issues into a sprint or to the backlog, or rank them; sub-tasks go with their parents."""
    done = await jira.move_issues(keys, to, board=board, before=before, after=after)
    place = f" {'before' if before else 'after'} {(before or after).strip().upper()}" if before or after else ""
    what = (
        f"ranked{place}" if not to.strip() else f"moved to {one_line(done.where)}{', ranked' + place if place else ''}"
    )
    lines = [f"{what}: {_keys(done.moved)}"] if done.moved else []
    lines += [f"{key} not: {one_line(why)}" for key, why in done.refused.items()]
    return "\n".join(lines)


def _keys(keys: "list[str] | tuple[str, ...]") -> str:
    more = f" and {len(keys) - _KEYS_SHOWN} more" if len(keys) > _KEYS_SHOWN else ""
    return ", ".join(keys[:_KEYS_SHOWN]) + more
