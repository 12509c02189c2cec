"""`python -m snowflake_mcp` and the script `snowflake-mcp`."""

import sys

from connector_kit.start import start


def main() -> int:
    """Run the server; answers the exit status."""
    return start("snowflake_mcp")


if __name__ == "__main__":
    sys.exit(main())
