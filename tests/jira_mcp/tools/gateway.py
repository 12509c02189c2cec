"""A site behind a gateway that holds its visitors to the scopes of their token, as Atlassian's does."""

import shutil
from collections.abc import Collection
from pathlib import Path

from connector_kit.testing.sandboxes import Gateway
from jira_mcp.sandbox import create_app, required_scopes


def behind(database: Path, held: Collection[str]) -> Gateway:
    """The way to a site for a token with the scopes `held`."""
    return Gateway(create_app(database), required_scopes, held)


def fresh(seeded: Path, folder: Path, number: int) -> Path:
    """A database of a test's own, as the sandbox's is at first."""
    database = folder / f"jira-{number}.sqlite3"
    shutil.copyfile(seeded, database)
    return database
