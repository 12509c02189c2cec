"""Trouble on the way to a service is told apart, each kind with its own fix."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Generator, Sequence
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connector_kit.logs import redactor
from connector_kit.testing.faults import Fault, FaultServer
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.network import Address, check_way, set_clock

EDIT = "In /home/me/.env.jira, line 1, write: JIRA_URL=the right address"
NOW = 1_800_000_000.0
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that are secrets elsewhere, in this process, are words here."""
    monkeypatch.setattr(redactor, "_lasting", frozenset[str]())
    monkeypatch.setattr(redactor, "_known", ())


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, and the certificates that come with the system."""
    for name in (*PROXIES, "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def closed_port() -> Generator[int]:
    """A port of 127.0.0.1 that is taken, and takes no connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


def at(url: str) -> Address:
    return Address(Account("jira"), url, EDIT)


async def failure(url: str, patience: float = 5.0) -> Finding:
    way = await check_way(at(url), patience=patience)
    assert way.status is None
    [found] = way.findings
    assert found.state is State.FAIL
    assert found.fix
    return found


@pytest.mark.anyio
async def test_a_service_that_answers_is_well_even_if_it_refuses() -> None:
    async with FaultServer(Fault.json({}, 401, {"Date": formatdate(NOW)})) as server:
        way = await check_way(at(server.url), now=lambda: NOW)
    assert way.status == 401
    assert [(found.state, found.check) for found in way.findings] == [(State.OK, "network"), (State.OK, "clock")]
    assert "authorization" not in server.requests[0].headers


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("seconds", "state", "told"),
    [
        (7200, State.FAIL, "2 h 0 min ahead of"),
        (-7200, State.FAIL, "2 h 0 min behind"),
        (-90, State.WARN, "1 min 30 s behind"),
    ],
)
async def test_a_wrong_clock_is_told_with_the_command_that_sets_it(seconds: int, state: State, told: str) -> None:
    async with FaultServer(Fault.json({}, headers={"Date": formatdate(NOW)})) as server:
        way = await check_way(at(server.url), now=lambda: NOW + seconds)
    found = way.findings[-1]
    assert (found.state, found.check) == (state, "clock")
    assert told in found.told
    assert found.fix == f"Run: {set_clock()}"


@pytest.mark.anyio
@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}])
async def test_a_service_that_tells_no_time_says_nothing_of_the_clock(headers: dict[str, str]) -> None:
    async with FaultServer(Fault.json({}, headers=headers)) as server:
        way = await check_way(at(server.url))
    assert [found.check for found in way.findings] == ["network"]


@pytest.mark.anyio
async def test_an_unknown_host_is_a_matter_of_its_name() -> None:
    found = await failure("https://no-such-host.invalid")
    assert "no-such-host.invalid cannot be found" in found.told
    assert EDIT in found.fix


@pytest.mark.anyio
async def test_a_name_server_that_does_not_answer_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def silent(*_: object, **__: object) -> None:
        released.wait(30)

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    found = await failure("https://jira.example.com", patience=0.05)
    released.set()
    assert "the name server did not answer for jira.example.com" in found.told


@pytest.mark.anyio
async def test_a_refused_connection_is_a_matter_of_the_address(closed_port: int) -> None:
    found = await failure(f"http://127.0.0.1:{closed_port}")
    assert "takes no connections (refused)" in found.told
    assert found.fix == EDIT


@pytest.mark.anyio
async def test_a_proxy_that_is_down_is_not_taken_for_the_service(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:proxy-password@127.0.0.1:{closed_port}")
    found = await failure("https://jira.example.com")
    assert found.told == f"the proxy 127.0.0.1:{closed_port} (HTTPS_PROXY) is down: it takes no connections"
    assert "unset HTTPS_PROXY" in found.fix
    assert "NO_PROXY=jira.example.com" in found.fix
    assert "proxy-password" not in str(found)


@pytest.mark.anyio
async def test_a_proxy_whose_name_is_unknown_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "no-such-proxy.invalid:3128")
    found = await failure("https://jira.example.com")
    assert "the proxy no-such-proxy.invalid (HTTPS_PROXY) cannot be found" in found.told
    assert "unset HTTPS_PROXY" in found.fix


@pytest.mark.anyio
async def test_a_proxy_that_wants_a_password_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(Fault(407, close=True)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        found = await failure("https://jira.example.com")
    assert "refused the way to jira.example.com" in found.told
    assert "407" in found.told


@pytest.mark.anyio
async def test_a_proxy_setting_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    found = await failure("http://127.0.0.1:9")
    assert "SSL_CERT_FILE" in found.fix


def test_a_host_that_no_proxy_names_goes_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "example.com")
    assert at("https://jira.example.com").proxy == ""
    assert at("https://jira.example.org").proxy == "proxy.example:3128"
    assert at("https://127.0.0.1:8443").proxy == ""


@pytest.mark.anyio
async def test_silence_is_a_matter_of_a_firewall() -> None:
    async with FaultServer(Fault.json({}).slow_headers(30)) as server:
        found = await failure(server.url, patience=0.2)
    assert "does not answer in time" in found.told
    assert "HTTPS_PROXY" in found.fix


@pytest.mark.anyio
async def test_a_connection_that_breaks_is_told() -> None:
    async with FaultServer(Fault.json({}).dropped("before_answer")) as server:
        found = await failure(server.url)
    assert "mcp-suite doctor jira" in found.fix


@pytest.mark.anyio
async def test_a_network_that_asks_to_sign_in_first_is_told() -> None:
    async with FaultServer(Fault(511)) as server:
        way = await check_way(at(server.url))
    [found] = way.findings
    assert "a login or proxy page of the network" in found.told
    assert server.url in found.fix


@pytest.mark.anyio
async def test_a_redirect_within_the_service_is_none_to_another_host() -> None:
    async with FaultServer() as server:
        server.queue("/", Fault.redirect("/home"))
        assert (await check_way(at(server.url))).redirect == ""


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        """Answer anything."""
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


ServeTls = Callable[..., tuple[str, Path]]


@pytest.fixture
def serve_tls(tmp_path: Path) -> Generator[ServeTls]:
    """Serves on loopback with a self-signed certificate for some names; answers the address and the certificate."""
    servers: list[ThreadingHTTPServer] = []

    def serve(names: Sequence[x509.GeneralName], *, days: int = 30) -> tuple[str, Path]:
        certificate = _certificate(tmp_path, names, days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"https://127.0.0.1:{server.server_address[1]}", certificate

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def _certificate(folder: Path, names: Sequence[x509.GeneralName], days: int) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - datetime.timedelta(days=60))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


HERE = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
ELSEWHERE = [x509.DNSName("elsewhere.example")]


@pytest.mark.anyio
async def test_a_certificate_that_is_not_trusted_is_told_with_the_variable_for_it(serve_tls: ServeTls) -> None:
    url, _ = serve_tls(HERE)
    found = await failure(url)
    assert "the TLS certificate of 127.0.0.1 is not trusted" in found.told
    assert "export SSL_CERT_FILE=" in found.fix


@pytest.mark.anyio
async def test_a_trusted_certificate_is_well(serve_tls: ServeTls, monkeypatch: pytest.MonkeyPatch) -> None:
    url, certificate = serve_tls(HERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert (await check_way(at(url))).status == 204


@pytest.mark.anyio
async def test_a_certificate_for_another_host_is_told_apart(
    serve_tls: ServeTls, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = serve_tls(ELSEWHERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    found = await failure(url)
    assert "is for another host than 127.0.0.1" in found.told
    assert EDIT in found.fix


@pytest.mark.anyio
async def test_a_certificate_that_has_expired_may_be_a_wrong_clock(
    serve_tls: ServeTls, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = serve_tls(HERE, days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    found = await failure(url)
    assert "is not valid now" in found.told
    assert set_clock() in found.fix


@pytest.mark.anyio
async def test_a_port_without_tls_is_told() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found = await failure(f"https://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()
    assert found.told == "127.0.0.1 does not speak TLS at this address"
    assert found.fix == EDIT
