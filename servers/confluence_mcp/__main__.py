"""`python -m confluence_mcp` and the script `confluence-mcp`."""

from typing import NoReturn

from connector_kit.start import start


def main() -> NoReturn:
    """Run the server; the process ends with its exit status."""
    start("confluence_mcp")


if __name__ == "__main__":
    main()
