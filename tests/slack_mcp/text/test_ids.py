"""Ids and links in the forms that people paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput
from slack_mcp.text import (
    ChannelRef,
    MessageRef,
    UserRef,
    is_ts,
    parse_channel,
    parse_file,
    parse_message_ref,
    parse_user,
    permalink,
)

TS, ROOT = "1706745600.123456", "1706745600.000100"
MESSAGE = MessageRef("C0123ABCD", TS)
REPLY = MessageRef("C0123ABCD", TS, ROOT)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("https://acme.slack.com/archives/C0123ABCD/p1706745600123456", MESSAGE),
        (f"https://acme.slack.com/archives/C0123ABCD/p1706745600123456?thread_ts={ROOT}&cid=C0123ABCD", REPLY),
        (f"https://acme.slack.com/archives/C0123ABCD/p1706745600123456?thread_ts={ROOT}&amp;cid=C0123ABCD", REPLY),
        ("https://acme.enterprise.slack.com/archives/C0123ABCD/p1706745600123456", MESSAGE),
        ("https://acme.slack-gov.com/archives/C0123ABCD/p1706745600123456/", MESSAGE),
        ("http://127.0.0.1:8800/archives/C0123ABCD/p1706745600123456", MESSAGE),
        ("https://acme.slack.com/archives/C0123ABCD/1706745600.123456", MESSAGE),
        (f"https://app.slack.com/client/T0123/C0123ABCD/{TS}", MESSAGE),
        ("https://app.slack.com/client/T0123/C0123ABCD/p1706745600123456", MESSAGE),
        (f"https://app.slack.com/client/E0123/C0999ABCD/thread/C0123ABCD-{TS}", MessageRef("C0123ABCD", TS, TS)),
        (f"slack://channel?team=T0123&id=C0123ABCD&message={TS}", MESSAGE),
        (f"slack://channel?team=T0123&id=C0123ABCD&message={TS}&thread_ts={ROOT}", REPLY),
        ("https://acme.slack.com/archives/D0123ABCD/p1706745600123456", MessageRef("D0123ABCD", TS)),
        (f"C0123ABCD:{TS}", MESSAGE),
        (f" C0123ABCD:{TS}:{ROOT} ", REPLY),
        ("C0123ABCD/p1706745600123456", MESSAGE),
        ("<https://acme.slack.com/archives/C0123ABCD/p1706745600123456|this>", MESSAGE),
        ("[this](https://acme.slack.com/archives/C0123ABCD/p1706745600123456)", MESSAGE),
        ("`https://acme.slack.com/archives/C0123ABCD/p1706745600123456`.", MESSAGE),
    ],
)
def test_a_message_is_found_in_what_was_pasted(said: str, expected: MessageRef) -> None:
    assert parse_message_ref(said) == expected
    assert parse_message_ref(said, channel=expected.channel_id) == expected


@pytest.mark.parametrize("said", [TS, "p1706745600123456", "1706745600123456"])
def test_a_ts_needs_its_channel(said: str) -> None:
    assert parse_message_ref(said, channel="C0123ABCD") == MESSAGE
    with pytest.raises(InvalidInput, match="unique within its channel"):
        parse_message_ref(said)


@pytest.mark.parametrize(
    "said",
    ["", "hello", "C0123ABCD", "1706745600", "1706745600.12", "https://acme.slack.com/archives/C0123ABCD",
     "https://[broken/archives/C0123ABCD/p1706745600123456", "C0123ABCD:17067456001234567890",
     "https://acme.slack.com/archives/../p1706745600123456", "x" * 10_000],
)  # fmt: skip
def test_what_names_no_message_is_told_the_forms(said: str) -> None:
    with pytest.raises(InvalidInput, match="permalink"):
        parse_message_ref(said, channel="C0123ABCD")


def test_a_link_to_another_channel_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not in C0999ABCD"):
        parse_message_ref(f"C0123ABCD:{TS}", channel="C0999ABCD")


@given(seconds=st.integers(0, 10**12 - 1), fraction=st.integers(0, 999_999), reply=st.booleans())
def test_a_permalink_is_read_as_it_was_written(seconds: int, fraction: int, *, reply: bool) -> None:
    ts = f"{max(seconds, 10)}.{fraction:06}"
    thread = ROOT if reply and ts != ROOT else None
    link = permalink("https://acme.slack.com/", "C0123ABCD", ts, thread)
    assert parse_message_ref(link) == MessageRef("C0123ABCD", ts, thread)
    assert is_ts(ts)


def test_the_link_to_the_first_message_of_a_thread_names_no_thread() -> None:
    assert permalink("https://acme.slack.com", "C0123ABCD", TS, TS) == (
        "https://acme.slack.com/archives/C0123ABCD/p1706745600123456"
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("C0123ABCD", ChannelRef(id="C0123ABCD")),
        ("#C0123ABCD", ChannelRef(id="C0123ABCD")),
        ("<#C0123ABCD|general>", ChannelRef(id="C0123ABCD")),
        ("<#C0123ABCD>", ChannelRef(id="C0123ABCD")),
        ("G0123ABCD", ChannelRef(id="G0123ABCD")),
        ("https://acme.slack.com/archives/C0123ABCD", ChannelRef(id="C0123ABCD")),
        ("https://acme.slack.com/archives/C0123ABCD/p1706745600123456", ChannelRef(id="C0123ABCD")),
        ("https://app.slack.com/client/T0123/C0123ABCD", ChannelRef(id="C0123ABCD")),
        ("slack://channel?team=T0123&id=C0123ABCD", ChannelRef(id="C0123ABCD")),
        ("https://slack.com/app_redirect?channel=C0123ABCD", ChannelRef(id="C0123ABCD")),
        ("#general", ChannelRef(name="general")),
        ("General", ChannelRef(name="general")),
        ("GENERAL", ChannelRef(name="general")),
        ("#pm-os-dev", ChannelRef(name="pm-os-dev")),
        ("büro_1", ChannelRef(name="büro_1")),
        ("@ada", ChannelRef(user=UserRef(name="ada"))),
        ("U0123ABCD", ChannelRef(user=UserRef(id="U0123ABCD"))),
        ("<@U0123ABCD>", ChannelRef(user=UserRef(id="U0123ABCD"))),
        ("ada@a.example", ChannelRef(user=UserRef(email="ada@a.example"))),
        ("https://acme.slack.com/team/U0123ABCD", ChannelRef(user=UserRef(id="U0123ABCD"))),
    ],
)
def test_a_channel_is_found_in_what_was_pasted(said: str, expected: ChannelRef) -> None:
    assert parse_channel(said) == expected


@pytest.mark.parametrize("said", ["", "#", "two words", "https://a.example", "a/b", "slack://file?id=F1", "x" * 100])
def test_what_names_no_channel_is_told_the_forms(said: str) -> None:
    with pytest.raises(InvalidInput, match="#name"):
        parse_channel(said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("U0123ABCD", UserRef(id="U0123ABCD")),
        ("W0123ABCD", UserRef(id="W0123ABCD")),
        ("USLACKBOT", UserRef(id="USLACKBOT")),
        ("@U0123ABCD", UserRef(id="U0123ABCD")),
        ("<@U0123ABCD>", UserRef(id="U0123ABCD")),
        ("<@U0123ABCD|ada>", UserRef(id="U0123ABCD")),
        ("https://acme.slack.com/team/U0123ABCD", UserRef(id="U0123ABCD")),
        ("https://app.slack.com/client/T0123/D0123ABCD/user_profile/U0123ABCD", UserRef(id="U0123ABCD")),
        ("slack://user?team=T0123&id=U0123ABCD", UserRef(id="U0123ABCD")),
        ("ada@a.example", UserRef(email="ada@a.example")),
        ("<mailto:ada@a.example|ada@a.example>", UserRef(email="ada@a.example")),
        ("@ada.lovelace", UserRef(name="ada.lovelace")),
        ("Ada Lovelace", UserRef(name="Ada Lovelace")),
        ("URSULA", UserRef(name="URSULA")),
    ],
)
def test_a_person_is_found_in_what_was_pasted(said: str, expected: UserRef) -> None:
    assert parse_user(said) == expected


@pytest.mark.parametrize("said", ["", "@", "#general", "https://a.example", "a@b", "<!here>"])
def test_what_names_no_person_is_told_the_forms(said: str) -> None:
    with pytest.raises(InvalidInput, match="e-mail"):
        parse_user(said)


@pytest.mark.parametrize(
    "said",
    [
        "F0123ABCD",
        "https://acme.slack.com/files/U0123ABCD/F0123ABCD/report.pdf",
        "https://acme.slack.com/docs/T0123/F0123ABCD",
        "https://acme.slack.com/lists/T0123/F0123ABCD?record_id=Rec1",
        "https://files.slack.com/files-pri/T0123-F0123ABCD/download/report.pdf",
        "https://files.slack.com/files-tmb/T0123-F0123ABCD-0a1b2c/i_360.png",
        "slack://file?team=T0123&id=F0123ABCD",
        "<https://acme.slack.com/files/U0123ABCD/F0123ABCD/report.pdf|report.pdf>",
    ],
)
def test_a_file_is_found_in_what_was_pasted(said: str) -> None:
    assert parse_file(said) == "F0123ABCD"


@pytest.mark.parametrize("said", ["", "report.pdf", "https://acme.slack.com/archives/C0123ABCD", "C0123ABCD"])
def test_what_names_no_file_is_told_the_forms(said: str) -> None:
    with pytest.raises(InvalidInput, match="canvas"):
        parse_file(said)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(said: str) -> None:
    for parse in (parse_message_ref, parse_channel, parse_user, parse_file):
        try:
            parse(said)
        except InvalidInput as refused:
            assert refused.fields or refused.next_step
