"""What each vendor does differently, as data: one module for each.

Nothing outside of this package knows a vendor by name. A further vendor is one more `OAuthProfile`.
"""

from connector_kit.oauth.profiles.atlassian import ATLASSIAN, CONFLUENCE, JIRA, JIRA_GRANULAR
from connector_kit.oauth.profiles.profile import (
    STANDARD_ERRORS,
    ClientAuth,
    Meaning,
    OAuthClient,
    OAuthProfile,
    Revocation,
    TokenBody,
)
from connector_kit.oauth.profiles.slack import SLACK_BOT, SLACK_USER
from connector_kit.oauth.profiles.snowflake import SNOWFLAKE, SNOWFLAKE_LOCAL_APPLICATION, snowflake

__all__ = [
    "ATLASSIAN",
    "CONFLUENCE",
    "JIRA",
    "JIRA_GRANULAR",
    "SLACK_BOT",
    "SLACK_USER",
    "SNOWFLAKE",
    "SNOWFLAKE_LOCAL_APPLICATION",
    "STANDARD_ERRORS",
    "ClientAuth",
    "Meaning",
    "OAuthClient",
    "OAuthProfile",
    "Revocation",
    "TokenBody",
    "snowflake",
]
