"""What holds for any message and any text."""

import html
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from slack_mcp.text import KnownNames, MentionPolicy, author, message_markdown, neutral, outgoing, wanted
from slack_mcp.text.posting import length, sendable

QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
NAMES = KnownNames({"U1AB": "Ada"})

PIECES = [*"abXY 019 *_`~[]()<>#+-=|!&;:.\\/\"'\n\t@", "é", "漢", "😀", "\u00a0", "\u200b", "https://x.y/z_w",
          "&amp;", "- ", "1. ", "[x] ", "```", "**", "<br>", "<!-- -->", "](", "]:", "---\n", "===\n", "    ",
          "<data>"]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), min_size=1, max_size=10).map("".join)

KEYS = st.sampled_from(
    ["text", "type", "blocks", "elements", "attachments", "files", "file", "fields", "accessory", "element",
     "url", "user_id", "style", "indent", "offset", "border", "rows", "title", "title_link", "fallback",
     "message", "message_blocks", "call", "v1", "options", "placeholder", "alt_text", "image_url", "label",
     "hint", "subtype", "edited", "user", "ts", "size", "name", "mode", "unicode", "skin_tone", "timestamp",
     "channel_id", "usergroup_id", "range", "bot_profile", "room", "actions", "author_name", "is_msg_unfurl",
     "from_url", "transcription", "preview", "content", "slack_file", "child_blocks", "other", "comment",
     "option_groups", "username", "root", "duration_ms", "language"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["rich_text", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted", "text",
     "link", "user", "channel", "usergroup", "broadcast", "emoji", "date", "color", "team", "section", "header",
     "context", "divider", "image", "actions", "input", "video", "file", "markdown", "table", "call", "button",
     "static_select", "mrkdwn", "plain_text", "raw_text", "card", "message_changed", "tombstone", "me_message",
     "thread_broadcast", "channel_join", "bot_message", "ordered", "bullet"]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), TEXT, KINDS, st.just("<@U1AB> <!here|x>")
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)
MESSAGE = st.dictionaries(KEYS, JSON, max_size=6)


def typed(kind: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=parts)


STYLE = st.dictionaries(st.sampled_from(["bold", "italic", "strike", "code"]), st.booleans() | st.none())
INLINE = st.one_of(
    typed("text", text=TEXT, style=STYLE),
    typed("link", url=TEXT, text=TEXT, style=STYLE),
    typed("user", user_id=st.sampled_from(["U1AB", "U2AB", ""]), style=STYLE),
    typed("emoji", name=TEXT, unicode=st.sampled_from(["1f44b", "2a", "1f44b-1f3fc"])),
    JSON,
)
SECTION = typed("rich_text_section", elements=st.lists(INLINE, max_size=4))
RICH = typed(
    "rich_text",
    elements=st.lists(
        st.one_of(
            SECTION,
            typed("rich_text_list", elements=st.lists(SECTION, max_size=3), style=KINDS, indent=st.integers(),
                  offset=JSON),
            typed("rich_text_quote", elements=st.lists(INLINE, max_size=3)),
            typed("rich_text_preformatted", elements=st.lists(INLINE, max_size=3), language=TEXT),
        ),
        max_size=4,
    ),
)  # fmt: skip


@QUICK
@given(st.one_of(MESSAGE, st.fixed_dictionaries({"blocks": st.lists(RICH | JSON, max_size=3)})))
def test_any_message_gives_a_text(message: dict[str, Any]) -> None:
    text = message_markdown(message, NAMES)
    assert isinstance(text, str)
    assert author(message, NAMES)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]+", user) for user in wanted([message]).users)


PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = re.compile(r"heading|fence|code_inline|em_|strong|s_open|html|link|image|blockquote|table|hr")


def structure(markdown: str) -> set[str]:
    """The kinds of everything in Markdown that is not plain text."""
    kinds: set[str] = set()
    for token in PARSER.parse(markdown):
        kinds |= {token.type, *(child.type for child in token.children or ())}
    return {kind for kind in kinds if MARKUP.match(kind)}


@QUICK
@given(TEXT)
def test_literal_text_of_the_editor_has_no_structure(text: str) -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    markdown = message_markdown({"blocks": [{"type": "rich_text", "elements": [section]}]}, NAMES)
    assert structure(markdown) == set(), markdown


@QUICK
@given(TEXT)
def test_preformatted_text_stays_in_its_fence(text: str) -> None:
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    markdown = message_markdown({"blocks": [{"type": "rich_text", "elements": [code]}]}, NAMES)
    fences = [token for token in PARSER.parse(markdown) if token.level == 0]
    assert [token.type for token in fences] == (["fence"] if markdown else [])


@QUICK
@given(TEXT)
def test_a_link_goes_where_it_went(label: str) -> None:
    link = {"type": "link", "url": "https://a.example/x_y(z)?a=1&b=2", "text": label}
    section = {"type": "rich_text_section", "elements": [link]}
    markdown = message_markdown({"blocks": [{"type": "rich_text", "elements": [section]}]}, NAMES)
    tokens = [child for token in PARSER.parse(markdown) for child in token.children or ()]
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == [link["url"]], markdown


CALLS = st.sampled_from(
    ["<", ">", "!", "@", "&lt;", "&#60;", "&#x3C", "&gt;", "&#33;", "here", "channel", "everyone", "HERE", "subteam^S1",
     "|", "^", "@devs", "\u200b", "\ufeff", "\u2060", " ", "x", "<!here>", "<!channel|x>", "<!subteam^S1|@x>", "`",
     "\n", "<!date^1^{date}|"]
)  # fmt: skip
CALL_TEXT = st.lists(CALLS, max_size=12).map("".join)
UNSEEN = "[\u00ad\u200b-\u200f\u2060-\u206f\ufeff]"


def live(text: str) -> list[str]:
    """Tokens that a forgiving reader would still take for a call: unseen characters dropped, entities decoded."""
    plain = re.sub(UNSEEN, "", html.unescape(text))
    return re.findall(r"<!(?:channel|here|everyone|group|subteam\^)(?![\w-])", plain, re.IGNORECASE)


@QUICK
@given(CALL_TEXT)
def test_no_call_to_many_is_left(text: str) -> None:
    quiet = neutral(text)
    assert live(quiet) == []
    assert not re.search(r"(?<!\w)@(?:here|channel|everyone)(?![\w-])", quiet, re.IGNORECASE)
    assert neutral(quiet) == quiet


@QUICK
@given(CALL_TEXT)
def test_an_allowance_for_one_kind_is_none_for_the_other(text: str) -> None:
    assert not re.search(r"<!(?:here|channel|everyone)\b", neutral(text, MentionPolicy(groups=True)))
    assert not re.search(r"<!subteam\^", neutral(text, MentionPolicy(broadcast=True)))


LONG = st.lists(
    st.sampled_from(["word ", "x" * 90, "\n", "\n\n", "```\n", "````py\n", "~~~\n", "> ```\n", "- item\n", "😀" * 40,
                     "👩🏽\u200d🚀", "🇩🇪", "e\u0301", "@here ", "<@U1AB>", "`code` ", "  ", "| a | b |\n"]),
    max_size=60,
).map("".join)  # fmt: skip


def bare(text: str) -> str:
    """Text without white space, fences and quote marks, which a border may add or drop."""
    return re.sub(r"[\s>]|`{3,}(?:py)?|~{3,}", "", text)


@QUICK
@given(LONG, st.integers(200, 400))
def test_parts_fit_and_lose_nothing(text: str, limit: int) -> None:
    parts = outgoing(text, limit=limit)
    assert all(0 < length(part) <= limit for part in parts)
    assert bare("".join(parts)) == bare(neutral(sendable(text)))
    assert all(part.strip() for part in parts)


@QUICK
@given(LONG, st.integers(200, 400))
def test_a_fence_that_a_part_opens_is_closed_in_it(text: str, limit: int) -> None:
    *inner, _ = outgoing(text, limit=limit) or [""]
    for part in inner:
        opened = ""
        for line in part.split("\n"):
            found = re.match(r"[ >]*(?:- )?(`{3,}|~{3,})(.*)", line)
            if found and not opened and not (found[1][0] == "`" and "`" in found[2]):
                opened = found[1]
            elif found and opened and found[1].startswith(opened) and not found[2].strip():
                opened = ""
        assert not opened, part
