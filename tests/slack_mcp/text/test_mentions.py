"""No text calls many people unless it may."""

import pytest

from slack_mcp.text import MentionPolicy, neutral, one_line_outgoing, outgoing

JOINER = "\u2060"


@pytest.mark.parametrize(
    "said",
    [
        "<!channel>",
        "<!channel|channel>",
        "<!channel|@channel>",
        "<!CHANNEL>",
        "<!\u200bchannel>",
        "<\u200b!cha\u200dnnel\ufeff>",
        "&lt;!channel&gt;",
        "&#60;!channel&#62;",
        "&#x3C;&#33;channel>",
        "&LT;!channel|x&GT;",
        "<!channel^x>",
        "<\\!channel>",
        "@channel",
        "@Channel",
        "@\u200bchannel",
        "&#64;channel",
        "&commat;channel",
    ],
)
def test_a_call_to_the_channel_is_taken_apart(said: str) -> None:
    assert neutral(f"hey {said}, look") == f"hey @{JOINER}channel, look"


@pytest.mark.parametrize("name", ["here", "everyone", "group"])
def test_every_broadcast_is_known(name: str) -> None:
    assert neutral(f"<!{name}> @{name}") == f"@{JOINER}{name} @{JOINER}{name}"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<!subteam^S123>", f"@{JOINER}S123"),
        ("<!subteam^S123|@devs>", f"@{JOINER}devs"),
        ("<!SUBTEAM^S123|devs and ops>", f"@{JOINER}devs and ops"),
        ("&lt;!subteam^S123&gt;", f"@{JOINER}S123"),
        ("<!sub\u200bteam^S123>", f"@{JOINER}S123"),
        ("<!subteam>", f"@{JOINER}group"),
    ],
)
def test_a_call_to_a_group_is_taken_apart(said: str, expected: str) -> None:
    assert neutral(said) == expected


def test_a_call_within_a_link_a_date_or_a_table_is_found() -> None:
    assert neutral("[x](<!here>)") == f"[x](@{JOINER}here)"
    assert neutral("<https://a.example|<!here>>") == f"<https://a.example|@{JOINER}here>"
    assert neutral("<!date^1^{date}|<!here>>") == f"<!date^1^{{date}}|@{JOINER}here>"
    assert neutral("| <!here> |") == f"| @{JOINER}here |"


def test_a_call_put_together_from_the_rest_of_another_is_none() -> None:
    assert "<!" not in neutral("<!here<!here>>").replace("<!@", "")
    assert neutral("<<!here>!here>") == f"<@{JOINER}here!here>"
    assert neutral("<!<!subteam^S1|here>>") == f"<!@{JOINER}here>"


@pytest.mark.parametrize(
    "said",
    [
        "<@U123ABC>",
        "<#C123ABC|general>",
        "<https://a.example|the channel>",
        "<!date^1769850000^{date_short}|Jan 31>",
        "bob@here.example",
        "@channels and @hereafter and @here-and-now",
        "if a < b: c()",
        "# here",
    ],
)
def test_what_calls_nobody_is_left_alone(said: str) -> None:
    assert neutral(said) == said


def test_a_person_is_mentioned_in_the_form_that_slack_links() -> None:
    assert neutral("<@U123ABC|ada>") == "<@U123ABC>"


def test_code_stays_readable() -> None:
    assert neutral("run `notify @here`").replace(JOINER, "") == "run `notify @here`"


def test_a_broadcast_that_is_allowed_is_made_to_work() -> None:
    allowed = MentionPolicy(broadcast=True)
    assert outgoing("@here, look", mentions=allowed) == ["<!here>, look"]
    assert outgoing("Look, @everyone. (@Channel)", mentions=allowed) == ["Look, <!everyone>. (<!channel>)"]
    assert outgoing("npm i @here/tools, see @here.example", mentions=allowed) == [
        "npm i @here/tools, see @here.example"
    ]
    assert outgoing("<!channel> `@here` <!subteam^S1>", mentions=allowed) == [f"<!channel> `@here` @{JOINER}S1"]
    assert outgoing("```\n@here\n```\nbob@here.example", mentions=allowed) == ["```\n@here\n```\nbob@here.example"]


def test_a_group_that_is_allowed_stays() -> None:
    assert outgoing("<!subteam^S1> @here", mentions=MentionPolicy(groups=True)) == [f"<!subteam^S1> @{JOINER}here"]


def test_a_topic_is_one_line_without_calls() -> None:
    assert one_line_outgoing(" Ship\r\n<!here>\tnow\x00 ") == f"Ship @{JOINER}here now"


def test_a_long_text_is_read_in_one_go() -> None:
    for piece in ("<!here|", "&lt;!here|x", "<!subteam^S1|", "@\u200b", "<!", "&#", "<!h\u200b", "`@here"):
        assert outgoing(piece * 20_000)
        assert outgoing(piece * 20_000, mentions=MentionPolicy(broadcast=True))


def test_a_mention_with_a_long_tail_of_unseen_characters_is_read_in_one_go() -> None:
    for token in ("<!channel", "<!channel|x", "<!subteam", "<!subteam^S1", "@here"):
        assert "<!" not in neutral(token + "\u200b" * 200_000)
