"""Alerts as blocks within Slack's limits, with a text beside them."""

from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from slack_mcp.text import MentionPolicy, alert_blocks
from slack_mcp.text.posting import length

Json = dict[str, Any]


def complaints(blocks: list[Json], fallback: str) -> list[str]:
    """Everything that Slack would refuse."""
    found: list[str] = []
    if not 0 < len(blocks) <= 50:
        found.append(f"{len(blocks)} blocks")
    for block in blocks:
        if block["type"] == "header":
            text = block["text"]
            found += ["header"] if text["type"] != "plain_text" or not 0 < length(text["text"]) <= 150 else []
        else:
            texts = [block["text"]] if "text" in block else []
            found += ["text"] if not all(0 < length(each["text"]) <= 3000 for each in texts) else []
            fields = cast("list[Json]", block.get("fields", []))
            found += ["fields"] if len(fields) > 10 or not (texts or fields) else []
            found += ["field"] if not all(0 < length(each["text"]) <= 2000 for each in fields) else []
    if not 0 < length(fallback) <= 3000:
        found.append("fallback")
    return found


def test_an_alert_says_how_bad_it_is_what_happened_and_what_to_do() -> None:
    blocks, fallback = alert_blocks(
        "critical",
        "P0",
        "Checkout is down",
        "**All** payments fail since 09:12, see [the board](https://a.example/b?x=1&y=2).",
        ["Roll back `v42`", "Tell <@U123ABC>"],
        {"Service": "checkout", "Errors": "97 %"},
    )
    assert blocks == [
        {"type": "header", "text": {"type": "plain_text", "text": "🚨 CRITICAL P0: Checkout is down", "emoji": True}},
        {
            "type": "section",
            "text": {
                "type": "mrkdwn",
                "text": "*All* payments fail since 09:12, see <https://a.example/b?x=1&amp;y=2|the board>.",
            },
        },
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Service*\ncheckout"},
                {"type": "mrkdwn", "text": "*Errors*\n97 %"},
            ],
        },
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*Next steps*\n1. Roll back `v42`\n2. Tell <@U123ABC>"},
        },
    ]
    assert fallback.startswith("🚨 CRITICAL P0: Checkout is down\n*All* payments fail")
    assert "1. Roll back `v42`" in fallback
    assert not complaints(blocks, fallback)


def test_an_alert_may_be_a_title_only() -> None:
    blocks, fallback = alert_blocks("info", None, "All is well")
    assert len(blocks) == 1
    assert fallback == "ℹ️ INFO: All is well"


def test_an_alert_calls_nobody_unless_it_may() -> None:
    blocks, fallback = alert_blocks("warning", "P2", "<!here> x", "@channel", ["<!everyone>"], {"<!here>": "<!here>"})
    written = repr(blocks) + fallback
    assert "<!" not in written
    assert "@channel" not in written
    blocks, fallback = alert_blocks("warning", "P2", "x", "@here", mentions=MentionPolicy(broadcast=True))
    assert cast("Json", blocks[1]["text"])["text"] == "<!here>"


def test_a_heading_without_a_text_makes_no_empty_section() -> None:
    blocks, fallback = alert_blocks("info", None, "x", "# ", ["# "], {"a": "# "})
    assert not complaints(blocks, fallback)


@pytest.mark.parametrize("text", ["# <!ch**annel>", "a\n## <!every__one>"])
def test_an_alert_calls_nobody_by_a_mention_that_marks_part(text: str) -> None:
    blocks, fallback = alert_blocks("info", None, text, text, [text], {text: text})
    written = repr(blocks) + fallback
    assert "<!channel>" not in written
    assert "<!everyone>" not in written


def test_a_long_title_is_repeated_whole_below_the_header() -> None:
    blocks, fallback = alert_blocks("error", "P1", "word " * 60)
    assert cast("Json", blocks[0]["text"])["text"].endswith("…")
    assert cast("Json", blocks[1]["text"])["text"].count("word") == 60
    assert not complaints(blocks, fallback)


def test_a_long_text_takes_more_sections_and_loses_nothing() -> None:
    text = "\n\n".join(f"paragraph {number} " + "<&> " * 200 for number in range(12))
    blocks, fallback = alert_blocks("error", "P1", "Long", text)
    assert not complaints(blocks, fallback)
    written = "".join(cast("Json", block["text"])["text"] for block in blocks[1:])
    assert written.count("&lt;&amp;&gt;") == 12 * 200


def test_many_fields_take_more_sections_and_a_long_one_its_own() -> None:
    fields = {f"name {number}": "value" for number in range(23)} | {"log": "line\n" * 900}
    blocks, fallback = alert_blocks("error", "P1", "Fields", fields=fields)
    assert not complaints(blocks, fallback)
    assert [len(cast("list[Json]", block["fields"])) for block in blocks if "fields" in block] == [10, 10, 3]


def test_too_much_is_refused_not_cut() -> None:
    with pytest.raises(InvalidInput, match="holds 50"):
        alert_blocks("error", "P1", "Endless", "x" * 200_000)


def test_a_wrong_severity_priority_or_title_is_named() -> None:
    severity, priority = cast("Any", "fatal"), cast("Any", "P9")
    with pytest.raises(InvalidInput) as refused:
        alert_blocks(severity, priority, " ")
    assert set(refused.value.fields) == {"severity", "priority", "title"}
    assert "critical" in str(refused.value)


PIECES = ["word ", "<!here>", "&", "<", "**", "*", "_", "`", "```\n", "\n", "\n\n", "# ", "- ", "[a](https://a.example)",
          "😀", "|", "<@U1AB>", "~~", "\\*", "x" * 700]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, st.lists(TEXT, max_size=4), st.dictionaries(TEXT, TEXT, max_size=12))
def test_any_alert_is_within_the_limits(title: str, text: str, steps: list[str], fields: dict[str, str]) -> None:
    blocks, fallback = alert_blocks("warning", "P3", "x" + title, text, steps, fields)
    assert complaints(blocks, fallback) == []
    assert "<!" not in repr(blocks) + fallback
