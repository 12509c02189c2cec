"""The static table of a server's tools.

The table holds functions and facts about them, nothing that needs credentials or a running
server: documentation, snapshots, the read-only filter and the contract tests all walk it.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from connector_kit.access import Access, Effect

ToolFunction = Callable[..., Awaitable[str | Sequence[object]]]
"""Answers with a text, or with several parts, some of which are images."""
_F = TypeVar("_F", bound=ToolFunction)


@dataclass(frozen=True, slots=True)
class Hints:
    """The four behaviour hints of an MCP tool."""

    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """One tool of the table.

    `scopes` are the OAuth scopes of the service that it may come to need. A tool of a named `toolset` is offered
    only where the user switched that on.
    """

    fn: ToolFunction
    name: str
    title: str
    effect: Effect
    description: str
    idempotent: bool
    scopes: tuple[str, ...] = ()
    toolset: str = ""

    @property
    def access(self) -> str:
        """The level of `<SERVICE>_ACCESS` that offers this tool: read, write or delete."""
        return next(level.value for level in Access if level.allows(self.effect))

    @property
    def hints(self) -> Hints:
        """The hints that follow from the effect.

        The protocol calls destructive whatever is not purely additive, so overwriting counts.
        """
        return Hints(
            read_only=self.effect == "reads",
            destructive=self.effect in ("changes", "destroys"),
            idempotent=self.idempotent,
            open_world=True,
        )


running_tool: ContextVar[ToolEntry | None] = ContextVar("running_tool", default=None)
"""The tool whose call this is."""


class Toolset:
    """The tools of one service, in the order in which they are written."""

    def __init__(self, service: str) -> None:
        """Start an empty table; every tool's name will begin with `<service>_`."""
        self.service = service
        self._entries: dict[str, ToolEntry] = {}

    def __iter__(self) -> Iterator[ToolEntry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def optional(self) -> tuple[str, ...]:
        """The names of the parts that are offered only on request."""
        return tuple(dict.fromkeys(entry.toolset for entry in self if entry.toolset))

    def get(self, name: str) -> ToolEntry | None:
        """The entry called `name`, or None."""
        return self._entries.get(name)

    def tool(
        self,
        *,
        title: str,
        effect: Effect,
        idempotent: bool | None = None,
        scopes: Sequence[str] = (),
        toolset: str = "",
    ) -> Callable[[_F], _F]:
        """Put a function into the table; its docstring is the description that the model reads.

        `idempotent` says whether a second, equal call changes nothing more; by default only
        additions do. `scopes` are all that one of its requests may need, by the names that a login asks for.
        `toolset` names the part of the table that it belongs to, if it is offered only on request.

        Raises:
            ValueError: the name lacks the service's prefix, is taken, or the docstring is missing.
        """

        def register(fn: _F) -> _F:
            name = fn.__name__
            description = inspect.getdoc(fn)
            if not name.startswith(f"{self.service}_") or name in self._entries or not description:
                raise ValueError(f"tool {name!r}: needs the prefix {self.service}_, a docstring, and to be new")
            again = effect != "adds" if idempotent is None else idempotent
            self._entries[name] = ToolEntry(fn, name, title, effect, description, again, tuple(scopes), toolset)
            return fn

        return register


def parameters_of(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of a tool's input schema by name."""
    return schema.get("properties", {})
