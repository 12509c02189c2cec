"""`python -m jira_mcp` and the script `jira-mcp`."""

from typing import NoReturn

from connector_kit.start import start


def main() -> NoReturn:
    """Run the server; the process ends with its exit status."""
    start("jira_mcp")


if __name__ == "__main__":
    main()
