"""What must never be written down, and what must stay readable."""

import base64
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connector_kit.redaction import MARK, MOST_PASSING, SHORTEST_SECRET, Redactor

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("posted with " + "xoxb-" + "123456789012-abcdefghijkl", "123456789012"),
        ("xapp-" + "1-A0123-456-abcdef", "A0123"),
        ("xoxe.xoxp-" + "1-Mi0yLTEyMzQ1Njc4OTA", "Mi0yL"),
        ("ATATT3xFfGF0" + "T5" * 60 + "=12345678", "T5T5"),
        ("ATCTT3xFfGN0" + "ab-_" * 9, "ab-_"),
        ("ghp_" + "a1" * 18, "a1a1"),
        ("github_pat_" + "a1" * 18, "a1a1"),
        ("AKIA" + "ABCDEFGHIJKLMNOP", "ABCDEFGHIJ"),
        (f"jwt {JWT} sent", "eyJzdWIi"),
        ("Authorization: Basic dXNlckBleC5jb206c2VjcmV0", "dXNlck"),
        ("Authorization: Bearer abc", "abc"),
        ("{'Authorization': 'Bearer abc.def'}", "abc.def"),
        ("authorization=Token-abcdef", "abcdef"),
        ("bearer abcdefgh1234", "abcdefgh1234"),
        ("Set-Cookie: sid=abcdef; Path=/", "abcdef"),
        (PEM, "MIIEpAI"),
        (PEM[:50], "MIIEpAI"),
        ("https://user:pa55@host/x", "pa55"),
        ("https://:pa55@host/x", "pa55"),
        ("https://h/x?access_token=abc123&b=1", "abc123"),
        ("https://h/cb?code=abc123&state=1", "abc123"),
        ("https://h/x?a=1&X-Amz-Signature=abc123", "abc123"),
        ("password=hunter2", "hunter2"),
        ('password = "with some words"', "words"),
        ("pwd='it\"s'", "s'"),
        ('{"api_token": "abc def"}', "def"),
        ('{"api_token": "a\\"bcdef"}', "bcdef"),
        ('{\\"client_secret\\": \\"abcdef\\"}', "abcdef"),
        ("{'apiKey': 'abcdef'}", "abcdef"),
        ('{"token": 123456}', "123456"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(redactor: Redactor, text: str, secret: str) -> None:
    assert secret in text
    cleaned = redactor.text(text)
    assert MARK in cleaned
    assert secret not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "the issue ABC-12 is done, key=value",
        "JIRA_API_TOKEN: an API token (not set)",
        "https://site.invalid/browse/ABC-12?page=2",
        "Basic understanding of tokens; secretary at work",
        "GET /rest/api/3/issue/ABC-1 200 in 31 ms",
        "12:30:05 @channel see http://host:8080/x",
        "",
    ],
)
def test_what_is_no_secret_stays_readable(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) == text


def test_an_address_becomes_a_hash_that_is_the_same_within_a_process(redactor: Redactor) -> None:
    one, other, again = redactor.text("bob@example.com eve@example.com BOB@example.com").split()
    assert one == again != other
    assert one.startswith("mail:")
    assert Redactor().text("bob@example.com") != one


def test_an_address_is_found_as_it_stands_in_the_address_of_a_request(redactor: Redactor) -> None:
    told = redactor.text("GET /user/search?query=bob%40example.com&limit=5 bob@example.com")
    assert "example.com" not in told
    assert told == f"GET /user/search?query={(mail := told.rsplit(' ', 1)[-1])}&limit=5 {mail}"


@pytest.mark.parametrize("quote", ['"', '\\"'])
def test_a_credential_in_quotes_after_its_scheme_is_found(redactor: Redactor, quote: str) -> None:
    told = redactor.text(f"sent authorization: Snowflake Token={quote}ver-1-hint-4711{quote} and more")
    assert "4711" not in told
    assert told.startswith("sent authorization: [secret]")
    assert told.endswith("and more")


def test_a_short_value_is_not_searched_for(redactor: Redactor) -> None:
    redactor.add("a" * (SHORTEST_SECRET - 1))
    assert redactor.text("aaaaa bbb") == "aaaaa bbb"


def test_nested_data_is_cleaned_by_key_and_by_content(redactor: Redactor) -> None:
    redactor.add("hunter2hunter2")
    cleaned = redactor.value(
        {
            "headers": {"Authorization": "x", "accept": "json"},
            "api_token": ["z"],
            "password": 1234,
            "secret": None,
            "has_token": True,
            "list": [{"pwd": "q"}, ("hunter2hunter2", b"hunter2hunter2"), {"hunter2hunter2"}],
            "n": 1.5,
            3: "three",
        }
    )
    assert cleaned == {
        "headers": {"Authorization": MARK, "accept": "json"},
        "api_token": MARK,
        "password": MARK,
        "secret": None,
        "has_token": True,
        "list": [{"pwd": MARK}, [MARK, f"b'{MARK}'"], [MARK]],
        "n": 1.5,
        "3": "three",
    }


def test_data_that_holds_itself_ends(redactor: Redactor) -> None:
    endless: list[object] = []
    endless.append(endless)
    assert "…" in str(redactor.value(endless))


secrets = st.text(min_size=SHORTEST_SECRET, max_size=60).filter(lambda text: text not in MARK)
around = st.text(max_size=40)


@given(secret=secrets, before=around, after=around, user=around)
def test_a_known_secret_is_never_told_in_any_form_in_any_surroundings(
    secret: str, before: str, after: str, user: str
) -> None:
    # A text that has pieces of the mark in it could be put together again by the replacement.
    assume("[" not in secret and "]" not in secret and secret not in before + after)
    redactor = Redactor()
    redactor.add(secret, user=user)
    raw = secret.encode("utf-8", "surrogatepass")
    pair = f"{user}:{secret}".encode("utf-8", "surrogatepass")
    forms = {
        secret,
        quote(raw, safe=""),
        quote_plus(raw),
        quote(raw),
        json.dumps(secret),
        json.dumps({"a": secret}, ensure_ascii=False),
        repr(secret),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        f"Basic {base64.b64encode(pair).decode()}",
    }
    for form in forms:
        cleaned = redactor.known(before + form + after)
        assert secret not in cleaned or secret in MARK
        core = form.strip("\"'=") if "Basic" not in form else form[6:].rstrip("=")
        if len(core) >= SHORTEST_SECRET and core not in before + after:
            assert core not in cleaned


@given(secret=st.binary(min_size=9, max_size=40), before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_a_secret_inside_longer_base64_is_found_at_any_alignment(secret: bytes, before: bytes, after: bytes) -> None:
    text = secret.hex()
    redactor = Redactor()
    redactor.add(text)
    whole = before + text.encode() + after
    assert MARK in redactor.known(base64.b64encode(whole).decode())
    assert MARK in redactor.known(base64.urlsafe_b64encode(whole).decode())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_data_makes_the_redactor_raise_and_its_answer_is_json(value: object) -> None:
    json.dumps(Redactor().value(value))


@given(st.text())
def test_no_text_makes_the_redactor_raise(text: str) -> None:
    Redactor().text(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "@",
        "a@",
        "=",
        "token",
        "token=",
        'password"',
        "://",
        "://a:",
        "xox",
        "-----BEGIN PRIVATE KEY-----",
        "eyJ",
        "eyJaaaaaaaaa.",
        "?code=",
        "authorization ",
        "cookie: ",
        '"token": "\\',
        "basic ",
        "a.",
        "\\",
    ],
)
def test_no_hostile_line_takes_long(redactor: Redactor, piece: str) -> None:
    text = piece * (64_000 // len(piece)) + "@"
    started = time.process_time()
    redactor.text(text)
    # Not a benchmark: a pattern that backtracks would take minutes.
    assert time.process_time() - started < 5


def test_of_secrets_that_pass_the_last_ones_are_known(redactor: Redactor) -> None:
    tokens = [f"access-token-number-{number:03d}" for number in range(MOST_PASSING + 1)]
    redactor.add("a-lasting-secret")
    for token in [*tokens, tokens[-1]]:
        redactor.add_passing(token)
    told = redactor.known(" ".join([*tokens, "a-lasting-secret"]))
    assert told == " ".join([tokens[0], *[MARK] * MOST_PASSING, MARK])
