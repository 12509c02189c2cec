"""`python -m slack_mcp` and the script `slack-mcp`."""

from typing import NoReturn

from connector_kit.start import start


def main() -> NoReturn:
    """Run the server; the process ends with its exit status."""
    start("slack_mcp")


if __name__ == "__main__":
    main()
