"""What the sandbox holds of a page, past the server and its client."""

from confluence_mcp.sandbox.app import Sandbox


def body_of(site: Sandbox, page: str) -> str:
    """The newest text of a page in storage format."""
    return rows_of(site, page)[-1][1]


def version_of(site: Sandbox, page: str) -> int:
    """The number of the newest version of a page."""
    return rows_of(site, page)[-1][0]


def rows_of(site: Sandbox, page: str) -> list[tuple[int, str, str]]:
    """Number, text and message of all versions of a page."""
    with site.store.reading() as session:
        query = "SELECT number, body, message FROM version WHERE content = ? ORDER BY number"
        return [(int(row[0]), str(row[1]), str(row[2])) for row in session.db.execute(query, (int(page),))]


def resolutions_of(site: Sandbox, page: str) -> list[str]:
    """What became of the threads on passages of a page: open, resolved or dangling."""
    with site.store.reading() as session:
        query = "SELECT resolution FROM comment WHERE container = ? AND kind = 'inline' AND parent IS NULL"
        return [str(row[0]) for row in session.db.execute(query, (int(page),))]
