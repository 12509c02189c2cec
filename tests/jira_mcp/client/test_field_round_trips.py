"""What is written into a field is what is read from it, for a field of every type."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_kit.access import Access
from connector_kit.http import HttpPolicy
from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import Recorder, complaints
from jira_mcp.client import JiraClient, connect
from jira_mcp.models import PlainValue
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.sandbox.sample.directory import GROUPS, TEAMS
from jira_mcp.sandbox.sample.shop_fields import SHOP_FIELDS, SUPPLIER
from jira_mcp.settings import JiraSettings

KEY = "NOVA-1995"
QUICK = HttpPolicy(base_delay=0.0, max_delay=0.0, requests_per_minute=60_000)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzäéø0123456789_-", min_size=1, max_size=20)
NAMES = ["Alex Rivera", "Alex Moreau", "Engineering Partner", "UX Strategist"]
VERSIONS = ["2025.4", "2026.1", "2026.2"]
OPTIONS: Mapping[str, list[str]] = {
    field.id: [option.value for option in field.options] for field in SHOP_FIELDS if field.options
}


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


MOMENTS = st.datetimes().filter(lambda moment: 1970 < moment.year < 2200)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "Sales channel": st.sampled_from(["Web", "App", "Shop", "Phone"]),
    "Markets": some(["DACH", "Nordics", "UK", "US"]),
    "Region": st.sampled_from(["Europe", "Europe / France", "Asia/Pacific / New Zealand", "Americas / Brazil"]),
    "Product owner": st.sampled_from(NAMES),
    "Approving group": st.sampled_from([group.name for group in GROUPS]),
    "Informed groups": some([group.name for group in GROUPS]),
    "Go-live": MOMENTS.map(
        lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
    ),
    "Keywords": st.lists(WORDS, min_size=1, max_size=4, unique=True),
    "Labels": st.lists(WORDS, min_size=1, max_size=4, unique=True),
    "Found in": st.sampled_from(VERSIONS),
    "Ships in": some(VERSIONS),
    "Fix versions": some(VERSIONS),
    "Components": some(["Checkout", "Search", "Catalogue"]),
    "Related project": st.sampled_from(["PM OS", "Nova Storefront", "Service Desk"]),
    "Contract": WORDS.map(lambda word: f"https://contracts.example/{word}?a=1#b"),
    "Supplier": st.sampled_from(OPTIONS[SUPPLIER]),
    "Effort score": st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3)),
    "Story Points": st.integers(0, 100),
    "Team": st.sampled_from([team.name for team in TEAMS[:2]]),
    "Issue color": st.sampled_from(["purple", "dark_grey", "teal"]),
    "Flagged": st.just(["Impediment"]),
    "Security Level": st.sampled_from(["Staff", "Storefront team"]),
    "Priority": st.sampled_from(["Highest", "Low"]),
    "Due date": st.dates().filter(lambda day: day.year > 1970).map(lambda day: day.isoformat()),
    "Assignee": st.sampled_from(NAMES),
    "Parent": st.sampled_from(["NOVA-1", "NOVA-2"]),
}

BOTH: Mapping[str, tuple[str, str]] = {
    "Markets": ("UK", "US"),
    "Informed groups": ("Legal", "storefront-approvers"),
    "Keywords": ("one", "two"),
    "Labels": ("one", "two"),
    "Ships in": ("2025.4", "2026.2"),
    "Fix versions": ("2025.4", "2026.2"),
    "Components": ("Checkout", "Search"),
    "Flagged": ("Impediment", "Impediment"),
}


@pytest.fixture(scope="module")
def shop(pristine_sandbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A site that all examples share: each writes what it reads."""
    database = tmp_path_factory.mktemp("shop") / "jira.sqlite3"
    shutil.copyfile(pristine_sandbox, database)
    site = create_app(database)
    yield site
    site.close()


async def read(jira: JiraClient, key: str, names: list[str]) -> Mapping[str, PlainValue]:
    return (await jira.issue(key, fields=names)).issue.fields


def same(value: PlainValue) -> PlainValue:
    """The value without what only its order or its form tells."""
    if isinstance(value, list):
        return sorted(value, key=str)
    return value.strip() if isinstance(value, str) else value


@settings(max_examples=40, deadline=None)
@given(values=st.fixed_dictionaries({}, optional=VALUES).filter(bool))
def test_what_is_written_is_what_is_read(
    values: dict[str, PlainValue], shop: Sandbox, platform: Contract | None
) -> None:
    recorder = Recorder()

    async def written_and_read() -> Mapping[str, PlainValue]:
        given = JiraSettings(sandbox=True, access=Access.WRITE)
        jira = await connect(given, transport=httpx2.ASGITransport(shop), policy=QUICK, on_exchange=recorder)
        try:
            await jira.update(KEY, values)
            return await read(jira, KEY, list(values))
        finally:
            await jira.aclose()

    found = anyio.run(written_and_read)
    assert {name: same(value) for name, value in found.items()} == {name: same(value) for name, value in values.items()}
    assert platform is None or complaints(platform, recorder) == []


@pytest.mark.anyio
async def test_what_was_read_can_be_written_again(jira: JiraClient) -> None:
    names = [name for name in VALUES if name not in ("Assignee", "Due date")]
    before = await read(jira, "NOVA-1990", names)
    held = {name: value for name, value in before.items() if value not in (None, [])}
    assert len(held) >= 20
    await jira.update(KEY, held)
    after = await read(jira, KEY, names)
    assert {name: after[name] for name in held} == held


@pytest.mark.anyio
async def test_null_empties_a_field_of_any_type(jira: JiraClient) -> None:
    names = [name for name in VALUES if name not in ("Priority",)]
    await jira.update("NOVA-1990", dict.fromkeys(names))
    after = await read(jira, "NOVA-1990", names)
    assert {name for name, value in after.items() if value not in (None, [])} == set()


@pytest.mark.anyio
@pytest.mark.parametrize("name", BOTH)
async def test_a_list_of_any_type_is_added_to_and_taken_from(jira: JiraClient, name: str) -> None:
    both = BOTH[name]
    await jira.update(KEY, {name: {"set": [both[0]]}})
    done = await jira.update(KEY, {name: {"add": [both[1]], "remove": both[0]}})
    assert done.changed[name] == {"remove": [both[0]], "add": [both[1]]}
    after = await read(jira, KEY, [name])
    assert after[name] == [both[1]]
