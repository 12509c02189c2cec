"""The sandbox's answers against Slack's own types and sample answers."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from jsonschema import Draft7Validator

from connector_kit.testing.specs import REASON, find_spec
from slack_mcp.sandbox import SANDBOX_BOT_TOKEN, create_app
from slack_mcp.sandbox.files.pictures import Picture
from slack_mcp.sandbox.oauth.clients import CLIENT_ID, CLIENT_SECRET
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Clock, Exchange, Visitor

_SPEC = find_spec("slack.from-web-api-8.2.0.schema.json")
_SAMPLES = "slack-json-samples"
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(_SPEC is None, reason=REASON)]

Json = dict[str, Any]

TYPES = {
    "auth.test": "AuthTestResponse",
    "chat.delete": "ChatDeleteResponse",
    "chat.postMessage": "ChatPostMessageResponse",
    "chat.update": "ChatUpdateResponse",
    "conversations.history": "ConversationsHistoryResponse",
    "conversations.info": "ConversationsInfoResponse",
    "conversations.list": "ConversationsListResponse",
    "conversations.members": "ConversationsMembersResponse",
    "conversations.replies": "ConversationsRepliesResponse",
    "files.completeUploadExternal": "FilesCompleteUploadExternalResponse",
    "files.getUploadURLExternal": "FilesGetUploadURLExternalResponse",
    "oauth.v2.access": "OauthV2AccessResponse",
    "reactions.add": "ReactionsAddResponse",
    "search.messages": "SearchMessagesResponse",
    "users.info": "UsersInfoResponse",
    "users.list": "UsersListResponse",
    "users.lookupByEmail": "UsersLookupByEmailResponse",
}
NOT_LISTED = {
    r"\$\.messages\[\d+\]\.(hidden|pinned_to|old_name|name|permalink)$": "Slack sends it with such messages",
    r"\$(\.messages\[\d+\]|\.message)\.(is_locked|parent_user_id|last_read|subscribed|client_msg_id|team)$": (
        "Slack sends it; the samples of this method happen not to have it"
    ),
    r"\.root\.": "the samples were taken from a short root; it is a message like any other",
    r"^conversations\.replies \$\.messages\[\d+\]\.subtype$": "the samples are of threads without such messages",
    r"^reactions\.get \$\.message\.(attachments|edited|thread_ts|latest_reply|reply_)": "the sample has no thread",
    r"^chat\.update \$\.message\.attachments$": "the sample is of an edit without attachments",
    r"^pins\.list \$\.items\[\d+\]\.(channel|message)$": "the sample is of pinned files; messages are documented",
    r"^conversations\.(info|open) \$\.channel\.(is_open|is_user_deleted|latest|priority|unread_count|user)": (
        "documented for direct messages; the samples are of channels, or of short answers"
    ),
    r"\.files?(\[\d+\])?\.(thumb_\d+_[wh]|original_[wh])$": "numbers at Slack; the scrubbed samples made them strings",
    r"\.properties\.canvas$": "the sample is of a channel without a canvas",
    r"\$\.channel_actions_ts$": "Slack sends null where nothing happened; the type knows the number only",
    r"\.shares\.(public|private)\.C[A-Z0-9]+$": "the names are the ids of channels",
    r"^search\.files .*\.(alt_txt|edit_timestamp)$": "files.info has it; the sample is of files without",
    r"^oauth\.v2\.access \$\.enterprise$": "null where there is no enterprise, as in the documented answer",
    r"\.(metadata|event_payload)\..*": "the payload is the app's own",
    r"\.blocks\[\d+\]\.": "the samples show other types of blocks",
    r"\.elements\[\d+\]": "the samples show other elements",
    r"\.attachments\[\d+\]\.message_blocks": "the samples leave what was shared empty",
    r"\.bot_profile\.user_id$": "the samples of some methods are older than the field",
}


class Inspector:
    """Listens to exchanges, keeps what does not conform and which methods were asked."""

    def __init__(self, types: Json) -> None:
        self._types = types
        self.complaints: set[str] = set()
        self.asked: set[str] = set()

    def __call__(self, exchange: Exchange) -> None:
        self.asked.add(exchange.method)
        body: Json = exchange.answer.body
        for complaint in [*self._against_type(exchange.method, body), *_against_sample(exchange.method, body)]:
            said = f"{exchange.method} {complaint}"
            if not any(re.search(known, said.partition(": ")[0]) for known in NOT_LISTED):
                self.complaints.add(said)

    def _against_type(self, method: str, body: Json) -> Iterator[str]:
        name = TYPES.get(method)
        if name is None:
            return
        for error in Draft7Validator(self._types[name]).iter_errors(body):  # pyright: ignore[reportUnknownMemberType]
            yield f"{error.json_path}: {error.message[:200]}"


def _against_sample(method: str, body: Json) -> Iterator[str]:
    path = find_spec(f"{_SAMPLES}/{method}.json")
    if path:
        yield from _unlike(body, json.loads(path.read_text(encoding="utf-8")), "$")


def _unlike(value: Any, sample: Any, path: str) -> Iterator[str]:
    """Where a value has other types than the sample, or names that the sample does not know."""
    if value is None or sample is None:
        return
    if isinstance(value, dict) and isinstance(sample, dict):
        known = cast("Json", sample)
        for name, each in cast("Json", value).items():
            if name in known:
                yield from _unlike(each, known[name], f"{path}.{name}")
            elif known:
                yield f"{path}.{name}: not in the sample"
    elif isinstance(value, list) and isinstance(sample, list):
        for index, each in enumerate(cast("list[Any]", value)):
            if sample:
                yield from _unlike(each, sample[0], f"{path}[{index}]")
    else:
        mine, theirs = _kind(cast("object", value)), _kind(cast("object", sample))
        if mine != theirs:
            yield f"{path}: {mine} in the place of {theirs}"


def _kind(value: object) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if number else type(value).__name__


@pytest.fixture(scope="module")
def types() -> Json:
    assert _SPEC
    return json.loads(_SPEC.read_text(encoding="utf-8"))


@pytest.fixture
async def inspector(types: Json) -> Inspector:
    return Inspector(types)


@pytest.fixture
async def visitors(database: Path, clock: Clock, inspector: Inspector) -> AsyncIterator[tuple[Visitor, Visitor]]:
    app = create_app(database, clock=clock)
    person, bot = Visitor(app, listen=inspector), Visitor(app, SANDBOX_BOT_TOKEN, inspector)
    yield person, bot
    await person.aclose()
    await bot.aclose()
    app.close()


async def look_around(visitor: Visitor) -> None:
    await visitor.call("auth.test")
    await visitor.call("team.info")
    await visitor.call("users.list", limit=5)
    for user in (people.HUMAN_PM, people.DATA_ANALYST, people.JORDAN_BLAKE):
        await visitor.call("users.info", user=user.id)
    await visitor.call("users.lookupByEmail", email=people.ALEX_RIVERA.email)
    await visitor.call("users.profile.get", user=people.ALEX_RIVERA.id)
    await visitor.call("usergroups.list", include_users=True, include_count=True, include_disabled=True)
    everything = "public_channel,private_channel,im,mpim"
    for channel in (await visitor.call("conversations.list", types=everything))["channels"]:
        place = {"channel": channel["id"]}
        await visitor.call("conversations.info", include_num_members=True, **place)
        await visitor.call("conversations.members", **place)
        if channel.get("is_member", True):
            history = await visitor.call("conversations.history", include_all_metadata=True, **place)
            for message in history["messages"]:
                await visitor.call("conversations.replies", ts=message["ts"], **place)
            await visitor.call("pins.list", **place)


async def change_things(visitor: Visitor) -> None:
    made = (await visitor.call("conversations.create", name="conforming"))["channel"]["id"]
    place = {"channel": made}
    await visitor.call("conversations.invite", users=people.ALEX_RIVERA.id, **place)
    await visitor.call("conversations.join", **place)
    await visitor.call("conversations.open", users=people.ALEX_RIVERA.id, return_im=True)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*x*"}}
    posted = await visitor.call(
        "chat.postMessage",
        text="Fallback",
        blocks=[section],
        attachments=[{"text": "y", "color": "good"}],
        metadata={"event_type": "tested", "event_payload": {"well": "yes"}},
        **place,
    )
    item = {"timestamp": posted["ts"], **place}
    await visitor.call("chat.postMessage", markdown_text="# Title\n- one\n- two", thread_ts=posted["ts"], **place)
    await visitor.call("chat.postMessage", text="All", thread_ts=posted["ts"], reply_broadcast=True, **place)
    await visitor.call("chat.update", ts=posted["ts"], text="Changed", **place)
    await visitor.call("reactions.add", name="eyes", **item)
    await visitor.call("reactions.get", **item)
    await visitor.call("reactions.remove", name="eyes", **item)
    await visitor.call("pins.add", **item)
    await visitor.call("conversations.history", **place)
    await visitor.call("conversations.replies", ts=posted["ts"], **place)
    await visitor.call("bookmarks.add", channel_id=made, title="T", type="link", link="https://x.example")
    await visitor.call("chat.postEphemeral", user=people.ALEX_RIVERA.id, text="x", **place)
    await visitor.call("chat.delete", ts=await visitor.post(made, "x"), **place)
    await visitor.refused("conversations.history", channel=made, oldest="x")
    await visitor.refused("chat.postMessage", channel="C0NOWHERE00", text="x")
    await visitor.refused("conversations.invite", channel=made, users=people.ALEX_RIVERA.id)


async def share_and_search(visitor: Visitor) -> None:
    for name, content in (("notes.md", b"# Notes\n"), ("dot.png", Picture(2, 2, 3, [bytes(6)] * 2).png())):
        announced = await visitor.call("files.getUploadURLExternal", filename=name, length=len(content))
        await visitor.client.post(urlsplit(str(announced["upload_url"])).path, content=content)
        files = [{"id": announced["file_id"], "title": name}]
        await visitor.call("files.completeUploadExternal", files=files, channel_id=channels.DEV)
    for each in (await visitor.call("files.list"))["files"]:
        await visitor.call("files.info", file=each["id"])
    await visitor.call("conversations.history", channel=channels.METRICS)
    for query in ("phase", "has:file", "in:@alex.rivera", "has:reaction"):
        await visitor.call("search.messages", query=query, count=100, highlight=True)
        await visitor.call("search.files", query=query)
    await visitor.refused("search.messages")


async def log_in(visitor: Visitor) -> None:
    query = urlencode({"client_id": CLIENT_ID, "scope": "chat:write", "user_scope": "users:read"})
    back = await visitor.client.post(f"/oauth/v2/authorize?{query}", data={"decision": "accept"})
    code = dict(parse_qsl(urlsplit(back.headers["location"]).query))["code"]
    proof = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    tokens = await visitor.call("oauth.v2.access", code=code, **proof)
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    await visitor.call("oauth.v2.access", **refresh, **proof)
    await visitor.call("oauth.v2.exchange", **proof)
    await visitor.refused("oauth.v2.access", code=code, **proof)


async def test_every_answer_looks_as_slacks_do(visitors: tuple[Visitor, Visitor], inspector: Inspector) -> None:
    person, bot = visitors
    await look_around(person)
    await look_around(bot)
    await change_things(person)
    await share_and_search(person)
    await log_in(person)
    assert not inspector.complaints, "\n".join(sorted(inspector.complaints))
    assert set(TYPES) <= inspector.asked


@pytest.mark.parametrize("method", sorted(TYPES))
async def test_every_argument_that_slack_requires_is_required_here(
    visitors: tuple[Visitor, Visitor], types: Json, method: str
) -> None:
    family = TYPES[method].removesuffix("Response")
    described = types.get(f"{family}Arguments")
    if described is None:
        pytest.skip("the file does not describe the arguments of this method")
    definition: Json = described["definitions"][f"{family}Arguments"]
    forms: list[Json] = definition.get("anyOf", [definition])
    needed: list[set[str]] = [set(form.get("required", [])) for form in forms]
    always = needed[0].intersection(*needed) - {"text", "blocks", "attachments"}
    for name in always:
        filled = {each: "x" for each in always if each != name}
        answer = await visitors[0].ask(method, **filled)
        error = answer.body["error"]
        assert error in {
            "invalid_arguments",
            "channel_not_found",
            "no_item_specified",
            "invalid_name",
            "no_query",
            "invalid_client_id",
            "bad_client_secret",
        }, (name, error)
