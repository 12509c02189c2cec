"""What requests of the REST API v2 carry: bodies of contents, versions, states, titles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from confluence_mcp.sandbox.bodies import InvalidBodyError, adf_to_storage, storage_to_adf, storage_to_view
from confluence_mcp.sandbox.errors import ApiError, bad_request
from confluence_mcp.sandbox.model import JsonObject
from confluence_mcp.sandbox.web import Call, as_long, unknown_value
from sandbox_kit.atlassian.accounts import ACCOUNTS

STORAGE, ADF, VIEW = "storage", "atlas_doc_format", "view"
BULK_FORMATS = (STORAGE, ADF)
SINGLE_FORMATS = (*BULK_FORMATS, VIEW, "export_view", "anonymous_export_view", "styled_view", "editor")
_WRITABLE = (STORAGE, ADF, "wiki")
_LONGEST_TITLE = 255
_LARGEST = 5 * 1024 * 1024
_NAMES = {account.account_id: account.name for account in ACCOUNTS}


def message_of(call: Call, *required: str) -> JsonObject:
    """The body of a request, which has these fields; 400 when one is missing, 413 when it is over 5 MB."""
    if len(call.raw_body) > _LARGEST:
        raise ApiError(413, "The request is too large: at most 5 MB are accepted")
    body = call.json_object()
    for name in required:
        if body.get(name) in (None, ""):
            raise missing(name)
    return body


def missing(name: str) -> ApiError:
    """400 for a field that has to be there."""
    return bad_request(f"'{name}' is required", code="INVALID_MESSAGE")


def id_in(body: JsonObject, name: str) -> int | None:
    """An id in a body, None when there is none; 400 when it is no number."""
    value = body.get(name)
    return None if value in (None, "") else as_long(value, name)


def choice_in(body: JsonObject, name: str, known: Sequence[str], default: str = "") -> str:
    """A field of which the vendor knows a few values."""
    value = body.get(name, default) or default
    if value and value not in known:
        raise unknown_value(value, name, known)
    return str(value)


def text_in(body: JsonObject, name: str) -> str:
    """A field that is text; empty when there is none."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_request(f"Provided value for '{name}' is not the correct type. Expected type is string")
    return value or ""


def title_in(body: JsonObject) -> str:
    """The title in a body, which must not be too long."""
    title = text_in(body, "title").strip()
    if len(title) > _LONGEST_TITLE:
        raise bad_request("Title cannot be longer than 255 characters.", code="BAD_REQUEST")
    return title


def version_in(body: JsonObject) -> tuple[int, str]:
    """The number and message of the version in a body; 400 when there is no number."""
    version = body.get("version")
    if not isinstance(version, dict):
        raise missing("version")
    number: object = cast("JsonObject", version).get("number")
    if not isinstance(number, int) or isinstance(number, bool):
        raise missing("version.number")
    return number, text_in(cast("JsonObject", version), "message")


def check_version(current: int, provided: int, what: str = "page") -> None:
    """409 unless a new version is the next one."""
    if provided != current + 1:
        raise ApiError(
            409,
            f"Version must be incremented when updating a {what}. Current Version: [{current}]. "
            f"Provided version: [{provided}]",
        )


def storage_in(body: JsonObject, name: str = "body") -> str | None:
    """The body of a content as storage format, None when the request has none.

    Either `{"representation": …, "value": …}` or the same under the name of the representation.
    """
    given: object = body.get(name)
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad_request(f"Provided value for '{name}' is not the correct type. Expected type is object")
    held = cast("JsonObject", given)
    if "representation" not in held and "value" not in held:
        nested = [each for each in _WRITABLE if isinstance(held.get(each), dict)]
        if not nested:
            raise missing(f"{name}.representation") if not held else unknown_value(next(iter(held)), name, _WRITABLE)
        held = {"representation": nested[0], **held[nested[0]]}
    representation, value = held.get("representation"), held.get("value")
    if representation is None:
        raise missing(f"{name}.representation")
    if representation not in _WRITABLE:
        raise unknown_value(representation, f"{name}.representation", _WRITABLE)
    if not isinstance(value, str):
        raise missing(f"{name}.value")
    return value if representation == STORAGE else _converted(value, str(representation))


def _converted(value: str, representation: str) -> str:
    if representation != ADF:
        raise bad_request("The sandbox does not read wiki markup: send storage or atlas_doc_format")
    try:
        document: object = json.loads(value)
        if not isinstance(document, dict):
            raise InvalidBodyError("Error parsing adf: not a document")
        return adf_to_storage(cast("JsonObject", document))
    except (ValueError, RecursionError) as trouble:  # InvalidBodyError is one
        raise bad_request(f"Invalid atlas_doc_format body: {str(trouble)[:200]}", code="BAD_REQUEST") from None


def shown_body(storage: str, representation: str) -> JsonObject:
    """A body in a format that was asked for, under the format's name; nothing when none was."""
    if not representation:
        return {}
    try:
        if representation == STORAGE:
            value = storage
        elif representation == ADF:
            value = json.dumps(storage_to_adf(storage), ensure_ascii=False, separators=(",", ":"))
        else:
            value = storage_to_view(storage, _NAMES)
    except InvalidBodyError as trouble:
        raise bad_request(str(trouble), code="BAD_REQUEST") from None
    return {representation: {"representation": representation, "value": value}}
