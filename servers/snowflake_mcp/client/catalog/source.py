"""Reading the account's metadata: what was read lately is kept for a short while."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

import anyio

from connector_kit.cache import ReadCache
from connector_kit.errors import ServiceError, TimedOut, clean_text
from snowflake_mcp.client.catalog.show import MOST, Record
from snowflake_mcp.guard import Databases
from snowflake_mcp.models import Context, Result
from snowflake_mcp.settings import SnowflakeSettings

SECONDS: Final = 60.0
"""How long metadata is kept. Others change it, too, and do not tell."""
AT_ONCE: Final = 6
_TAG: Final = "catalog"
_T = TypeVar("_T")
_U = TypeVar("_U")
_K = TypeVar("_K")


class Reader(Protocol):
    """The part of the engine that the catalogue needs: it only reads."""

    @property
    def settings(self) -> SnowflakeSettings: ...
    @property
    def databases(self) -> Databases: ...
    def context(self, *, role: str = "", warehouse: str = "", database: str = "", schema: str = "") -> Context: ...
    async def where(self, context: Context) -> Context: ...
    async def read(self, sql: str, *, context: Context, binds: Sequence[object] = (), rows: int = MOST) -> Result: ...


class Source:
    """Metadata of one account, read by the SQL of this package."""

    def __init__(self, reader: Reader, cache: ReadCache | None = None) -> None:
        self.reader = reader
        self._cache = cache or ReadCache(max_bytes=8 << 20, max_entries=400)

    def forget(self) -> None:
        """Drop what was read: something has changed."""
        self._cache.invalidate(_TAG)

    async def home(self, context: Context | None = None) -> Context:
        """Where names without a database or schema are looked up. Raises ServiceError if there is no session."""
        return await self.reader.where(context or self.reader.context())

    async def records(
        self, sql: str, keep: Iterable[str] = (), *, binds: tuple[object, ...] = (), context: Context | None = None
    ) -> list[Record]:
        """The rows of a statement, 10,000 at most, with the columns `keep`; all without. Raises ServiceError."""
        where = context or self.reader.context()
        kept = frozenset(keep)

        async def load() -> list[Record]:
            rows = (await self.reader.read(sql, context=where, binds=binds, rows=MOST)).records()
            return [{name: row[name] for name in row if name in kept} for row in rows] if kept else list(rows)

        return await self._cache.get((where, sql, kept, binds), SECONDS, load, (_TAG,))


async def gather(
    keys: Iterable[_K], ask: Callable[[_K], Awaitable[_T]], *, seconds: float
) -> tuple[dict[_K, _T], dict[_K, ServiceError | None]]:
    """What `ask` answers for each key, and why not for the others: None where `seconds` were over."""
    found: dict[_K, _T] = {}
    failed: dict[_K, ServiceError | None] = {}
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def one(key: _K) -> None:
        async with limiter:
            try:
                found[key] = await ask(key)
                del failed[key]
            except ServiceError as error:
                failed[key] = error

    wanted = list(dict.fromkeys(keys))
    failed.update(dict.fromkeys(wanted))
    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as group:
            for key in wanted:
                group.start_soon(one, key)
    return found, failed


async def both(first: Callable[[], Awaitable[_T]], second: Callable[[], Awaitable[_U]]) -> tuple[_T, _U]:
    """Both answers, asked for at the same time. Raises the ServiceError of either, of the first if both fail."""
    answers: list[_U] = []
    errors: list[ServiceError] = []

    async def ask() -> None:
        try:
            answers.append(await second())
        except ServiceError as error:
            errors.append(error)

    own: list[_T] = []
    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        try:
            own.append(await first())
        except ServiceError as error:
            errors.insert(0, error)
            group.cancel_scope.cancel()
    if errors:
        raise errors[0]
    return own[0], answers[0]


def first_of(failed: Mapping[_K, ServiceError | None]) -> ServiceError:
    """The failure to tell where nothing could be read at all."""
    late = TimedOut("Snowflake did not tell in time.", next_step="Name a database or a schema in within.")
    return next((error for error in failed.values() if error), late)


def reason(error: ServiceError | None) -> str:
    """Why something was not read, in a few words and without the number of the statement."""
    if error is None:
        return "it took too long"
    return clean_text(re.sub(r" ?\((?:error|SQL state|query) [^()]*\)", "", error.message), 160).rstrip(".")
