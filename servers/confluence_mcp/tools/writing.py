"""Making, changing, moving, copying, labelling and deleting pages."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from confluence_mcp.scopes import (
    COMMENTS,
    DELETE_CONTENT,
    DELETE_PAGES,
    DETAILS,
    FILES,
    LABELS,
    METADATA,
    PAGES,
    PEOPLE,
    SPACES,
    TREE,
    WRITE_FILES,
    WRITE_LABELS,
    WRITE_PAGES,
)
from confluence_mcp.tools.table import TOOLS, Confluence, PageName
from confluence_mcp.tools.written import counted, known_by_id, listed, named, progress_of, task_told, written
from connector_kit.output import clip
from connector_kit.serving.consent import Answer, Consent, ask, require

if TYPE_CHECKING:
    from confluence_mcp.write_models import Deletion

_SAID_BUDGET = 160
_WRITE = (PAGES, SPACES, PEOPLE, DETAILS, WRITE_PAGES, WRITE_FILES)

Space = Annotated[str, Field(description="Space: key or name.")]
Title = Annotated[str, Field(description="Title.", min_length=1, max_length=255)]
Body = Annotated[str, Field(description="Markdown; @[Full Name] mentions.")]
Parent = Annotated[str, Field(description="Page above it: id, link, or title.")]
LabelNames = Annotated[list[str], Field(description="Labels.", max_length=50)]
Draft = Annotated[bool, Field(description="Not published.")]
Agreed = Annotated[bool, Field(description="The user has agreed to this very deletion.")]


@TOOLS.tool(title="Create a Confluence page", effect="adds", scopes=(*_WRITE, LABELS, WRITE_LABELS))
async def confluence_create_page(
    title: Title,
    body: Body,
    confluence: Confluence,
    space: Space = "",
    parent: Parent = "",
    labels: LabelNames = [],
    draft: Draft = False,
) -> str:
    """Create a page; name its space, its parent, or both.

    ![alt](PATH) and [text](PATH) attach a file of the user's folder; else attachment:NAME, page:SPACE/Title, https.
    """
    from confluence_mcp.client.create import NewPage

    done = await confluence.create_page(NewPage(title, body, space, parent, tuple(labels), draft))
    return written(done, "created")


@TOOLS.tool(title="Update a Confluence page", effect="changes", idempotent=False, scopes=(*_WRITE, FILES))
async def confluence_update_page(
    page: PageName,
    confluence: Confluence,
    body: Body = "",
    part: Annotated[str, Field(description="Heading or block id; empty: whole page.", max_length=300)] = "",
    how: Annotated[
        Literal["replace", "before", "after", "append"], Field(description="Where body goes: in place of part, …")
    ] = "replace",
    find: Annotated[str, Field(description="Passage that body replaces.")] = "",
    title: Annotated[str, Field(description="New title.", max_length=255)] = "",
    version: Annotated[int, Field(description="v that was read.", ge=0)] = 0,
    message: Annotated[str, Field(description="What changed, for the history.", max_length=255)] = "",
    publish: Annotated[bool, Field(description="Publish a draft.")] = False,
    accept_loss: Annotated[bool, Field(description="Drop what a refusal named.")] = False,
) -> str:
    """Change a page's text, whole or a part, or its title; all else stays as it is.

    Change a section, block or passage rather than the whole; keep (adf:…) links where you rewrite. An empty body
    with part or find removes that. If others changed it meanwhile, nothing is written and you see what.
    """
    from confluence_mcp.client.edit import Change

    text = body if body.strip() or find or part.strip() else None
    change = Change(text, part, how, find, title, version, message, accept_loss, publish)
    return written(await confluence.update_page(page, change), "updated")


@TOOLS.tool(title="Move a Confluence page", effect="changes", scopes=(PAGES, SPACES, METADATA, DETAILS, WRITE_PAGES))
async def confluence_move_page(
    page: PageName,
    target: Annotated[str, Field(description="Page, or a space's key for its top.")],
    confluence: Confluence,
    position: Annotated[Literal["under", "before", "after"], Field(description="Of the target.")] = "under",
) -> str:
    """Move a page with all below it, also to another space."""
    return written(await confluence.move_page(page, target, position), "moved")


@TOOLS.tool(title="Copy a Confluence page", effect="adds", scopes=(PAGES, SPACES, METADATA, DETAILS, WRITE_PAGES))
async def confluence_copy_page(
    page: PageName,
    target: Annotated[str, Field(description="Page to put it under, or a space's key.")],
    confluence: Confluence,
    ctx: Context,
    title: Annotated[str, Field(description="Of the copy; with descendants before each title.", max_length=200)] = "",
    descendants: Annotated[bool, Field(description="All pages below it too.")] = False,
) -> str:
    """Copy a page with files and labels; "Copy of …" in the same space unless titled."""
    if not descendants:
        return written(await confluence.copy_page(page, target, title), "copied to")
    ref, to, task = await confluence.copy_tree(page, target, title, on_progress=progress_of(ctx))
    root = f" to {task.result}" if task.result else ""
    return task_told(
        task,
        f"copied {named(ref)} and all below it{root}, under {named(to)} {to.url}",
        f"copying {named(ref)} with all below it",
        f"confluence_list_pages shows what is under {to.id}.",
    )


@TOOLS.tool(title="Label a Confluence page", effect="changes", scopes=(PAGES, SPACES, LABELS, WRITE_LABELS))
async def confluence_update_labels(
    page: PageName,
    confluence: Confluence,
    add: LabelNames = [],
    remove: LabelNames = [],
) -> str:
    """Add and remove labels of a page."""
    done = await confluence.update_labels(page, add, remove)
    facts = [
        f"added {listed(done.added)}" if done.added else "",
        f"removed {listed(done.removed)}" if done.removed else "",
        f"there already: {listed(done.already)}" if done.already else "",
        f"not there: {listed(done.missing)}" if done.missing else "",
    ]
    changed = "labelled" if done.added or done.removed else "nothing was written:"
    said = clip("; ".join(fact for fact in facts if fact), _SAID_BUDGET)
    now = clip(listed(done.now, 30), _SAID_BUDGET) or "none"
    return f"{changed} {named(done.page)} {done.page.url}\n{said}; now: {now}"


async def deletion_of(page: str, confluence: Confluence) -> Any:
    """What would be deleted: looked for once, so that what is asked about is what goes."""
    return await confluence.deletion_preview(page)


if TYPE_CHECKING:
    Doomed = Annotated[Deletion, Resolve(deletion_of)]
else:
    # The SDK reads this annotation when the server starts; the models are imported by the first call.
    Doomed = Annotated[Any, Resolve(deletion_of)]


async def ask_before_deleting_page(
    ctx: Context, page: str, descendants: bool, confirm: bool, loss: Doomed
) -> Consent | Elicit[Consent]:
    """The question whether to delete, with what goes along."""
    ref = loss.page
    with_it = [
        counted(number, noun)
        for number, noun in ((loss.comments, "comment"), (loss.attachments, "attachment"))
        if number != "0"
    ]
    if descendants and loss.below != "0":
        with_it.append(f"all {loss.below} pages below it")
    along = f" with {', '.join(with_it)}" if with_it else ""
    left = ""
    if loss.children != "0" and not descendants:
        moves = "moves" if loss.children == "1" else "move"
        left = f" {counted(loss.children, 'page')} right below it {moves} up to where it stood."
    end = "for good (a draft has no trash)" if ref.status == "draft" else "and put it into the trash"
    what = "page" if ref.kind == "page" else "blog post"
    question = f"Delete {what} {named(ref)} in space {ref.space_key}{along} {end}?{left}"
    return known_by_id(ask(ctx, question, confirmed=confirm), question, [page], [ref])


@TOOLS.tool(
    title="Delete a Confluence page",
    effect="destroys",
    scopes=(PAGES, SPACES, TREE, COMMENTS, FILES, METADATA, DELETE_PAGES, DELETE_CONTENT),
)
async def confluence_delete_page(
    page: PageName,
    confluence: Confluence,
    ctx: Context,
    loss: Doomed,
    answer: Annotated[Answer, Resolve(ask_before_deleting_page)],
    descendants: Annotated[bool, Field(description="All pages below it too; else they move up.")] = False,
    confirm: Agreed = False,
) -> str:
    """Put a page or blog post into the trash. The user is asked first."""
    require(answer)
    if not descendants:
        ref = await confluence.delete_page(loss.page.id)
        where = "for good" if ref.status == "draft" else f"to the trash of {ref.space_key}"
        return f"deleted {named(ref)} {where}"
    ref, task = await confluence.delete_tree(loss.page.id, on_progress=progress_of(ctx))
    return task_told(
        task,
        f"deleted {named(ref)} and all below it to the trash of {ref.space_key}",
        f"deleting {named(ref)} with all below it",
        f"confluence_list_pages shows what is left in {ref.space_key}.",
    )
