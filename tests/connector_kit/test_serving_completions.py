"""What is proposed while a person types: by the argument's name, bounded, and nothing at all when the service fails."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp_types import PromptReference

from connector_kit.audit import AuditLog
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured, Unavailable
from connector_kit.serving.completions import LONGEST, MOST, Completions
from connector_kit.serving.server import create_server
from connector_kit.serving.session import ServerSpec, Session
from connector_kit.serving.toolset import Toolset

pytestmark = pytest.mark.anyio

COMPLETIONS = Completions()


class ZooSettings(ServiceSettings, service="zoo"):
    pass


class Zoo:
    account = "keeper"

    def __init__(self) -> None:
        self.animals = ["ant", "antelope", "bear"]

    async def check(self) -> str:
        return "signed in"

    async def lacking_scopes(self, _: Sequence[str]) -> tuple[str, ...]:
        return ()

    async def aclose(self) -> None:
        return None


@COMPLETIONS.of("animal", "other")
async def animals(zoo: Zoo, typed: str) -> list[str]:
    """Those whose names begin so."""
    return [name for name in zoo.animals if name.startswith(typed)]


@COMPLETIONS.of("many")
async def many(_: Zoo, typed: str) -> list[str]:
    """More than can be shown, some of them twice or odd."""
    return ["", "a\x1b[31m\nb", "same", "same", "x" * 1_000, *(f"{len(typed)}-{number}" for number in range(300))]


@COMPLETIONS.of("broken")
async def broken(_: Zoo, _typed: str) -> list[str]:
    """What the service does not tell."""
    raise Unavailable("The zoo is closed.")


async def connect(_: ZooSettings) -> Zoo:
    return Zoo()


async def locked(_: ZooSettings) -> Zoo:
    raise NotConfigured("There is no key.")


@asynccontextmanager
async def zoo(
    folder: Path, completions: Completions | None = COMPLETIONS, *, opened: bool = True, mode: str = "legacy"
) -> AsyncGenerator[Client]:
    spec: ServerSpec[Any, Any] = ServerSpec(
        service="zoo",
        title="Zoo",
        toolset=Toolset("zoo"),
        settings=ZooSettings,
        connect=connect if opened else locked,
        instructions="Animals.",
        completions=completions,
    )
    session = Session[Any, Any](spec, ZooSettings(), None, AuditLog(folder, server="zoo-mcp", version="1"))
    async with Client(create_server(spec, session, "1"), mode=mode) as client:
        yield client


async def proposed(client: Client, name: str, typed: str = "") -> list[str]:
    ref = PromptReference(type="ref/prompt", name="zoo_visit")
    return list((await client.complete(ref, {"name": name, "value": typed})).completion.values)


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_values_are_proposed_by_the_name_of_the_argument(tmp_path: Path, mode: str) -> None:
    async with zoo(tmp_path, mode=mode) as client:
        assert await proposed(client, "animal", "an") == ["ant", "antelope"]
        assert await proposed(client, "other", "b") == ["bear"]
        assert await proposed(client, "unheard") == []


async def test_an_answer_is_clean_and_bounded(tmp_path: Path) -> None:
    async with zoo(tmp_path) as client:
        ref = PromptReference(type="ref/prompt", name="zoo_visit")
        found = (await client.complete(ref, {"name": "many", "value": "y" * 10_000})).completion
    assert len(found.values) == MOST
    assert (found.total, found.has_more) == (303, True)
    assert not any(char in text for text in found.values for char in "\x1b\n")
    assert found.values.count("same") == 1
    assert max(map(len, found.values)) == LONGEST
    assert f"{LONGEST}-0" in found.values


async def test_a_service_that_fails_or_is_not_set_up_proposes_nothing(tmp_path: Path) -> None:
    async with zoo(tmp_path) as client:
        assert await proposed(client, "broken") == []
    async with zoo(tmp_path, opened=False) as client:
        assert await proposed(client, "animal", "an") == []


async def test_a_server_without_proposals_does_not_claim_any(tmp_path: Path) -> None:
    for table, claimed in ((None, False), (Completions(), False), (COMPLETIONS, True)):
        async with zoo(tmp_path, table) as client:
            assert (client.server_capabilities.completions is not None) is claimed
