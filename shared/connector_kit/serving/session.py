"""The running server's state: its settings, and the client that the first call builds."""

import importlib
import importlib.util
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, cast

import anyio
import anyio.to_thread
from mcp.server.mcpserver import Context

from connector_kit.access import Access
from connector_kit.audit import AuditLog
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.guidance import Guidance
from connector_kit.serving.completions import Completions
from connector_kit.serving.offers import Prompt, Resource
from connector_kit.serving.scopes import lacking
from connector_kit.serving.toolset import ToolEntry, Toolset, running_tool
from connector_kit.sites import current_site


class ServiceClient(Protocol):
    """What serving needs of a server's client."""

    @property
    def account(self) -> str | None:
        """Who the service says we are, once known; recorded in the audit log."""
        ...

    async def check(self) -> str:
        """Make one harmless call; answer in a line who signed in and where.

        Raises:
            ServiceError: the service refused, or could not be reached.
        """
        ...

    async def lacking_scopes(self, needed: Sequence[str], /) -> tuple[str, ...]:
        """The scopes among `needed`, or what stands for them, that the login lacks; none where nobody knows.

        Raises:
            ServiceError: there is no login, or it cannot be renewed now.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)
ClientT = TypeVar("ClientT", bound=ServiceClient)


@dataclass(frozen=True)
class ServerSpec(Generic[SettingsT, ClientT]):
    """All that distinguishes one server from the next.

    `connect` builds the client from complete settings without touching the network. `modules` are
    what the server's extra installs, by import name; they are looked for, not imported. `more_scopes`
    is for a service that names the scope it lacks and whose tokens can be given it: what the user is asked
    to do, before storing the token.
    """

    service: str
    title: str
    toolset: Toolset
    settings: type[SettingsT]
    connect: Callable[[SettingsT], Awaitable[ClientT]]
    instructions: str
    modules: tuple[str, ...] = ()
    more_scopes: str = ""
    guidance: Guidance | None = None
    prompts: Iterable[Prompt] = ()
    resources: Iterable[Resource] = ()
    completions: Completions | None = None

    @property
    def script(self) -> str:
        """The console script: `jira-mcp`."""
        return f"{self.service}-mcp"

    @property
    def absent(self) -> list[str]:
        """Those of its `modules` that are not installed."""
        return [name for name in self.modules if not _installed(name)]


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        # The package that it is a part of is not there.
        return False


@dataclass
class Session(Generic[SettingsT, ClientT]):
    """One process's settings and its client, one for each site; `fault` is why the settings could not be read.

    `sites` are the addresses of several sites by name, the usual one first; none where there is only one.
    """

    spec: ServerSpec[SettingsT, ClientT]
    settings: SettingsT | None
    fault: ServiceError | None
    audit: AuditLog
    running: set[Callable[[], None]] = field(default_factory=set[Callable[[], None]])
    """For each call under way, what records it as cancelled."""
    sites: Mapping[str, str] = field(init=False)
    _clients: dict[str, ClientT] = field(default_factory=dict[str, ClientT])
    _failures: dict[str, ServiceError] = field(default_factory=dict[str, ServiceError])
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    def __post_init__(self) -> None:
        addresses: Mapping[str, str] = self.settings.addresses if self.settings else {}
        self.sites = addresses if len(addresses) > 1 else {}

    @classmethod
    def start(
        cls,
        spec: ServerSpec[SettingsT, ClientT],
        audit: AuditLog,
        *,
        account: str = "",
        env_file: Path | None = None,
        sandbox: bool = False,
    ) -> "Session[SettingsT, ClientT]":
        """Read the settings. What is wrong with them is kept, and told by the first call."""
        try:
            overrides: dict[str, Any] = {"sandbox": True} if sandbox else {}
            settings = spec.settings.load(account=account, env_file=env_file, **overrides)
        except NotConfigured as fault:
            return cls(spec, None, fault, audit)
        return cls(spec, settings, None, audit)

    @property
    def access(self) -> Access:
        """What the user lets the tools do; reading only while the settings are unreadable."""
        return self.settings.access if self.settings else Access.READ

    def offers(self, entry: ToolEntry) -> bool:
        """Whether clients are offered this tool: by its effect, and by the toolset it belongs to."""
        on = self.settings.switched_on(entry.toolset) if self.settings else not entry.toolset
        return on and self.access.allows(entry.effect)

    async def client(self, site: str = "") -> ClientT:
        """The client for a site, by default the usual one; built by whoever asks first.

        Raises:
            NotConfigured: credentials are missing or unusable; names each and the guide.
        """
        site = site or next(iter(self.sites), "")
        failed_before = self._failures.get(site)
        async with self._lock:
            if site not in self._clients:
                failed = self._failures.get(site)
                if failed is not None and failed is not failed_before:
                    # Somebody else tried while we waited. A keyring that does not answer takes seconds for each.
                    raise failed
                try:
                    self._clients[site] = await self._connected(site)
                except ServiceError as failure:
                    self._failures[site] = failure
                    raise
            return self._clients[site]

    async def _connected(self, site: str) -> ClientT:
        if self.settings is None:
            assert self.fault is not None
            raise self.fault
        # The keyring may ask the desktop, so it must not hold up the event loop.
        await anyio.to_thread.run_sync(self.settings.require)
        return await self.spec.connect(self.settings.by_site()[site] if site else self.settings)

    def account_on(self, site: str = "") -> str | None:
        """Who the service says we are on a site, by default the usual one, once a call has found out."""
        client = self._clients.get(site or next(iter(self.sites), ""))
        return client.account if client else None

    def record_running(self) -> None:
        """Record the calls that the end of the process cuts off: a write among them may have happened."""
        with suppress(KeyError):
            while True:
                self.running.pop()()

    async def aclose(self) -> None:
        """Close the clients that were built; one that cannot be closed does not keep the others open."""
        clients, self._clients = self._clients, {}
        async with AsyncExitStack() as closing:
            for client in clients.values():
                closing.push_async_callback(client.aclose)


def connect_by(module: str) -> Callable[[Any], Awaitable[Any]]:
    """The `connect` function of a client module that the first call imports, in a worker thread.

    Clients are large, and a server answers its client's first requests without one.
    """

    async def connect(settings: Any) -> Any:
        loaded = await anyio.to_thread.run_sync(importlib.import_module, module)
        return await loaded.connect(settings)

    return connect


async def client_of(ctx: Context) -> Any:
    """The running call's client, for `Annotated[…, Resolve(client_of)]` in a tool's signature.

    Raises:
        NotPermitted: the login lacks a scope that the tool declares; names it and the command that gets it.
    """
    session = cast("Session[Any, Any]", ctx.request_context.lifespan_context)
    client = await session.client(current_site.get())
    entry = running_tool.get()
    if entry is not None and entry.scopes:
        missing = await client.lacking_scopes(entry.scopes)
        if missing:
            raise lacking(session, entry, missing)
    return client
