"""Refusals in the vendor's wording."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox_kit.atlassian.web import RefusalError


class ApiError(RefusalError):
    """A request that Jira would refuse: an HTTP status, sentences, and reasons by field."""

    def __init__(self, status: int, *messages: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(status, messages, fields)
        self.status = status
        self.messages = list(messages)
        self.fields = dict(fields or {})

    def body(self, path: str = "") -> dict[str, object]:  # noqa: ARG002 - all of Jira's paths have the same
        """The error body of REST API v3."""
        return {"errorMessages": self.messages, "errors": self.fields}


def bad_request(*messages: str, **fields: str) -> ApiError:
    """400, with sentences and reasons by field id."""
    return ApiError(400, *messages, fields=fields)


def issue_unseen() -> ApiError:
    """404: Jira does not tell an issue that is missing from one that the user may not see."""
    return ApiError(404, "Issue does not exist or you do not have permission to see it.")


def project_unseen(reference: str) -> ApiError:
    """404 for a project that is missing or hidden."""
    by = "id" if reference.isdecimal() else "key"
    return ApiError(404, f"No project could be found with {by} '{reference}'.")
