"""What a caller is told about a query that cannot be run."""

from __future__ import annotations


class CqlError(Exception):
    """A query that Confluence would refuse with 400.

    Confluence names the whole query and nothing else; `detail` says what is wrong with it, for whoever reads the
    sandbox's answer to the end.
    """

    def __init__(self, detail: str, query: str = "") -> None:
        self.detail = detail
        self.query = query
        super().__init__(detail)

    @property
    def message(self) -> str:
        """The sentence of the answer."""
        return f"Could not parse cql : {self.query}"
