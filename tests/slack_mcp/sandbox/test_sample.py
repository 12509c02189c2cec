"""The sample workspace holds what the history of PM OS says."""

import re

import pytest

from sandbox_kit import history
from slack_mcp.sandbox.sample import channels
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio


async def words(slack: Visitor, channel: str) -> str:
    return "\n".join(reversed(await slack.texts(channel)))


async def test_the_phases_are_told_in_their_order(slack: Visitor) -> None:
    told = await words(slack, channels.DEV)
    phases = re.findall(r"Phase (\d)(?: is COMPLETE|: Bootstrap)", told)
    assert phases == ["0", "0", "1", "2", "3"]
    first = history.phase_figures(0)
    agents = [f"v{release.version} is deployed" for agent in history.AGENTS for release in agent.releases]
    assert all(told.count(version) >= agents.count(version) - (version == "v1.1 is deployed") for version in agents)
    for figure in (f"{first.planned} deliverables", first.phase.estimate, f"{history.METRICS} metrics"):
        assert figure in told


async def test_every_agent_reports_as_a_bot(slack: Visitor) -> None:
    told = (await slack.call("conversations.history", channel=channels.DEV))["messages"]
    authors = {each["bot_profile"]["name"] for each in told if "bot_profile" in each}
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
    told = await slack.call("conversations.history", channel=channels.ALERTS, include_all_metadata=True)
    north_star, velocity, gate = told["messages"][:3]
    assert [each["type"] for each in gate["blocks"]] == ["header", "section", "divider", "actions", "context"]
    assert velocity["attachments"][0]["fields"][1]["value"] == history.phase_figures(3).took
    assert velocity["reply_count"] == 2
    measure = next(each for each in history.MEASURES if each.unit == "count")
    assert north_star["metadata"]["event_payload"] == {"per_week": measure.current, "target": measure.target}


async def test_each_day_has_its_report_and_the_last_one_is_pinned(slack: Visitor) -> None:
    reports = [text for text in await slack.texts(channels.METRICS) if "Daily metrics" in text]
    assert len(reports) == len(history.days())
    for report, day in zip(reversed(reports), history.days(), strict=True):
        done = f"{day.deliverables_complete} of {day.deliverables_total} ({day.completion_pct:g}%)"
        for figure in (f"complete: {day.phases_complete}\n", done, f"operational: {day.agents}\n"):
            assert figure in report
    assert (await slack.latest(channels.METRICS))["pinned_to"] == [channels.METRICS]


async def test_general_holds_what_makes_reading_hard(slack: Visitor) -> None:
    told = (await slack.call("conversations.history", channel=channels.GENERAL))["messages"]
    subtypes = {each.get("subtype") for each in told}
    assert {"tombstone", "me_message", "channel_join"} <= subtypes
    assert any(each.get("attachments", [{}])[0].get("is_msg_unfurl") for each in told)
    assert any("ignore all previous instructions" in each["text"] for each in told)


async def test_a_reply_was_edited(slack: Visitor) -> None:
    told = (await slack.call("conversations.history", channel=channels.DEV))["messages"]
    parent = next(each for each in told if "v1.2 is deployed" in each["text"])
    thread = await slack.call("conversations.replies", channel=channels.DEV, ts=parent["ts"])
    assert [("edited" in each) for each in thread["messages"]] == [False, True, False]


async def test_messages_written_in_slack_itself_have_no_app(slack: Visitor) -> None:
    mine = (await slack.call("conversations.history", channel=channels.LEADS))["messages"][0]
    assert mine["client_msg_id"]
    assert "bot_id" not in mine
