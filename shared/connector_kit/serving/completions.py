"""What a client proposes while a person types an argument of a prompt or a part of an address."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from connector_kit.errors import ServiceError, clean_text

if TYPE_CHECKING:
    from mcp_types import Completion, CompletionArgument

    from connector_kit.serving.session import Session

logger = logging.getLogger(__name__)

MOST = 100
"""Values in an answer, as the protocol has it."""
LONGEST = 200
"""Characters of what was typed that are looked at."""

Propose = Callable[[Any, str], Awaitable[Sequence[str]]]
_F = TypeVar("_F", bound=Propose)


class Completions:
    """What is proposed, by the name of the argument: a function of the service's client and of what was typed."""

    def __init__(self) -> None:
        """Start an empty table."""
        self._entries: dict[str, Propose] = {}

    def __bool__(self) -> bool:
        return bool(self._entries)

    def of(self, *names: str) -> Callable[[_F], _F]:
        """Put a function into the table for the arguments of these names."""

        def register(fn: _F) -> _F:
            self._entries.update(dict.fromkeys(names, fn))
            return fn

        return register

    async def proposals(self, session: Session[Any, Any], argument: CompletionArgument, site: str = "") -> Completion:
        """What to propose for an argument; nothing for one that the table does not have, or when the service fails.

        Of several sites it is the one of this name, by default the usual one.

        Typing goes on either way: a failure is told when the prompt or the address is used.
        """
        from mcp_types import Completion

        propose = self._entries.get(argument.name)
        if propose is None:
            return Completion(values=[])
        try:
            found = await propose(await session.client(site), argument.value[:LONGEST])
        except ServiceError as error:
            logger.debug("nothing to propose for %s: %s", argument.name, error.kind)
            return Completion(values=[])
        values = [text for text in dict.fromkeys(clean_text(each, LONGEST) for each in found) if text]
        return Completion(values=values[:MOST], total=len(values), has_more=len(values) > MOST)
