"""api.test, auth.test, team.info: who is asking, and where."""

from __future__ import annotations

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import TEAM_DOMAIN, TEAM_ID, TEAM_NAME, WORKSPACE_URL, JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call


@method("api.test", tier=4, open=True)
def api_test(call: Call) -> JsonObject:
    """Echo the arguments; fail when asked to."""
    arguments = dict(call.arguments)
    if call.given("error"):
        raise ApiError(call.text("error"), args=arguments)
    return {"args": arguments} if arguments else {}


@method("auth.test", tier="special")
def auth_test(call: Call) -> JsonObject:
    """Who the token belongs to."""
    user = call.caller
    answer: JsonObject = {
        "url": WORKSPACE_URL,
        "team": TEAM_NAME,
        "user": user.name,
        "team_id": TEAM_ID,
        "user_id": user.id,
        "is_enterprise_install": False,
    }
    if user.bot:
        answer["bot_id"] = user.bot
    if call.token.expires is not None:
        answer["expires_in"] = int(call.token.expires - call.now)
    return answer


@method("team.info", tier=3, scopes=("team:read",))
def team_info(call: Call) -> JsonObject:
    """The workspace."""
    if call.given("team") and call.text("team") != TEAM_ID:
        raise ApiError("team_not_found")
    icons = {f"image_{size}": f"{WORKSPACE_URL}icon_{size}.png" for size in (34, 44, 68, 88, 102, 132, 230)}
    return {
        "team": {
            "id": TEAM_ID,
            "name": TEAM_NAME,
            "domain": TEAM_DOMAIN,
            "url": WORKSPACE_URL,
            "email_domain": "pm-os.example",
            "icon": {**icons, "image_default": True},
            "avatar_base_url": "https://ca.slack-edge.invalid/",
            "is_verified": False,
            "lob_sales_home_enabled": False,
        }
    }
