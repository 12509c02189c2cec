"""The apps of the workspace and the tokens that were given to them."""

from __future__ import annotations

from typing import Final

SANDBOX_TOKEN: Final = "xoxp-sandbox-human-pm"
"""Acts as Human PM, the owner of the workspace, with every scope that a user token can have."""
SANDBOX_BOT_TOKEN: Final = "xoxb-sandbox-assistant"
"""Acts as the bot user of the app Assistant, with every scope that a bot token can have."""
READ_TOKEN: Final = "xoxp-sandbox-human-pm-read"
"""Human PM again, with the scopes to read public channels only."""
READ_BOT_TOKEN: Final = "xoxb-sandbox-reader"
"""Assistant again, with the scopes to read public channels and nothing else."""
COLLEAGUE_TOKEN: Final = "xoxp-sandbox-alex-rivera"
"""Acts as Alex Rivera, an ordinary member, with every scope."""
GUEST_TOKEN: Final = "xoxp-sandbox-noor-haddad"
"""Acts as Noor Haddad, a guest who is in one channel."""
ALERTS_TOKEN: Final = "xoxb-sandbox-system-evaluator"
"""Acts as the bot SystemEvaluator."""
EXPIRED_TOKEN: Final = "xoxe.xoxp-sandbox-expired"
REVOKED_TOKEN: Final = "xoxp-sandbox-revoked"
LEFT_TOKEN: Final = "xoxp-sandbox-jordan-blake"
"""The token of somebody whose account was deactivated."""

ASSISTANT_APP: Final = "A0PMOS00001"

READ_SCOPES: Final = ("channels:read", "channels:history", "users:read")
COMMON_SCOPES: Final = (
    "bookmarks:read",
    "bookmarks:write",
    "canvases:read",
    "canvases:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
    "users.profile:read",
)
USER_SCOPES: Final = (
    "identify",
    *COMMON_SCOPES,
    "channels:write",
    "search:read",
    "search:read.public",
    "search:read.private",
    "search:read.im",
    "search:read.mpim",
    "search:read.files",
    "search:read.users",
)
BOT_SCOPES: Final = (
    *COMMON_SCOPES,
    "channels:join",
    "channels:manage",
    "chat:write.customize",
    "chat:write.public",
    "search:read.public",
    "search:read.files",
    "search:read.users",
)
