"""The sample workspace holds what the history of PM OS says."""

import re

import pytest

from slack_mcp.sandbox.sample import channels
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio


async def words(slack: Visitor, channel: str) -> str:
    return "\n".join(reversed(await slack.texts(channel)))


async def test_the_phases_are_told_in_their_order(slack: Visitor) -> None:
    told = await words(slack, channels.DEV)
    phases = re.findall(r"Phase (\d)(?: is COMPLETE|: Bootstrap)", told)
    assert phases == ["0", "0", "2", "3"]
    assert all(number in told for number in ("8 deliverables", "two weeks", "v1.2", "67 metrics"))


async def test_every_agent_reports_as_a_bot(slack: Visitor) -> None:
    history = (await slack.call("conversations.history", channel=channels.DEV))["messages"]
    authors = {each["bot_profile"]["name"] for each in history if "bot_profile" in each}
    assert authors == {
        "ProductArchitect",
        "EngineeringPartner",
        "UXStrategist",
        "DataAnalyst",
        "GTMStrategist",
        "SystemEvaluator",
        "DocMaintainer",
    }


async def test_alerts_come_as_blocks_as_an_attachment_and_as_text(slack: Visitor) -> None:
    history = await slack.call("conversations.history", channel=channels.ALERTS, include_all_metadata=True)
    north_star, velocity, gate = history["messages"][:3]
    assert [each["type"] for each in gate["blocks"]] == ["header", "section", "divider", "actions", "context"]
    assert velocity["attachments"][0]["fields"][1]["value"] == "2 days"
    assert velocity["reply_count"] == 2
    assert north_star["metadata"]["event_payload"] == {"per_week": 12, "target": 8}


async def test_the_daily_report_has_its_seven_figures_and_is_pinned(slack: Visitor) -> None:
    report = await slack.latest(channels.METRICS)
    assert report["text"].count("•") == 7
    assert report["pinned_to"] == [channels.METRICS]
    for figure in ("4 of 7 (57%)", "25 of 37 (67.6%)", "7 of 7", "11 times"):
        assert figure in report["text"]


async def test_general_holds_what_makes_reading_hard(slack: Visitor) -> None:
    history = (await slack.call("conversations.history", channel=channels.GENERAL))["messages"]
    subtypes = {each.get("subtype") for each in history}
    assert {"tombstone", "me_message", "channel_join"} <= subtypes
    assert any(each.get("attachments", [{}])[0].get("is_msg_unfurl") for each in history)
    assert any("ignore all previous instructions" in each["text"] for each in history)


async def test_a_reply_was_edited(slack: Visitor) -> None:
    history = (await slack.call("conversations.history", channel=channels.DEV))["messages"]
    parent = next(each for each in history if "Engineering Partner v1.2" in each["text"])
    thread = await slack.call("conversations.replies", channel=channels.DEV, ts=parent["ts"])
    assert [("edited" in each) for each in thread["messages"]] == [False, True, False]


async def test_messages_written_in_slack_itself_have_no_app(slack: Visitor) -> None:
    mine = (await slack.call("conversations.history", channel=channels.LEADS))["messages"][0]
    assert mine["client_msg_id"]
    assert "bot_id" not in mine
