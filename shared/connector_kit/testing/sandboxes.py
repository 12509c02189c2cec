"""Faults on demand in a sandbox that runs inside this process."""

from collections.abc import Callable
from typing import Any

import httpx2


async def break_it(site: Callable[..., Any], path: str, method: str = "", count: int = 1, **fault: Any) -> None:
    """Have the site's next requests for a path fail."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(site), base_url="http://site") as control:
        body = {"path": path, "method": method, "count": count, **fault}
        assert (await control.post("/_sandbox/faults", json=body)).status_code == 201
