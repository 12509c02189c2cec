"""The account's catalogue: what there is, what it looks like, and what a wrong name was meant to be."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from connector_kit.cache import ReadCache
from connector_kit.errors import InvalidInput, ServiceError, clean_text
from snowflake_mcp.client.catalog import describing
from snowflake_mcp.client.catalog.listing import listed
from snowflake_mcp.client.catalog.places import place_of
from snowflake_mcp.client.catalog.records import Counts, Listing, Search, Table
from snowflake_mcp.client.catalog.searching import searched
from snowflake_mcp.client.catalog.source import Reader, Source
from snowflake_mcp.client.catalog.suggesting import meant_by, nearest_columns, nearest_objects, nearest_places
from snowflake_mcp.client.refusals import Missing
from snowflake_mcp.guard import Statement, parse_name
from snowflake_mcp.kinds import DdlKind, ListedKind
from snowflake_mcp.models import Context

__all__ = ["Catalog", "Reader"]


class Catalog:
    """Metadata of one account, read with SHOW, DESCRIBE and SELECT only and kept for a minute.

    Methods raise ServiceError; one for a name that is not there says what may have been meant.
    """

    def __init__(self, reader: Reader, cache: ReadCache | None = None) -> None:
        """`reader` is the engine; nothing is sent yet."""
        self._source = Source(reader, cache)

    def forget(self) -> None:
        """Drop what was read: something has changed, or may have."""
        self._source.forget()

    async def search(self, query: str, within: str = "", *, limit: int = 30) -> Search:
        """What has words of `query` in its name or comment, best first; in DATABASE, DATABASE.SCHEMA or everywhere."""
        try:
            return await searched(self._source, query, within, limit=limit)
        except Missing as error:
            raise await self._placed(error, within) from error

    async def objects(self, kind: ListedKind, within: str = "", like: str = "") -> Listing:
        """All objects of a kind in DATABASE, DATABASE.SCHEMA or ACCOUNT; "" is the session's database.

        `like` is a part of the name, or a pattern with %.
        """
        try:
            return await listed(self._source, kind, within, like)
        except Missing as error:
            raise await self._placed(error, within) from error

    async def describe(self, table: str) -> Table:
        """A table or view by [DATABASE.][SCHEMA.]NAME: columns, keys, size and comments."""
        try:
            return await describing.described(self._source, table)
        except Missing as error:
            raise await self.explained(error, name=table) from error

    async def sample(self, table: Table, rows: int) -> list[Mapping[str, object]]:
        """Up to `rows` rows of a table by the names of its columns; takes a warehouse."""
        return await describing.sampled(self._source, table, rows)

    async def counts(self, table: Table) -> Counts:
        """Nulls, different values and extremes of columns, in about a million rows; takes a warehouse."""
        return await describing.counted(self._source, table)

    async def ddl(self, kind: DdlKind, name: str) -> str:
        """The statement that makes an object again."""
        try:
            return await describing.ddl(self._source, kind, name)
        except Missing as error:
            raise await self.explained(error, name=name) from error

    async def nearest(self, name: str, context: Context | None = None) -> tuple[str, ...]:
        """Databases, schemas or tables that a name may mean, best first. Never fails; () after four seconds."""
        try:
            return await nearest_objects(self._source, parse_name(name), context)
        except InvalidInput:
            return ()

    async def explained(
        self,
        error: ServiceError,
        *,
        context: Context | None = None,
        statement: Statement | None = None,
        name: str = "",
    ) -> ServiceError:
        """The error itself, which now says what may have been meant if a table or a column is missing. Never fails.

        `statement` is what was refused, and `name` what the caller asked for: Snowflake does not tell all of it.
        """
        if not isinstance(error, Missing):
            return error
        asked = list(statement.objects) if statement is not None else []
        if error.column:
            return _hinted(error, await nearest_columns(self._source, error.column, asked, context))
        if name:
            with suppress(InvalidInput):
                asked.append(parse_name(name))
        meant = meant_by(error.object, asked)
        return _hinted(error, await nearest_objects(self._source, meant, context) if meant else ())

    @asynccontextmanager
    async def suggesting(self, statement: Statement, context: Context) -> AsyncGenerator[None]:
        """Errors about what is missing, raised inside of it, say what may have been meant."""
        try:
            yield
        except Missing as error:
            await self.explained(error, context=context, statement=statement)
            raise

    async def _placed(self, error: Missing, within: str) -> ServiceError:
        place = place_of(within)
        return _hinted(error, await nearest_places(self._source, place) if place else ())


def _hinted(error: ServiceError, meant: Sequence[str]) -> ServiceError:
    if meant:
        hint = f"Did you mean {' or '.join(clean_text(each, 120) for each in meant)}?"
        error.next_step = clean_text(f"{hint} {error.next_step}", 600)
    return error
