"""The methods of the Web API and what each asks of its caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from slack_mcp.sandbox.model import JsonObject, TokenKind
from slack_mcp.sandbox.web import Call

Handler: TypeAlias = Callable[[Call], JsonObject]
Tier: TypeAlias = Literal[1, 2, 3, 4, "special", "post"]
"""How often a method may be called; docs.slack.dev/apis/web-api/rate-limits. `post`: per channel."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method. One of the scopes has to be granted; which of them is for the handler when it depends on more."""

    name: str
    handler: Handler
    tier: Tier
    scopes: dict[TokenKind, tuple[str, ...]]
    writes: bool
    open: bool


METHODS: dict[str, Method] = {}
"""All methods by name, filled by `method`."""


def method(
    name: str,
    *,
    tier: Tier,
    scopes: Sequence[str] = (),
    bot_scopes: Sequence[str] | None = None,
    user_scopes: Sequence[str] | None = None,
    kinds: Sequence[TokenKind] = ("user", "bot"),
    writes: bool = False,
    open: bool = False,  # noqa: A002 - said of a method
) -> Callable[[Handler], Handler]:
    """Register a handler, whose answer needs no `ok`.

    Any of `scopes` is enough (none needed when it is empty); `bot_scopes` and `user_scopes` stand in for it where
    the two kinds of token differ. Tokens of a kind that is not in `kinds` are refused. A handler that `writes` gets
    a session that may. An `open` method needs no token.
    """

    def register(handler: Handler) -> Handler:
        wanted: dict[TokenKind, tuple[str, ...]] = {}
        for kind in kinds:
            own = bot_scopes if kind == "bot" else user_scopes
            wanted[kind] = tuple(scopes if own is None else own)
        METHODS[name] = Method(name, handler, tier, wanted, writes, open)
        return handler

    return register
