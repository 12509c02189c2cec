"""Atlassian's OAuth 2.0 (3LO): https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/"""

# ruff: noqa: S106 - addresses of token endpoints, not secrets
from __future__ import annotations

from dataclasses import replace

from connector_kit.oauth.profiles.profile import OAuthProfile

# A refresh token that is unknown or was rotated away is answered 403 with either of two codes, a wrong client
# secret 401 access_denied: as seen on auth.atlassian.com, which the documentation tells only in part.
ATLASSIAN = OAuthProfile(
    name="atlassian",
    vendor="Atlassian",
    authorize_url="https://auth.atlassian.com/authorize",
    token_url="https://auth.atlassian.com/oauth/token",
    token_body="json",
    authorize_params={"audience": "api.atlassian.com", "prompt": "consent"},
    base_scopes=("offline_access",),
    rotates=True,
    reuse_leeway=600.0,
    refresh_lifetime=90 * 86400.0,
    errors={"unauthorized_client": "dead_grant", "access_denied": "wrong_client"},
    redirect_uri="http://localhost:8765/callback",
    sites_url="https://api.atlassian.com/oauth/token/accessible-resources",
    consent_page="https://id.atlassian.com/manage-profile/apps",
)
# Jira's granular scopes: what the operations behind our tools are described with.
_ISSUES = (
    "read:application-role:jira",
    "read:attachment:jira",
    "read:avatar:jira",
    "read:comment.property:jira",
    "read:comment:jira",
    "read:field-configuration:jira",
    "read:field.default-value:jira",
    "read:field.option:jira",
    "read:field:jira",
    "read:group:jira",
    "read:issue-details:jira",
    "read:issue-meta:jira",
    "read:issue-security-level:jira",
    "read:issue-type-hierarchy:jira",
    "read:issue-type:jira",
    "read:issue-worklog.property:jira",
    "read:issue-worklog:jira",
    "read:issue.changelog:jira",
    "read:issue.transition:jira",
    "read:issue.vote:jira",
    "read:issue:jira",
    "read:project-category:jira",
    "read:project-role:jira",
    "read:project-version:jira",
    "read:project.component:jira",
    "read:project.property:jira",
    "read:project:jira",
    "read:status:jira",
    "read:user:jira",
)
_PEOPLE = (
    "read:application-role:jira",
    "read:avatar:jira",
    "read:group:jira",
    "read:issue:jira",
    "read:project:jira",
    "read:user.property:jira",
    "read:user:jira",
)
_CHANGES = (
    "read:instance-configuration:jira",
    "read:issue-link-type:jira",
    "write:attachment:jira",
    "write:comment.property:jira",
    "write:comment:jira",
    "write:issue-link:jira",
    "write:issue.property:jira",
    "write:issue:jira",
)
_DELETIONS = (
    "delete:attachment:jira",
    "delete:comment.property:jira",
    "delete:comment:jira",
    "delete:issue:jira",
)
JIRA = replace(
    ATLASSIAN,
    name="jira",
    read_scopes=("read:jira-work", "read:jira-user"),
    write_scopes=("write:jira-work",),
    delete_scopes=("write:jira-work",),
    equivalents={"read:jira-work": _ISSUES, "read:jira-user": _PEOPLE, "write:jira-work": _CHANGES},
    deleting=_DELETIONS,
    site_variable="JIRA_URL",
)
"""Jira with the classic scopes, which Atlassian recommends."""
JIRA_GRANULAR = replace(
    JIRA,
    read_scopes=tuple(dict.fromkeys((*_ISSUES, *_PEOPLE))),
    write_scopes=_CHANGES,
    delete_scopes=_DELETIONS,
)
"""Jira with the granular scopes. Only here has deleting a scope of its own."""
CONFLUENCE = replace(
    ATLASSIAN,
    name="confluence",
    read_scopes=(
        "read:attachment:confluence",
        "read:comment:confluence",
        "read:content-details:confluence",
        "read:content.metadata:confluence",
        "read:hierarchical-content:confluence",
        "read:page:confluence",
        "read:space:confluence",
        "read:user:confluence",
    ),
    write_scopes=(
        "read:label:confluence",
        "write:attachment:confluence",
        "write:comment:confluence",
        "write:label:confluence",
        "write:page:confluence",
    ),
    delete_scopes=("delete:content:confluence", "delete:page:confluence"),
    site_variable="CONFLUENCE_URL",
)
"""Confluence with the granular scopes: its second API knows no others, and its first accepts them too."""
