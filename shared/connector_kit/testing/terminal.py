"""A command in a text terminal, as a person sees it: what it shows, what is typed, how it ended.

    with Terminal([sys.executable, "-m", "mcp_suite", "auth", "login", "jira"], env) as terminal:
        terminal.expect("Address")
        terminal.type("https://example.atlassian.net")
        assert terminal.ended() == 0

POSIX only: it needs a pseudo-terminal.
"""

from __future__ import annotations

import errno
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_CONTROL = r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])"
_ROWS, _COLUMNS = 50, 120


class Terminal:
    """A running command whose standard streams are one terminal; use it in a `with` block.

    `shown` is everything on the screen so far, without colours, echo included.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        cwd: Path | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Start `command` in the environment `env` alone; `timeout` bounds every wait, in seconds."""
        import fcntl
        import pty
        import struct
        import termios

        self.shown = ""
        self._timeout = timeout
        self._seen = 0
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))

        def take_the_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(  # noqa: S603 - the command is the caller's own
            list(command),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={"TERM": "xterm", **env},
            cwd=cwd,
            start_new_session=True,
            # A hidden prompt opens /dev/tty, which is the controlling terminal.
            preexec_fn=take_the_terminal,  # noqa: PLW1509 - nothing here has threads that hold locks
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def expect(self, pattern: str) -> re.Match[str]:
        """Wait until `pattern` has appeared after what was expected before. Raises AssertionError if it never does."""
        deadline = time.monotonic() + self._timeout
        while True:
            found = re.search(pattern, self.shown[self._seen :])
            if found:
                self._seen += found.end()
                return found
            if not self._read(deadline):
                raise AssertionError(f"{pattern!r} did not appear. The terminal shows:\n{self.shown}")

    def until(self, text: str) -> None:
        """Wait for a text as `expect` does for a pattern."""
        self.expect(re.escape(text))

    def answer(self, prompt: str, line: str) -> None:
        """Wait for a prompt, and type a line."""
        self.until(prompt)
        self.type(line)

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._ours, f"{line}\n".encode())

    def interrupt(self) -> None:
        """Press Ctrl+C, and again if that is not noticed: Python misses one at the brink of waiting for a line.

        Raises AssertionError if it is never noticed.
        """
        for _ in range(20):
            self.process.send_signal(signal.SIGINT)
            if select.select([self._ours], [], [], 5.0)[0]:
                return
        raise AssertionError(f"Ctrl+C is not noticed. The terminal shows:\n{self.shown}")

    def ended(self) -> int:
        """Wait for the end; answers the exit status. Raises AssertionError if the command goes on."""
        deadline = time.monotonic() + self._timeout
        while self._read(deadline):
            pass
        try:
            return self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"The command goes on. The terminal shows:\n{self.shown}") from None

    def _read(self, deadline: float) -> bool:
        """Take what was written since; False at the end, or when the time is up."""
        ready, _, _ = select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # the other side is closed
                raise
            return False
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        self.shown += re.sub(_CONTROL, "", text)
        return bool(data)
