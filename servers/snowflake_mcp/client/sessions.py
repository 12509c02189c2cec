"""The sessions that reading statements share: one for each role and place, begun when first needed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from snowflake_mcp.client.driver import DriverError, Session
from snowflake_mcp.models import Context

MOST = 4
"""Sessions that are kept open."""

Open = Callable[[Context], Awaitable[Session]]


class Sessions:
    """Sessions by what was asked of them; `open` logs in."""

    def __init__(self, open: Open) -> None:  # noqa: A002 - what it does
        self._open = open
        self._ready: dict[Context, Session] = {}
        self._opening: dict[Context, asyncio.Task[Session]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def use(self, context: Context) -> AsyncGenerator[Session]:
        """The session of a context; it is not closed while it is used. Raises what `open` raises."""
        session = await self._session(context)
        session.users += 1
        try:
            yield session
        finally:
            session.users -= 1
            if session is not self._ready.get(context) and not session.users:
                self._close(session)

    def drop(self, session: Session) -> None:
        """Let go of a session that is of no use any more; the next call begins another."""
        if self._ready.get(session.asked) is session:
            del self._ready[session.asked]

    async def aclose(self) -> None:
        """Log out everywhere."""
        for task in self._opening.values():
            task.cancel()
        ready, self._ready = list(self._ready.values()), {}
        for session in ready:
            self._close(session)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _session(self, context: Context) -> Session:
        known = self._ready.pop(context, None)
        if known is not None and not known.closed:
            self._ready[context] = known  # the latest used comes last
            return known
        task = self._opening.get(context)
        if task is None:
            task = asyncio.create_task(self._begun(context))
            self._opening[context] = task
            task.add_done_callback(lambda _: self._opening.pop(context, None))
            # Whoever waits for it is told of its failure; nobody may be left to.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        # A login goes on when the call that asked for it is over: in a browser it may take a minute.
        return await asyncio.shield(task)

    async def _begun(self, context: Context) -> Session:
        session = await self._open(context)
        idle = [each for each in self._ready.values() if not each.users]
        for each in idle[: max(len(self._ready) - MOST + 1, 0)]:
            del self._ready[each.asked]
            self._close(each)
        self._ready[context] = session
        return session

    def _close(self, session: Session) -> None:
        task = asyncio.create_task(_closed(session))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _closed(session: Session) -> None:
    with suppress(DriverError, TimeoutError):
        async with asyncio.timeout(5):
            await session.close()
