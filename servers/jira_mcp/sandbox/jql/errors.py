"""What a caller is told about a query that cannot be run."""

from __future__ import annotations

from collections.abc import Iterable


class JqlError(Exception):
    """A query that Jira would refuse with 400.

    `messages` go into `errorMessages` as they are; `line` and `character` (both from 1) are set for syntax
    errors, whose message also ends in "(line 1, character 14)" as Jira's do.
    """

    def __init__(self, messages: str | Iterable[str], line: int | None = None, character: int | None = None) -> None:
        self.messages: list[str] = [messages] if isinstance(messages, str) else list(messages)
        self.line = line
        self.character = character
        super().__init__(" ".join(self.messages))


class JqlSyntaxError(JqlError):
    """A text that does not follow the grammar."""

    def __init__(self, detail: str, text: str, offset: int | None = None) -> None:
        """Say what is wrong at `offset` in `text` (None: at its end, where Jira names no position)."""
        if offset is None:
            super().__init__(f"Error in the JQL Query: {detail}")
            return
        line = text.count("\n", 0, offset) + 1
        character = offset - text.rfind("\n", 0, offset)
        where = f"(line {line}, character {character})"
        super().__init__(f"Error in the JQL Query: {detail} {where}", line, character)
