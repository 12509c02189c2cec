"""Starting, sharing and ending the stand-in."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import sys
from pathlib import Path

import pytest

from snowflake_mcp.sandbox import SandboxUnavailable, StandIn, fetch, launcher, packages, reset, sample

from .conversation import ENDLESS, connected

pytestmark = pytest.mark.anyio

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of POSIX")


async def gone(pid: int) -> None:
    """Wait until a process has ended."""
    async with asyncio.timeout(30):
        while launcher._alive(pid):  # pyright: ignore[reportPrivateUsage]
            await asyncio.sleep(0.05)


async def test_all_who_use_a_folder_share_one_stand_in(filled: Path) -> None:
    async with StandIn(filled) as one, StandIn(filled) as other:
        first, second = await asyncio.gather(one.address(), other.address())
        assert first == second
        assert await one.address() == first


async def test_it_outlives_the_one_that_started_it(filled: Path) -> None:
    starter = StandIn(filled)
    address = await starter.address()
    async with StandIn(filled) as other:
        assert await other.address() == address
        await starter.aclose()
        await asyncio.sleep(4)
        async with connected(address) as snowflake:
            assert await snowflake.value("SELECT 1") == 1


@posix_only
async def test_it_ends_after_the_last_has_left(filled: Path) -> None:
    async with StandIn(filled) as stand_in:
        address = await stand_in.address()
    await gone(address.pid)


@pytest.mark.parametrize("pause", [2.95, 3.0, 3.05])
async def test_whoever_comes_while_it_ends_gets_one_that_answers(filled: Path, pause: float) -> None:
    async with StandIn(filled) as stand_in:
        await stand_in.address()
    await asyncio.sleep(pause)
    async with StandIn(filled) as stand_in, connected(await stand_in.address()) as snowflake:
        assert await snowflake.value("SELECT 1") == 1


@posix_only
async def test_it_ends_even_while_a_statement_runs(filled: Path) -> None:
    async with StandIn(filled) as stand_in:
        address = await stand_in.address()
        async with connected(address, server_session_keep_alive=True) as snowflake:
            await snowflake.connection.cursor().execute_async(ENDLESS)
    await gone(address.pid)


PROGRAM = """
import asyncio, pathlib, sys
from snowflake_mcp.sandbox import StandIn
async def main():
    stand_in = StandIn(pathlib.Path(sys.argv[1]))
    print((await stand_in.address()).pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def user_of(folder: Path) -> asyncio.subprocess.Process:
    """Another process that uses the stand-in; it prints the id of that."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(folder), stdout=asyncio.subprocess.PIPE
    )


@posix_only
async def test_processes_that_start_it_at_once_get_the_same_which_ends_after_they_were_killed(filled: Path) -> None:
    async with StandIn(filled) as stand_in:
        await gone_after(stand_in)
    users = [await user_of(filled) for _ in range(3)]
    pids = {int(await user.stdout.readline()) for user in users if user.stdout is not None}
    assert len(pids) == 1
    for user in users:
        user.kill()
        await user.wait()
    await gone(pids.pop())


async def gone_after(stand_in: StandIn) -> None:
    """Make sure that no stand-in runs."""
    pid = (await stand_in.address()).pid
    await stand_in.aclose()
    await gone(pid)


async def test_a_port_can_be_chosen(filled: Path, tmp_path: Path) -> None:
    async with StandIn(filled) as stand_in:
        await gone_after(stand_in)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxUnavailable, match="port for the Snowflake sandbox is taken"):
            await StandIn(tmp_path, port=port).address()
    async with StandIn(filled, port=port) as stand_in:
        assert (await stand_in.address()).port == port


@posix_only
async def test_a_stand_in_that_died_is_started_again_with_its_data(filled: Path) -> None:
    async with StandIn(filled) as stand_in:
        address = await stand_in.address()
        async with connected(address) as snowflake:
            await snowflake.run("CREATE OR REPLACE TABLE kept (a INT COMMENT 'a number') COMMENT = 'a table'")
            await snowflake.run("INSERT INTO kept VALUES (7)")
        os.kill(address.pid, signal.SIGKILL)
        await gone(address.pid)
        again = await stand_in.address()
        assert again.pid != address.pid
        async with connected(again) as snowflake:
            assert await snowflake.value("SELECT a FROM kept") == 7
            about = await snowflake.value("SELECT comment FROM information_schema.tables WHERE table_name = 'KEPT'")
            assert about == "a table"
            await snowflake.run("DROP TABLE kept")


@posix_only
async def test_the_stand_in_of_another_release_is_replaced_and_its_sample_too(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del filled  # that there is a uv has been seen by then
    named = "SELECT phase_name FROM phase_history WHERE phase_id = 0"
    present = sample.as_json().replace(str(sample.EVENTS), "10")
    monkeypatch.setattr(sample, "as_json", lambda: present.replace('"Bootstrap Foundation"', '"Another"'))
    async with StandIn(tmp_path) as former:
        address = await former.address()
        async with connected(address) as snowflake:
            assert await snowflake.value(named) == "Another"
        monkeypatch.setattr(sample, "as_json", lambda: present)
        async with StandIn(tmp_path) as newer:
            replaced = await newer.address()
            assert replaced.pid != address.pid
            assert not launcher._alive(address.pid)  # pyright: ignore[reportPrivateUsage]
            async with connected(replaced) as snowflake:
                assert await snowflake.value(named) == "Bootstrap Foundation"
    await gone(replaced.pid)


async def test_a_reset_brings_the_sample_back(filled: Path) -> None:
    async with StandIn(filled) as stand_in:
        async with connected(await stand_in.address()) as snowflake:
            await snowflake.run("DELETE FROM phase_history")
            await snowflake.run("CREATE DATABASE left_over")
        await reset(filled)
        async with connected(await stand_in.address()) as snowflake:
            assert await snowflake.value("SELECT COUNT(*) FROM phase_history") == 8
            names = {row[1] for row in await snowflake.rows("SHOW DATABASES")}
            assert names == {"PM_OS_ANALYTICS", "SNOWFLAKE"}


async def test_a_reset_of_nothing_is_no_error(tmp_path: Path) -> None:
    await reset(tmp_path / "never")
    assert [entry.name for entry in (tmp_path / "never").iterdir()] in ([], ["stand-in.lock"])


@posix_only
async def test_only_the_user_can_read_what_is_kept(filled: Path) -> None:
    async with StandIn(filled) as stand_in:
        await stand_in.address()
        assert stat.S_IMODE((filled / "stand-in.json").stat().st_mode) == 0o600


async def test_a_missing_uv_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "find_uv", lambda: None)
    with pytest.raises(SandboxUnavailable, match="needs uv") as caught:
        await StandIn(tmp_path).address()
    assert "Install uv" in caught.value.next_step


async def test_packages_that_cannot_be_had_are_named(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del filled  # that there is a uv has been seen by then
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    with pytest.raises(SandboxUnavailable, match="cannot be had") as refused:
        await StandIn(tmp_path / "data", start_seconds=60).address()
    assert refused.value.absent


async def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "uv"
    slow.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("UV", str(slow))
    told: list[str] = []
    monkeypatch.setattr(launcher, "SLOW_SECONDS", 0.1)
    with pytest.raises(SandboxUnavailable, match=r"not ready within 0\.5 seconds"):
        await StandIn(tmp_path / "data", progress=told.append, start_seconds=0.5).address()
    assert len(told) == 1


async def test_a_start_that_fails_shows_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\necho it broke >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("UV", str(broken))
    with pytest.raises(SandboxUnavailable, match="it broke"):
        await StandIn(tmp_path / "data").address()


async def test_an_address_of_somebody_else_is_not_believed(filled: Path, tmp_path: Path) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'{"folder": "/elsewhere", "version": "1"}\n')
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        place = {"port": port, "lease_port": port, "pid": 1}
        (tmp_path / "stand-in.json").write_text(json.dumps(place), encoding="utf-8")
        async with StandIn(tmp_path) as stand_in:
            assert (await stand_in.address()).port != port


async def test_who_says_nothing_is_left_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "GREETING_SECONDS", 0.05)
    left = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        left.set()
        writer.close()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        place = {"port": port, "lease_port": port, "pid": 1}
        (tmp_path / "stand-in.json").write_text(json.dumps(place), encoding="utf-8")
        assert await launcher._joined(tmp_path) is None  # pyright: ignore[reportPrivateUsage]
        async with asyncio.timeout(10):
            await left.wait()


def test_the_packages_are_fetched_at_the_versions_that_are_locked(filled: Path) -> None:
    del filled
    fetch()
    lock = packages.SCRIPT.with_name("serve.py.lock").read_text(encoding="utf-8")
    assert 'name = "fakesnow"\nversion = "0.12.1"' in lock


def test_packages_that_cannot_be_had_are_told_with_what_uv_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("UV_OFFLINE", "1")
    with pytest.raises(SandboxUnavailable, match="cannot be had") as refused:
        fetch()
    assert refused.value.absent
    assert "uv says: " in refused.value.next_step
