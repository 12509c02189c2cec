"""The rarer ways to write: blog posts, templates, spaces, tasks, restrictions, the archive."""

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from confluence_mcp.scopes import (
    DETAILS,
    GROUPS,
    LABELS,
    METADATA,
    PAGES,
    PEOPLE,
    SPACE_DETAILS,
    SPACES,
    TASKS,
    TEMPLATES,
    WRITE_FILES,
    WRITE_LABELS,
    WRITE_PAGES,
    WRITE_RESTRICTIONS,
    WRITE_SPACE_PERMISSIONS,
    WRITE_SPACES,
    WRITE_TASKS,
)
from confluence_mcp.tools.table import TOOLS, Confluence, PageName, SpaceName
from confluence_mcp.tools.writing import Body, Draft, LabelNames, Parent, Space, Title
from confluence_mcp.tools.written import counted, known_by_id, listed, named, progress_of, task_told, written
from connector_kit.errors import clean_text
from connector_kit.output import quoted
from connector_kit.serving.consent import Answer, Consent, ask, require

if TYPE_CHECKING:
    from confluence_mcp.models import PageRef

_LABELS = (LABELS, WRITE_LABELS)
_TASK_TEXT = 120
_ASKED = 10

Who = Annotated[
    list[str], Field(description='Names or account ids, "me", "group:NAME"; ["everyone"] lifts it.', max_length=50)
]


@TOOLS.tool(
    title="Create a Confluence blog post",
    effect="adds",
    scopes=(SPACES, PEOPLE, DETAILS, WRITE_PAGES, WRITE_FILES, *_LABELS),
    toolset="blog",
)
async def confluence_create_blog_post(
    space: SpaceName,
    title: Title,
    body: Body,
    confluence: Confluence,
    labels: LabelNames = [],
    draft: Draft = False,
) -> str:
    """Create a blog post. confluence_update_page changes it."""
    from confluence_mcp.client.create import NewPage

    done = await confluence.create_blog_post(NewPage(title, body, space, labels=tuple(labels), draft=draft))
    return written(done, "created blog post")


@TOOLS.tool(
    title="Create a Confluence page from a template",
    effect="adds",
    scopes=(PAGES, SPACES, DETAILS, WRITE_PAGES, *_LABELS, TEMPLATES),
    toolset="templates",
)
async def confluence_create_from_template(
    template: Annotated[str, Field(description="Its name or id.", min_length=1, max_length=300)],
    title: Title,
    confluence: Confluence,
    values: Annotated[dict[str, str], Field(description='Its variables: {"Owner": "Ann"}.')] = {},
    space: Space = "",
    parent: Parent = "",
    labels: LabelNames = [],
    draft: Draft = False,
) -> str:
    """Create a page from a template; a variable without value is asked for."""
    from confluence_mcp.client.create import NewPage

    new = NewPage(title, "", space, parent, tuple(labels), draft)
    return written(await confluence.create_from_template(template, values, new), "created")


@TOOLS.tool(
    title="Create a Confluence space",
    effect="adds",
    scopes=(SPACES, SPACE_DETAILS, WRITE_SPACES, WRITE_SPACE_PERMISSIONS),
    toolset="spaces",
)
async def confluence_create_space(
    key: Annotated[str, Field(description="Letters and digits, like DOCS.", max_length=255)],
    name: Annotated[str, Field(description="Its name.", min_length=1, max_length=200)],
    confluence: Confluence,
    description: Annotated[str, Field(description="Plain text.", max_length=2_000)] = "",
) -> str:
    """Create a space that this account administers."""
    made = await confluence.create_space(name, key, description)
    home = f"; homepage {made.homepage}" if made.homepage else ""
    return f"created space {made.key} (id {made.id}) {made.url}{home}"


@TOOLS.tool(
    title="Complete or reopen a Confluence task",
    effect="changes",
    scopes=(PAGES, SPACES, PEOPLE, TASKS, WRITE_TASKS),
    toolset="tasks",
)
async def confluence_update_task(
    task: Annotated[str, Field(description="Its id.", max_length=40)],
    confluence: Confluence,
    done: Annotated[bool, Field(description="false reopens it.")] = True,
) -> str:
    """Tick off a task in the text of a page, or open it again."""
    changed = await confluence.update_task(task, done=done)
    did = "completed" if changed.done else "reopened"
    head = f"{did} task {changed.id}" if changed.wrote else f"task {changed.id} is so already; nothing was written"
    text = quoted(f"task {changed.id}", clean_text(changed.text, _TASK_TEXT))
    return f"{head} on {named(changed.page)} {changed.page.url}\n{text}"


@TOOLS.tool(
    title="Restrict a Confluence page",
    effect="changes",
    scopes=(PAGES, SPACES, PEOPLE, DETAILS, GROUPS, WRITE_RESTRICTIONS),
    toolset="access",
)
async def confluence_update_restrictions(
    page: PageName,
    confluence: Confluence,
    view: Who = [],
    edit: Who = [],
) -> str:
    """Set who alone may view or edit a page; a list that is left out stays as it is.

    This account must be on both lists, itself or by a group.
    """
    done = await confluence.restrict(page, view, edit)
    head = f"restricted {named(done.page)} {done.page.url}"
    return f"{head}\nview: {listed(done.view) or 'everyone'}; edit: {listed(done.edit) or 'everyone'}"


async def archived_of(pages: list[str], confluence: Confluence) -> Any:
    """What would be archived: looked for once, so that what is asked about is what goes."""
    return await confluence.archivable(pages)


if TYPE_CHECKING:
    Leaving = Annotated[tuple[PageRef, ...], Resolve(archived_of)]
else:
    # The SDK reads this annotation when the server starts; the models are imported by the first call.
    Leaving = Annotated[Any, Resolve(archived_of)]


async def ask_before_archiving(
    ctx: Context, pages: list[str], confirm: bool, refs: Leaving
) -> Consent | Elicit[Consent]:
    """The question whether to archive, with the pages by title."""
    shown = listed([named(ref) for ref in refs], _ASKED)
    question = f"Archive {counted(len(refs), 'page')}: {shown}? Pages below them that are not named move up."
    return known_by_id(ask(ctx, question, confirmed=confirm), question, pages, refs)


@TOOLS.tool(
    title="Archive Confluence pages", effect="destroys", scopes=(PAGES, SPACES, METADATA, WRITE_PAGES), toolset="admin"
)
async def confluence_archive_pages(
    pages: Annotated[list[str], Field(description="Pages: ids, links, or SPACE/Title.", max_length=100)],
    confluence: Confluence,
    ctx: Context,
    refs: Leaving,
    answer: Annotated[Answer, Resolve(ask_before_archiving)],
    confirm: Annotated[bool, Field(description="The user has agreed to archive these.")] = False,
) -> str:
    """Archive pages: they leave the tree; Confluence can restore them. The user is asked first."""
    require(answer)
    task = await confluence.archive([ref.id for ref in refs], on_progress=progress_of(ctx))
    names = listed([named(ref) for ref in refs])
    return task_told(task, f"archived {names}", f"archiving {names}", f"confluence_get_page {refs[0].id} tells.")
