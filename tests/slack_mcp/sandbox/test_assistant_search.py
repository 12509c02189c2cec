"""assistant.search.context: questions, scopes for each kind of place, and the token that a bot needs."""

from collections.abc import Callable
from typing import Any

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.methods.assistant_search import ACTION_TOKEN
from slack_mcp.sandbox.sample import channels, documents, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

METHOD = "assistant.search.context"
EVERYWHERE = ["public_channel", "private_channel", "im", "mpim"]


async def found(visitor: Visitor, query: str, **more: Any) -> list[dict[str, Any]]:
    more.setdefault("include_bots", True)
    return (await visitor.call(METHOD, query=query, **more))["results"]["messages"]


async def test_a_question_needs_half_of_its_telling_words_only(slack: Visitor) -> None:
    await slack.post(channels.DEV, "The quokka release went out in Frankfurt")
    question = "Where did we release the quokka yesterday?"
    assert (await found(slack, question))[0]["content"] == "The quokka release went out in Frankfurt"
    assert await found(slack, "quokka walrus narwhal yeti") == []
    assert await found(slack, question, disable_semantic_search=True) == []
    assert len(await found(slack, "quokka release", disable_semantic_search=True)) == 1


async def test_a_message_tells_its_author_and_place(slack: Visitor) -> None:
    ts = await slack.post(channels.DEV, "A lone quokka")
    (message,) = await found(slack, "quokka", include_message_blocks=True)
    assert message["author_user_id"] == people.HUMAN_PM.id
    assert message["author_name"] == "Human PM"
    assert (message["channel_id"], message["channel_name"]) == (channels.DEV, "pm-os-dev")
    assert (message["message_ts"], message["is_author_bot"]) == (ts, False)
    assert message["blocks"][0]["type"] == "rich_text"
    assert message["permalink"].endswith(f"/p{ts.replace('.', '')}")


async def test_bots_are_left_out_unless_they_are_asked_for(slack: Visitor) -> None:
    every = await found(slack, "deliverables in:pm-os-metrics")
    assert {each["is_author_bot"] for each in every} == {True}
    assert await found(slack, "deliverables in:pm-os-metrics", include_bots=False) == []


async def test_each_kind_of_place_has_its_scope(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    await slack.post(channels.LEADS, "quokka among leads")
    await slack.post(channels.WITH_ALEX, "quokka between us")
    assert await found(slack, "quokka") == []
    assert len(await found(slack, "quokka", channel_types=EVERYWHERE)) == 2
    assert len(await found(slack, "quokka", channel_types="private_channel")) == 1
    assert await found(visit(accounts.GUEST_TOKEN), "quokka", channel_types=EVERYWHERE) == []
    answer = await visit(accounts.READ_TOKEN).ask(METHOD, query="x")
    assert answer.body["error"] == "missing_scope"


async def test_a_bot_searches_only_while_it_answers_somebody(bot: Visitor) -> None:
    assert await bot.refused(METHOD, query="phase") == "invalid_action_token"
    assert await bot.refused(METHOD, query="phase", action_token="made.up") == "invalid_action_token"
    assert await found(bot, "phase", action_token=ACTION_TOKEN)
    answer = await bot.ask(METHOD, query="x", action_token=ACTION_TOKEN, channel_types="private_channel")
    assert (answer.body["error"], answer.body["needed"]) == ("missing_scope", "search:read.private")


async def test_files_channels_and_people_are_found_too(slack: Visitor) -> None:
    body = await slack.call(METHOD, query="metrics deliverables", content_types=["files", "channels"])
    assert set(body["results"]) == {"files", "channels"}
    assert documents.REPORT in {each["file_id"] for each in body["results"]["files"]}
    assert "pm-os-metrics" in {each["name"] for each in body["results"]["channels"]}
    body = await slack.call(METHOD, query="alex", content_types="users")
    assert [each["full_name"] for each in body["results"]["users"]] == ["Alex Rivera", "Alex Moreau"]
    assert (await slack.call(METHOD, query="jordan", content_types="users"))["results"]["users"] == []
    deleted = await slack.call(METHOD, query="jordan", content_types="users", include_deleted_users=True)
    assert len(deleted["results"]["users"]) == 1


async def test_the_messages_around_one_come_along(slack: Visitor) -> None:
    for text in ("before it", "the quokka", "after it"):
        await slack.post(channels.DEV, text)
    (message,) = await found(slack, "quokka", include_context_messages=True)
    around = message["context_messages"]
    assert around["before"][-1]["text"] == "before it"
    assert [each["text"] for each in around["after"]] == ["after it"]


async def test_time_modifiers_and_clauses_narrow_a_search(slack: Visitor, clock: Any) -> None:
    first = int(clock.now)
    await slack.post(channels.DEV, "quokka one")
    clock.now += 60
    await slack.post(channels.GENERAL, "quokka two")
    assert len(await found(slack, "quokka", after=first + 30)) == 1
    assert len(await found(slack, "quokka", before=first + 30)) == 1
    assert len(await found(slack, "quokka", modifiers="in:general")) == 1
    assert [each["content"] for each in await found(slack, "quokka", term_clauses=["one"])] == ["quokka one"]
    assert [each["content"] for each in await found(slack, "quokka", sort="timestamp", sort_dir="asc")] == [
        "quokka one",
        "quokka two",
    ]


async def test_twenty_come_at_a_time_with_a_cursor(slack: Visitor) -> None:
    for number in range(25):
        await slack.post(channels.DEV, f"quokka {number}")
    first = await slack.call(METHOD, query="quokka", include_bots=True)
    assert len(first["results"]["messages"]) == 20
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.call(METHOD, query="quokka", include_bots=True, cursor=cursor)
    assert len(second["results"]["messages"]) == 5
    assert second["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "missing_query"),
        ({"query": "x" * 1001}, "query_too_long"),
        ({"query": "x", "limit": 21}, "invalid_arguments"),
        ({"query": "x", "limit": 0}, "invalid_arguments"),
        ({"query": "x", "content_types": "novels"}, "invalid_arguments"),
        ({"query": "x", "channel_types": "tunnels"}, "invalid_arguments"),
        ({"query": "x", "cursor": "nonsense"}, "invalid_cursor"),
        ({"query": "x", "context_channel_id": "C0NOWHERE00"}, "context_channel_not_found"),
    ],
)
async def test_a_question_that_cannot_be_answered_is_refused(
    slack: Visitor, arguments: dict[str, Any], error: str
) -> None:
    assert await slack.refused(METHOD, **arguments) == error


async def test_the_workspace_understands_questions(slack: Visitor) -> None:
    assert (await slack.call("assistant.search.info"))["is_ai_search_enabled"] is True
