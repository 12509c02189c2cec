"""`python -m jira_mcp` and the script `jira-mcp`."""

import sys

from jira_mcp.server import main

if __name__ == "__main__":
    sys.exit(main())
