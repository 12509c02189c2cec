"""users.getPresence: who is there."""

from __future__ import annotations

from slack_mcp.sandbox import access
from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call


@method("users.getPresence", tier=3, scopes=("users:read",))
def get_presence(call: Call) -> JsonObject:
    """Whether a user is there: bots and the caller always are, others when they wrote in the last half hour."""
    user = access.find_user(call, call.text("user") or call.token.user)
    if user.id == call.token.user:
        return {
            "presence": "active",
            "online": True,
            "auto_away": False,
            "manual_away": False,
            "connection_count": 1,
            "last_activity": int(call.now),
        }
    query = "SELECT MAX(ts) FROM message WHERE user = ?"
    last = call.session.db.execute(query, (user.id,)).fetchone()[0]
    there = user.bot is not None or (last is not None and float(last) > call.now - 1_800)
    return {"presence": "active" if there and not user.deleted else "away"}
