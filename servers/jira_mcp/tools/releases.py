"""Versions and components of a project, and the project at a glance."""

from typing import Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.fitting import fitted, fitted_table
from connector_kit.output import one_line, page_line
from connector_kit.serving.consent import Answer, Consent, ask, require
from jira_mcp.tools.release_render import (
    COMPONENT_COLUMNS,
    VERSION_COLUMNS,
    component_line,
    component_row,
    notes,
    project_text,
    version_line,
    version_row,
)
from jira_mcp.tools.render import counted
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, Cursor, Jira, ProjectKey
from jira_mcp.toolset_scopes import MANAGE

RELEASES = "releases"
LATE = "(Something was written within the last minute: issues may be missing here that Jira counts already.)"

Version = Annotated[str, Field(description="Version by name or id.", min_length=1, max_length=255)]
Component = Annotated[str, Field(description="Component by name or id.", min_length=1, max_length=255)]
Name = Annotated[str, Field(description="Name, one line.", min_length=1, max_length=255)]
NewName = Annotated[str, Field(description="New name.", max_length=255)]
Text = Annotated[str, Field(description="Description, plain text.", max_length=16_000)]
NewText = Annotated[str, Field(description="New description; none empties it.", max_length=16_000)]
Day = Annotated[str, Field(description="Like 2026-12-01.", max_length=40)]
Assignee = Literal["", "project default", "component lead", "project lead", "unassigned"]
DefaultAssignee = Annotated[Assignee, Field(description="Who gets its new issues.")]
State = Literal["", "released", "unreleased", "archived"]
Action = Literal["edit", "release", "unrelease", "archive", "unarchive"]
Agreed = Annotated[bool, Field(description="The user has agreed to this very deletion.")]


@TOOLS.tool(title="Get a Jira project", effect="reads", scopes=(READ,), toolset=RELEASES)
async def jira_get_project(project: ProjectKey, jira: Jira) -> str:
    """Read a project at a glance: lead, issue types, components, versions to come, roles."""
    return project_text(await jira.project_detail(project))


@TOOLS.tool(title="List Jira versions", effect="reads", scopes=(READ,), toolset=RELEASES)
async def jira_list_versions(
    project: ProjectKey,
    jira: Jira,
    query: Annotated[str, Field(description="Part of the name or description.")] = "",
    state: Annotated[State, Field(description="Only versions in this state.")] = "",
    limit: Annotated[int, Field(description="Versions in an answer.", ge=1, le=50)] = 25,
    cursor: Cursor = "",
) -> str:
    """List the versions (releases) of a project, the latest first, with dates and how far their issues are."""
    page, shown = await fitted_table(
        lambda count: jira.versions(project, query, state=state, limit=count, cursor=cursor or None),
        VERSION_COLUMNS,
        version_row,
        limit=limit,
    )
    if not page.items and not page.cursor:
        return "No version matches." if query or state else f"{project.strip().upper()} has no version."
    return f"{shown.text}\n{page_line(shown.shown, noun='versions', total=page.total, cursor=page.cursor)}"


@TOOLS.tool(title="Get a Jira version", effect="reads", scopes=(READ,), toolset=RELEASES)
async def jira_get_version(
    project: ProjectKey,
    version: Version,
    jira: Jira,
    limit: Annotated[int, Field(description="Issues in an answer.", ge=1, le=100)] = 100,
    cursor: Cursor = "",
) -> str:
    """Read a version with its issues by type, for release notes: what has it as fix version, done or not."""
    found, shown = await fitted(
        lambda count: jira.version_detail(project, version, limit=count, cursor=cursor or None),
        lambda found: notes(found.version, found.issues.items),
        limit=limit,
    )
    late = LATE if jira.counts_lag() else ""
    total = found.version.progress.total if found.version.progress and not cursor else None
    last = page_line(shown.shown, noun="issues", total=total, cursor=found.issues.cursor)
    return "\n".join(part for part in (version_line(found.version), shown.text, late, last) if part)


@TOOLS.tool(title="Create a Jira version", effect="adds", scopes=(READ, MANAGE), toolset=RELEASES)
async def jira_create_version(
    project: ProjectKey,
    name: Name,
    jira: Jira,
    description: Text = "",
    start: Day = "",
    release_date: Day = "",
) -> str:
    """Create a version in a project. jira_update_issue puts issues into it, as their fix version."""
    done = await jira.create_version(project, name, description=description, start=start, release=release_date)
    return f"created {version_line(done)}"


@TOOLS.tool(title="Change or release a Jira version", effect="changes", scopes=(READ, MANAGE), toolset=RELEASES)
async def jira_update_version(
    project: ProjectKey,
    version: Version,
    jira: Jira,
    action: Annotated[Action, Field(description="edit changes only what is given.")] = "edit",
    name: NewName = "",
    description: NewText = "",
    start: Day = "",
    release_date: Day = "",
    unresolved: Annotated[
        str,
        Field(description="On release, for open issues: keep, or the version they move to.", max_length=255),
    ] = "",
) -> str:
    """Edit a version, release it, or archive it; unrelease and unarchive take that back.

    Releasing one with open issues is refused until `unresolved` says what becomes of them. Without a date it gets
    today's.
    """
    done, use = await jira.update_version(
        project,
        version,
        action=action,
        name=name,
        description=description,
        start=start,
        release=release_date,
        unresolved=unresolved,
    )
    words = {"edit": "updated"}.get(action, f"{action}d")
    lines = [f"{words} {version_line(done)}"]
    if use is not None and use.unresolved:
        kept = unresolved.strip().casefold() == "keep"
        where = "stay in it" if kept else f"moved to {one_line(unresolved)}"
        lines.append(f"{use.unresolved} of {counted(use.fixed, 'issue')} were not resolved: they {where}")
    return "\n".join(lines)


async def ask_before_deleting_version(
    ctx: Context, project: str, version: str, confirm: bool, jira: Jira, move_to: str = ""
) -> Consent | Elicit[Consent]:
    """The question whether to delete a version, with what becomes of its issues."""
    use = await jira.version_use(project, version)
    target = await jira.other_version(use.version, move_to, "move_to") if move_to.strip() else None
    counts = [f"{counted(use.fixed, 'issue')} to be fixed in it", f"{use.affected} affected"]
    counts += [f"{sum(use.fields.values())} in other fields"] if use.fields else []
    fate = f'They get "{target.name}" instead.' if target else "They lose it."
    loss = f"{', '.join(counts)}. {fate}" if use.total else "No issue has it."
    question = f'Delete version "{use.version.name}" of {use.version.project} for good? {loss}'
    return ask(ctx, question, confirmed=confirm)


@TOOLS.tool(title="Delete a Jira version", effect="destroys", scopes=(READ, MANAGE), toolset=RELEASES)
async def jira_delete_version(
    project: ProjectKey,
    version: Version,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_deleting_version)],
    move_to: Annotated[str, Field(description="Version that its issues get instead.", max_length=255)] = "",
    confirm: Agreed = False,
) -> str:
    """Delete a version for good; the user is asked first. Old versions are better archived (jira_update_version)."""
    require(answer)
    done = await jira.delete_version(project, version, move_to=move_to)
    return f"deleted version {done.id} {one_line(done.name)} of {done.project}"


@TOOLS.tool(title="List Jira components", effect="reads", scopes=(READ,), toolset=RELEASES)
async def jira_list_components(
    project: ProjectKey,
    jira: Jira,
    query: Annotated[str, Field(description="Part of the name or description.")] = "",
    limit: Annotated[int, Field(description="Components in an answer.", ge=1, le=50)] = 50,
    cursor: Cursor = "",
) -> str:
    """List the components of a project: lead, who gets their new issues, how many issues they have."""
    page, shown = await fitted_table(
        lambda count: jira.components(project, query, limit=count, cursor=cursor or None),
        COMPONENT_COLUMNS,
        component_row,
        limit=limit,
    )
    if not page.items and not page.cursor:
        return "No component matches." if query else f"{project.strip().upper()} has no component."
    return f"{shown.text}\n{page_line(shown.shown, noun='components', total=page.total, cursor=page.cursor)}"


@TOOLS.tool(title="Create a Jira component", effect="adds", scopes=(PEOPLE, MANAGE), toolset=RELEASES)
async def jira_create_component(
    project: ProjectKey,
    name: Name,
    jira: Jira,
    description: Text = "",
    lead: Annotated[str, Field(description="Name, e-mail or me.", max_length=200)] = "",
    assignee: DefaultAssignee = "",
) -> str:
    """Create a component in a project."""
    done = await jira.create_component(project, name, description=description, lead=lead, assignee=assignee)
    return f"created {component_line(done)}"


@TOOLS.tool(title="Change a Jira component", effect="changes", scopes=(READ, PEOPLE, MANAGE), toolset=RELEASES)
async def jira_update_component(
    project: ProjectKey,
    component: Component,
    jira: Jira,
    name: NewName = "",
    description: NewText = "",
    lead: Annotated[str, Field(description="Name, e-mail or me; none takes it away.", max_length=200)] = "",
    assignee: DefaultAssignee = "",
) -> str:
    """Change what is given of a component."""
    done = await jira.update_component(
        project, component, name=name, description=description, lead=lead, assignee=assignee
    )
    return f"updated {component_line(done)}"


async def ask_before_deleting_component(
    ctx: Context, project: str, component: str, confirm: bool, jira: Jira, move_to: str = ""
) -> Consent | Elicit[Consent]:
    """The question whether to delete a component, with what becomes of its issues."""
    found, issues = await jira.component_use(project, component)
    target = await jira.other_component(found, move_to) if move_to.strip() else None
    verb = "gets" if issues == 1 else "get"
    fate = f'{verb} "{target.name}" instead' if target else f"{'loses' if issues == 1 else 'lose'} it"
    rest = f" {counted(issues, 'issue')} {fate}." if issues else " No issue has it."
    question = f'Delete component "{found.name}" of {found.project} for good?{rest}'
    return ask(ctx, question, confirmed=confirm)


@TOOLS.tool(title="Delete a Jira component", effect="destroys", scopes=(READ, MANAGE), toolset=RELEASES)
async def jira_delete_component(
    project: ProjectKey,
    component: Component,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_deleting_component)],
    move_to: Annotated[str, Field(description="Component that its issues get instead.", max_length=255)] = "",
    confirm: Agreed = False,
) -> str:
    """Delete a component for good; the user is asked first."""
    require(answer)
    done = await jira.delete_component(project, component, move_to=move_to)
    return f"deleted component {done.id} {one_line(done.name)} of {done.project}"
