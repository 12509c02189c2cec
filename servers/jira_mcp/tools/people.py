"""Who follows an issue and who works in a project."""

from typing import Annotated, Literal

from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.output import one_line, table
from jira_mcp.tools.render import counted
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, IssueKey, Jira, ProjectKey

FOLLOWING = "people"
_PEOPLE_SHOWN = 100


@TOOLS.tool(title="List the watchers and votes of a Jira issue", effect="reads", scopes=(READ,), toolset=FOLLOWING)
async def jira_list_watchers(key: IssueKey, jira: Jira) -> str:
    """List who watches an issue and who voted for it."""
    found = await jira.following(key)
    lines = [_line(f"{found.key} is watched by", found.watching, [each.name for each in found.watchers])]
    lines.append("you watch it" if found.i_watch else "you do not watch it")
    if found.votes is None:
        lines.append("voting is switched off")
    else:
        lines.append(_line("voted for by", found.votes, [each.name for each in found.voters]))
        lines.append("you voted for it" if found.i_voted else "you did not vote for it")
    return "\n".join(lines)


def _line(what: str, number: int, names: list[str]) -> str:
    if not number:
        return f"{what} nobody"
    shown = ", ".join(map(one_line, names[:_PEOPLE_SHOWN]))
    more = number - min(len(names), _PEOPLE_SHOWN)
    rest = f"{' and ' if shown else ''}{more} whom Jira does not name" if len(names) < number else ""
    if not rest and more > 0:
        rest = f" and {more} more"
    return f"{what} {number}: {shown}{rest}"


@TOOLS.tool(title="Watch a Jira issue", effect="changes", idempotent=True, scopes=(PEOPLE, WRITE), toolset=FOLLOWING)
async def jira_watch_issue(
    key: IssueKey,
    jira: Jira,
    action: Annotated[Literal["watch", "unwatch"], Field(description="unwatch takes them off.")] = "watch",
    people: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]],
        Field(description="Names, e-mails or account ids; you yourself if only me.", min_length=1, max_length=20),
    ] = ["me"],
) -> str:
    """Have somebody watch an issue, or stop: you yourself unless others are named. Watchers are notified of changes."""
    done = await jira.watch(key, people, stop=action == "unwatch")
    word = "not watching any more" if action == "unwatch" else "watching now"
    lines = [f"{done.key}: {word}: {', '.join(map(one_line, done.done))}"] if done.done else []
    lines += [f"{one_line(name)} not: {clean_text(why, 200)}" for name, why in done.refused]
    return "\n".join(lines)


@TOOLS.tool(title="Vote for a Jira issue", effect="changes", idempotent=True, scopes=(WRITE,), toolset=FOLLOWING)
async def jira_vote_issue(
    key: IssueKey,
    jira: Jira,
    action: Annotated[Literal["vote", "unvote"], Field(description="unvote takes the vote back.")] = "vote",
) -> str:
    """Vote for an issue as yourself, or take the vote back. Not for resolved issues, nor for those you reported."""
    done = await jira.vote(key, take_back=action == "unvote")
    return f"{'took the vote back from' if action == 'unvote' else 'voted for'} {done} {jira.browse_url(done)}"


@TOOLS.tool(title="List the members of a Jira project", effect="reads", scopes=(READ,), toolset=FOLLOWING)
async def jira_list_members(
    project: ProjectKey,
    jira: Jira,
    role: Annotated[str, Field(description="Only this role, by name.", max_length=200)] = "",
) -> str:
    """List who works in a project, by role. Groups are named, not resolved. Administrators of the project only."""
    found = await jira.members(project, role)
    rows = [(each.role, "person", person.name, person.account_id) for each in found for person in each.people]
    rows += [(each.role, "group", group, "") for each in found for group in each.groups]
    if not rows:
        return "Nobody has this role." if role else "Nobody has a role in this project."
    order = {each.role: number for number, each in enumerate(found)}
    rows.sort(key=lambda row: order[row[0]])
    shown = table(("role", "kind", "name", "account_id"), rows)
    empty = [each.role for each in found if not each.people and not each.groups]
    lines = [shown.text]
    lines += [f"nobody has: {', '.join(map(one_line, empty))}"] if empty else []
    if shown.shown < len(rows):
        lines.append(f"returned {shown.shown} of {counted(len(rows), 'member')}; name a role to see fewer at a time")
    return "\n".join(lines)
