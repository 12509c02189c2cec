"""What Atlassian's error answers become."""

import json

import pytest

from atlassian_kit.errors import explain_atlassian, required_scope
from connector_kit.errors import (
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    RateLimited,
    ScopeMissing,
    ServiceError,
    Unavailable,
)
from connector_kit.http import Reply


def explain(
    status: int, body: object = None, *, headers: dict[str, str] | None = None, method: str = "GET", path: str = "/x"
) -> ServiceError:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    reply = Reply(status, {"content-type": "application/json", **(headers or {})}, content, method, path)
    return explain_atlassian(
        reply,
        service="Jira",
        field_name=lambda field: {"customfield_10020": "Sprint"}.get(field, field),
        advise=lambda reply: f"advice for {reply.status}",
    )


def test_errors_by_field_carry_the_names_that_people_know() -> None:
    error = explain(
        400, {"errorMessages": ["It is not valid."], "errors": {"customfield_10020": "wrong", "summary": ["odd"]}}
    )
    assert isinstance(error, InvalidInput)
    assert error.fields == {"Sprint": "wrong", "summary": '["odd"]'}
    assert "It is not valid." in str(error)
    assert error.next_step == "advice for 400"


def test_confluence_errors_are_read_too() -> None:
    error = explain(400, {"errors": [{"status": 400, "title": "Bad title", "detail": "It is taken."}, {"title": "x"}]})
    assert "Bad title: It is taken. x" in error.message


def test_the_class_of_a_java_exception_is_not_repeated() -> None:
    name = "com.atlassian.confluence.api.service.exceptions.BadRequestException"
    error = explain(400, {"statusCode": 400, "message": f"{name}: Could not parse cql : x = 1"})
    assert "(Bad Request): Could not parse cql : x = 1" in error.message
    assert "com.atlassian" not in error.message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"message": "XSRF check failed"}, "XSRF check failed"),
        ({"error": "nope"}, "nope"),
        ({"code": 403, "message": "Forbidden"}, "Forbidden"),
        (["odd"], "/x"),
        (b"plain text", "plain text"),
        (b"   ", "/x"),
        (None, "/x"),
    ],
)
def test_bodies_of_any_shape_say_what_they_can(body: object, told: str) -> None:
    error = explain(403, body)
    assert isinstance(error, NotPermitted)
    assert told in error.message


def test_a_web_page_is_named_and_not_quoted() -> None:
    error = explain(403, b"<!DOCTYPE html><title>Log in</title>", headers={"content-type": "text/html"})
    assert "web page" in error.message
    assert "Log in" not in str(error)


def test_a_refused_token_tells_where_to_make_one() -> None:
    error = explain(401, {"message": "Client must be authenticated to access this resource."})
    assert isinstance(error, NotAuthenticated)
    assert "manage-profile/security/api-tokens" in error.next_step


def test_a_captcha_is_told_apart() -> None:
    error = explain(401, None, headers={"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"})
    assert "CAPTCHA" in error.message
    assert "browser" in error.next_step


def test_a_401_of_a_login_says_nothing_of_api_tokens() -> None:
    reply = Reply(401, {"content-type": "application/json"}, b'{"message": "Unauthorized"}', "GET", "/x")
    error = explain_atlassian(reply, service="Jira", login_command="mcp-suite auth login jira --account work")
    assert isinstance(error, NotAuthenticated)
    assert "mcp-suite auth login jira --account work" in str(error)
    assert "API token" not in str(error)


def test_a_missing_scope_is_named() -> None:
    body = {"code": 401, "message": "Unauthorized; scope does not match"}
    error = explain(401, body, method="POST", path="/rest/api/3/issue")
    assert isinstance(error, ScopeMissing)
    assert error.kind == "not_permitted"
    assert error.status == 401
    assert "write:jira-work" in error.next_step


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/rest/api/3/issue/A-1", "read:jira-work"),
        ("POST", "/rest/api/3/search/jql", "read:jira-work"),
        ("POST", "/rest/api/3/search/approximate-count", "read:jira-work"),
        ("POST", "/rest/api/3/jql/parse", "read:jira-work"),
        ("GET", "/rest/api/3/user", "read:jira-user"),
        ("GET", "/rest/api/3/user/search", "read:jira-user"),
        ("GET", "/rest/api/3/myself", "read:jira-user"),
        ("PUT", "/rest/api/3/issue/A-1", "write:jira-work"),
        ("DELETE", "/rest/api/3/issue/A-1", "write:jira-work"),
    ],
)
def test_each_operation_needs_its_scope(method: str, path: str, scope: str) -> None:
    assert required_scope(method, path) == scope


def test_what_was_removed_does_not_come_back() -> None:
    error = explain(410, {"errorMessages": ["The requested API has been removed."]})
    assert isinstance(error, NotFound)
    assert "removed" in error.message
    assert "use another tool" in error.next_step
    assert "has removed this operation" in explain(410).message


def test_too_much_at_once_is_told_to_be_divided() -> None:
    assert "Send less" in explain(413).next_step
    assert "The request is too large." in explain(413, {"errorMessages": ["The request is too large."]}).message


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("jira-burst-based", "within a second"),
        ("jira-quota-tenant-based", "quota of this site"),
        ("jira-per-issue-on-write", "this issue was written too often"),
        ("something-new", "Slow down."),
    ],
)
def test_a_limit_is_told_by_its_reason(reason: str, told: str) -> None:
    error = explain(429, {"errorMessages": ["Slow down."]}, headers={"RateLimit-Reason": reason, "Retry-After": "7"})
    assert isinstance(error, RateLimited)
    assert told in error.message
    assert error.retry_after == 7
    assert "7 s" in error.next_step


def test_a_conflict_keeps_its_advice_and_a_failure_of_the_service_has_none() -> None:
    assert isinstance(explain(409), Conflict)
    assert explain(409).next_step == "advice for 409"
    failure = explain(503, {"errorMessages": ["down"]})
    assert isinstance(failure, Unavailable)
    assert "advice" not in failure.next_step


def test_without_hooks_ids_stay_as_they_are() -> None:
    reply = Reply(400, {}, json.dumps({"errors": {"customfield_1": "wrong"}}).encode())
    assert explain_atlassian(reply, service="Jira").fields == {"customfield_1": "wrong"}
