"""The addresses of the loopback authorization server: pages, endpoints, and the vendor's API."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

from connector_kit.testing.token_faults import TokenRequest

if TYPE_CHECKING:
    from connector_kit.testing.authorizations import Authorizations


class LoopbackServer(ThreadingHTTPServer):
    """The HTTP side of an authorization server, on a free port of 127.0.0.1."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, server: Authorizations) -> None:
        self.server_of_tokens = server
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def track(self, connection: socket.socket, *, opened: bool) -> None:
        """Remember the connections that are open."""
        with self._open_lock:
            (self._open.add if opened else self._open.discard)(connection)

    def close(self) -> None:
        """Stop, and end the connections that clients keep open."""
        self.shutdown()
        self.server_close()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the game."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(cast("socket.socket", request), client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: LoopbackServer  # pyright: ignore[reportIncompatibleVariableOverride] - the only server that makes it

    def setup(self) -> None:
        super().setup()
        self.server.track(self.connection, opened=True)

    def finish(self) -> None:
        self.server.track(self.connection, opened=False)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Nothing: standard error stays clean, and no code or token is written anywhere."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of answers, by the server's clock."""
        return formatdate(self.server.server_of_tokens.clock() if timestamp is None else timestamp, usegmt=True)

    def do_GET(self) -> None:
        """The pages that a browser opens, and the vendor's API."""
        server, parts = self.server.server_of_tokens, urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path == "/authorize":
            target = server.authorize(query)
            if target is None:
                self._send(400, b"This request cannot be granted.", {"Content-Type": "text/plain"})
            else:
                self._send(302, b"", {"Location": target})
        elif parts.path == "/device":
            server.decide(query["user_code"])
            self._send(200, b"Thank you.", {"Content-Type": "text/plain"})
        elif parts.path in ("/accessible-resources", "/api"):
            self._api(list(server.sites) if parts.path != "/api" else {"ok": True})
        else:
            self._send_json(404, {"error": "not_found"})

    def do_POST(self) -> None:
        """The endpoints that a client calls."""
        server, request = self.server.server_of_tokens, self._request()
        if request.path == "/token":
            server.note(request)
            self._token(server, request)
        elif request.path == "/revoke":
            server.note(request)
            status, body = server.revoke(request)
            self._send(status, b"" if body is None else json.dumps(body).encode(), {})
        elif request.path == "/device_authorization":
            server.note(request)
            self._send_json(*server.start_device(request))
        elif request.path == "/api":
            self._api({"ok": True})
        else:
            self._send_json(404, {"error": "not_found"})

    def do_DELETE(self) -> None:
        """Revocation as a resource that is deleted, the token in the body."""
        server, request = self.server.server_of_tokens, self._request()
        server.note(request)
        status, body = server.revoke(request)
        self._send(204 if body is None else status, b"" if body is None else json.dumps(body).encode(), {})

    def _token(self, server: Authorizations, request: TokenRequest) -> None:
        fault = server.apply_fault()
        if fault is None:
            status, body = server.token(request)
            if request.form.get("grant_type") == "refresh_token":
                time.sleep(server.think_time)
            self._send_json(status, body)
            return
        status, answer, headers = fault.status, fault.body, fault.headers
        if fault.carried_out:
            done, value = server.token(request)
            if answer is None:
                status, answer, headers = done, json.dumps(value).encode(), {"Content-Type": "application/json"}
        time.sleep(fault.delay)
        if fault.drop:
            # A zero linger time makes the kernel send RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        else:
            self._send(status, answer or b"", headers)

    def _request(self) -> TokenRequest:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        return TokenRequest.read(urlsplit(self.path).path, dict(self.headers.items()), content)

    def _api(self, body: object) -> None:
        if self.server.server_of_tokens.serve_api(self.headers.get("Authorization", "")):
            self._send_json(200, body)
        else:
            self._send_json(401, {"error": "invalid_token"})

    def _send_json(self, status: int, body: object) -> None:
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
