"""Changing channels and who is in them; a toolset that is off unless asked for."""

from typing import Annotated

from pydantic import Field

from connector_kit.errors import InvalidInput
from slack_mcp.tools.table import TOOLS, ChannelRef, Slack

MANAGE = ("channels:manage",)
People = Annotated[list[str], Field(description="People: @name, e-mail or id.", max_length=100)]


@TOOLS.tool(title="Create a Slack channel", effect="adds", scopes=MANAGE, toolset="channels")
async def slack_create_channel(
    name: Annotated[str, Field(description="Lower case, digits, hyphens, 80 characters.", min_length=1, max_length=81)],
    slack: Slack,
    private: Annotated[bool, Field(description="Only for those who are invited.")] = False,
    topic: Annotated[str, Field(description="Topic.", max_length=250)] = "",
    purpose: Annotated[str, Field(description="What it is for.", max_length=250)] = "",
) -> str:
    """Create a channel, with you as its first member."""
    made = await slack.create_channel(name, private=private)
    done = [f"created {made.name} ({made.id}) {made.url}".rstrip()]
    if topic:
        await slack.set_topic(made.id, topic)
        done.append("topic set")
    if purpose:
        await slack.set_purpose(made.id, purpose)
        done.append("purpose set")
    return "; ".join(done)


@TOOLS.tool(title="Change a Slack channel", effect="changes", scopes=MANAGE, toolset="channels")
async def slack_update_channel(
    channel: ChannelRef,
    slack: Slack,
    name: Annotated[str, Field(description="New name.", max_length=81)] = "",
    topic: Annotated[str, Field(description="New topic; - empties it.", max_length=250)] = "",
    purpose: Annotated[str, Field(description="New purpose; - empties it.", max_length=250)] = "",
    archived: Annotated[bool | None, Field(description="true archives it, false brings it back.")] = None,
) -> str:
    """Rename a channel, set topic or purpose, archive or unarchive it; what is not named stays."""
    if not (name or topic or purpose) and archived is None:
        raise InvalidInput("Nothing to change was named.", next_step="Give name, topic, purpose or archived.")
    done: list[str] = []
    if archived is False:
        done.append(_was("unarchived", (await slack.unarchive_channel(channel)).already))
    if name:
        done.append(f"renamed to {(await slack.rename_channel(channel, name)).name}")
        channel = name
    if topic:
        done.append(_was("topic set", (await slack.set_topic(channel, _or_empty(topic))).already))
    if purpose:
        done.append(_was("purpose set", (await slack.set_purpose(channel, _or_empty(purpose))).already))
    if archived:
        done.append(_was("archived", (await slack.archive_channel(channel)).already))
    return f"{channel}: {'; '.join(done)}"


@TOOLS.tool(title="Invite to or remove from a Slack channel", effect="changes", scopes=MANAGE, toolset="channels")
async def slack_update_members(
    channel: ChannelRef,
    slack: Slack,
    invite: People = [],
    remove: People = [],
) -> str:
    """Invite people to a channel, or remove them from it."""
    if not invite and not remove:
        raise InvalidInput("Nobody was named.", next_step="Give invite or remove.")
    done: list[str] = []
    if invite:
        done.append(_was(f"invited {', '.join(invite)}", (await slack.invite(channel, invite)).already))
    done += [_was(f"removed {person}", (await slack.remove(channel, person)).already) for person in remove]
    return f"{channel}: {'; '.join(done)}"


@TOOLS.tool(title="Join or leave a Slack channel", effect="changes", scopes=("channels:join",), toolset="channels")
async def slack_join_channel(
    channel: ChannelRef,
    slack: Slack,
    leave: Annotated[bool, Field(description="Leave it instead.")] = False,
) -> str:
    """Join a public channel, or leave one."""
    if leave:
        done = await slack.leave(channel)
        return f"left {done.subject}" + (": you were not in it" if done.already else "")
    joined = await slack.join(channel)
    return f"joined {joined.name} ({joined.id})"


@TOOLS.tool(
    title="Open a direct message in Slack", effect="adds", idempotent=True, scopes=("im:write",), toolset="channels"
)
async def slack_open_conversation(
    people: Annotated[list[str], Field(description="Up to 8: @name, e-mail or id.", min_length=1, max_length=8)],
    slack: Slack,
) -> str:
    """Open a conversation with one or several people and answer its id; nothing is posted.

    For one person slack_post_message takes @name by itself.
    """
    opened = await slack.open_dm(people)
    return f"opened {opened.name} ({opened.id})"


def _or_empty(text: str) -> str:
    return "" if text.strip() == "-" else text


def _was(what: str, already: bool) -> str:
    return f"{what} (it was so already)" if already else what
