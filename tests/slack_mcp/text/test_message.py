"""Whole messages: attachments, forwards, files, edits, bots and what Slack itself says."""

from typing import Any

import pytest

from slack_mcp.text import KnownNames, author, is_bot, message_markdown, wanted

NAMES = KnownNames({"U1AB": "Ada", "U2AB": "Grace"}, {"C1AB": "general"})


def shown(**message: Any) -> str:
    return message_markdown(message, NAMES)


def test_an_edited_message_says_so() -> None:
    assert shown(text="hi", edited={"user": "U1AB", "ts": "1"}) == "hi (edited)"


def test_the_remark_on_an_edit_does_not_become_part_of_code_or_a_quote() -> None:
    assert shown(text="```x```", edited={"ts": "1"}) == "```\nx\n```\n\n(edited)"
    assert shown(text="&gt; said", edited={"ts": "1"}) == "> said\n\n(edited)"


def test_an_old_attachment_is_shown_with_all_its_parts() -> None:
    attachment = {
        "fallback": "not shown",
        "pretext": "New *ticket*",
        "author_name": "Ada",
        "author_link": "https://a.example/ada",
        "title": "T-1 &amp; more",
        "title_link": "https://a.example/t1",
        "text": "It *fails* for <@U2AB>",
        "fields": [{"title": "Priority", "value": "*High*", "short": True}, {"value": "alone"}],
        "image_url": "https://a.example/i.png",
        "footer": "Tracker",
        "ts": 1769850000,
        "actions": [{"type": "button", "text": "Open", "url": "https://a.example/o"}, {"type": "button", "text": "No"}],
    }
    assert shown(text="", attachments=[attachment]) == (
        "New **ticket**\n"
        "> [Ada](https://a.example/ada)\n"
        "> **[T-1 & more](https://a.example/t1)**\n"
        "> It **fails** for @Grace\n"
        "> Priority: **High**\n"
        "> alone\n"
        "> ![image](https://a.example/i.png)\n"
        "> [Open](https://a.example/o) [No]\n"
        "> Tracker · 2026-01-31 09:00 UTC"
    )


def test_a_fallback_stands_in_for_an_attachment_that_shows_nothing() -> None:
    assert shown(attachments=[{"fallback": "a *chart*", "id": 1}]) == "> a \\*chart\\*"
    assert shown(attachments=[{"from_url": "https://a.example", "id": 1}]) == "> <https://a.example>"


def test_an_unfurled_link_shows_title_and_text_below_the_message() -> None:
    attachment = {"service_name": "Wiki", "title": "Page", "title_link": "https://w.example/p", "text": "All about it",
                  "from_url": "https://w.example/p"}  # fmt: skip
    assert shown(text="see <https://w.example/p>", attachments=[attachment]) == (
        "see <https://w.example/p>\n\n> Wiki\n> **[Page](https://w.example/p)**\n> All about it"
    )


def test_a_forwarded_message_says_by_whom_where_and_when_and_shows_its_blocks() -> None:
    said = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "text", "text": "It is "}, {"type": "user", "user_id": "U1AB"}]}]}  # fmt: skip
    forward = {
        "is_msg_unfurl": True,
        "is_share": True,
        "author_id": "U2AB",
        "author_name": "Grace Hopper",
        "channel_id": "C1AB",
        "ts": "1769850000.000100",
        "from_url": "https://acme.slack.com/archives/C1AB/p1769850000000100",
        "text": "It is @Ada",
        "fallback": "[Jan 31] Grace: It is",
        "footer": "Posted in #general",
        "message_blocks": [{"team": "T1", "channel": "C1AB", "ts": "1", "message": {"blocks": [said]}}],
        "files": [{"id": "F1AB", "name": "a.png", "pretty_type": "PNG", "size": 2048}],
    }
    assert shown(text="look", attachments=[forward]) == (
        "look\n\n"
        "> Message by Grace Hopper in #general 2026-01-31 09:00 UTC "
        "<https://acme.slack.com/archives/C1AB/p1769850000000100>:\n"
        "> It is @Ada\n"
        "> [file a.png (F1AB, 2.0 KB, PNG)]"
    )


def test_the_names_in_a_forwarded_message_are_wanted_too() -> None:
    forward = {"is_msg_unfurl": True, "author_id": "U2AB", "channel_id": "C1AB", "text": "<@U1AB>"}
    found = wanted([{"attachments": [forward]}])
    assert found.users == ("U2AB", "U1AB")
    assert found.channels == ("C1AB",)


def test_attachments_with_blocks_show_the_blocks() -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*Build* failed"}}
    assert shown(attachments=[{"color": "#f00", "fallback": "x", "blocks": [block]}]) == "> **Build** failed"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ({"id": "F1AB", "name": "r.pdf", "size": 12_345, "pretty_type": "PDF"}, "[file r.pdf (F1AB, 12 KB, PDF)]"),
        ({"id": "F1AB", "name": "r.pdf", "title": "Report", "size": 999, "mimetype": "application/pdf"},
         '[file r.pdf "Report" (F1AB, 999 B, application/pdf)]'),
        ({"id": "F1AB", "name": "a.png", "title": "a", "filetype": "png", "alt_txt": "a *bar* chart"},
         "[file a.png (F1AB, png); shows: a \\*bar\\* chart]"),
        ({"id": "F1AB", "name": "clip.mp4", "size": 25_000_000, "duration_ms": 65_000,
          "transcription": {"status": "complete", "preview": {"content": "hello all", "has_more": False}}},
         "[file clip.mp4 (F1AB, 25 MB, 1:05); transcript: hello all]"),
        ({"id": "F1AB", "mode": "tombstone"}, "[file without a name (F1AB, deleted)]"),
        ({"id": "F1AB", "mode": "hidden_by_limit"}, "[file without a name (F1AB, hidden by the workspace's plan)]"),
        ({"id": "F1AB", "file_access": "check_file_info"}, "[file without a name (F1AB, details by file id only)]"),
        ({"id": "F1AB", "name": "Doc", "is_external": True, "external_url": "https://a.example/d"},
         "[file Doc (F1AB, https://a.example/d)]"),
        ({"id": "F1AB", "name": "x\n](http://evil.example)"}, "[file x \\](http://evil.example) (F1AB)]"),
    ],
)  # fmt: skip
def test_a_file_is_one_line(file: dict[str, Any], expected: str) -> None:
    assert shown(text="", files=[file]) == expected


def test_files_follow_the_text_a_line_each() -> None:
    files = [{"id": "F1AB", "name": "a"}, {"id": "F2AB", "name": "b"}]
    assert shown(text="both", subtype="file_share", files=files) == "both\n\n[file a (F1AB)]\n[file b (F2AB)]"


def test_a_file_in_a_block_is_not_said_twice() -> None:
    file = {"id": "F1AB", "name": "a"}
    assert shown(blocks=[{"type": "file", "file": file}], files=[file]) == "[file a (F1AB)]"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"subtype": "channel_join", "user": "U1AB", "text": "<@U1AB> has joined the channel"},
         "@Ada has joined the channel"),
        ({"subtype": "channel_join", "user": "U1AB"}, "[channel_join by @Ada]"),
        ({"subtype": "channel_topic", "user": "U1AB", "topic": "Ship # it"}, "[channel_topic by @Ada: Ship # it]"),
        ({"subtype": "channel_topic", "text": "<@U1AB> set the channel topic: x &amp; y"},
         "@Ada set the channel topic: x & y"),
        ({"subtype": "me_message", "text": "waves"}, "_waves_"),
        ({"subtype": "thread_broadcast", "text": "done", "root": {"text": "the question"}},
         "(reply in a thread, also sent to the channel)\n\ndone"),
        ({"subtype": "tombstone", "text": "This message was deleted.", "hidden": True}, "[message deleted]"),
        ({"subtype": "message_deleted", "previous_message": {"text": "secret"}}, "[message deleted]"),
        ({"subtype": "message_changed", "message": {"text": "new", "edited": {"ts": "1"}}}, "new (edited)"),
        ({"subtype": "message_changed", "message": {"text": "new"}}, "new (edited)"),
        ({"subtype": "file_comment", "comment": {"comment": "nice *work*"}}, "nice **work**"),
        ({"subtype": "huddle_thread", "user": "U1AB", "room": {"name": "Stand-up"}},
         "[huddle_thread by @Ada: Stand-up]"),
        ({"subtype": "assistant_app_thread", "assistant_app_thread": {"title": "Trip"}},
         "[assistant_app_thread: Trip]"),
        ({}, ""),
        ({"text": "   "}, ""),
    ],
)  # fmt: skip
def test_what_slack_itself_reports_is_readable(message: dict[str, Any], expected: str) -> None:
    assert message_markdown(message, NAMES) == expected


@pytest.mark.parametrize(
    ("message", "name", "bot"),
    [
        ({"user": "U1AB"}, "Ada", False),
        ({"user": "U9AB"}, "U9AB", False),
        ({"subtype": "bot_message", "username": "Deploy *Bot*", "bot_id": "B1"}, "Deploy \\*Bot\\*", True),
        ({"user": "U1AB", "bot_id": "B1", "bot_profile": {"name": "PM Bot"}}, "Ada", True),
        ({"user": "U1AB", "bot_id": "B1", "bot_profile": {"name": "PM Bot", "user_id": "U1AB"}}, "PM Bot", True),
        ({"bot_id": "B1", "bot_profile": {"name": "PM Bot"}}, "PM Bot", True),
        ({"bot_id": "B1"}, "B1", True),
        ({}, "unknown", False),
    ],
)
def test_the_author_is_who_slack_shows(message: dict[str, Any], name: str, *, bot: bool) -> None:
    assert author(message, NAMES) == name
    assert is_bot(message) is bot


def test_a_windows_line_end_is_a_line_end() -> None:
    assert shown(text="a\r\n# b\r# c") == "a\n\\# b\n\\# c"
