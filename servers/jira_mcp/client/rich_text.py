"""Markdown on its way into Jira."""

from collections.abc import Mapping

import anyio.to_thread

from connector_kit.errors import InvalidInput

LONGEST = 65_536
"""Characters of Markdown. Jira's own limit is 32,767 characters of text; markup and links come on top of it."""

_AT_ONCE = 500
"""Characters that are converted where we are; more than that could hold up other calls."""


async def document(markdown: str, field: str) -> Mapping[str, object]:
    """A Markdown text as ADF. Raises InvalidInput, naming `field`, for one that Jira would not take."""
    if len(markdown) > LONGEST:
        raise InvalidInput(
            f"A text of {len(markdown):,} characters is too long for Jira.",
            fields={field: "at most 32,767 characters"},
            next_step="Shorten it, or attach the long version as a file.",
        )
    from atlassian_kit.adf import to_adf  # a server must answer before anyone writes Markdown

    if len(markdown) <= _AT_ONCE:
        return to_adf(markdown)
    return await anyio.to_thread.run_sync(to_adf, markdown, abandon_on_cancel=True)
