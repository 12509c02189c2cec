"""Keeps what a client sent, for assertions and for checks against a vendor's description."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from connector_kit.http import Exchange
from connector_kit.testing.openapi import Contract


@dataclass
class Recorder:
    """All exchanges of a client, in order."""

    exchanges: list[Exchange] = field(default_factory=list[Exchange])

    def __call__(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self.exchanges.append(exchange)

    def clear(self) -> None:
        """Forget what was sent so far."""
        self.exchanges.clear()

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Method and path of each request."""
        return [(exchange.method, unquote(urlsplit(exchange.url).path)) for exchange in self.exchanges]

    def bodies(self, path: str) -> list[Any]:
        """The bodies sent to a path."""
        return [
            json.loads(exchange.request_body)
            for exchange in self.exchanges
            if urlsplit(exchange.url).path == path and exchange.request_body
        ]


def complaints(contract: Contract, recorder: Recorder) -> list[str]:
    """What is wrong with the requests that were sent, by the vendor's description."""
    return [each for exchange in recorder.exchanges for each in complaints_about(exchange, contract)]


def complaints_about(exchange: Exchange, contract: Contract) -> list[str]:
    """What is wrong with one request."""
    parts = urlsplit(exchange.url)
    wrong = contract.request(exchange.method, unquote(parts.path), parse_qsl(parts.query), body=body_of(exchange))
    return [f"{exchange.method} {unquote(exchange.url)}: {complaint}" for complaint in wrong]


def body_of(exchange: Exchange) -> Any:
    """The JSON that was sent; a form, which is sent in pieces and not kept, is a body without content."""
    if exchange.request_headers.get("content-type", "").startswith("multipart/"):
        return {}
    return json.loads(exchange.request_body) if exchange.request_body else None
