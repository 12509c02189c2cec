"""Comments: reading, writing, resolving, deleting."""

from typing import TYPE_CHECKING, Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from confluence_mcp.scopes import COMMENTS, DELETE_COMMENTS, DETAILS, PAGES, PEOPLE, SPACES, WRITE_COMMENTS
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor, PageName
from connector_kit.errors import clean_text
from connector_kit.output import ANSWER_BUDGET, one_line, page_line, quoted
from connector_kit.serving.consent import Answer, Consent, ask, require

if TYPE_CHECKING:
    from confluence_mcp.comment_models import Comment

_BUDGET = ANSWER_BUDGET - 2_000
_EXCERPT = 200
_ANCHOR = 160
_READ = (PAGES, SPACES, COMMENTS, PEOPLE)
_WRITE = (*_READ, DETAILS, WRITE_COMMENTS)

CommentId = Annotated[str, Field(description="Its id.")]


@TOOLS.tool(title="List Confluence comments", effect="reads", scopes=_READ)
async def confluence_list_comments(
    page: PageName,
    confluence: Confluence,
    only: Annotated[
        Literal["", "footer", "inline", "open", "resolved", "dangling"],
        Field(description="A kind, or inline ones in a state."),
    ] = "",
    cursor: Cursor = "",
) -> str:
    """Read the comments of a page with replies, newest threads first."""
    found = await confluence.comments(page, only=only, cursor=cursor or None, budget=_BUDGET)
    if not found.items and not found.cursor:
        return f"page {found.page.id} has no {f'{only} ' if only else ''}comments"
    where = f"each at {found.page.url}?focusedCommentId=<id>"
    last = page_line(len(found.items), noun="comments", cursor=found.cursor)
    return f"{quoted(f'comments of {found.page.id}', _blocks(found.items))}\n{last}; {where}"


def _blocks(items: "tuple[Comment, ...]") -> str:
    return "\n\n".join(map(_block, items))


def _block(item: "Comment") -> str:
    """A comment: a head that says whose it is and on what, then its text; replies begin with arrows."""
    facts = [
        f"id {item.id}",
        item.state if item.kind == "inline" and not item.depth else "",
        one_line(item.author),
        minute(item.written),
        f"v{item.version}" if item.version > 1 else "",
        f"on “{clean_text(item.anchor, _ANCHOR)}”" if item.anchor else "",
        item.part,
    ]
    return f"{'>' * item.depth}[{' · '.join(fact for fact in facts if fact)}]\n{item.body}"


def minute(time: str) -> str:
    """Date, hour and minute of a time as Confluence writes it, in UTC."""
    return f"{time[:10]} {time[11:16]}".strip()


@TOOLS.tool(title="Comment on a Confluence page", effect="adds", scopes=_WRITE)
async def confluence_add_comment(
    body: Annotated[str, Field(description="Markdown; @[Full Name] mentions.", min_length=1)],
    confluence: Confluence,
    page: PageName = "",
    anchor: Annotated[str, Field(description="Passage of the page to comment on.")] = "",
    occurrence: Annotated[int, Field(description="Which, if it is there several times, from 1.", ge=0)] = 0,
    reply_to: Annotated[str, Field(description="Or comment id to answer.")] = "",
) -> str:
    """Comment below a page, on a passage of it, or in reply."""
    done = await confluence.add_comment(page, body, anchor=anchor, occurrence=occurrence, reply_to=reply_to)
    comment = done.comment
    return f"commented on page {done.page.id}: {comment.kind} comment {comment.id} {comment.url}"


@TOOLS.tool(title="Change a Confluence comment", effect="changes", scopes=_WRITE)
async def confluence_update_comment(
    comment_id: CommentId,
    confluence: Confluence,
    body: Annotated[str, Field(description="New text, Markdown.")] = "",
    state: Annotated[Literal["", "resolved", "open"], Field(description="Of an inline thread.")] = "",
    version: Annotated[int, Field(description="v that was read.", ge=0)] = 0,
    accept_loss: Annotated[bool, Field(description="Drop what a refusal named.")] = False,
) -> str:
    """Replace a comment's text; resolve or reopen a thread."""
    done = await confluence.update_comment(comment_id, body, state=state, version=version, accept_loss=accept_loss)
    comment = done.comment
    if not done.said:
        return f"comment {comment.id} of page {done.page.id} is so already; nothing was written {comment.url}"
    return f"updated comment {comment.id} of page {done.page.id}: {done.said} {comment.url}"


async def ask_before_deleting_comment(
    ctx: Context, comment_id: str, confirm: bool, confluence: Confluence
) -> Consent | Elicit[Consent]:
    """The question whether to delete, with whose words would be lost."""
    loss, page, replies = await confluence.comment(comment_id)
    said = clean_text(loss.body, _EXCERPT)
    head = (
        f"Delete the comment of {loss.author} ({loss.written[:10]}) on page {page.id}, {clean_text(page.title, 80)!r}"
    )
    along = f" with {replies} repl{'y' if replies == 1 else 'ies'}" if replies else ""
    return ask(ctx, f'{head}{along} for good? "{said}"', confirmed=confirm)


@TOOLS.tool(title="Delete a Confluence comment", effect="destroys", scopes=(*_READ, DELETE_COMMENTS), toolset="admin")
async def confluence_delete_comment(
    comment_id: CommentId,
    confluence: Confluence,
    answer: Annotated[Answer, Resolve(ask_before_deleting_comment)],
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete a comment for good. The user is asked first."""
    require(answer)
    page = await confluence.delete_comment(comment_id)
    return f"deleted comment {comment_id.strip()} of page {page.id}"
