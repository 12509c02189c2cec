"""What a person is told who connects Jira: developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps."""

from atlassian_kit.guidance import atlassian_guidance

GUIDANCE = atlassian_guidance(
    "Jira",
    making=(
        "  Create API token: it can do what your account can do. Or Create API token with scopes, app Jira:\n"
        "  read:jira-work and read:jira-user, for writing also write:jira-work."
    ),
    app="one that is there already",
    relatives=("confluence",),
)
