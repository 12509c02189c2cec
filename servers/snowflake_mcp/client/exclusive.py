"""A session of one's own, for what changes something: nothing is repeated, a transaction is whole or undone."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import anyio

from connector_kit.errors import OutcomeUnknown, ServiceError, Unavailable
from snowflake_mcp.client.driver import Answer, DriverError, Session
from snowflake_mcp.client.refusals import explain, is_ambiguous
from snowflake_mcp.models import Context, Result

ROLLBACK_SECONDS: Final = 5.0
_CLOSE_SECONDS: Final = 5.0
_COUNTS: Final = ("number of rows inserted", "number of rows updated", "number of rows deleted")


class Exclusive:
    """Statements in a session that nobody else uses. Methods raise ServiceError.

    While a transaction is open a failure has changed nothing, and says so; elsewhere one on the way to Snowflake is
    an OutcomeUnknown.
    """

    def __init__(
        self, session: Session, parameters: Callable[[], Mapping[str, object]], seconds: Callable[[], float]
    ) -> None:
        self._session = session
        self._parameters = parameters
        self._seconds = seconds
        self._open = False

    @property
    def context(self) -> Context:
        """What the session has."""
        return self._session.context

    async def run(self, sql: str, binds: Sequence[object] = (), *, rows: int = 100) -> Result:
        """Run one statement and answer up to `rows` rows of its result, or how many rows it changed.

        `binds` are the values of its `?`; of an INSERT of many rows they are lists, one for each column.
        """
        try:
            async with asyncio.timeout(self._seconds()):
                answer = await self._session.run(sql, binds, self._parameters())
                found = await answer.rows(0, rows)
        except TimeoutError:
            raise self._uncertain("it did not end in the time that a call may take, and was stopped") from None
        except DriverError as error:
            if self._open and is_ambiguous(error):
                raise self._uncertain("the way to Snowflake failed") from error
            raise explain(error, writing=not self._open) from error
        total = answer.total
        return Result(
            answer.query_id,
            answer.columns,
            found,
            0,
            total,
            more=total is not None and len(found) < total,
            changed=_changed(answer, found),
            context=self.context,
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[None]:
        """BEGIN, and COMMIT at the end or ROLLBACK after a failure.

        Only a COMMIT whose answer is lost leaves the outcome unknown.
        """
        try:
            await self.run("BEGIN")
        except OutcomeUnknown as error:
            raise Unavailable(
                "Nothing was changed: the way to Snowflake failed before the statement was sent.",
                next_step="Try again in a moment.",
            ) from error
        self._open = True
        try:
            yield
        except BaseException:
            # Also when the call is cancelled: what is left open keeps its locks. If this fails too, Snowflake undoes
            # it with the session.
            with anyio.move_on_after(ROLLBACK_SECONDS, shield=True), suppress(ServiceError):
                await self.run("ROLLBACK")
            raise
        finally:
            self._open = False
        await self.run("COMMIT")

    async def aclose(self) -> None:
        """Log out."""
        with suppress(DriverError, TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._session.close()

    def _uncertain(self, why: str) -> ServiceError:
        if self._open:
            return Unavailable(
                f"Nothing was changed: {why}, and the transaction was not committed.", next_step="Try again later."
            )
        return OutcomeUnknown(
            f"The statement may or may not have been done: {why}.",
            next_step="Look at the data before doing it again.",
        )


def _changed(answer: Answer, rows: Sequence[tuple[object, ...]]) -> int | None:
    """Rows that a statement changed: Snowflake tells them as the columns of its result."""
    places = [index for index, column in enumerate(answer.columns) if column.name.lower() in _COUNTS]
    if not places or not rows:
        return None
    return sum(int(str(rows[0][index])) for index in places)
