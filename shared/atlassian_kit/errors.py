"""What Atlassian's error answers mean, in words that a model can act on.

Bodies: Jira's {errorMessages, errors by field}, the gateway's {code, message}, Confluence's
{errors: [{title, detail}]}, Jira's bulk operations' {errors: [{message}]}, and {message} of filters in front
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes).
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import cast

from connector_kit.errors import ScopeMissing, ServiceError, clean_text
from connector_kit.http import Reply, error_for
from connector_kit.wire import JsonObject, as_object, as_text, objects, texts

FieldName = Callable[[str], str]
"""A field's id -> the name that people know it by; the id itself when unknown."""

Advise = Callable[[Reply], str]
"""The next step for a refused request, in terms of tools; "" when there is none in particular."""

_JAVA = r"^com\.atlassian\.[\w.$]{1,200}: "
"""The class of an exception before what it says, in answers of Confluence's first API."""

_LIMITS: Mapping[str, str] = {
    "jira-burst-based": "too many requests within a second",
    "jira-quota-global-based": "the hourly quota of this app is used up",
    "jira-quota-tenant-based": "the hourly quota of this site is used up",
    "jira-per-issue-on-write": "this issue was written too often within seconds",
    "confluence-burst-based": "too many requests within a second",
    "confluence-quota-global-based": "the hourly quota of this app is used up",
    "confluence-quota-tenant-based": "the hourly quota of this site is used up",
}


def is_scope_mismatch(reply: Reply) -> bool:
    """Whether the gateway accepts the token but not for this operation: it lacks a scope."""
    return reply.status in (401, 403) and "scope does not match" in reply.text[:2_000]


def required_scope(method: str, path: str) -> str:
    """The classic scope that a Jira operation needs
    (https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/)."""
    reads = method in ("GET", "HEAD") or "/search/" in path or path.endswith(("/jql/parse", "/jql/match"))
    if any(part in path for part in ("/user/", "/myself", "/user?", "/users")) or path.endswith("/user"):
        return "read:jira-user"
    return "read:jira-work" if reads else "write:jira-work"


def explain_atlassian(
    reply: Reply,
    *,
    service: str,
    field_name: FieldName = str,
    advise: Advise | None = None,
    scope: Callable[[str, str], str] = required_scope,
    login_command: str = "",
) -> ServiceError:
    """The error that an answer of status 400 or more means.

    `field_name` translates the ids in Jira's errors by field, `advise` adds the next step for what the
    caller can mend, `scope` names the scope that a method and path need. `login_command` is given where a login
    in the browser is used instead of an API token.
    """
    said, fields = read_error(reply, field_name)
    if is_scope_mismatch(reply):
        return ScopeMissing(
            f"{service}: the login or API token lacks a scope for {reply.method} {reply.path}.",
            next_step=f"Log in with {scope(reply.method, reply.path)}, or make an API token that has it.",
            status=reply.status,
            request_id=reply.request_id,
        )
    message, step = said, advise(reply) if advise else ""
    if reply.status == 401:
        message, step = _unauthorized(reply, said, service, login_command)
    elif reply.status == 410:
        message = said or "Atlassian has removed this operation."
        step = "It will not come back: use another tool, and report it to the maintainers of this server."
    elif reply.status == 413:
        message = said or "what was sent is too large."
        step = "Send less at a time: shorter text, fewer items."
    elif reply.status == 429:
        message = _LIMITS.get(reply.headers.get("ratelimit-reason", ""), said)
        step = ""
    elif reply.status == 400 and fields and not said:
        message = "these values were refused."
    elif reply.status >= 500 or reply.is_html:
        step = ""
    if message and step and not fields and not message.endswith((".", "!", "?")):
        message += "."
    return error_for(reply, service=service, message=message, fields=fields, next_step=step)


def read_error(reply: Reply, field_name: FieldName = str) -> tuple[str, dict[str, str]]:
    """What an error body says: sentences as one text, and reasons by field under their names."""
    body: object = None
    if reply.content and not reply.is_html:
        try:
            body = cast("object", json.loads(reply.content))
        except (ValueError, RecursionError):
            return (f"{reply.describe_body()}." if reply.content.strip() else ""), {}
    elif reply.is_html:
        return f"{reply.describe_body()}.", {}
    return read_error_body(as_object(body), field_name)


def read_error_body(body: JsonObject, field_name: FieldName = str) -> tuple[str, dict[str, str]]:
    """The sentences and the reasons by field in an error body that is JSON already."""
    sentences = texts(body.get("errorMessages"))
    for entry in objects(body.get("errors")):
        title, detail = as_text(entry.get("title")), as_text(entry.get("detail"))
        sentences.append(": ".join(part for part in (title, detail) if part) or as_text(entry.get("message")))
    for key in ("message", "error_description", "error", "errorMessage"):
        if not sentences and (text := as_text(body.get(key)).strip()):
            sentences.append(text)
    fields: dict[str, str] = {}
    for field, reason in as_object(body.get("errors")).items():
        fields[field_name(field)] = as_text(reason) or clean_text(json.dumps(reason))
    return " ".join(re.sub(_JAVA, "", sentence) for sentence in sentences if sentence), fields


def _unauthorized(reply: Reply, said: str, service: str, login_command: str) -> tuple[str, str]:
    if login_command:
        return (
            "the login's token is not accepted.",
            f"Ask the user to run `{login_command}` and to agree to this very site; if that does not help, an "
            "administrator of the site may have blocked the app.",
        )
    reason = reply.headers.get("x-seraph-loginreason", "")
    if "AUTHENTICATION_DENIED" in reason:
        return (
            "after several failed attempts Atlassian asks this account for a CAPTCHA.",
            "Sign in once in a browser with the same account, then correct the token.",
        )
    return (
        said or "the e-mail address and API token do not fit together.",
        f"Check e-mail address and API token of {service}: a token expires after at most a year. "
        "Create one at https://id.atlassian.com/manage-profile/security/api-tokens.",
    )
