"""What is done in the demonstration of each server, one module by the service's name, with a function `work`."""

import importlib
import importlib.util
from collections.abc import Awaitable, Callable

from mcp_suite.demo.steps import Player

Story = Callable[[Player], Awaitable[None]]


def story_of(service: str) -> Story | None:
    """What is done with a service; None where nobody has written that."""
    name = f"{__name__}.{service}"
    return importlib.import_module(name).work if importlib.util.find_spec(name) else None
