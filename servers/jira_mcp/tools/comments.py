"""Comments: reading, writing, changing, deleting."""

from typing import Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.output import ANSWER_BUDGET, page_line, quoted
from connector_kit.serving.consent import Answer, Consent, ask, require
from jira_mcp.tools.render import day
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, Cursor, IssueKey, Jira, Markdown
from jira_mcp.tools.texts import AcceptLoss, CommentId, VisibleTo, blocks, comment_block

_BUDGET = ANSWER_BUDGET - 1_000
_PAGE = 50
_EXCERPT = 200


@TOOLS.tool(title="List Jira comments", effect="reads", scopes=(READ,))
async def jira_list_comments(
    key: IssueKey,
    jira: Jira,
    order: Annotated[Literal["newest", "oldest"], Field(description="Which come first.")] = "newest",
    cursor: Cursor = "",
) -> str:
    """Read an issue's comments in full, with their ids."""
    page = await jira.comments(key, limit=_PAGE, cursor=cursor or None, order=order, budget=_BUDGET)
    if not page.items and not cursor:
        return f"{key} has no comments"
    where = f"each at {jira.browse_url(key)}?focusedCommentId=<id>"
    last = page_line(len(page.items), noun="comments", total=page.total, cursor=page.cursor)
    return f"{quoted(f'comments of {key}', blocks(map(comment_block, page.items)))}\n{last}; {where}"


@TOOLS.tool(title="Comment on a Jira issue", effect="adds", scopes=(READ, PEOPLE, WRITE))
async def jira_add_comment(
    key: IssueKey,
    body: Annotated[str, Field(description="Markdown; @[Full Name] mentions.", min_length=1)],
    jira: Jira,
    visible_to: VisibleTo = "",
) -> str:
    """Add a comment to an issue; people who watch it are notified."""
    done = await jira.add_comment(key, body, visible_to=visible_to)
    return f"commented on {key}: comment {done.id} {done.url}"


@TOOLS.tool(title="Change a Jira comment", effect="changes", scopes=(READ, PEOPLE, WRITE))
async def jira_update_comment(
    key: IssueKey,
    comment_id: CommentId,
    body: Markdown,
    jira: Jira,
    accept_loss: AcceptLoss = False,
) -> str:
    """Replace the text of a comment; keep its (adf:…) links."""
    done, said = await jira.update_comment(key, comment_id, body, accept_loss=accept_loss)
    if not said:
        return f"comment {done.id} of {key} is so already; nothing was written {done.url}"
    only = f"; only for {clean_text(done.visible_to)}" if done.visible_to else ""
    return f"updated comment {done.id} of {key}: {clean_text(said, 1_000)}{only} {done.url}"


async def ask_before_deleting_comment(
    ctx: Context, key: str, comment_id: str, confirm: bool, jira: Jira
) -> Consent | Elicit[Consent]:
    """The question whether to delete, with whose words would be lost."""
    loss = await jira.comment(key, comment_id)
    said = clean_text(loss.body, _EXCERPT)
    return ask(
        ctx, f'Delete the comment of {loss.author} ({day(loss.created)}) on {key} for good? "{said}"', confirmed=confirm
    )


@TOOLS.tool(title="Delete a Jira comment", effect="destroys", scopes=(READ, WRITE))
async def jira_delete_comment(
    key: IssueKey,
    comment_id: CommentId,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_deleting_comment)],
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete a comment for good. The user is asked first."""
    require(answer)
    await jira.delete_comment(key, comment_id)
    return f"deleted comment {comment_id.strip()} of {key}"
