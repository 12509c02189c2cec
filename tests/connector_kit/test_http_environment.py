"""Proxies and certificates come from the environment."""

import os
from pathlib import Path

import certifi
import pytest

from connector_kit.errors import NotConfigured
from connector_kit.http import HttpClient
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *BUNDLES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def test_requests_go_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(Fault(407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        client = HttpClient("https://jira.invalid", service="Jira", policy=QUICK)
        with pytest.raises(Exception, match=r"proxy refused the connection. Nothing was sent. Check HTTPS_PROXY"):
            await client.request("POST", "/x")
        await client.aclose()
        assert [(request.method, request.target) for request in proxy.requests] == [("CONNECT", "jira.invalid:443")]


async def test_loopback_is_reached_without_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(Fault(407)) as proxy, FaultServer() as server:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        await client.request("GET", "/x")
        await client.aclose()
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("SSL_CERT_FILE", "/no/such/file"), ("REQUESTS_CA_BUNDLE", "/no/such"), ("ALL_PROXY", "what://x")],
)
async def test_an_unusable_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    client = HttpClient("https://jira.invalid", service="Jira", policy=QUICK)
    with pytest.raises(NotConfigured, match="settings of the environment"):
        await client.request("GET", "/x")
    await client.aclose()


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", *BUNDLES])
async def test_a_bundle_of_certificates_is_taken_from_the_usual_variables(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, certifi.where())
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        await client.request("GET", "/x")
        await client.aclose()


async def test_a_folder_of_certificates_is_taken_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        await client.request("GET", "/x")
        await client.aclose()
    assert os.environ["REQUESTS_CA_BUNDLE"] == str(tmp_path)
