"""The loopback authorization server does what its users' tests rely on."""

import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx2
import pytest

from connector_kit.testing.authorization_server import (
    ATLASSIAN,
    DEVICE_GRANT,
    SLACK_BOT,
    STANDARD,
    AuthorizationServer,
    TokenFault,
)

CLIENT = {"client_id": "client-1", "client_secret": "client-secret-1"}


class Now:
    """A clock that is set."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


def post(url: str, form: Mapping[str, str], **more: str) -> httpx2.Response:
    with httpx2.Client(trust_env=False) as http:
        return http.post(url, data={**CLIENT, **form, **more})


def refresh(server: AuthorizationServer, token: str | None) -> httpx2.Response:
    return post(server.token_url, {"grant_type": "refresh_token", "refresh_token": token or ""})


def get(url: str, token: str = "") -> httpx2.Response:
    with httpx2.Client(trust_env=False) as http:
        return http.get(url, headers={"Authorization": f"Bearer {token}"} if token else {})


def test_reuse_of_a_rotated_token_revokes_the_whole_login() -> None:
    with AuthorizationServer() as server:
        first = server.grant("a")
        second = refresh(server, first.refresh_token).json()
        assert refresh(server, first.refresh_token).status_code == 400
        assert refresh(server, second["refresh_token"]).status_code == 400
        assert not server.accepts(second["access_token"])
        assert (server.count("reused"), server.count("punished"), server.count("refreshed")) == (1, 1, 1)


def test_reuse_within_the_leeway_is_served_and_later_punished() -> None:
    clock = Now()
    with AuthorizationServer(dialect=ATLASSIAN, reuse_leeway=600, clock=clock) as server:
        first = server.grant()
        for _ in range(2):
            assert refresh(server, first.refresh_token).status_code == 200
        clock.time += 601
        assert refresh(server, first.refresh_token).json()["error"] == "unauthorized_client"
        assert server.count("punished") == 1


def test_a_lenient_server_refuses_reuse_and_punishes_nobody() -> None:
    with AuthorizationServer(punishes_reuse=False) as server:
        first = server.grant()
        second = refresh(server, first.refresh_token).json()
        assert refresh(server, first.refresh_token).status_code == 400
        assert refresh(server, second["refresh_token"]).status_code == 200


def test_tokens_end_by_the_servers_clock_which_its_answers_show() -> None:
    clock = Now()
    with AuthorizationServer(lifetime=60, refresh_lifetime=3600, clock=clock) as server:
        tokens = server.grant()
        assert get(server.api_url, tokens.access_token).status_code == 200
        clock.time += 60
        answer = get(server.api_url, tokens.access_token)
        assert answer.status_code == 401
        assert answer.headers["date"] == "Mon, 12 Jan 1970 13:47:40 GMT"
        clock.time += 3600
        assert refresh(server, tokens.refresh_token).status_code == 400
        assert (server.count("served"), server.count("refused")) == (1, 1)


def test_consent_and_access_can_be_taken_away() -> None:
    with AuthorizationServer() as server:
        tokens = server.grant()
        server.expire_access_tokens()
        assert not server.accepts(tokens.access_token)
        assert refresh(server, tokens.refresh_token).status_code == 200
        server.revoke_all()
        assert refresh(server, tokens.refresh_token).status_code == 400


def test_scopes_can_change_under_a_login() -> None:
    with AuthorizationServer() as server:
        tokens = server.grant("a", "b")
        server.granted_scopes = ("a",)
        assert refresh(server, tokens.refresh_token).json()["scope"] == "a"


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "another"},
        {"response_type": "token"},
        {"redirect_uri": "http://127.0.0.1:1/elsewhere"},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_question_gets_no_redirect(wrong: Mapping[str, str]) -> None:
    uri = "http://127.0.0.1:1/callback"
    question = {
        "client_id": "client-1",
        "response_type": "code",
        "redirect_uri": uri,
        "code_challenge": "x",
        "code_challenge_method": "S256",
    }
    with AuthorizationServer(redirect_uris=(uri,), requires_pkce=True) as server:
        with httpx2.Client(trust_env=False) as http:
            assert http.get(server.authorize_url, params={**question, **wrong}).status_code == 400
            right = http.get(server.authorize_url, params=question).headers["location"]
        assert right.startswith(f"{uri}?code=")
        code = {"grant_type": "authorization_code", "code": right.partition("code=")[2], "redirect_uri": uri}
        assert post(server.token_url, code, code_verifier="wrong").json()["error"] == "invalid_grant"
        assert server.count("bad_code") == 1


def test_unknown_grants_and_addresses_are_refused() -> None:
    with AuthorizationServer() as server:
        assert post(server.token_url, {"grant_type": "password"}).json()["error"] == "invalid_request"
        assert get(f"{server.url}/elsewhere").status_code == 404
        assert post(f"{server.url}/elsewhere", {}).status_code == 404
        assert post(server.api_url, {}).status_code == 401


def test_a_device_is_approved_on_its_page_once() -> None:
    clock = Now()
    with AuthorizationServer(clock=clock) as server:
        device = post(server.device_url, {"scope": "a"}).json()
        question = {"grant_type": DEVICE_GRANT, "device_code": device["device_code"]}
        assert post(server.token_url, question).json()["error"] == "authorization_pending"
        assert get(device["verification_uri_complete"]).text == "Thank you."
        assert post(server.token_url, question).status_code == 200
        assert post(server.token_url, question).json()["error"] == "invalid_grant"
        late = post(server.device_url, {}).json()
        clock.time += 600
        assert post(server.token_url, {**question, "device_code": late["device_code"]}).status_code == 400


def test_slack_refuses_with_status_200() -> None:
    with AuthorizationServer(dialect=SLACK_BOT) as server:
        answer = refresh(server, "never-issued")
        assert answer.status_code == 200
        assert answer.json() == {"ok": False, "error": "invalid_refresh_token"}
        assert get(server.api_url, server.grant().access_token).json() == {"ok": True}


def test_faults_come_in_order_and_a_carried_out_one_counts() -> None:
    with AuthorizationServer(dialect=STANDARD) as server:
        tokens = server.grant()
        server.next_tokens(TokenFault.drop_before(), TokenFault.drop_after(), TokenFault.html(502))
        for count in (0, 1):
            with pytest.raises(httpx2.TransportError):
                refresh(server, tokens.refresh_token)
            assert server.count("refreshed") == count
        assert refresh(server, tokens.refresh_token).status_code == 502
        assert len(server.requests) == 3


def test_other_processes_use_it_by_its_address() -> None:
    program = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], sys.argv[2].encode())"
    with AuthorizationServer() as server:
        form = {**CLIENT, "grant_type": "refresh_token", "refresh_token": server.grant().refresh_token or ""}
        subprocess.run([sys.executable, "-c", program, server.token_url, urlencode(form)], check=True, timeout=60)
        assert server.count("refreshed") == 1
