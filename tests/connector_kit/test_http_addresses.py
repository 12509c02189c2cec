"""A request goes where it was meant to go, and nowhere else."""

from urllib.parse import parse_qsl, unquote

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.addresses import base_address, checked_headers, encode_json, join, segment
from connector_kit.errors import InvalidInput, NotConfigured

BASE = base_address("https://api.example.com/ex/jira/42/")


def test_a_path_is_joined_below_the_base_address() -> None:
    assert str(join(BASE, "/rest/api/3/issue/A-1")) == "https://api.example.com/ex/jira/42/rest/api/3/issue/A-1"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "rest",
        "https://evil.example/x",
        "//evil.example/x",
        "/issue/A-1/../../admin",
        "/issue/A-1/..",
        "/./x",
        "/%2e%2e/admin",
        "/%252e%252e/admin",
        "/a%2f..%2fadmin",
        "/a\\..\\admin",
        "/a%5cadmin",
        "/a?x=1",
        "/a#x",
        "/a\nb",
        "/a%0d%0aHost:x",
        "/a%00b",
        "/a\x7fb",
        "/a\u2028b",
        "/a\ud800b",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        join(BASE, path)


@given(st.text(st.characters()))
def test_whatever_the_path_the_request_stays_below_the_base_address(path: str) -> None:
    try:
        url = join(BASE, "/" + path)
    except InvalidInput:
        return
    assert (url.scheme, url.host, url.port) == ("https", "api.example.com", None)
    assert url.raw_path.startswith(b"/ex/jira/42/")
    assert not url.query
    assert ".." not in unquote(url.path).split("/")


@given(st.text(st.characters(), min_size=1))
def test_an_id_stays_one_part_of_the_path(text: str) -> None:
    try:
        encoded = segment(text)
    except InvalidInput:
        return
    assert not set(encoded) & set("/?#\\ ")
    assert unquote(encoded) == text


@pytest.mark.parametrize("text", ["", ".", "..", "a\nb", "\ud800"])
def test_an_id_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        segment(text)


def test_an_id_with_a_path_inside_becomes_harmless_or_is_refused() -> None:
    assert segment("A-1/../../admin?x=1") == "A-1%2F..%2F..%2Fadmin%3Fx%3D1"
    with pytest.raises(InvalidInput):
        join(BASE, f"/issue/{segment('A-1/../../admin?x=1')}")
    assert segment(10001) == "10001"


def test_queries_say_booleans_and_lists_as_services_read_them() -> None:
    url = join(BASE, "/s", {"q": "a b&c=ä", "n": 5, "yes": True, "no": False, "none": None, "f": ["x", "y"]})
    assert url.query == b"q=a%20b%26c%3D%C3%A4&n=5&yes=true&no=false&f=x&f=y"


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8"))))
def test_a_query_arrives_as_it_was_meant(params: dict[str, str]) -> None:
    query = join(BASE, "/s", params).query.decode()
    assert parse_qsl(query, keep_blank_values=True) == list(params.items())


def test_a_query_that_no_address_can_hold_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too long for an address: 1,000,021 characters"):
        join(BASE, "/search", {"q": "x" * 1_000_000})


def test_half_a_character_in_a_query_is_refused() -> None:
    with pytest.raises(InvalidInput, match="surrogate"):
        join(BASE, "/s", {"q": "\ud800"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "ftp://example.com",
        "https://",
        "https://exa mple.com",
        "https://user:secret@example.com",
        "https://example.com?x=1",
        "https://example.com#x",
        "http://example.com",
        "https://example.com:port",
        "https://\ud800",
    ],
)
def test_an_unusable_base_address_is_refused_without_showing_a_password(text: str) -> None:
    with pytest.raises(NotConfigured) as raised:
        base_address(text)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("text", ["https://example.com", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:1"])
def test_credentials_go_over_tls_or_loopback_only(text: str) -> None:
    assert str(base_address(text + "/")) == text
    assert isinstance(base_address("http://sandbox.invalid", plain_http=True), httpx2.URL)


def test_json_is_compact_and_keeps_every_language() -> None:
    assert encode_json({"a": ["ä", 1, None]}) == '{"a":["ä",1,null]}'.encode()


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"a": float("nan")}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        encode_json(value)


@pytest.mark.parametrize("headers", [{"X-A": "a\r\nX-B: b"}, {"X\n": "a"}, {"X-A": "ä"}, {"X-A": "\x7f"}])
def test_a_header_cannot_smuggle_another(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        checked_headers(headers)
