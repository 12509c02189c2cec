# /// script
# requires-python = ">=3.11"
# dependencies = ["fakesnow[server]==0.12.1", "snowflake-connector-python<5"]
# ///
"""Serve the stand-in over a folder, on 127.0.0.1, for as long as somebody holds a lease.

Run by `uv run --script serve.py FOLDER VERSION PORT`: the emulator cannot live in one environment with the connector
of the servers. When it can be used it prints one line of JSON: {"port": …, "lease_port": …, "pid": …, "version": …}.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
FIRST_LEASE_SECONDS = 30.0
"""How long it waits for somebody after it has started."""

GRACE_SECONDS = 3.0
"""How long it goes on when the last one has gone."""


class Leases:
    """Connections that say nothing: while one is open, the stand-in is needed.

    The system closes them with the process that held them, however that ended. Whoever connects is greeted by a line
    that says what this is; who sends `stop` ends it.
    """

    def __init__(self, greeting: str) -> None:
        self.unneeded = asyncio.Event()
        self._greeting = greeting.encode() + b"\n"
        self._held = 0
        self._end: asyncio.TimerHandle | None = None

    async def serve(self) -> asyncio.Server:
        """Take leases; the count towards the end begins."""
        self._count_down(FIRST_LEASE_SECONDS)
        return await asyncio.start_server(self._hold, HOST, 0)

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.unneeded.is_set():
            # It is ending: who comes now has to start another one, and waits for this one to be gone.
            writer.close()
            return
        self._held += 1
        if self._end:
            self._end.cancel()
        try:
            writer.write(self._greeting)
            await writer.drain()
            while line := await reader.readline():
                if line.strip() == b"stop":
                    self.unneeded.set()
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()
            self._held -= 1
            if not self._held:
                self._count_down(GRACE_SECONDS)

    def _count_down(self, seconds: float) -> None:
        self._end = asyncio.get_running_loop().call_later(seconds, self.unneeded.set)


async def main(folder: Path, version: str = "", port: str = "0") -> None:
    """Serve until nobody needs it any more; at a free port for port 0."""
    import uvicorn
    from emulator import Emulator
    from repairs import put_in
    from seed import fill, prepare
    from wire import Wire

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, int(port)))
    put_in()
    prepare(folder)
    emulator = Emulator(folder)
    fill(emulator, folder)
    listener.listen(128)
    place: dict[str, object] = {"port": listener.getsockname()[1], "pid": os.getpid(), "version": version}
    leases = Leases(json.dumps({"stand_in": "snowflake", "folder": str(folder), "version": version}))
    lease_server = await leases.serve()
    place["lease_port"] = lease_server.sockets[0].getsockname()[1]
    wire = Wire(emulator)
    config = uvicorn.Config(
        wire.app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    print(json.dumps(place), flush=True)  # noqa: T201 - who started it reads this
    ending = asyncio.create_task(leases.unneeded.wait())
    await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
    await wire.sessions.stop_all()
    server.should_exit = True
    await serving
    lease_server.close()
    emulator.close()
    with suppress(OSError):
        # Where this one is to be found is of no use any more; what is told there is a file.
        os.ftruncate(sys.stdout.fileno(), 0)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:4]))
