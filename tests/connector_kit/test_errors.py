"""Errors are phrased for a model: short, clean, without secrets."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit import errors
from connector_kit.errors import InvalidInput, NotFound, ServiceError, clean_text


def test_an_error_reads_as_message_fields_and_next_step() -> None:
    error = InvalidInput(
        "Jira refused the issue.", fields={"summary": "is required", "duedate": "is no date"}, next_step="Fix both."
    )
    assert str(error) == "Jira refused the issue. [summary: is required; duedate: is no date] Fix both."


def test_a_bare_error_is_its_message() -> None:
    assert str(NotFound("PMOS-1 does not exist.")) == "PMOS-1 does not exist."


def test_every_kind_has_a_name_of_its_own() -> None:
    kinds = [
        value.kind
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, ServiceError) and "kind" in vars(value)
    ]
    assert len(kinds) == 12
    assert len(set(kinds)) == 12


def test_an_error_keeps_what_support_and_retries_need() -> None:
    error = ServiceError("x", status=429, request_id="abc\x1b[1m-1", retry_after=2.5)
    assert (error.status, error.request_id, error.retry_after) == (429, "abc-1", 2.5)


def test_a_next_step_added_later_is_read_too() -> None:
    error = ServiceError("It failed.")
    error.next_step = "Look first."
    assert str(error) == "It failed. Look first."


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic dXNlcjpwYXNzd29yZDEyMw==",
        "sent bearer eyJhbGciOiJIUzI1NiJ9.e30.abc123",
        "https://someone:hunter2secret1@example.com/x",
    ],
)
def test_credentials_that_a_service_echoes_are_removed(text: str) -> None:
    shown = str(ServiceError(text, fields={"f": text}, next_step=text))
    for secret in ("dXNlcjpw", "eyJhbGci", "hunter2"):
        assert secret not in shown


def test_ordinary_words_are_not_taken_for_credentials() -> None:
    assert str(ServiceError("Basic authentication is disabled.")) == "Basic authentication is disabled."


def test_long_vendor_text_is_cut() -> None:
    error = ServiceError("m" * 5000, fields={str(i): "f" * 5000 for i in range(100)}, next_step="n" * 5000)
    assert len(str(error)) < 6000
    assert len(error.fields) == 20
    assert error.message.endswith("…")


def test_terminal_sequences_and_bidirectional_tricks_do_not_survive() -> None:
    assert (
        clean_text("a\x1b[31mred\x1b[0m\x1b]0;title\x07 b\u202egnp.exe\u2066\ud800")
        == "ared bgnp.exe\N{REPLACEMENT CHARACTER}"
    )


@given(st.text(st.characters()), st.integers(0, 50))
def test_cleaned_text_is_one_printable_line_within_its_limit(text: str, limit: int) -> None:
    cleaned = clean_text(text, limit)
    assert len(cleaned) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in cleaned)
    assert "  " not in cleaned
    cleaned.encode()


@given(st.text("abc ", max_size=30))
def test_a_text_within_the_limit_loses_nothing_but_whitespace(text: str) -> None:
    assert clean_text(text, 30) == " ".join(text.split())
