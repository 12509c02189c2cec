"""Refusals as the Web API words them: HTTP 200 with `ok` false."""

from __future__ import annotations

from collections.abc import Sequence


class ApiError(Exception):
    """A call that Slack would refuse: a code, sentences about the arguments, and what else the answer holds."""

    def __init__(self, code: str, *, messages: Sequence[str] = (), status: int = 200, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.status = status
        self.more = more

    def body(self) -> dict[str, object]:
        """The answer."""
        body: dict[str, object] = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


def invalid_arguments(*sentences: str) -> ApiError:
    """Arguments that are missing or of the wrong type."""
    return ApiError("invalid_arguments", messages=[f"[ERROR] {each}" for each in sentences])


def missing_scope(needed: Sequence[str], provided: Sequence[str]) -> ApiError:
    """A token without any of the scopes that the call needs."""
    return ApiError("missing_scope", needed=",".join(needed), provided=",".join(provided))
