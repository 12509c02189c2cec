"""The audit log: one JSON line for each tool call, in daily files, without secrets or content.

Each record is one write to a file opened for appending, so that several servers may share a file.
What a record keeps of an argument is a number, a truth value, or a short identifier; any other text
becomes its length and a keyed hash, with which equal texts can be recognised but not guessed.
"""

import hashlib
import hmac
import json
import logging
import math
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

from connector_kit.errors import ServiceError
from connector_kit.logs import redactor
from connector_kit.paths import private_dir, state_dir
from connector_kit.private_files import read_private, write_private
from connector_kit.redaction import MAIL, names_a_secret

RETENTION_DAYS = 183

logger = logging.getLogger(__name__)

_FILE_NAME = r"audit-(\d{4}-\d{2}-\d{2})\.jsonl"
_ARGUMENT_NAME = r"[A-Za-z][A-Za-z0-9_]{0,63}"
_CONTENT_NAME = (
    r"(?i)text|body|comment|content|description|summary|title|subject|message|markdown|query|jql|cql|sql|name|label"
    r"|find|anchor|^part$"
)
_IDENTIFIER = (
    r"[A-Z][A-Z0-9_]{0,19}-\d{1,9}"  # an issue key
    r"|[A-Z][A-Z0-9]{1,11}"  # a project key, a Slack id
    r"|\d{1,20}"
    r"|[0-9a-f]{24}|(?:\d{1,10}:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # account ids, UUIDs
    r"|customfield_\d{1,9}"
    r"|\d{4}-\d{2}-\d{2}(?:T[\d:.]{4,15}(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|[a-z][a-z_]{0,23}"  # one of a few words, like asc or story
)
_ITEMS_KEPT = 20
_ARGUMENTS_KEPT = 50
_TEXT_KEPT = 200


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One tool call. `arguments` is what the client sent; the log decides what is kept of it.

    `outcome` is ok, error, cancelled or asked (the tool waits for a person); `effect` is the tool's;
    `duration_ms` is in milliseconds. `site` is the name of the site, where the server has several.
    """

    tool: str
    effect: str
    outcome: str
    duration_ms: float
    arguments: Mapping[str, object]
    client: str | None = None
    account: str | None = None
    error_kind: str | None = None
    correlation_id: str = ""
    vendor_request_id: str | None = None
    site: str | None = None


class AuditLog:
    """Appends records to `directory/audit-YYYY-MM-DD.jsonl` (UTC days), each file with mode 0600.

    Files older than six months are removed with the first record of a day. Nothing is created before
    the first record. A disk that fails never fails a call: it is logged, once.
    """

    def __init__(
        self,
        directory: Path,
        server: str,
        version: str,
        enabled: bool = True,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._directory = directory
        self._server = server
        self._version = version
        self._enabled = enabled
        self._clock = clock
        self._key: bytes | None = None
        self._day: date | None = None
        self._torn = False
        self._warned = False
        self._lock = threading.Lock()

    @classmethod
    def default(cls, *, server: str, version: str) -> "AuditLog":
        """The user's log in the state folder; `MCP_SUITE_AUDIT=off` turns it off."""
        off = os.environ.get("MCP_SUITE_AUDIT", "").strip().lower() in ("off", "0", "false", "no")
        return cls(state_dir() / "audit", server, version, not off)

    def write(self, record: AuditRecord) -> None:
        """Append a record. Never raises."""
        if not self._enabled:
            return
        try:
            with self._lock:
                now = self._clock().astimezone(UTC)
                if self._day != now.date():
                    private_dir(self._directory)
                    _prune(self._directory, now.date())
                    self._day = now.date()
                self._append(self._line(now, record))
        except Exception as error:  # noqa: BLE001 - the record must not fail the call that it is about
            if not self._warned:
                self._warned = True
                reason = error.strerror if isinstance(error, OSError) else type(error).__name__
                logger.warning("the audit log cannot be written: %s", reason)

    def _append(self, line: bytes) -> None:
        path = self._directory / f"audit-{self._day}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            # After half a line on a full disk, the next record must not be glued to it.
            content = b"\n" + line if self._torn else line
            self._torn = os.write(descriptor, content) < len(content)
        finally:
            os.close(descriptor)

    def _line(self, now: datetime, record: AuditRecord) -> bytes:
        if self._key is None:
            self._key = _hash_key(self._directory / "hash.key")
        entry = {
            "time": now.isoformat(timespec="milliseconds"),
            "server": self._server,
            "version": self._version,
            "tool": record.tool,
            "client": self._short(record.client),
            "account": self._short(record.account),
            **({"site": self._short(record.site)} if record.site else {}),
            "effect": record.effect,
            "arguments": self._arguments(record.arguments),
            "outcome": record.outcome,
            "error_kind": record.error_kind,
            "duration_ms": record.duration_ms,
            "correlation_id": record.correlation_id,
            "vendor_request_id": self._short(record.vendor_request_id),
        }
        return json.dumps(entry, separators=(",", ":")).encode() + b"\n"

    def _arguments(self, arguments: Mapping[str, object]) -> dict[str, object]:
        kept: dict[str, object] = {}
        for name, value in list(arguments.items())[:_ARGUMENTS_KEPT]:
            if not re.fullmatch(_ARGUMENT_NAME, name):
                kept["?"] = "dropped"
            elif names_a_secret(name):
                kept[name] = "dropped"
            else:
                kept[name] = self._kept(value, content=re.search(_CONTENT_NAME, name) is not None)
        return kept

    def _kept(self, value: object, *, content: bool) -> object:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return value if math.isfinite(value) and abs(value) < 1e15 else self._hashed(str(value))
        if isinstance(value, str):
            if content or not re.fullmatch(_IDENTIFIER, value):
                return self._hashed(value)
            return value if redactor.text(value) == value else "dropped"
        if isinstance(value, list | tuple):
            items = cast("list[object]", value)
            if len(items) <= _ITEMS_KEPT and not any(isinstance(item, list | tuple | Mapping) for item in items):
                return [self._kept(item, content=content) for item in items]
            return {"items": len(items), **self._hashed(_canonical(items))}
        return self._hashed(_canonical(value))

    def _short(self, text: str | None) -> str | None:
        """A name of the client's or the service's; who is called by an address goes by its hash."""
        if text is None:
            return None
        named = re.sub(MAIL, lambda found: f"mail:{self._hashed(found[0])['sha256']}", redactor.known(text))
        return named[:_TEXT_KEPT]

    def _hashed(self, text: str) -> dict[str, object]:
        digest = hmac.new(self._key or b"", text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return {"sha256": digest.hexdigest()[:12], "chars": len(text)}


def read_records(
    directory: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    server: str | None = None,
    tool: str | None = None,
    outcome: str | None = None,
    effect: str | None = None,
) -> Iterator[dict[str, object]]:
    """The records in `directory` that meet every condition given, day by day in the order written.

    `since` is inclusive, `until` exclusive; without a time zone they are local time. Lines that are
    torn or of another origin are passed over, and so is a folder that does not exist.
    """
    start = since.astimezone(UTC) if since else datetime.min.replace(tzinfo=UTC)
    end = until.astimezone(UTC) if until else datetime.max.replace(tzinfo=UTC)
    wanted = {"server": server, "tool": tool, "outcome": outcome, "effect": effect}
    for day, path in sorted(_files(directory)):
        if not start.date() <= day <= end.date():
            continue
        with path.open("rb") as lines:
            for line in lines:
                record = _record(line)
                if record is None or not start <= _time(record) < end:
                    continue
                if all(value is None or record.get(name) == value for name, value in wanted.items()):
                    yield record


def _record(line: bytes) -> dict[str, object] | None:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    record = cast("dict[str, object]", found)
    try:
        _time(record)
    except ValueError:
        return None
    return record


def _time(record: Mapping[str, object]) -> datetime:
    moment = datetime.fromisoformat(str(record.get("time")))
    if moment.tzinfo is None:
        raise ValueError("a record's time has a zone")
    return moment


def _files(directory: Path) -> list[tuple[date, Path]]:
    found: list[tuple[date, Path]] = []
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in directory.iterdir():
            if name := re.fullmatch(_FILE_NAME, path.name):
                with suppress(ValueError):
                    found.append((date.fromisoformat(name[1]), path))
    return found


def _prune(directory: Path, today: date) -> None:
    for day, path in _files(directory):
        if day < today - timedelta(days=RETENTION_DAYS):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _hash_key(path: Path) -> bytes:
    """The installation's key; where it cannot be kept, one that is only good for this process."""
    try:
        try:
            key = read_private(path)
        except FileNotFoundError:
            _create_once(path, os.urandom(32))
            key = read_private(path)
    except (OSError, ServiceError) as error:
        logger.warning("hashes in the audit log hold for this process only: %s", error)
        return os.urandom(32)
    return key if len(key) >= 16 else os.urandom(32)


def _create_once(path: Path, content: bytes) -> None:
    """Create a private file whole, unless another process was first."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        try:
            Path(path).hardlink_to(temporary)
        except FileExistsError:
            return
        except OSError:
            # Some file systems have no hard links; the last of several processes then wins.
            write_private(path, content)
    finally:
        Path(temporary).unlink()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)
