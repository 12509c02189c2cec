"""Cursors: they go on where they were made, and nowhere else."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from connector_kit.errors import BadAnswer, InvalidInput
from connector_kit.pages import LONGEST, _check, decode_cursor, encode_cursor, fingerprint  # pyright: ignore[reportPrivateUsage]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
states = st.dictionaries(st.text(max_size=10), json_values, max_size=4)


def refusal(text: str, kind: str = "issues", question: str = "q") -> str:
    with pytest.raises(InvalidInput) as caught:
        decode_cursor(kind, text, question)
    assert list(caught.value.fields) == ["cursor"]
    assert "without cursor" in caught.value.next_step
    return caught.value.fields["cursor"]


@given(kind=st.text(max_size=20), state=states, question=st.text(max_size=20))
def test_a_cursor_comes_back_as_it_was(kind: str, state: dict[str, JsonValue], question: str) -> None:
    cursor = encode_cursor(kind, state, question)
    assert decode_cursor(kind, cursor, question) == state
    assert decode_cursor(kind, f" {cursor}\n", question) == state


@given(state=states)
def test_a_cursor_needs_no_quoting_anywhere(state: dict[str, JsonValue]) -> None:
    assert encode_cursor("k", state).replace("-", "").replace("_", "").isalnum()


@given(state=states, place=st.integers(0, 10_000), change=st.characters(codec="ascii"))
def test_a_damaged_cursor_is_refused_or_means_the_same(state: dict[str, JsonValue], place: int, change: str) -> None:
    cursor = encode_cursor("issues", state, "q")
    at = place % len(cursor)
    damaged = cursor[:at] + change + cursor[at + 1 :]
    try:
        assert decode_cursor("issues", damaged, "q") == state
    except InvalidInput:
        assert damaged != cursor


def test_a_cursor_of_another_list_is_refused() -> None:
    assert "another tool" in refusal(encode_cursor("users", {"at": 1}, "q"))


def test_a_cursor_of_another_question_is_refused() -> None:
    cursor = encode_cursor("issues", {"at": 1}, fingerprint("project = A", ["key"]))
    assert "other arguments" in refusal(cursor, question=fingerprint("project = B", ["key"]))


def test_the_fingerprint_does_not_depend_on_the_order_of_names() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1}) != fingerprint({"a": 1})
    assert fingerprint("a", "b") != fingerprint("ab")


def forged(content: bytes) -> str:
    return base64.urlsafe_b64encode(_check(content) + content).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "eyJhdCI6MX0",
        "startAt=50",
        "é" * 20,
        "=" * 8,
        "A" * (LONGEST + 1),
        base64.urlsafe_b64encode(json.dumps(["issues", "q", {"at": 1}]).encode()).decode(),
        forged(b"not json"),
        forged(b"\xff"),
        forged(b"{}"),
        forged(b'["issues","q"]'),
        forged(b'["issues",1,{}]'),
        forged(b'["issues","q",[]]'),
        forged(b"[" * 2_900),
    ],
)
def test_an_invented_cursor_is_refused(text: str) -> None:
    assert "not one that this server gave" in refusal(text)


def test_a_state_that_makes_too_long_a_cursor_is_the_services_fault() -> None:
    assert len(encode_cursor("issues", {"token": "x" * 2_900})) <= LONGEST
    with pytest.raises(BadAnswer):
        encode_cursor("issues", {"token": "x" * 4_000})
