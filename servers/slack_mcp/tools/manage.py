"""Changing channels and who is in them; a toolset that is off unless asked for."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from connector_kit.errors import InvalidInput, ServiceError
from slack_mcp.tools.render import named, shown
from slack_mcp.tools.table import TOOLS, ChannelRef, Slack

if TYPE_CHECKING:
    from slack_mcp.models import Channel, Done

MANAGE = ("channels:read", "channels:manage")
People = Annotated[list[str], Field(description="People: @name, e-mail or id.", max_length=100)]


@TOOLS.tool(title="Create a Slack channel", effect="adds", scopes=MANAGE, toolset="channels")
async def slack_create_channel(
    name: Annotated[str, Field(description="Lower case, digits, hyphens, 80 characters.", min_length=1, max_length=81)],
    slack: Slack,
    private: Annotated[bool, Field(description="Only for those who are invited.")] = False,
    topic: Annotated[str, Field(description="Topic.", max_length=250)] = "",
    purpose: Annotated[str, Field(description="What it is for.", max_length=250)] = "",
) -> str:
    """Create a channel, with you as its first member; slack_update_members invites others."""
    made = await slack.create_channel(name, private=private)
    steps: list[Step] = []
    if topic:
        steps.append(Step("topic set", lambda: slack.set_topic(made.id, topic)))
    if purpose:
        steps.append(Step("purpose set", lambda: slack.set_purpose(made.id, purpose)))
    return await _told(f"created {named(made.name)} ({named(made.id)})", steps, begun=True)


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
    place = await slack.find_channel(channel)
    steps: list[Step] = []
    if archived is False:
        steps.append(Step("unarchived", lambda: slack.unarchive_channel(place.id)))
    if name:
        steps.append(Step(f"renamed to #{named(name).removeprefix('#')}", lambda: slack.rename_channel(place.id, name)))
    if topic:
        steps.append(Step("topic set", lambda: slack.set_topic(place.id, _or_empty(topic))))
    if purpose:
        steps.append(Step("purpose set", lambda: slack.set_purpose(place.id, _or_empty(purpose))))
    if archived:
        steps.append(Step("archived", lambda: slack.archive_channel(place.id)))
    return await _told(f"{named(place.name)} ({named(place.id)})", steps)


@TOOLS.tool(
    title="Invite to or remove from a Slack channel",
    effect="changes",
    scopes=(*MANAGE, "users:read"),
    toolset="channels",
)
async def slack_update_members(
    channel: ChannelRef,
    slack: Slack,
    invite: People = [],
    remove: People = [],
) -> str:
    """Invite people to a channel, or remove them from it. slack_get_channel lists members."""
    if not invite and not remove:
        raise InvalidInput("Nobody was named.", next_step="Give invite or remove.")
    place = await slack.find_channel(channel)
    steps: list[Step] = []
    if invite:
        steps.append(Step(f"invited {named(', '.join(invite))}", lambda: slack.invite(place.id, invite)))
    steps += [Step(f"removed {named(person)}", partial(slack.remove, place.id, person)) for person in remove]
    return await _told(f"{named(place.name)} ({named(place.id)})", steps)


@TOOLS.tool(
    title="Join or leave a Slack channel",
    effect="changes",
    scopes=("channels:read", "channels:join"),
    toolset="channels",
)
async def slack_join_channel(
    channel: ChannelRef,
    slack: Slack,
    leave: Annotated[bool, Field(description="Leave it instead.")] = False,
) -> str:
    """Join a public channel, or leave one. slack_list_channels tells which you are in."""
    if leave:
        done = await slack.leave(channel)
        return f"left {shown(done.subject)}" + (": you were not in it" if done.already else "")
    joined = await slack.join(channel)
    return f"joined {named(joined.name)} ({named(joined.id)})"


@TOOLS.tool(
    title="Open a direct message in Slack",
    effect="adds",
    idempotent=True,
    scopes=("users:read", "im:write"),
    toolset="channels",
)
async def slack_open_conversation(
    people: Annotated[list[str], Field(description="Up to 8: @name, e-mail or id.", min_length=1, max_length=8)],
    slack: Slack,
) -> str:
    """Open a conversation with several people and answer its id for slack_post_message; nothing is posted.

    One person needs no opening: slack_post_message takes @name.
    """
    opened = await slack.open_dm(people)
    return f"opened {named(opened.name)} ({named(opened.id)})"


def _or_empty(text: str) -> str:
    return "" if text.strip() == "-" else text


@dataclass(frozen=True, slots=True)
class Step:
    """One of several changes: `what` is said of it once it is made."""

    what: str
    make: "Callable[[], Awaitable[Channel | Done]]"


async def _told(subject: str, steps: Sequence[Step], *, begun: bool = False) -> str:
    """Make the changes in order, and tell them; once something was changed, a failure is told beside what was done.

    `begun` says that something was changed before.
    """
    done: list[str] = []
    for step in steps:
        try:
            made = await step.make()
        except ServiceError as failure:
            if not (done or begun):
                raise
            rest = ", ".join(later.what for later in steps[len(done) :])
            return f"{'; '.join([subject, *done])}\nThen it stopped, before: {rest}. {shown(str(failure))}"
        done.append(f"{step.what} (it was so already)" if getattr(made, "already", False) else step.what)
    return "; ".join([subject, *done])
