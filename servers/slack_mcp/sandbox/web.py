"""A call as the handlers see it: arguments from the query, a form or JSON, and who makes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qsl

from sandbox_kit.json_body import read_json
from slack_mcp.sandbox.errors import ApiError, invalid_arguments, missing_scope
from slack_mcp.sandbox.model import JsonObject, Token, User
from slack_mcp.sandbox.session import Session

_FORM = "application/x-www-form-urlencoded"
_NOBODY = Token("", "user", "", "", ())


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method inside its transaction."""

    method: str
    arguments: Mapping[str, object]
    token: Token
    session: Session
    now: float
    """Seconds since 1970 by the sandbox's clock."""
    base_url: str = ""
    """Where the sandbox itself is reached, without a slash at the end."""
    restricted_history: bool = False
    """Whether the app is one of those that get 15 messages a call."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    warnings: list[str] = field(default_factory=list[str])
    messages: list[str] = field(default_factory=list[str])
    """Sentences for `response_metadata.messages`."""

    @property
    def caller(self) -> User:
        """Who acts: the person of a user token, the bot user of a bot token."""
        user = self.session.people.find(self.token.user)
        assert user is not None, "tokens are for users of the workspace"
        return user

    def given(self, name: str) -> bool:
        """Whether the argument was sent, and not empty."""
        return self.arguments.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        value = self.arguments.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return str(value).lower()
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def required(self, name: str) -> str:
        """An argument that has to be there."""
        if not self.given(name):
            raise invalid_arguments(f"missing required field: {name}")
        return self.text(name)

    def words(self, name: str) -> list[str]:
        """A list: in JSON, or with commas between its values."""
        value = self.arguments.get(name)
        if isinstance(value, list):
            return [str(each) for each in cast("list[object]", value)]
        text = self.text(name)
        if text.startswith("["):
            return [str(each) for each in cast("list[object]", self.structure(name, list))]
        return [word.strip() for word in text.split(",") if word.strip()]

    def flag(self, name: str, default: bool = False) -> bool:
        """An argument that is true or false, or 1 or 0."""
        return self.text(name).lower() in ("true", "1") if self.given(name) else default

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        if not self.given(name):
            return default
        text = self.text(name)
        if not re.fullmatch(r"-?[0-9]{1,15}", text):
            raise invalid_arguments(f"failed to match all allowed types: expected an integer [json-pointer:/{name}]")
        return int(text)

    def structure(self, name: str, kind: type[list[object]] | type[JsonObject], error: str = "") -> object:
        """An array or an object, sent in JSON or as a form field that holds JSON."""
        value = self.arguments.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                value = None
        if not isinstance(value, kind):
            refusal = invalid_arguments(f"must be valid JSON [json-pointer:/{name}]")
            raise ApiError(error, messages=refusal.messages) if error else refusal
        return cast("object", value)

    def need(self, *scopes: str) -> None:
        """Refuse unless one of the scopes was granted."""
        if not self.token.has(*scopes):
            raise missing_scope(scopes, self.token.scopes)


def arguments_of(query: str, content_type: str, body: bytes) -> tuple[dict[str, object], list[str]]:
    """The arguments of a request and the warnings about how they were sent.

    Raises `ApiError` for a body that cannot be read.
    """
    arguments: dict[str, object] = dict(parse_qsl(query, keep_blank_values=True))
    arguments.pop("token", None)  # long refused in an address
    kind, _, parameters = content_type.partition(";")
    kind, charset = kind.strip().lower(), "charset" in parameters.lower()
    if not body:
        return arguments, []
    if not kind:
        raise ApiError("missing_post_type")
    if kind == _FORM:
        arguments |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return arguments, ["superfluous_charset"] if charset else []
    if kind == "application/json":
        arguments |= _json_arguments(body)
        return arguments, [] if charset else ["missing_charset"]
    raise ApiError("invalid_post_type")


def bearer_token(authorization: str, arguments: Mapping[str, object], content_type: str) -> str:
    """The token that a request brings along: in its header, or as a form field."""
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    in_form = content_type.partition(";")[0].strip().lower() == _FORM
    token = arguments.get("token")
    return token if in_form and isinstance(token, str) else ""


def nobody() -> Token:
    """Who calls a method that needs no token."""
    return _NOBODY


def _json_arguments(body: bytes) -> dict[str, object]:
    try:
        value = read_json(body)
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(value, dict):
        raise ApiError("json_not_object")
    return cast("dict[str, object]", value)


def strings(values: object) -> Sequence[str]:
    """The strings in a value that should be a list of them."""
    return [each for each in cast("list[object]", values) if isinstance(each, str)] if isinstance(values, list) else []
