"""Who is in the workspace: people, bots, groups, emoji."""

from collections.abc import Callable

import pytest

from slack_mcp.sandbox import WORKSPACE_URL, accounts
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_the_workspace_introduces_itself(slack: Visitor) -> None:
    team = (await slack.call("team.info"))["team"]
    assert (team["name"], team["url"]) == ("PM OS", WORKSPACE_URL)
    assert await slack.refused("team.info", team="T0OTHER") == "team_not_found"


async def test_the_test_method_echoes_and_fails_on_demand(slack: Visitor) -> None:
    assert (await slack.call("api.test", foo="bar"))["args"] == {"foo": "bar"}
    assert await slack.refused("api.test", error="my_error") == "my_error"


async def test_everybody_is_listed_at_once_or_in_pages(slack: Visitor) -> None:
    everybody = [each["id"] for each in (await slack.call("users.list"))["members"]]
    assert len(everybody) == len(people.USERS)
    found: list[str] = []
    cursor = ""
    while True:
        body = await slack.call("users.list", limit=4, cursor=cursor)
        found += [each["id"] for each in body["members"]]
        cursor = body["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == everybody
    assert await slack.refused("users.list", cursor="dGVhbTpDMDAx") == "invalid_cursor"


async def test_a_person_and_a_bot_user_are_told_apart(slack: Visitor) -> None:
    person = (await slack.call("users.info", user=people.HUMAN_PM.id, include_locale=True))["user"]
    assert person["is_owner"]
    assert not person["is_bot"]
    assert person["locale"] == "en-US"
    assert person["profile"]["email"] == people.HUMAN_PM.email
    bot = (await slack.call("users.info", user=people.DATA_ANALYST.id))["user"]
    assert bot["is_bot"]
    assert bot["profile"]["bot_id"] == people.DATA_ANALYST.bot
    gone = (await slack.call("users.info", user=people.JORDAN_BLAKE.id))["user"]
    assert gone["deleted"]
    assert "is_admin" not in gone
    assert await slack.refused("users.info", user="U0NOBODY00") == "user_not_found"


async def test_addresses_are_shown_only_with_their_scope(visit: Callable[[str], Visitor]) -> None:
    reader = visit(accounts.READ_TOKEN)
    assert "email" not in (await reader.call("users.info", user=people.HUMAN_PM.id))["user"]["profile"]
    assert await reader.refused("users.lookupByEmail", email=people.HUMAN_PM.email) == "missing_scope"


async def test_a_person_is_found_by_address_in_any_case(slack: Visitor) -> None:
    found = await slack.call("users.lookupByEmail", email="Alex.Rivera@PM-OS.example")
    assert found["user"]["id"] == people.ALEX_RIVERA.id
    for address in ("nobody@pm-os.example", people.JORDAN_BLAKE.email):
        assert await slack.refused("users.lookupByEmail", email=address) == "users_not_found"


async def test_a_profile_is_the_callers_own_unless_somebody_is_named(slack: Visitor) -> None:
    assert (await slack.call("users.profile.get"))["profile"]["real_name"] == "Human PM"
    other = (await slack.call("users.profile.get", user=people.ALEX_RIVERA.id))["profile"]
    assert other["status_text"] == "Deep work until noon"


async def test_a_bot_is_found_by_its_bot_id(slack: Visitor) -> None:
    bot = (await slack.call("bots.info", bot=people.SYSTEM_EVALUATOR.bot))["bot"]
    assert (bot["name"], bot["user_id"]) == ("SystemEvaluator", people.SYSTEM_EVALUATOR.id)
    assert await slack.refused("bots.info", bot="B0NOBODY") == "bot_not_found"


async def test_groups_are_listed_with_what_is_asked_for(slack: Visitor) -> None:
    groups = (await slack.call("usergroups.list"))["usergroups"]
    assert [each["handle"] for each in groups] == ["engineers", "leads"]
    assert not {"users", "user_count"} & set(groups[0])
    full = await slack.call("usergroups.list", include_users=True, include_count=True, include_disabled=True)
    assert [each["user_count"] for each in full["usergroups"]] == [2, 2, 1]
    members = await slack.call("usergroups.users.list", usergroup=channels.ENGINEERS)
    assert members["users"] == [people.ALEX_RIVERA.id, people.ALEX_MOREAU.id]
    assert await slack.refused("usergroups.users.list", usergroup="S0NOTHING") == "no_such_subteam"


async def test_the_workspace_has_emoji_of_its_own(slack: Visitor) -> None:
    assert (await slack.call("emoji.list"))["emoji"]["ship-it"] == "alias:rocket"
