"""A large workspace around the sample: 300 channels, 2,000 people and 50,000 messages, the same every time."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate

from slack_mcp.sandbox.model import TEAM_ID, Conversation, JsonObject, Message, User
from slack_mcp.sandbox.sample import people as who
from slack_mcp.sandbox.sample.record import at
from slack_mcp.sandbox.session import Session

CHANNELS, PRIVATE, PEOPLE, MESSAGES = 300, 40, 2_000, 50_000
_FIRST, _LAST = at("2025-08-01 06:00"), at("2026-02-02 18:00")
_OURS = 60
"""How many of the channels Human PM is in; the Assistant is in half of them."""


def _words(text: str) -> list[str]:
    return text.split()


_GIVEN = _words(
    "Ada Amir Anna Arjun Asha Bela Ben Bruno Carla Chen Clara Dario Diego Dora Elif Elsa Emil Enzo Farah Finn Freya "
    "Gael Greta Hana Hugo Ida Ilya Imani Ines Ivan Jana Joao Jonas Kaito Kofi Lara Leila Liam Lina Luca Maja Malik "
    "Mara Mei Mila Nadia Nils Noa Olga Omar"
)
_FAMILY = _words(
    "Abe Adler Amari Baker Banerjee Becker Berg Bianchi Castro Cohen Costa Dahl Diaz Dubois Eriksen Farouk Fischer "
    "Garcia Gruber Haas Hassan Ito Jansen Kaya Keller Kim Kovac Kumar Larsen Lopez Mensah Meyer Moreau Nagy Novak "
    "Okafor Olsen Ortiz Park Patel Petrov Rossi Santos Sato Silva Suzuki Tanaka Torres Weber Yilmaz"
)
_KINDS = ("team", "proj", "help", "ops", "news", "social")
_THEMES = _words(
    "atlas billing boards brand capacity catalogue checkout churn compliance console data deploys design docs edge "
    "events experiments finance forecasts growth hiring identity incidents infra insights invoices kernel launches "
    "legal lisbon logging marketing metrics mobile notes onboarding partners payments performance platform pricing "
    "privacy procurement quality queues release research retention search security"
)
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Europe/London", "America/Sao_Paulo", "Asia/Kolkata")
_TITLES = ("Engineer", "Designer", "Analyst", "Product Manager", "Support Lead", "Data Scientist", "Recruiter")
_OPENINGS = (
    "The rollout of {theme} is done in {place}.",
    "Does anybody know who owns {theme} these days?",
    "{theme}: the dashboard shows {number} errors since noon.",
    "Draft of the {theme} proposal is ready for review.",
    "We moved the {theme} meeting to {number} o'clock.",
    "Heads-up: {theme} will be read-only for {number} minutes.",
    "Numbers for {theme}: {number} this week, {more} the week before.",
    "I would like to deprecate the old {theme} endpoint.",
)
_MIDDLES = ("", "", " Details are in the ticket.", " Please shout if that breaks something.", " Thanks everybody!")
_PLACES = ("Frankfurt", "Dublin", "Virginia", "Tokyo", "staging", "production")
_REPLIES = (
    "On it.",
    "Looks good to me.",
    "I can take that, give me until tomorrow.",
    "We saw the same with {theme} last month.",
    "{number} percent better than before, nice!",
    "Could you add a test for {theme}?",
    "Done :white_check_mark:",
)
_EMOJI = ("+1", "eyes", "tada", "white_check_mark", "heart", "rocket")


def fill(session: Session) -> None:
    """Add the people, the channels with their members, and the messages with threads and reactions."""
    draw = random.Random(20_260_202)  # no secret depends on it
    people = list(_people(draw))
    session.people.save(*people)
    channels = list(_channels(draw))
    session.conversations.save(*channels)
    members = {each.id: _members(draw, number, people) for number, each in enumerate(channels)}
    for channel, ids in members.items():
        session.conversations.join(channel, ids)
    weights = list(accumulate(1 / (position + 3) for position in range(CHANNELS)))
    amounts = dict.fromkeys(range(CHANNELS), 1)
    for _ in range(MESSAGES - CHANNELS):
        amounts[bisect(weights, draw.random() * weights[-1])] += 1
    reactions: list[tuple[str, str, str, str]] = []
    for number, channel in enumerate(channels):
        written = list(_messages(draw, channel, members[channel.id], amounts[number]))
        session.messages.add(*written)
        for message in written:
            if draw.random() < 0.08:
                reactions += [
                    (channel.id, message.ts, name, user)
                    for name in draw.sample(_EMOJI, draw.randint(1, 2))
                    for user in draw.sample(members[channel.id], min(3, len(members[channel.id])))
                ]
        _read(session, draw, channel, written)
    session.db.executemany("INSERT INTO reaction (channel, ts, name, user) VALUES (?, ?, ?, ?)", reactions)


def _people(draw: random.Random) -> Iterator[User]:
    for number in range(PEOPLE):
        given, family = _GIVEN[number % len(_GIVEN)], _FAMILY[number // len(_GIVEN) % len(_FAMILY)]
        again = "" if number < len(_GIVEN) * len(_FAMILY) else "2"
        handle = f"{given}.{family}{again}".lower()
        yield User(
            f"U0LARGE{number:04d}",
            handle,
            f"{given} {family}",
            given if draw.random() < 0.4 else "",
            f"{handle}@pm-os.example",
            draw.choice(_TITLES),
            draw.choice(_ZONES),
            deleted=draw.random() < 0.03,
        )


def _channels(draw: random.Random) -> Iterator[Conversation]:
    for number in range(CHANNELS):
        kind, theme = _KINDS[number // len(_THEMES)], _THEMES[number % len(_THEMES)]
        created = _FIRST - draw.randrange(400 * 86_400)
        creator = f"U0LARGE{draw.randrange(PEOPLE):04d}"
        yield Conversation(
            f"C0LARGE{number:04d}",
            "private_channel" if number % (CHANNELS // PRIVATE) == 5 and number < 7 * PRIVATE else "public_channel",
            f"{kind}-{theme}",
            created,
            creator,
            archived=draw.random() < 0.06,
            topic=f"All about {theme}" if draw.random() < 0.5 else "",
            purpose=f"Where {kind} {theme} is discussed",
            purpose_by=creator,
            purpose_at=created,
            updated=created,
        )


def _members(draw: random.Random, number: int, people: Sequence[User]) -> list[str]:
    amount = min(len(people), int(8 * draw.paretovariate(1.1)))
    ours = number % (CHANNELS // _OURS) == 0
    known = [who.HUMAN_PM.id, who.ALEX_RIVERA.id] if ours else []
    if ours and number % (2 * CHANNELS // _OURS) == 0:
        known.append(who.ASSISTANT.id)
    return [*known, *(each.id for each in draw.sample(people, amount))]


def _messages(draw: random.Random, channel: Conversation, members: Sequence[str], amount: int) -> Iterator[Message]:
    """Messages of one channel, the oldest first; a quarter of them reply to one of the last."""
    theme = channel.name.partition("-")[2]
    moments = sorted(draw.randrange(_FIRST, _LAST) for _ in range(amount))
    parents: list[Message] = []
    for position, moment in enumerate(moments):
        user = draw.choice(members)
        reply = bool(parents) and draw.random() < 0.25
        pattern = draw.choice(_REPLIES) if reply else draw.choice(_OPENINGS) + draw.choice(_MIDDLES)
        number = draw.randrange(2, 60)
        text = pattern.format(theme=theme, number=number, more=number + 3, place=draw.choice(_PLACES))
        ts = f"{moment}.{position % 1_000_000:06d}"
        mentioned = draw.choice(members) if draw.random() < 0.1 else ""
        link = f"https://wiki.pm-os.example/{theme}/{number}" if draw.random() < 0.05 else ""
        body = _body(user, ts, text, mentioned, link)
        message = Message(channel.id, ts, user, str(body["text"]), body)
        if reply:
            parent = draw.choice(parents)
            parent.thread_ts = parent.ts
            message.thread_ts, message.hidden_from_channel = parent.ts, True
        else:
            parents = [*parents[-4:], message]
        yield message


def _body(user: str, ts: str, text: str, mentioned: str, link: str) -> JsonObject:
    elements: list[JsonObject] = [{"type": "text", "text": text}]
    if mentioned:
        elements = [{"type": "user", "user_id": mentioned}, {"type": "text", "text": f" {text}"}]
        text = f"<@{mentioned}> {text}"
    if link:
        elements += [{"type": "text", "text": " "}, {"type": "link", "url": link}]
        text = f"{text} <{link}>"
    section = {"type": "rich_text_section", "elements": elements}
    return {
        "user": user,
        "type": "message",
        "ts": ts,
        "text": text,
        "team": TEAM_ID,
        "blocks": [{"type": "rich_text", "block_id": ts[-5:], "elements": [section]}],
    }


def _read(session: Session, draw: random.Random, channel: Conversation, written: Sequence[Message]) -> None:
    """Human PM has read some of his channels to the end, and others not."""
    if session.conversations.is_member(channel.id, who.HUMAN_PM.id):
        last = written[-1] if draw.random() < 0.6 else written[draw.randrange(len(written))]
        session.conversations.mark(channel.id, who.HUMAN_PM.id, last.ts)
