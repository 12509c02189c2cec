"""What a server offers beside its tools: prompts, which people pick, and resources, which they attach.

Both are tables of functions like the tools', without credentials or a running server.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import uuid4

from mcp.server.mcpserver.exceptions import ResourceError
from mcp.server.mcpserver.prompts import Prompt as SdkPrompt

from connector_kit.audit import AuditRecord
from connector_kit.errors import ServiceError
from connector_kit.logs import correlation_id, redactor
from connector_kit.output import bounded
from connector_kit.serving.caller import client_name
from connector_kit.sites import current_site, told_on

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context

    from connector_kit.serving.session import Session

_P = TypeVar("_P", bound=Callable[..., str])
_R = TypeVar("_R", bound=Callable[..., Awaitable[str]])


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt: a function of a person's arguments that answers what the model is asked."""

    fn: Callable[..., str]
    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Resource:
    """What a template of addresses stands for; `fn` takes the parts of the address and the request's `ctx`."""

    fn: Callable[..., Awaitable[str]]
    uri: str
    name: str
    title: str
    description: str
    media_type: str
    site: str = ""
    """Whose addresses these are, where there are several sites; empty for the usual one."""

    def at_sites(self, sites: Mapping[str, str]) -> list[Resource]:
        """The same for each of several sites; the addresses of all but the first begin with the site's name."""
        scheme, _, rest = self.uri.partition("://")
        further = list(sites)[1:]
        return [
            self,
            *(
                replace(self, uri=f"{scheme}://{name}/{rest}", title=f"{self.title} on {name}", site=name)
                for name in further
            ),
        ]


class Prompts:
    """The prompts of one service, in the order in which they are written."""

    def __init__(self, service: str) -> None:
        """Start an empty table; every prompt's name will begin with `<service>_`."""
        self.service = service
        self._entries: list[Prompt] = []

    def __iter__(self) -> Iterator[Prompt]:
        return iter(self._entries)

    def prompt(self, *, title: str) -> Callable[[_P], _P]:
        """Put a function into the table; its docstring is what the menu says.

        Raises:
            ValueError: the name lacks the service's prefix, or the docstring is missing.
        """

        def register(fn: _P) -> _P:
            self._entries.append(Prompt(fn, *_told(self.service, fn, title)))
            return fn

        return register


class Resources:
    """The resources of one service."""

    def __init__(self, service: str) -> None:
        """Start an empty table; every address will begin with `<service>://`."""
        self.service = service
        self._entries: list[Resource] = []

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._entries)

    def template(self, uri: str, *, title: str, media_type: str = "text/plain") -> Callable[[_R], _R]:
        """Put a function into the table for addresses like `slack://channel/{name}`.

        Raises:
            ValueError: the address is of another service, the name lacks its prefix, or the docstring is missing.
        """

        def register(fn: _R) -> _R:
            name, shown, description = _told(self.service, fn, title)
            if not uri.startswith(f"{self.service}://"):
                raise ValueError(f"resource {uri!r}: begins with {self.service}://")
            self._entries.append(Resource(fn, uri, name, shown, description, media_type))
            return fn

        return register


@functools.cache
def served_prompt(entry: Prompt) -> SdkPrompt:
    """The SDK's prompt for an entry; all servers of a process have the same one."""
    return SdkPrompt.from_function(entry.fn, name=entry.name, title=entry.title, description=entry.description)


def served_resource(entry: Resource) -> Callable[..., Awaitable[str]]:
    """The entry's function with the suite's manners: our errors, a bounded answer, an audit record."""

    @functools.wraps(entry.fn)
    async def read(*args: Any, ctx: Context, **parts: Any) -> str:
        session = cast("Session[Any, Any]", ctx.request_context.lifespan_context)
        call_id = uuid4().hex[:12]
        outer = correlation_id.set(call_id)
        started = time.monotonic()
        outcome, kind = "cancelled", None
        site = entry.site or next(iter(session.sites), "")
        outer_site = current_site.set(site)
        try:
            text = bounded(await entry.fn(*args, ctx=ctx, **parts))
            outcome = "ok"
            where = told_on(session.sites, site) if entry.media_type.startswith("text/") else ""
            return "\n".join(filter(None, (text, where)))
        except ServiceError as error:
            outcome, kind = "error", error.kind
            raise ResourceError(redactor.known(str(error))) from error
        except Exception:
            outcome, kind = "error", "crash"
            raise
        finally:
            session.audit.write(
                AuditRecord(
                    tool=entry.name,
                    client=client_name(ctx),
                    account=session.account_on(site),
                    effect="reads",
                    arguments=parts,
                    outcome=outcome,
                    error_kind=kind,
                    duration_ms=round((time.monotonic() - started) * 1000, 1),
                    correlation_id=call_id,
                    vendor_request_id=None,
                    site=site or None,
                )
            )
            current_site.reset(outer_site)
            correlation_id.reset(outer)

    return read


def _told(service: str, fn: Callable[..., Any], title: str) -> tuple[str, str, str]:
    name, description = fn.__name__, inspect.getdoc(fn)
    if not name.startswith(f"{service}_") or not description:
        raise ValueError(f"{name!r}: needs the prefix {service}_ and a docstring")
    return name, title, description
