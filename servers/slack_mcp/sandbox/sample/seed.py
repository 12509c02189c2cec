"""Writes the sample data into an empty file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from slack_mcp.sandbox import posting, render
from slack_mcp.sandbox.model import Conversation, JsonObject, Message, Token
from slack_mcp.sandbox.sample import alerts_metrics, channels, dev_channel, documents, elsewhere, people
from slack_mcp.sandbox.sample.record import Post, at
from slack_mcp.sandbox.sample.tokens import TOKENS
from slack_mcp.sandbox.session import Session
from slack_mcp.sandbox.text import mrkdwn

_READ = {
    channels.GENERAL: "2026-02-02 10:00",
    channels.ALERTS: "2026-02-02 19:30",
    channels.METRICS: "2026-02-02 08:00",
}
"""How far Human PM has read, where it is not to the end."""


def fill(session: Session) -> None:
    """Write the sample workspace; always the same."""
    session.people.save(*people.USERS)
    for app_id, name in people.APPS.items():
        session.tokens.add_app(app_id, name)
    for token in TOKENS:
        session.tokens.save(token)
    for group in channels.GROUPS:
        session.people.save_group(group)
    session.db.executemany("INSERT INTO emoji VALUES (?, ?)", channels.EMOJI.items())
    conversations = channels.conversations()
    for conversation, members in conversations.values():
        session.conversations.save(conversation)
        session.conversations.join(conversation.id, [each.id for each in members])
        if not conversation.direct:
            moment = float(conversation.created) + 60
            text = f"<@{conversation.creator}> has joined the channel"
            posting.announce(session, conversation, conversation.creator, "channel_join", text, moment)
    for bookmark in channels.BOOKMARKS:
        session.conversations.save_bookmark(bookmark)
    _write(session, (*dev_channel.POSTS, *alerts_metrics.POSTS, *elsewhere.POSTS, *documents.POSTS))
    documents.fill(session)
    closed = conversations[channels.BOOTSTRAP][0]
    text = f"<@{people.HUMAN_PM.id}> archived the channel"
    posting.announce(session, closed, people.HUMAN_PM.id, "channel_archive", text, at("2026-01-31 19:05"))
    for channel in conversations:
        latest = session.messages.latest(channel)
        read = f"{at(_READ[channel])}.000100" if channel in _READ else latest
        session.conversations.mark(channel, people.HUMAN_PM.id, read or "0000000000.000000")


def _write(session: Session, posts: Iterable[Post]) -> None:
    written: dict[str, tuple[Post, Message]] = {}
    for number, post in enumerate(sorted(posts, key=lambda each: each.when), 1):
        conversation = session.conversations.find(post.channel)
        assert conversation
        draft = posting.Draft(
            text=mrkdwn.stored(post.text),
            blocks=posting.with_ids(post.blocks) if post.blocks else None,
            attachments=list(post.attachments) or None,
            metadata=post.metadata,
            thread_ts=written[post.reply_to][1].ts if post.reply_to else None,
            broadcast=post.broadcast,
            subtype=post.subtype,
        )
        if post.author.bot is None:
            draft.more["client_msg_id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{post.channel}{post.when}"))
        if post.shares:
            draft.attachments = [_shared(session, *written[post.shares])]
        moment = at(post.when) + (number * 1019 % 997_000) / 1_000_000
        message = posting.post(session, _author(post), conversation, draft, moment)
        if post.files:
            message.files = list(post.files)
        if post.edited:
            message.body["edited"] = {"user": post.author.id, "ts": f"{at(post.edited)}.000000"}
        session.messages.save(message)
        _surround(session, conversation, post, message)
        written[post.key or str(number)] = (post, message)
    for post, message in written.values():
        if post.deleted:
            message.thread_ts, message.deleted, message.text, message.body = message.ts, True, "", {}
            session.messages.save(message)


def _surround(session: Session, conversation: Conversation, post: Post, message: Message) -> None:
    for name, users in post.reactions.items():
        for user in users:
            session.messages.react(conversation.id, message.ts, name, user.id)
    if post.pinned_by:
        session.messages.pin(conversation.id, message.ts, post.pinned_by.id, at(post.when) + 60)


def _author(post: Post) -> Token:
    """Bots write through their apps, people with a client of Slack's own."""
    bot = post.author.bot is not None
    return Token("", "bot" if bot else "user", post.author.id, post.author.app or "" if bot else "", ())


def _shared(session: Session, post: Post, message: Message) -> JsonObject:
    conversation = session.conversations.find(post.channel)
    assert conversation
    url = render.permalink(post.channel, message.ts)
    return {"id": 1, **posting.forwarded(conversation, message, post.author.real_name, url)}
