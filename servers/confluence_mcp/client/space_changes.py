"""Making spaces (https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-space/)."""

import re

from atlassian_kit.client import CATALOGUE
from confluence_mcp.client.base import V1, V2
from confluence_mcp.client.spaces import Spaces
from confluence_mcp.models import Space
from connector_kit.errors import Conflict, InvalidInput, ServiceError, clean_text
from connector_kit.wire import as_object, as_text

_KEY = re.compile(r"[A-Za-z0-9]{1,255}")
_LONGEST_NAME = 200


class SpaceChanges(Spaces):
    """Making spaces."""

    async def create_space(self, name: str, key: str, description: str = "") -> Space:
        """Make a space that the account administers, with a homepage.

        Raises Conflict when the key is taken, and NotPermitted for a key that tools may not touch.
        """
        wanted, title = key.strip().upper(), clean_text(name, _LONGEST_NAME)
        wrong: dict[str, str] = {}
        if not _KEY.fullmatch(wanted):
            wrong["key"] = f"{clean_text(key, 40)!r} should be letters and digits only, like DOCS"
        if not title:
            wrong["name"] = "is empty"
        if wrong:
            raise InvalidInput("No space was made.", fields=wrong)
        if not self._allowed(wanted):
            raise self._outside(wanted)
        if (there := await self._space_with_key(wanted)) is not None:
            raise Conflict(
                f"No space was made: {there.key} exists already, {clean_text(there.name, 80)!r}.",
                fields={"there": there.url},
                next_step="Choose another key.",
            )
        body: dict[str, object] = {"key": wanted, "name": title}
        if description.strip():
            body["description"] = {"plain": {"value": description.strip(), "representation": "plain"}}
        try:
            answer = as_object(
                await self._write("POST", f"{V1}/space", body, look="confluence_list_spaces shows the spaces")
            )
        finally:
            self.cache.invalidate(CATALOGUE)
        number = as_text(answer.get("id"))
        try:
            return self._space(await self._get(f"{V2}/spaces/{int(number)}"))
        except (ServiceError, ValueError):
            url = f"{self.site_url}/wiki/spaces/{wanted}"
            return Space(number, wanted, title, "global", "current", url)
