"""Where every server script begins: quickly."""

import gc
import importlib
import os
import signal
import sys
from typing import NoReturn


def start(package: str) -> NoReturn:
    """Run the server in `package` and end the process with its exit status.

    Importing makes a hundred thousand objects that live as long as the process. Collecting garbage
    among them only takes time, so the collector starts when the server serves.
    """
    gc.disable()
    # A client that changes its mind while we start gets a quick end, not a traceback out of some import.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status: int = importlib.import_module(f"{package}.server").main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A vendor's library may have threads of its own, which abort an interpreter that is taken down under them.
    os._exit(status)
