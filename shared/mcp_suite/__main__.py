"""`python -m mcp_suite` and the script `mcp-suite`."""

import io
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; answers the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Tickets hold any character; a terminal that lacks one must not end the command.
            stream.reconfigure(errors="replace")
    from mcp_suite.app import run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
