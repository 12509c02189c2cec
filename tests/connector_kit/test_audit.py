"""The audit log: whole lines from many processes, and nothing in them that was said."""

import json
import logging
import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit import audit, logs
from connector_kit.audit import RETENTION_DAYS, AuditLog, AuditRecord, read_records

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def record(arguments: Mapping[str, object] | None = None, **changes: Any) -> AuditRecord:
    facts: dict[str, Any] = {"tool": "toy_get", "effect": "reads", "outcome": "ok", "duration_ms": 1.5} | changes
    return AuditRecord(arguments=arguments or {}, **facts)


def log_in(directory: Path, clock: Clock | None = None) -> AuditLog:
    return AuditLog(directory, "toy-mcp", "1.0", clock=clock or Clock())


def written(directory: Path) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", entry) for entry in read_records(directory)]


def kept(directory: Path, **arguments: object) -> dict[str, Any]:
    log_in(directory).write(record(arguments))
    return cast("dict[str, Any]", written(directory)[-1]["arguments"])


def test_a_record_says_who_did_what_when_and_how_it_ended(tmp_path: Path) -> None:
    log_in(tmp_path).write(
        record(
            {"key": "A-1"},
            client="claude 1.0",
            account="712020:me",
            outcome="error",
            error_kind="not_found",
            correlation_id="abc",
            vendor_request_id="req-1",
        )
    )
    assert written(tmp_path) == [
        {
            "time": "2026-11-21T12:00:00.000+00:00",
            "server": "toy-mcp",
            "version": "1.0",
            "tool": "toy_get",
            "client": "claude 1.0",
            "account": "712020:me",
            "effect": "reads",
            "arguments": {"key": "A-1"},
            "outcome": "error",
            "error_kind": "not_found",
            "duration_ms": 1.5,
            "correlation_id": "abc",
            "vendor_request_id": "req-1",
        }
    ]


def test_an_account_that_is_called_by_an_address_goes_by_its_hash(tmp_path: Path) -> None:
    for account in ("me@example.com@ORG-ACC", "me@example.com@ORG-ACC", "you@example.com@ORG-ACC"):
        log_in(tmp_path).write(record({}, account=account))
    first, again, other = [entry["account"] for entry in written(tmp_path)]
    assert first == again != other
    assert re.fullmatch(r"mail:[0-9a-f]{12}@ORG-ACC", first)


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        7,
        -1.5,
        "PROJ-123",
        "PROJ",
        "10042",
        "C0123ABCD",
        "5b10ac8d82e05b22cc7d4ef5",
        "712020:0c9f1a52-6f3d-4b7e-9c1a-2d3e4f5a6b7c",
        "customfield_10042",
        "2026-11-21",
        "2026-11-21T10:00:00.000+0000",
        "asc",
        ["A-1", "A-2"],
    ],
)
def test_numbers_and_short_identifiers_are_kept(tmp_path: Path, value: object) -> None:
    assert kept(tmp_path, id=value) == {"id": value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "Meet me at noon"),
        ("comment", "lgtm"),
        ("body_text", "PROJ-123"),
        ("jql", "mine"),
        ("id", "me@example.com"),
        ("id", "asc\n"),
        ("id", 10**16),
        ("id", float("inf")),
        ("id", "x" * 100_000),
        ("id", "\ud800"),
        ("id", {"name": "asc"}),
        ("id", [["asc"]]),
        ("id", ["A-1"] * 21),
    ],
)
def test_all_other_text_becomes_its_length_and_a_hash(tmp_path: Path, name: str, value: object) -> None:
    entry = kept(tmp_path, **{name: value})[name]
    assert len(entry["sha256"]) == 12
    assert entry["chars"] >= 1
    line = next(tmp_path.glob("*.jsonl")).read_text()
    assert not isinstance(value, str) or value not in line
    assert len(line) < 1_000


def test_equal_texts_have_equal_hashes_here_and_others_elsewhere(tmp_path: Path) -> None:
    one = kept(tmp_path / "a", text="Meet me")
    assert kept(tmp_path / "a", text="Meet me") == one != kept(tmp_path / "a", text="Meet you")
    assert kept(tmp_path / "b", text="Meet me") != one


def test_a_list_keeps_its_identifiers_and_hashes_its_texts(tmp_path: Path) -> None:
    entry = kept(tmp_path, ids=["A-1", "some words"])["ids"]
    assert entry[0] == "A-1"
    assert entry[1]["chars"] == 10


def test_secrets_are_dropped_by_name_and_by_value(tmp_path: Path) -> None:
    logs.redactor.add("712020")
    try:
        assert kept(tmp_path, api_token="A-1", id="712020") == {"api_token": "dropped", "id": "dropped"}
        log_in(tmp_path).write(record(client="712020 1.0"))
        assert written(tmp_path)[-1]["client"] == "[secret] 1.0"
    finally:
        logs.redactor._known = ()  # pyright: ignore[reportPrivateUsage]


def test_names_that_are_text_themselves_are_dropped_and_many_are_bounded(tmp_path: Path) -> None:
    assert kept(tmp_path, **{"a secret plan": 1, "é": 2}) == {"?": "dropped"}
    assert len(kept(tmp_path, **{f"n{number}": 1 for number in range(500)})) == 50


@given(
    arguments=st.dictionaries(
        st.text(max_size=12), st.text(alphabet="abc xyzé!\n", min_size=26, max_size=80), max_size=4
    )
)
def test_no_text_of_a_call_is_in_its_record(
    arguments: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("audit")
    log_in(directory).write(record(arguments))
    line = next(directory.glob("*.jsonl")).read_text()
    assert not [text for text in arguments.values() if text in line or json.dumps(text)[1:-1] in line]


@pytest.mark.skipif(os.name != "posix", reason="mode bits")
def test_only_the_owner_may_read_the_log(tmp_path: Path) -> None:
    log_in(tmp_path / "audit").write(record({"text": "hello there"}))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "audit").iterdir()]
    assert modes == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700


def test_nothing_is_made_before_the_first_record_or_when_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_AUDIT", "off")
    AuditLog.default(server="toy-mcp", version="1.0").write(record())
    monkeypatch.setenv("MCP_SUITE_AUDIT", "on")
    log = AuditLog.default(server="toy-mcp", version="1.0")
    assert not (tmp_path / "state").exists()
    log.write(record())
    assert len(written(tmp_path / "state" / "audit")) == 1


def test_each_day_has_its_file_and_half_a_year_is_kept(tmp_path: Path) -> None:
    clock = Clock()
    for age in (RETENTION_DAYS, RETENTION_DAYS + 1, 400):
        (tmp_path / f"audit-{(NOON - timedelta(days=age)).date()}.jsonl").write_text("")
    (tmp_path / "audit-2020-99-99.jsonl").write_text("")
    (tmp_path / "notes.txt").write_text("")
    log = log_in(tmp_path, clock)
    log.write(record())
    old = (NOON - timedelta(days=RETENTION_DAYS)).date()
    assert {path.name for path in tmp_path.iterdir()} == {
        f"audit-{old}.jsonl",
        "audit-2026-11-21.jsonl",
        "audit-2020-99-99.jsonl",
        "hash.key",
        "notes.txt",
    }
    clock.now += timedelta(days=1)
    log.write(record())
    names = {path.name for path in tmp_path.iterdir()}
    assert "audit-2026-11-22.jsonl" in names
    assert f"audit-{old}.jsonl" not in names


def test_many_processes_write_whole_lines(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from connector_kit.audit import *\n"
        "log = AuditLog(Path(sys.argv[1]), sys.argv[2], '1')\n"
        "for n in range(500):\n"
        "    log.write(AuditRecord(tool='t', effect='reads', outcome='ok', duration_ms=n,\n"
        "              arguments={'text': 'a b', **{f'n{i}': 'x y' for i in range(n % 40)}}))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), f"s{number}"]) for number in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    lines = b"".join(path.read_bytes() for path in tmp_path.glob("*.jsonl")).splitlines()
    entries = [cast("dict[str, Any]", json.loads(line)) for line in lines]
    assert len(entries) == 2_000
    for number in range(4):
        mine = [entry["duration_ms"] for entry in entries if entry["server"] == f"s{number}"]
        assert mine == list(range(500))
    assert len({entry["arguments"]["text"]["sha256"] for entry in entries}) == 1


def test_a_disk_that_fails_is_logged_once_and_fails_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "taken").write_text("")
    log = log_in(tmp_path / "taken")
    with caplog.at_level(logging.WARNING):
        log.write(record())
        log.write(record())
    assert [entry.getMessage() for entry in caplog.records] == ["the audit log cannot be written: File exists"]


def test_a_record_that_cannot_be_written_down_fails_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    endless: list[object] = []
    endless.append(endless)
    log = log_in(tmp_path)
    log.write(record({"ids": endless}))
    assert "ValueError" in caplog.text
    log.write(record())
    assert len(written(tmp_path)) == 1


def test_half_a_line_on_a_full_disk_does_not_spoil_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = log_in(tmp_path)
    log.write(record())
    whole = os.write
    with monkeypatch.context() as full:

        def short(descriptor: int, content: bytes) -> int:
            return whole(descriptor, content[:20])

        full.setattr(os, "write", short)
        log.write(record(tool="torn"))
    log.write(record(tool="after"))
    assert [entry["tool"] for entry in written(tmp_path)] == ["toy_get", "after"]


@pytest.mark.skipif(os.name != "posix", reason="mode bits")
def test_a_hash_key_that_others_may_read_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = kept(tmp_path, text="hello there")
    (tmp_path / "hash.key").chmod(0o644)
    assert kept(tmp_path, text="hello there") != first
    assert "this process only" in caplog.text


def test_a_hash_key_that_is_too_short_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "hash.key").write_bytes(b"")
    (tmp_path / "hash.key").chmod(0o600)
    first = kept(tmp_path, text="hello there")
    assert kept(tmp_path, text="hello there") != first


def test_the_hash_key_is_made_once(tmp_path: Path) -> None:
    audit._create_once(tmp_path / "hash.key", b"first")  # pyright: ignore[reportPrivateUsage]
    audit._create_once(tmp_path / "hash.key", b"second")  # pyright: ignore[reportPrivateUsage]
    assert (tmp_path / "hash.key").read_bytes() == b"first"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(_: Path, __: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    first = kept(tmp_path, text="hello there")
    assert kept(tmp_path, text="hello there") == first


def test_records_are_read_by_time_and_by_what_they_say(tmp_path: Path) -> None:
    clock = Clock()
    log = log_in(tmp_path, clock)
    for day in range(3):
        clock.now = NOON + timedelta(days=day)
        log.write(record(tool=f"t{day}", outcome="error" if day else "ok", effect="adds" if day == 2 else "reads"))

    def tools(**conditions: Any) -> list[object]:
        return [entry["tool"] for entry in read_records(tmp_path, **conditions)]

    assert tools() == ["t0", "t1", "t2"]
    assert tools(since=NOON + timedelta(days=1)) == ["t1", "t2"]
    assert tools(until=NOON + timedelta(days=1)) == ["t0"]
    assert tools(since=NOON + timedelta(seconds=1), until=NOON + timedelta(days=1, seconds=1)) == ["t1"]
    assert tools(since=datetime(2026, 1, 1)) == ["t0", "t1", "t2"]  # noqa: DTZ001 - local time is allowed
    assert tools(outcome="error", effect="reads") == ["t1"]
    assert tools(tool="t2", server="toy-mcp") == ["t2"]
    assert tools(server="other-mcp") == []


def test_torn_and_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    log.write(record(tool="one"))
    path = next(tmp_path.glob("*.jsonl"))
    with path.open("ab") as file:
        for line in (b"", b'{"time": "2026', b"\xff\xfe", b"[1]", b"{}", b'{"time": "noon"}', b"[" * 100_000):
            file.write(line + b"\n")
        file.write(b'{"time": "2026-11-21T12:00:00"}\n')
    log.write(record(tool="two"))
    assert [entry["tool"] for entry in written(tmp_path)] == ["one", "two"]


def test_a_folder_that_does_not_exist_has_no_records(tmp_path: Path) -> None:
    assert list(read_records(tmp_path / "none")) == []
    (tmp_path / "file").write_text("")
    assert list(read_records(tmp_path / "file")) == []
