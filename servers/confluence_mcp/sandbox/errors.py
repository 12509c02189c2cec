"""Refusals in the vendor's wording, in the shape of the version of the API that was asked."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox_kit.atlassian.web import RefusalError

_CODES = {
    400: "INVALID_REQUEST_PARAMETER",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "TOO_MANY_REQUESTS",
}
_EXCEPTIONS = {
    400: "BadRequestException",
    403: "PermissionException",
    404: "NotFoundException",
    409: "ConflictException",
    413: "PayloadTooLargeException",
}


class ApiError(RefusalError):
    """A request that Confluence would refuse. `codes` are v1's keys of what is wrong, `code` is v2's."""

    def __init__(self, status: int, title: str, *, code: str = "", detail: str = "", codes: Sequence[str] = ()) -> None:
        super().__init__(status, title)
        self.status = status
        self.title = title
        self.code = code or _CODES.get(status, "INTERNAL_SERVER_ERROR")
        self.detail = detail
        self.codes = tuple(codes)

    def body(self, path: str) -> dict[str, object]:
        """The error as the API answers it that `path` belongs to."""
        return self.v1() if path.startswith("/wiki/rest/") else self.v2()

    def v2(self) -> dict[str, object]:
        """The error body of the REST API v2."""
        error = {"status": self.status, "code": self.code, "title": self.title, "detail": self.detail or None}
        return {"errors": [error]}

    def v1(self) -> dict[str, object]:
        """The error body of the REST API v1."""
        name = _EXCEPTIONS.get(self.status)
        prefix = f"com.atlassian.confluence.api.service.exceptions.{name}: " if name else ""
        return {
            "statusCode": self.status,
            "data": {
                "authorized": self.status not in (401, 403),
                "valid": not self.codes,
                "errors": [{"message": {"key": each, "translation": each, "args": []}} for each in self.codes],
                "successful": False,
            },
            "message": prefix + self.title,
        }


def bad_request(title: str, *codes: str, code: str = "") -> ApiError:
    """400."""
    return ApiError(400, title, code=code, codes=codes)


def unseen() -> ApiError:
    """404: Confluence does not tell what is missing from what the user may not see."""
    return ApiError(404, "Not Found")
