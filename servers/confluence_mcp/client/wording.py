"""What to do next after a refusal, in terms of this server's tools."""

import re

from connector_kit.http import Reply

_PERMISSION = "Ask an administrator of the space for the permission, or use another account."
_PAGE = re.compile(r"/(?:pages|blogposts|content)/[0-9]+(?:/|$)")


def advise(reply: Reply) -> str:
    """The next step for what the caller can mend; "" where the status says enough."""
    path = reply.path
    if reply.status == 404:
        return _advise_missing(path)
    if reply.status == 403:
        return _PERMISSION
    if reply.status == 409:
        return "Read the page again, then decide."
    return ""


def _advise_missing(path: str) -> str:
    if "-comments" in path:
        return "confluence_list_comments shows the comments of a page with their ids."
    if "/tasks/" in path:
        return "confluence_list_tasks shows the tasks of a page or space with their ids."
    if "attachment" in path:
        return "confluence_list_attachments shows the files of a page."
    if "/spaces" in path or "/space/" in path:
        return "confluence_list_spaces shows the spaces that this account may see."
    if _PAGE.search(path):
        return "Check the id, and whether the account may see it; confluence_search finds pages by what they say."
    return ""
