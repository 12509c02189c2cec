"""`python -m jira_mcp` and the script `jira-mcp`."""

import sys

from connector_kit.start import start


def main() -> int:
    """Run the server; answers the exit status."""
    return start("jira_mcp")


if __name__ == "__main__":
    sys.exit(main())
