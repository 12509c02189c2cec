"""`python -m slack_mcp` and the script `slack-mcp`."""

import sys

from connector_kit.start import start


def main() -> int:
    """Run the server; answers the exit status."""
    return start("slack_mcp")


if __name__ == "__main__":
    sys.exit(main())
