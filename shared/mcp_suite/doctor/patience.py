"""Waiting for calls that block, for a limited time, without being held up by them at the end."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(call: Callable[[], T]) -> T:
    """What `call` answers or raises, from a thread of its own.

    The thread is a daemon: a name server, a keyring or a network drive that never answers must not keep the
    process from ending, as the event loop's own worker threads would.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(answer: Callable[[], None]) -> None:
        def unless_over() -> None:
            if not future.done():
                answer()

        if not loop.is_closed():
            loop.call_soon_threadsafe(unless_over)

    def run() -> None:
        try:
            value = call()
        except Exception as error:  # noqa: BLE001 - raised where the answer is awaited
            failure = error
            settle(lambda: future.set_exception(failure))
        else:
            settle(lambda: future.set_result(value))

    threading.Thread(target=run, name="doctor", daemon=True).start()
    return await future
