"""Where every server script begins: quickly."""

import gc
import importlib
import signal


def start(package: str) -> int:
    """Run the server in `package`; answers the exit status.

    Importing makes a hundred thousand objects that live as long as the process. Collecting garbage
    among them only takes time, so the collector starts when the server serves.
    """
    gc.disable()
    # A client that changes its mind while we start gets a quick end, not a traceback out of some import.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status: int = importlib.import_module(f"{package}.server").main()
    return status
